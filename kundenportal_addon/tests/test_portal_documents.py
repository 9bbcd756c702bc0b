from lxml import html
from werkzeug.exceptions import NotFound

from odoo.http import Request
from odoo.tests import tagged
from odoo.tests.common import JsonRpcException

from odoo.addons.http_routing.tests.common import MockRequest

from ..controllers.portal import KundenportalPortal
from .portal_home_common import PortalHomeCase


@tagged("post_install", "-at_install")
class TestPortalDocumentsPage(PortalHomeCase):
    """/my/documents, and Odoo's pages behind the functions."""

    def test_page(self):
        self._create_order(self.user, "sent")
        invoice_order = self._create_order(self.user)
        self._create_order(self.user2)
        self._create_invoice(invoice_order)
        self.sign_in(self.user)

        def get_counts():
            tiles = self.get_page("/my/documents").xpath("//a[contains(@class, 'kp_tile')]")
            return {
                tile.get("href"): tile.xpath("string(.//span[contains(@class, 'kp_counter')])")
                for tile in tiles
            }

        self.assertEqual(
            get_counts(),
            {"/my/quotes": "1", "/my/orders": "1", "/my/invoices?filterby=invoices": "1"},
        )
        self.sign_in(self.main)
        self.assertEqual(get_counts()["/my/orders"], "2")

    def test_404_without_the_function(self):
        pages = ("/my/documents", "/my/orders", "/my/quotes", "/my/invoices")
        self.sign_in(self.user)
        for page in pages:
            self.get_page(page, 200)
        self.set_functions("master_data")
        for page in pages:
            self.get_page(page, 404)
        self.authenticate("kp_internal", "kp_internal")
        self.get_page("/my/documents", 404)

    def test_queries_do_not_grow(self):
        self._create_order(self.user)
        self.sign_in(self.user)
        before = self.count_queries("/my/documents")
        for _number in range(5):
            self._create_order(self.user)
        self.assertEqual(self.count_queries("/my/documents"), before)

    def test_addresses_need_master_data(self):
        partner = self.user
        self.sign_in(self.user)
        self.get_page("/my/addresses", 200)
        self.get_page("/my/address", 200)
        self.set_functions("documents")
        self.get_page("/my/addresses", 404)
        self.get_page("/my/address", 404)
        self.get_page(f"/my/address?partner_id={partner.id}", 404)
        self.get_page("/my/account", 200)
        address = self.env["res.partner"].create(
            {"name": "Depot", "type": "delivery", "parent_id": self.nord.id}
        )
        form = {
            "csrf_token": Request.csrf_token(self),
            "name": "Uwe Neu",
            "email": partner.email,
            "phone": "0421 1",
            "street": "Weg 1",
            "city": "Bremen",
            "zip": "28195",
            "country_id": self.env.ref("base.de").id,
        }
        for target in (address.id, "", "abc"):
            response = self.url_open("/my/address/submit", data={**form, "partner_id": target})
            self.assertEqual(response.status_code, 404, target)
        self.assertEqual(address.name, "Depot")
        with self.assertRaises(JsonRpcException, msg="archiving by RPC is refused, too"):
            self.make_jsonrpc_request("/my/address/archive", {"partner_id": address.id})
        self.assertTrue(address.active)

        own = {
            "csrf_token": Request.csrf_token(self),
            "name": partner.name,
            "email": partner.email,
            "phone": "+49 421 987650",
            "partner_id": partner.id,
        }
        response = self.url_open("/my/address/submit", data=own)
        self.assertEqual(response.status_code, 200, "one's own data go the same way")
        self.assertEqual(partner.phone, "+49 421 987650")

    def test_link_opens_the_record_after_sign_in(self):
        order = self._create_order(self.user)
        invoice = self._create_invoice(order)
        for url in (f"/my/orders/{order.id}?message=sign_ok", f"/my/invoices/{invoice.id}"):
            with self.subTest(url=url):
                self.authenticate(None, None)
                login = self.url_open(url)
                page = html.fromstring(login.content)
                self.assertEqual(page.xpath("//input[@name='redirect']/@value"), [url])
                form = {
                    "csrf_token": page.xpath("//form//input[@name='csrf_token']/@value")[0],
                    "login": self.user.email,
                    "password": self.user.email,
                    "redirect": url,
                }
                response = self.url_open("/web/login", data=form)
                self.assertEqual(response.status_code, 200)
                self.assertTrue(response.url.endswith(url), response.url)

    def test_link_to_nothing_looks_the_same(self):
        order = self._create_order(self.user)
        self.authenticate(None, None)
        for id_ in (order.id, order.id + 1000000):
            response = self.url_open(f"/my/orders/{id_}", allow_redirects=False)
            self.assertEqual(response.status_code, 303)
            self.assertIn("/web/login?redirect=", response.headers["Location"])

    def test_closed_page(self):
        self.company.write({"portal_active": False, "email": "info@company.example"})
        self.sign_in(self.user)
        for url in ("/my", "/my/documents", "/my/account"):
            page = self.get_page(url, 403)
            self.assertTrue(page.xpath("//a[@href='tel:+49421123456']"), url)
            self.assertTrue(page.xpath("//a[@href='mailto:info@company.example']"))
            self.assertTrue(page.xpath("//a[starts-with(@href, '/web/session/logout')]"))
            self.assertNotIn("/my/addresses", page.xpath("//a/@href"))


@tagged("post_install", "-at_install")
class TestAccessDoor(PortalHomeCase):
    """The one way from an id to a record."""

    def get_record(self, contact, model, record_id):
        user = contact.user_ids
        with MockRequest(self.env(user=user)):
            return KundenportalPortal()._get_portal_record(model, record_id)

    def test_own_record(self):
        order = self._create_order(self.user)
        record = self.get_record(self.user, "sale.order", order.id)
        self.assertEqual(record, order)
        self.assertFalse(record.env.su, "the door hands out rights of the user only")
        self.assertEqual(self.get_record(self.main, "sale.order", order.id), order)

    def test_refusals_look_alike(self):
        order = self._create_order(self.user)
        refusals = [
            (self.user2, "sale.order", order.id),
            (self.stranger, "sale.order", order.id),
            (self.user, "sale.order", order.id + 1000000),
            (self.user, "res.company", 999999999),
            (self.user, "ir.mail_server", 1),
        ]
        answers = set()
        for contact, model, record_id in refusals:
            with (
                self.subTest(contact=contact.name, model=model),
                self.assertRaises(NotFound) as refusal,
            ):
                self.get_record(contact, model, record_id)
            answers.add(str(refusal.exception))
        self.assertEqual(len(answers), 1)
