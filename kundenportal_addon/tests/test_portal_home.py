from lxml import html
from werkzeug.exceptions import NotFound

from odoo.fields import Command
from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.http_routing.tests.common import MockRequest

from ..controllers.portal import KundenportalPortal
from .common import PortalFixture


class PortalHomeCase(PortalFixture, HttpCase):
    """Pages as the customers of the fixture get them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_portal_fixture()
        cls.company.write({
            "portal_hotline": "+49 (0)421 12 34-56",
            "portal_hotline_hours": "Mon to Fri, 8 to 17",
            "portal_greeting": "<p>Good to see <b>visitors</b>.</p>",
            "portal_contact_user_id": False,
        })

    def sign_in(self, contact):
        self.authenticate(contact.email, contact.email)

    def get_page(self, url, status=200):
        """Return the tree of a page, after checking its status."""
        response = self.url_open(url)
        self.assertEqual(response.status_code, status, url)
        return html.fromstring(response.content)

    def get_cards(self, page):
        """Return the addresses of the home's cards, hidden ones too."""
        return page.xpath("//div[contains(@class, 'o_portal_index_card')]/a/@href")

    def count_queries(self, url):
        """Count the queries of a page that has been opened before."""
        for _warm in range(3):
            self.url_open(url)
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.assertEqual(self.url_open(url).status_code, 200)
        return self.env.cr.sql_log_count - before

    def set_functions(self, *codes):
        self.company.portal_default_function_ids = [
            Command.set([self.functions[code].id for code in codes])
        ]


@tagged("post_install", "-at_install")
class TestPortalHome(PortalHomeCase):
    """What stands on /my."""

    def test_tiles_follow_functions(self):
        self.sign_in(self.user)
        tiles = self.get_page("/my").xpath("//a[contains(@class, 'kp_tile')]/@href")
        self.assertIn("/my/documents", tiles)
        self.assertIn("/my/addresses", tiles)
        self.assertNotIn("/my/shop", tiles, "not unlocked")

        self.set_functions("master_data")
        tiles = self.get_page("/my").xpath("//a[contains(@class, 'kp_tile')]/@href")
        self.assertNotIn("/my/documents", tiles)
        self.assertIn("/my/addresses", tiles)

    def test_cards_of_odoo_give_way_to_tiles(self):
        self.sign_in(self.user)
        page = self.get_page("/my")
        cards = self.get_cards(page)
        self.assertNotIn("/my/orders", cards)
        self.assertNotIn("/my/invoices?filterby=invoices", cards)
        self.assertEqual(cards.count("/my/addresses"), 1, "the tile only")
        self.assertIn("/my/quotes", cards, "the alert about quotations stays")
        self.assertIn("/my/invoices?filterby=overdue_invoices", cards, "and the one about overdue invoices")
        self.assertIn("/my/security", cards, "cards of which there is no tile stay")

        self.set_functions()
        self.assertNotIn("/my/addresses", self.get_cards(self.get_page("/my")))

    def test_without_level_the_home_is_odoos(self):
        self.company.portal_active = False
        new_test_user(self.env, "kp_plain", "base.group_portal", email="plain@else.example")
        self.company.portal_active = True
        self.authenticate("kp_plain", "kp_plain")
        page = self.get_page("/my")
        self.assertIn("/my/orders", self.get_cards(page))
        self.assertFalse(page.xpath("//*[contains(@class, 'kp_')]"))
        self.authenticate("kp_internal", "kp_internal")
        self.assertFalse(self.get_page("/my").xpath("//*[contains(@class, 'kp_')]"))

    def test_greeting_and_hotline(self):
        self.sign_in(self.user)
        page = self.get_page("/my")
        self.assertIn("Uwe User", page.xpath("string(//h1)"))
        self.assertEqual(page.xpath("string(//div[contains(@class, 'kp_greeting')]//b)"), "visitors")
        hotline = page.xpath("//div[contains(@class, 'kp_hotline')]")[0]
        self.assertEqual(hotline.xpath("a/@href"), ["tel:+49421123456"])
        self.assertIn("Mon to Fri, 8 to 17", hotline.text_content())

        self.company.write({"portal_hotline": "see our website", "portal_greeting": "<p><br></p>"})
        page = self.get_page("/my")
        self.assertFalse(page.xpath("//div[contains(@class, 'kp_greeting')]"), "empty HTML is no greeting")
        hotline = page.xpath("//div[contains(@class, 'kp_hotline')]")[0]
        self.assertFalse(hotline.xpath(".//a"), "no digits, nothing to call")
        self.assertIn("see our website", hotline.text_content())

    def test_contact_person(self):
        def name_on_page():
            return self.get_page("/my").xpath(
                "string(//div[contains(@class, 'kp_contact_person')]//div[@class='fw-bold'])"
            )

        self.sign_in(self.user)
        self.assertFalse(name_on_page())
        self.assertEqual(self.url_open("/my/contact_person/avatar").status_code, 404)

        self.company.portal_contact_user_id = self.manager
        self.manager.phone = "+49 421 99"
        self.assertEqual(name_on_page(), self.manager.name)
        page = self.get_page("/my")
        self.assertTrue(page.xpath("//a[@href='tel:+4942199']"))
        self.assertTrue(page.xpath("//a[@href='mailto:manager@staff.example']"))
        avatar = self.url_open("/my/contact_person/avatar")
        self.assertEqual(avatar.status_code, 200)
        self.assertTrue(avatar.headers["Content-Type"].startswith("image/"))

        self.nord.user_id = self.officer
        self.assertEqual(name_on_page(), self.officer.name, "the company's salesperson comes first")
        self.user.user_id = self.internal
        self.assertEqual(name_on_page(), self.internal.name, "the contact's own before that")

    def test_accent_colour_is_safe_and_readable(self):
        self.sign_in(self.user)
        for stored, accent, text in [
            ("#FFCC00", "#ffcc00", "#000000"),
            ("#1f5b8f", "#1f5b8f", "#ffffff"),
            ("red;}</style><script>", "#1f5b8f", "#ffffff"),
            (False, "#1f5b8f", "#ffffff"),
        ]:
            with self.subTest(stored=stored):
                self.company.portal_accent_color = stored
                style = self.get_page("/my").xpath("string(//div[@id='wrap']/@style)")
                self.assertIn(f"--kp-accent: {accent}; --kp-accent-text: {text};", style)

    def test_logo(self):
        self.sign_in(self.user)
        self.assertFalse(self.company.portal_logo_version)
        self.assertEqual(self.url_open(f"/kundenportal/logo/{self.company.id}/x").status_code, 404)
        self.assertEqual(self.url_open("/kundenportal/logo/999999999/x").status_code, 404)
        # A red dot of one pixel.
        self.company.portal_logo = (
            b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
        )
        url = f"/kundenportal/logo/{self.company.id}/{self.company.portal_logo_version}"
        self.assertIn(url, self.get_page("/my").xpath("//img/@src"))
        logo = self.url_open(url)
        self.assertEqual((logo.status_code, logo.headers["Content-Type"]), (200, "image/png"))

    def test_counter_of_the_documents_tile(self):
        self.sign_in(self.user)
        counters = {"counters": ["kundenportal_documents", "quotation_count"]}
        result = self.make_jsonrpc_request("/my/counters", counters)
        self.assertEqual(result["kundenportal_documents"], "", "nothing to show is not a zero")
        self._create_order(self.user, "sent")
        self._create_order(self.user2, "sent")
        result = self.make_jsonrpc_request("/my/counters", counters)
        self.assertEqual(result["kundenportal_documents"], 1, "a user does not count its colleague's")
        self.sign_in(self.main)
        self.assertEqual(self.make_jsonrpc_request("/my/counters", counters)["kundenportal_documents"], 2)

    def test_queries(self):
        self.company.portal_active = False
        plain = new_test_user(self.env, "kp_plain", "base.group_portal", email="plain@else.example")
        plain.partner_id.parent_id = self.sued
        self.company.portal_active = True
        self.company.portal_contact_user_id = self.manager
        self.authenticate("kp_plain", "kp_plain")
        expected = self.count_queries("/my")
        self.sign_in(self.user)
        ours = self.count_queries("/my")
        self.assertLessEqual(ours, expected + 2, "at most two queries more than plain Odoo")

        functions = self.env["kundenportal.function"]
        for number in range(10):
            group = self.env["res.groups"].create({
                "name": f"KP test {number}",
                "implied_ids": [Command.link(self.env.ref("kundenportal_addon.group_portal_user").id)],
            })
            functions |= functions.create({
                "code": f"test_{number}", "name": f"Test {number}", "url": f"/my/documents?{number}",
                "group_id": group.id,
            })
        self.company.portal_default_function_ids |= functions
        self.assertGreaterEqual(len(self.get_page("/my").xpath("//a[contains(@class, 'kp_tile')]")), 2)
        self.assertEqual(self.count_queries("/my"), ours, "no more with more functions")


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
            get_counts(), {"/my/quotes": "1", "/my/orders": "1", "/my/invoices?filterby=invoices": "1"}
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
            "csrf_token": Request.csrf_token(self), "name": "Uwe Neu", "email": partner.email, "phone": "0421 1",
            "street": "Weg 1", "city": "Bremen", "zip": "28195", "country_id": self.env.ref("base.de").id,
        }
        for target in (address.id, "", "abc"):
            response = self.url_open("/my/address/submit", data={**form, "partner_id": target})
            self.assertEqual(response.status_code, 404, target)
        self.assertEqual(address.name, "Depot")
        with self.assertRaises(Exception, msg="archiving by RPC is refused, too"):
            self.make_jsonrpc_request("/my/address/archive", {"partner_id": address.id})
        self.assertTrue(address.active)

        response = self.url_open("/my/address/submit", data={**form, "partner_id": partner.id})
        self.assertEqual(response.status_code, 200, "one's own data go the same way")
        self.assertEqual(partner.name, "Uwe Neu")

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
            with self.subTest(contact=contact.name, model=model), self.assertRaises(NotFound) as refusal:
                self.get_record(contact, model, record_id)
            answers.add(str(refusal.exception))
        self.assertEqual(len(answers), 1)
