import re
from datetime import timedelta
from unittest.mock import patch

from lxml import html

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import PortalCase
from .http_common import BrowserCase, PortalHttpCase


class CredentialsMixin:
    """A contact that has no access yet, and what the three dialogs do with it."""

    @classmethod
    def _extend_portal_fixture(cls):
        cls.env["ir.config_parameter"].set_param("auth_password_policy.minlength", 8)
        cls.new = cls._create_contact("Nora Neu", "nora@nord.example", cls.nord)
        cls.paper = cls.env["res.partner"].create(
            {"name": "Paul Papier", "parent_id": cls.nord.id, "mobile": "+49 170 1234567"}
        )

    def entries(self, contact):
        return (
            self.env["kundenportal.protocol"]
            .search([("partner_id", "=", contact.id)])
            .mapped("kind_id.code")
        )

    def mails(self, contact):
        return self.env["mail.mail"].search(
            [
                "|",
                ("email_to", "ilike", contact.email_normalized),
                ("recipient_ids", "=", contact.id),
            ]
        )

    def set_password(self, contact, **values):
        wizard = (
            self.env["kundenportal.password"]
            .with_user(self.officer)
            .create({"partner_id": contact.id, **values})
        )
        action = wizard.action_set_password()
        return wizard, action["context"]["portal_password"]

    def print_letter(self, contacts):
        wizard = (
            self.env["kundenportal.access.letter"]
            .with_user(self.officer)
            .create({"partner_ids": [(6, 0, contacts.ids)]})
        )
        return html.fromstring(wizard.action_print()["params"]["html"])

    def codes(self, page):
        return page.xpath("//dd[hasclass('typed')]/text()")


@tagged("post_install", "-at_install")
class TestSetPassword(CredentialsMixin, PortalCase):
    def can_sign_in(self, contact, password):
        user = contact.user_ids
        try:
            with mute_logger("odoo.addons.base.models.res_users"):
                user.with_user(user)._check_credentials(
                    {"type": "password", "login": user.login, "password": password},
                    {"interactive": False},
                )
        except Exception:  # AccessDenied is one, and Odoo's policy may add others
            return False
        return True

    def test_generated_password_gives_access_and_is_shown_once(self):
        wizard, password = self.set_password(self.new, portal_level="main_user")
        self.assertEqual(self.new.portal_access, "main_user")
        self.assertTrue(self.can_sign_in(self.new, password))
        self.assertEqual(wizard.with_context(portal_password=password).shown_password, password)
        self.assertFalse(wizard.shown_password, "only in the answer to the click")
        self.env.flush_all()
        self.env.cr.execute("SELECT * FROM kundenportal_password")
        self.assertNotIn(password, str(self.env.cr.fetchall()))
        self.assertFalse(self.mails(self.new), "no mail unless asked")
        self.assertIn("password_set", self.entries(self.new))

    def test_typed_password(self):
        wizard, password = self.set_password(self.new, method="typed", password="typed-by-staff")
        self.assertEqual(password, "typed-by-staff")
        self.assertFalse(wizard.password)
        self.assertTrue(self.can_sign_in(self.new, "typed-by-staff"))

    def test_policy_holds(self):
        if "minlength" not in self.env["res.config.settings"]._fields:
            self.skipTest("auth_password_policy is not installed")
        with self.assertRaisesRegex(UserError, "8"):
            self.set_password(self.new, method="typed", password="short")
        self.env["ir.config_parameter"].set_param("auth_password_policy.minlength", 30)
        _wizard, password = self.set_password(self.new)
        self.assertGreaterEqual(len(password), 30)

    def test_mailed_only_if_asked(self):
        _wizard, password = self.set_password(self.new, send_by_mail=True)
        mail = self.mails(self.new)
        self.assertIn(password, mail.body_html)
        self.assertFalse(mail.model, "whoever reads the login would read the password")
        self.assertIn("password_mailed", self.entries(self.new))
        entry = self.env["kundenportal.protocol"].search([("partner_id", "=", self.new.id)])
        self.assertNotIn(password, str(entry.mapped("note")))

    def test_new_password_kills_what_was_sent_before(self):
        self.new._grant_portal_access("user")
        self.new.user_ids.invalidate_recordset()
        token = self.new.sudo()._generate_signup_token()
        self.print_letter(self.new)
        self.set_password(self.new)
        self.assertFalse(self.env["res.partner"]._get_partner_from_token(token))
        self.assertFalse(
            self.env["kundenportal.link"].search(
                [("res_model", "=", "res.users"), ("res_id", "=", self.new.user_ids.id)]
            )
        )

    def test_staff_are_left_alone(self):
        with self.assertRaises(UserError):
            self.set_password(self.internal.partner_id)
        with self.assertRaises(AccessError):
            self.env["kundenportal.password"].with_user(self.internal).create(
                {"partner_id": self.new.id}
            )

    def test_dialog_suggests_the_login(self):
        form = Form(
            self.env["kundenportal.password"]
            .with_user(self.officer)
            .with_context(active_id=self.paper.id)
        )
        self.assertEqual(form.login, "+491701234567")
        form.login = "papier"
        form.save().action_set_password()
        self.assertEqual(self.paper.user_ids.login, "papier")


@tagged("post_install", "-at_install")
class TestAccessMail(CredentialsMixin, PortalCase):
    def dialog(self, contact, purpose):
        return (
            self.env["kundenportal.access.mail"]
            .with_user(self.officer)
            .create({"partner_id": contact.id, "purpose": purpose})
        )

    def test_invitation_in_ones_own_words(self):
        dialog = self.dialog(self.new, "invitation")
        self.assertTrue(dialog.text)
        dialog.text = "Welcome aboard\nWe <b>talked</b> yesterday."
        dialog.action_send()
        self.assertEqual(self.new.portal_access, "user")
        body = self.mails(self.new).body_html
        self.assertIn("We &lt;b&gt;talked&lt;/b&gt; yesterday.", body)
        self.assertIn("/web/signup?", body)
        self.assertEqual(len(self.mails(self.new)), 1, "not the standard one as well")

    def test_invitation_again_leaves_the_level(self):
        self.new._grant_portal_access("main_user", invite=False)
        self.dialog(self.new, "invitation").action_send()
        self.assertEqual(self.new.portal_access, "main_user")

    def test_no_address_no_mail(self):
        for purpose in ("invitation", "verification"):
            with self.assertRaises(UserError):
                self.dialog(self.paper, purpose).action_send()
        self.assertEqual(self.paper.portal_access, "none")

    def test_text_is_in_the_contacts_form_of_address(self):
        formal = self.dialog(self.new, "verification").text
        self.new.form_of_address = "informal"
        self.assertNotEqual(self.dialog(self.new, "verification").text, formal)

    def test_too_many_verifications(self):
        with self.enter_registry_test_mode():
            for _mail in range(5):
                self.dialog(self.new, "verification").action_send()
            with self.assertRaisesRegex(UserError, "Too many"):
                self.dialog(self.new, "verification").action_send()

    def test_hint_says_what_is_missing(self):
        new = self.new.with_user(self.officer)
        self.assertEqual(new.portal_hint, "no_login")
        self.assertEqual(self.paper.portal_hint, "no_login")
        self.assertFalse(self.nord.portal_hint)
        self.assertFalse(self.internal.partner_id.portal_hint)
        self.new._grant_portal_access("user")
        self.assertEqual(new.portal_hint, "no_password")
        self.set_password(self.new)
        new.invalidate_recordset()
        self.assertEqual(new.portal_hint, "unverified")
        self.new._set_email_verified("nora@nord.example")
        self.assertFalse(new.portal_hint)
        self.new.email = "other@nord.example"
        self.assertEqual(new.portal_hint, "unverified")
        self.company.portal_active = False
        new.invalidate_recordset()
        self.assertFalse(new.portal_hint)


@tagged("post_install", "-at_install")
class TestAccessLetter(CredentialsMixin, BrowserCase):
    """A code on paper, typed or photographed."""

    def choose(self, code, password="a-good-password", confirm=None):
        self.leave()
        data = {
            "code": code,
            "password": password,
            "confirm_password": password if confirm is None else confirm,
            "csrf_token": self.csrf_token(),
        }
        return self.url_open("/portal/start", data=data)

    def enter(self, code):
        """Enter the code and return the page on which the password is chosen."""
        response = self.submit("/portal/start", code=code)
        self.assertEqual(response.status_code, 200)
        return html.fromstring(response.content)

    def test_letter_leads_in_once(self):
        page = self.print_letter(self.paper)
        (code,) = self.codes(page)
        self.assertEqual(self.paper.portal_access, "user")
        self.assertIn("access_letter_printed", self.entries(self.paper))
        self.assertIn("+491701234567", page.text_content())
        self.leave()
        shown = self.enter(code.upper())
        self.assertEqual(shown.xpath("//input[@id='login']/@value"), ["+491701234567"])
        response = self.choose(code)
        self.assertTrue(response.url.endswith("/my"), response.url)
        self.env.invalidate_all()
        self.assertEqual(self.paper.portal_state, "active")
        self.assertIn("link_used", self.entries(self.paper))
        self.assertDead(code)

    def test_printing_again_makes_a_new_code(self):
        (first,) = self.codes(self.print_letter(self.paper))
        (second,) = self.codes(self.print_letter(self.paper))
        self.assertDead(first)
        self.assertTrue(self.choose(second).url.endswith("/my"))

    def test_codes_that_open_nothing(self):
        (code,) = self.codes(self.print_letter(self.paper))
        for wrong in (code[:-1], code + "x", "x" * 10_000, "<script>", "\x00", "ä"):
            with self.subTest(code=wrong[:20]):
                self.assertDead(wrong)
        self.paper._revoke_portal_access()
        self.assertDead(code)
        self.paper._grant_portal_access("user")
        self.assertDead(code)

    def test_expired(self):
        (code,) = self.codes(self.print_letter(self.paper))
        self.env["kundenportal.link"].search([]).expires_on -= timedelta(days=30)
        self.assertDead(code)

    def test_bad_password_keeps_the_code(self):
        (code,) = self.codes(self.print_letter(self.paper))
        cases = [("", ""), ("one-password", "another-one"), ("x" * 5000, "x" * 5000)]
        if "minlength" in self.env["res.config.settings"]._fields:
            cases.append(("short", "short"))
        for password, confirm in cases:
            with self.subTest(password=password[:20]):
                response = self.choose(code, password, confirm)
                self.assertEqual(response.status_code, 200)
                self.assertTrue(
                    html.fromstring(response.content).xpath("//*[@id='password_error']/text()")
                )
        self.assertTrue(self.choose(code).url.endswith("/my"), "the code was not used up")

    def test_too_many_attempts_keep_the_code(self):
        (code,) = self.codes(self.print_letter(self.paper))
        with (
            patch.object(type(self.env["res.users"]), "_on_login_cooldown", lambda *_args: True),
            mute_logger("odoo.addons.base.models.res_users"),
        ):
            response = self.choose(code)
        self.assertEqual(response.status_code, 200)
        error = html.fromstring(response.content).xpath("//*[@id='password_error']/text()")
        self.assertTrue(error, "says why")
        self.assertTrue(self.choose(code).url.endswith("/my"), "the code was not used up")

    def test_looking_has_no_effect_and_a_token_is_needed(self):
        (code,) = self.codes(self.print_letter(self.paper))
        self.leave()
        for _look in range(2):
            self.enter(code)
        with mute_logger("odoo.http"):
            response = self.url_open("/portal/start", data={"code": code, "password": "abcdefgh"})
        self.assertEqual(response.status_code, 400)
        self.assertTrue(self.choose(code).url.endswith("/my"))

    def test_many_letters_and_who_cannot_have_one(self):
        page = self.print_letter(self.paper + self.new + self.user)
        self.assertEqual(len(set(self.codes(page))), 3)
        blocked = self.env["res.partner"].create({"name": "Nils Niemand"})
        blocked.portal_switch = "blocked"
        contact = self._create_contact("Otto", "otto@nord.example", self.nord)
        with self.assertRaisesRegex(UserError, "Nils Niemand"), self.env.cr.savepoint():
            self.print_letter(blocked + contact)
        self.assertEqual(contact.portal_access, "none")

    def test_the_picture_brings_the_code_along(self):
        (code,) = self.codes(self.print_letter(self.paper))
        self.start_tour(f"/portal/start#{code}", "kundenportal_letter_code")
        self.assertTrue(self.choose(code).url.endswith("/my"), "looking has no effect")

    def test_name_of_a_contact_is_text(self):
        self.paper.name = "Paul <script>alert(1)</script>"
        self.assertFalse(self.print_letter(self.paper).xpath("//script"))

    def assertDead(self, code):  # noqa: N802 (named like unittest's)
        response = self.choose(code)
        self.assertEqual(response.status_code, 200)
        page = html.fromstring(response.content)
        self.assertTrue(page.xpath("//*[@id='code_error']"))
        self.assertFalse(page.xpath("//input[@name='password']"))


@tagged("post_install", "-at_install")
class TestVerification(CredentialsMixin, PortalHttpCase):
    """Double opt-in of an address."""

    def ask(self):
        self.env["kundenportal.access.mail"].with_user(self.officer).create(
            {"partner_id": self.new.id, "purpose": "verification"}
        ).action_send()
        return re.search(r"/portal/verify/[\w-]+", self.mails(self.new)[:1].body_html).group()

    def test_the_button_verifies(self):
        link = self.ask()
        self.leave()
        page = self.get_page(link)
        self.assertIn("nora@nord.example", page.text_content())
        self.assertFalse(self.new.email_verified_on, "opening the link proves nothing")
        self.assertIn("o_kundenportal_verify_done", self.submit(link).text)
        self.env.invalidate_all()
        self.assertTrue(self.new.email_verified_on)
        self.assertEqual(self.entries(self.new)[:1], ["email_verified"])
        self.assertIn("o_kundenportal_verify_dead", self.submit(link).text)

    def test_another_address_voids_it(self):
        link = self.ask()
        self.new.email = "other@nord.example"
        self.leave()
        self.assertFalse(self.get_page(link).xpath("//form[@method='post']"))
        self.assertIn("o_kundenportal_verify_dead", self.submit(link).text)
        self.assertFalse(self.new.email_verified_on)

    def test_changed_back_it_stays_void(self):
        link = self.ask()
        self.new.email = "other@nord.example"
        self.new.email = "nora@nord.example"
        self.leave()
        self.assertIn("o_kundenportal_verify_dead", self.submit(link).text)

    def test_expired_altered_and_gone(self):
        link = self.ask()
        self.leave()
        for wrong in (link + "x", "/portal/verify/%00", "/portal/verify/" + "ä" * 500):
            self.assertIn("o_kundenportal_verify_dead", self.submit(wrong).text)
        self.env["kundenportal.link"].search([]).expires_on -= timedelta(days=7)
        self.assertIn("o_kundenportal_verify_dead", self.submit(link).text)
        link = self.ask()
        self.new.unlink()
        self.assertTrue(self.get_page(link).xpath("//*[hasclass('o_kundenportal_verify_dead')]"))
        self.assertIn("o_kundenportal_verify_dead", self.submit(link).text)
