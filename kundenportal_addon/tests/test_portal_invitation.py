import re
from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .http_common import PortalHttpCase


class InvitationCase(PortalHttpCase):
    def invitations(self, email):
        """Return the invitations that were sent to an address, the newest first."""
        return self.env["mail.mail"].sudo().search(
            [("email_to", "ilike", email), ("body_html", "ilike", "/web/signup?")], order="id desc"
        ) or self.env["mail.mail"].sudo().search(
            [("recipient_ids.email", "=", email), ("body_html", "ilike", "/web/signup?")],
            order="id desc",
        )

    def link_for(self, contact):
        """Return the link in the newest invitation of a contact, as a path."""
        mail = self.invitations(contact.email)[:1]
        self.assertTrue(mail, "no invitation was sent")
        link = html.fromstring(mail.body_html).xpath("//a[contains(@href, '/web/signup?')]/@href")[
            0
        ]
        return re.sub(r"^https?://[^/]+", "", link)

    def choose_password(self, link, password="Sommer-2026!"):
        """Follow an invitation and choose a password; return the last page."""
        self.leave()
        page = self.url_open(link)
        tree = html.fromstring(page.content)
        form = {
            field.get("name"): field.get("value")
            for field in tree.xpath("//form[contains(@class, 'signup')]//input")
        }
        form.update(password=password, confirm_password=password)
        action = tree.xpath("//form[contains(@class, 'signup')]/@action")
        target = (action[0] if action else "") or page.url
        return self.url_open(
            target, data={key: value for key, value in form.items() if key and value}
        )


@tagged("post_install", "-at_install")
class TestInvitation(InvitationCase):
    """From the invitation to the portal, and how a link dies."""

    def setUp(self):
        super().setUp()
        self.new = self._create_contact("Nora Neu", "nora@nord.example", self.nord)
        self.new.with_user(self.officer)._grant_portal_access("user")

    def test_link_password_sign_in_home(self):
        page = self.choose_password(self.link_for(self.new))
        self.assertEqual(page.status_code, 200)
        self.assertTrue(page.url.endswith("/my"), page.url)
        self.assertIn("Nora Neu", page.text)
        again = self.sign_in_by_form("nora@nord.example", "Sommer-2026!")
        self.assertTrue(again.url.rstrip("/").endswith("/my"), again.url)
        self.assertIn("Nora Neu", again.text)
        self.env.invalidate_all()
        self.assertEqual(self.new.portal_state, "active")

    def test_link_works_once(self):
        link = self.link_for(self.new)
        self.choose_password(link)
        self.assertDead(link)

    def test_link_dies_with_the_address_it_was_sent_to(self):
        link = self.link_for(self.new)
        self.new.email = "nora.neu@nord.example"
        self.assertDead(link)

    def test_link_dies_with_the_grant(self):
        link = self.link_for(self.new)
        self.new._revoke_portal_access()
        self.assertDead(link)
        self.new._grant_portal_access("user")
        self.assertDead(link)
        self.assertTrue(self.choose_password(self.link_for(self.new)).url.endswith("/my"))

    def test_tampered_link_is_a_dead_link(self):
        link = self.link_for(self.new)
        for broken in (
            link[:-1],
            link + "x",
            "/web/signup?token=%00",
            "/web/signup?token=abc.def.ghi",
        ):
            with self.subTest(link=broken):
                self.assertDead(broken)

    def assertDead(self, link):  # noqa: N802 (named like unittest's)
        self.leave()
        with mute_logger("odoo.addons.auth_signup.controllers.main", "odoo.http"):
            response = self.url_open(link)
            self.assertLess(response.status_code, 500)
            page = html.fromstring(response.content)
            self.assertFalse(
                page.xpath("//form//input[@name='password']"), "still offers to set a password"
            )
            self.assertTrue(page.xpath("//a[@href='/portal/access']"), "no way to a new link")

    def test_invited_contact_is_not_asked_to_register(self):
        self.leave()
        page = html.fromstring(self.url_open(self.link_for(self.new)).content)
        login = page.xpath("//form//input[@name='login']")[0]
        self.assertEqual(login.get("value"), "nora@nord.example")
        self.assertIsNotNone(login.get("readonly"), "the login is the address that was invited")
        self.assertIn("d-none", page.xpath("//input[@name='name']/..")[0].get("class"))

    def test_nobody_registers_without_a_link(self):
        self.env["ir.config_parameter"].sudo().set_param("auth_signup.invitation_scope", "b2c")
        self.leave()
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open("/web/signup").status_code, 404)
        self.assertNotIn("/web/signup", self.url_open("/web/login").text)

    def test_mail_does_not_name_odoos_user(self):
        body = html.fromstring(self.invitations("nora@nord.example")[:1].body_html).text_content()
        self.assertNotIn("Your User", body)
        self.assertIn(self.company.name, body)


@tagged("post_install", "-at_install")
class TestAccessForm(InvitationCase):
    """/portal/access: a contact asks for its link."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.portal_admission = "all"
        cls.new = cls._create_contact("Nora Neu", "nora@nord.example", cls.nord)

    def ask(self, identifier, **values):
        self.leave()
        page = self.url_open("/portal/access")
        data = {"identifier": identifier, "csrf_token": self.token_in(page), **values}
        response = self.url_open("/portal/access", data=data)
        self.send_links()
        return response

    def test_known_and_unknown_get_the_same_answer(self):
        def answer(identifier):
            response = self.ask(identifier)
            self.assertEqual(response.status_code, 200)
            text = html.fromstring(response.content).xpath("string(//main)")
            return text.replace(identifier, "…")

        known, unknown = answer("nora@nord.example"), answer("niemand@nord.example")
        self.assertEqual(known, unknown)
        self.assertEqual(answer("uwe@nord.example"), unknown)
        self.assertEqual(answer("internal@staff.example"), unknown)
        self.assertEqual(len(self.invitations("nora@nord.example")), 1)
        self.assertFalse(self.invitations("internal@staff.example"))

    def test_the_link_leads_in(self):
        self.ask("NORA@nord.example ")
        page = self.choose_password(self.link_for(self.new))
        self.assertTrue(page.url.endswith("/my"), page.url)
        self.env.invalidate_all()
        self.assertEqual(self.new.portal_access, "user")

    def test_looking_has_no_effect(self):
        self.leave()
        before = self.env["kundenportal.throttle"].search_count([])
        for url in ("/portal/access?identifier=nora@nord.example", "/portal/access"):
            self.assertEqual(self.url_open(url).status_code, 200)
        self.assertEqual(self.new.portal_access, "none")
        self.assertFalse(self.invitations("nora@nord.example"))
        self.assertEqual(self.env["kundenportal.throttle"].search_count([]), before)

    def test_without_token_nothing_happens(self):
        self.leave()
        with mute_logger("odoo.http"):
            response = self.url_open("/portal/access", data={"identifier": "nora@nord.example"})
        self.assertEqual(response.status_code, 400)
        self.assertEqual(self.new.portal_access, "none")

    def test_bad_input_gets_a_sentence_and_keeps_what_was_typed(self):
        page = html.fromstring(self.ask("   ").content)
        self.assertTrue(page.xpath("//*[@role='alert']"))
        self.assertEqual(page.xpath("//input[@name='identifier']/@aria-invalid"), ["true"])
        for typed in (
            "x" * 5000,
            "<script>alert(1)</script>",
            "'; DROP TABLE res_users; --",
            "+49",
            "ä@ö.ü",
            "\u0000",
        ):
            with self.subTest(typed=typed[:30]):
                response = self.ask(typed)
                self.assertEqual(response.status_code, 200)
                self.assertNotIn("<script>alert(1)", response.text)

    def test_throttle_by_address_keeps_what_was_typed(self):
        for _attempt in range(3):
            self.assertFalse(self.refusal(self.ask("nora@nord.example")))
        response = self.ask("Nora@Nord.example")
        self.assertTrue(self.refusal(response), "another spelling counts as the same")
        page = html.fromstring(response.content)
        self.assertEqual(page.xpath("//input[@name='identifier']/@value"), ["Nora@Nord.example"])
        self.assertFalse(self.refusal(self.ask("ute@nord.example")), "others are not punished")
        self.assertLessEqual(len(self.invitations("nora@nord.example")), 3)

    def test_throttle_by_network_and_its_end(self):
        for number in range(20):
            self.ask(f"person{number}@nirgends.example")
        self.assertTrue(self.refusal(self.ask("nora@nord.example")))
        self.env["kundenportal.throttle"].search([]).attempted_on = (
            fields.Datetime.now() - timedelta(hours=2)
        )
        self.assertFalse(self.refusal(self.ask("nora@nord.example")))

    def test_inactive_portal_answers_the_same_and_does_nothing(self):
        self.company.portal_active = False
        self.assertEqual(self.ask("nora@nord.example").status_code, 200)
        self.assertFalse(self.invitations("nora@nord.example"))

    def test_login_page_leads_here_only_where_the_portal_is_active(self):
        self.leave()
        self.assertTrue(self.get_page("/web/login").xpath("//a[@href='/portal/access']"))
        self.company.portal_active = False
        self.assertFalse(self.get_page("/web/login").xpath("//a[@href='/portal/access']"))

    def refusal(self, response):
        return html.fromstring(response.content).xpath("string(//*[@id='access_error'])")
