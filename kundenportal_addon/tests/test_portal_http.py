import re

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .http_common import PortalHttpCase


@tagged("post_install", "-at_install")
class TestOpenSession(PortalHttpCase):
    """What happens to somebody who is signed in while the staff change things."""

    def setUp(self):
        super().setUp()
        self.order = self._create_order(self.user)
        self.sign_in(self.user)
        self.assertEqual(self.url_open("/my").status_code, 200)

    def assertSignedOut(self):  # noqa: N802 (named like unittest's)
        for url in ("/my", "/my/orders", f"/my/orders/{self.order.id}"):
            with self.subTest(url=url):
                response = self.url_open(url)
                self.assertEqual(response.status_code, 200)
                self.assertIn("/web/login", response.url)
                self.assertNotIn(self.order.name, response.text)

    def test_revoked(self):
        self.user.with_user(self.officer)._revoke_portal_access()
        self.assertSignedOut()

    def test_granted_again_needs_a_new_sign_in(self):
        self.user.with_user(self.officer)._revoke_portal_access()
        self.user.with_user(self.officer)._grant_portal_access("user")
        self.assertSignedOut()

    def test_contact_archived(self):
        self.user.with_user(self.officer).action_archive()
        self.assertSignedOut()

    def test_contact_deleted(self):
        fresh = self._create_contact("Kurz Da", "kurz@nord.example", self.nord, "user")
        self.sign_in(fresh)
        self.assertEqual(self.url_open("/my").status_code, 200)
        user = fresh.user_ids
        fresh._revoke_portal_access()
        user.unlink()
        fresh.unlink()
        self.assertSignedOut()

    def test_contact_merged_into_another_company(self):
        target = self._create_contact("Uwe bei Süd", "uwe@nord.example", self.sued)
        order_sued = self._create_order(self.stranger)
        self.env["base.partner.merge.automatic.wizard"]._merge((self.user | target).ids, target)
        self.env.invalidate_all()
        self.assertEqual(self.url_open("/my").status_code, 200)
        page = self.url_open("/my/orders")
        self.assertEqual(page.status_code, 200)
        self.assertNotIn(self.order.name, page.text)
        self.assertNotIn(order_sued.name, page.text)

    def test_contact_moves(self):
        self.assertIn(self.order.name, self.url_open("/my/orders").text)
        self.user.parent_id = self.sued
        page = self.url_open("/my/orders")
        self.assertEqual(page.status_code, 200)
        self.assertNotIn(self.order.name, page.text)
        self.assertNotIn(self.order.name, self.url_open(f"/my/orders/{self.order.id}").text)

    def test_demoted(self):
        self.sign_in(self.main)
        self.assertIn(self.order.name, self.url_open("/my/orders").text)
        self.main.with_user(self.officer)._grant_portal_access("user")
        self.assertNotIn(self.order.name, self.url_open("/my/orders").text)
        self.assertNotIn(self.order.name, self.url_open(f"/my/orders/{self.order.id}").text)

    def test_blocked_and_inactive_get_a_friendly_page(self):
        self.nord.with_user(self.officer).portal_switch = "blocked"
        for url in ("/my", "/my/orders", "/my/account", "/my/security"):
            with self.subTest(url=url):
                page = self.get_page(url, status=403)
                self.assertTrue(page.xpath("//*[contains(@class, 'kp_closed')]"), url)
                self.assertTrue(page.xpath("//a[contains(@href, '/web/session/logout')]"))
        self.nord.with_user(self.officer).portal_switch = False
        self.get_page("/my")
        self.company.portal_active = False
        self.get_page("/my", status=403)
        self.authenticate("kp_internal", "kp_internal")
        self.assertEqual(self.url_open("/my").status_code, 200, "staff are no customers")

    def test_blocked_reads_nothing_by_remote_call_either(self):
        self.nord.portal_switch = "blocked"
        with mute_logger("odoo.http"):
            response = self.url_open(
                "/web/dataset/call_kw/sale.order/search_read",
                json=self.build_rpc_payload(
                    {
                        "model": "sale.order",
                        "method": "search_read",
                        "args": [[], ["name"]],
                        "kwargs": {},
                    }
                ),
            )
        self.assertNotIn(self.order.name, response.text)


@tagged("post_install", "-at_install")
class TestDocumentPages(PortalHttpCase):
    """Odoo's order pages under our levels."""

    def setUp(self):
        super().setUp()
        self.own = [self._create_order(self.main) for _number in range(2)]
        self.colleagues = [self._create_order(self.user) for _number in range(2)]
        self.foreign = self._create_order(self.stranger)

    def test_foreign_order_leads_home_and_tells_nothing(self):
        self.sign_in(self.user)
        for order_id in (self.foreign.id, self.own[0].id, 999999999):
            with self.subTest(order=order_id):
                response = self.url_open(f"/my/orders/{order_id}", allow_redirects=False)
                self.assertEqual(response.status_code, 303)
                self.assertTrue(response.headers["Location"].endswith("/my"))

    def test_previous_and_next_never_lead_to_an_unreadable_order(self):
        self.sign_in(self.main)
        listed = self.get_page("/my/orders").xpath("//a/@href")
        for order in self.own + self.colleagues:
            self.assertTrue(any(f"/my/orders/{order.id}" in link for link in listed))
        self.assertTrue(self.neighbours(self.own[0]) | self.neighbours(self.own[1]))
        self.main._grant_portal_access("user")
        self.sign_in_again()
        for order in self.own:
            with self.subTest(order=order.name):
                self.assertLessEqual(self.neighbours(order), set(self.ids(self.own)))

    def sign_in_again(self):
        """Keep the session's history of documents, as a browser that stays open does."""
        history = self.ids(self.own + self.colleagues)
        self.authenticate(self.main.email, "any", session_extra={"my_orders_history": history})

    def ids(self, orders):
        return [order.id for order in orders]

    def neighbours(self, order):
        """Return the ids of the orders that the page of an order leads to as previous and next."""
        page = self.get_page(f"/my/orders/{order.id}")
        links = page.xpath(
            "//div[contains(@class, 'record_pager')]//a/@href"
            "| //a[@title='Previous' or @title='Next']/@href"
        )
        return {int(found) for link in links for found in re.findall(r"/my/orders/(\d+)", link)}

    def test_a_shared_link_opens_its_document_by_design(self):
        link = self.foreign.get_portal_url()
        self.leave()
        self.assertIn(self.foreign.name, self.url_open(link).text)

    def test_whoever_follows_a_mail_link_gets_to_the_record(self):
        self.leave()
        response = self.url_open(f"/my/orders/{self.own[0].id}", allow_redirects=False)
        self.assertAtLogin(response)
        page = self.url_open(response.headers["Location"])
        form = {
            "login": self.main.email,
            "password": self.main.email,
            "csrf_token": self.token_in(page),
            "redirect": f"/my/orders/{self.own[0].id}",
        }
        page = self.url_open("/web/login", data=form)
        self.assertIn(f"/my/orders/{self.own[0].id}", page.url)
        self.assertIn(self.own[0].name, page.text)


@tagged("post_install", "-at_install")
class TestPageQueries(PortalHttpCase):
    """What the portal costs beyond Odoo's own."""

    def test_home_costs_at_most_two_queries_more(self):
        self.company.portal_active = False
        plain = self._create_contact("Paul Plain", "paul@nord.example", self.nord)
        self.env["portal.wizard"].create(
            {"partner_ids": [Command.set(plain.ids)]}
        ).user_ids.action_grant_access()
        self.company.portal_active = True
        self.assertFalse(plain.user_ids._get_portal_level())
        self.sign_in(plain)
        most = self.count_page_queries("/my") + 2
        for contact in (self.user, self.main):
            self.sign_in(contact)
            self.assertPageQueries("/my", most)
        self.company.portal_default_function_ids = [
            Command.set([f.id for f in self.functions.values()])
        ]
        self.sign_in(self.main)
        # What is to do (unread messages, actions that wait, their cases), and the next appointment.
        self.assertPageQueries("/my", most + 4)

    def test_orders_do_not_cost_queries_by_the_row(self):
        self._create_order(self.user)
        self.sign_in(self.main)
        few = self.count_page_queries("/my/orders")
        for _number in range(12):
            self._create_order(self.user)
        self.assertPageQueries("/my/orders", few)
