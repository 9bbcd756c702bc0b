import re
import time
from base64 import b32decode, b32encode
from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.exceptions import AccessDenied
from odoo.tests import tagged
from odoo.tools import mute_logger

from .http_common import PortalHttpCase


class SignInLinkCase(PortalHttpCase):
    """What the tests of links that are sent share; the fixture's users have signed in before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for contact in (cls.main, cls.user, cls.user2, cls.stranger):
            cls.env["res.users.log"].with_user(contact.user_ids).sudo().create({})
        (cls.company.partner_id | cls.nord | cls.user).country_id = cls.env.ref("base.de")
        cls.user.write({"phone": "+49 89 1234567", "mobile": "+49 170 1234567"})
        cls.users = cls.env["res.users"]

    def ask(self, identifier, **values):
        self.leave()
        values.setdefault("csrf_token", self.csrf_token())
        response = self.url_open("/portal/access", data={"identifier": identifier, **values})
        self.send_links()
        return response

    def mails(self, contact, part="/portal/link/"):
        """Return the mails to a contact that have something in them, the newest first."""
        mails = self.env["mail.mail"].search([("body_html", "ilike", part)], order="id desc")
        return mails.filtered(
            lambda mail: contact.email in (mail.email_to or "") or contact in mail.recipient_ids
        )

    def link_in(self, body, part="/portal/link/"):
        """Return the link in a mail or an SMS, as a path."""
        found = re.search(rf'{part}[^"\s<]*', str(body))
        self.assertTrue(found, "no link was sent")
        return found.group(0).replace("&amp;", "&")

    def link_for(self, contact):
        return self.link_in(self.mails(contact)[:1].body_html)

    def click(self, link):
        """Open a link and press its button; return the response before any redirect."""
        path, _mark, query = link.partition("?")
        response = self.url_open(link)
        page = self.tree(response)
        values = {
            field.get("name"): field.get("value")
            for field in page.xpath("//form[contains(@action, '/portal/link/')]//input")
        }
        return self.url_open(
            path, data={**values, "csrf_token": self.token_in(response)}, allow_redirects=False
        )

    def tree(self, response):
        self.assertEqual(response.status_code, 200)
        # `website` repeats the address in the page's head, where a NUL would end it for lxml.
        return html.fromstring(response.content.replace(b"\0", b""))

    def codes(self, contact):
        self.env.invalidate_all()
        entries = self.env["kundenportal.protocol"].search(
            [("partner_id", "=", contact.id)], order="id"
        )
        return [entry.kind_id.code for entry in entries]

    def assertSignedIn(self, contact):  # noqa: N802 (named like unittest's)
        page = self.url_open("/my")
        self.assertTrue(page.url.endswith("/my"), page.url)
        self.assertIn(contact.name, page.text)

    def assertDead(self, link):  # noqa: N802 (named like unittest's)
        """Check that neither looking nor clicking leads in, and that there is a way to go on."""
        self.leave()
        with mute_logger("odoo.addons.base.models.res_users"):
            for response in (self.url_open(link), self.click(link)):
                page = self.tree(response)
                self.assertFalse(page.xpath("//form[contains(@action, '/portal/link/')]"))
                self.assertTrue(page.xpath("//form[@action='/portal/access']//input"))
        self.assertIn("/web/login", self.url_open("/my").url)


@tagged("post_install", "-at_install")
class TestSignInLink(SignInLinkCase):
    """From the mail into the portal, and what does not lead there."""

    def setUp(self):
        super().setUp()
        self.env["ir.config_parameter"].set_param("base.login_cooldown_after", 0)
        self.ask("UWE@nord.example")
        self.link = self.link_for(self.user)

    def test_link_signs_in(self):
        self.assertIn("sign_in_link_sent", self.codes(self.user))
        self.leave()
        response = self.click(self.link)
        self.assertEqual(response.status_code, 303)
        self.assertTrue(response.headers["Location"].endswith("/my"))
        self.assertSignedIn(self.user)
        self.assertEqual(self.codes(self.user)[-3:], ["email_verified", "link_used", "signed_in"])
        self.assertTrue(self.user.email_verified_on, "whoever has the link got the mail")

    def test_session_is_a_new_one(self):
        self.leave()
        before = self.opener.cookies["session_id"]
        self.click(self.link)
        self.assertNotEqual(self.opener.cookies["session_id"], before)

    def test_link_works_once(self):
        self.leave()
        self.click(self.link)
        self.assertDead(self.link)

    def test_second_click_of_whoever_is_in(self):
        self.leave()
        token = self.csrf_token()
        self.assertTrue(token)
        self.click(self.link)
        with mute_logger("odoo.addons.base.models.res_users"):
            response = self.click(self.link)
        self.assertTrue(response.headers["Location"].endswith("/my"))

    def test_looking_has_no_effect(self):
        self.leave()
        for _look in range(2):
            page = self.tree(self.url_open(self.link))
            self.assertTrue(page.xpath("//form[contains(@action, '/portal/link/')]//button"))
        text = page.xpath("string(//main)")
        self.assertIn(self.company.name, text)
        for secret in ("Uwe", "uwe@nord.example", "Nord"):
            self.assertNotIn(secret, text)
        self.assertIn("/web/login", self.url_open("/my").url)
        response = self.url_open(self.link)
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.assertIn("no-store", response.headers["Cache-Control"])
        self.click(self.link)
        self.assertSignedIn(self.user)

    def test_form_needs_its_token(self):
        self.leave()
        self.url_open(self.link)
        with mute_logger("odoo.http"):
            response = self.url_open(self.link, data={"x": "y"})
        self.assertEqual(response.status_code, 400)
        self.assertIn("/web/login", self.url_open("/my").url)

    def test_link_expires(self):
        token = self.link.rpartition("/")[2]
        link = self.env["kundenportal.link"]._peek("sign_in", token)
        self.assertLessEqual(link.expires_on, fields.Datetime.now() + timedelta(minutes=15))
        link.expires_on = fields.Datetime.now()
        self.assertDead(self.link)

    def test_altered_and_foreign_links(self):
        token = self.link.rpartition("/")[2]
        foreign = [
            self.env["kundenportal.link"]._issue(purpose, self.user.user_ids, "uwe@nord.example")
            for purpose in ("access_letter", "registration", "verify_email")
        ]
        for wrong in (
            token[:-1],
            token + "x",
            token.swapcase(),
            "x",
            "%00",
            "ä",
            "x" * 5000,
            "<script>alert(1)</script>",
            *foreign,
        ):
            with self.subTest(token=wrong[:30]), mute_logger("odoo.http"):
                self.leave()
                response = self.url_open(f"/portal/link/{wrong}")
                self.assertLess(response.status_code, 500)
                self.assertNotIn("<script>alert(1)", response.text)
                if "/" not in wrong:
                    self.assertDead(f"/portal/link/{wrong}")

    def test_a_newer_link_replaces_it(self):
        self.ask("uwe@nord.example")
        self.assertNotEqual(self.link_for(self.user), self.link)
        self.assertDead(self.link)

    def test_link_dies_with_the_address(self):
        self.user.email = "uwe.neu@nord.example"
        self.assertDead(self.link)
        self.user.email = "uwe@nord.example"
        self.assertDead(self.link)

    def test_link_dies_with_the_password(self):
        self.user.user_ids.password = "ein neues Wort 1"
        self.assertDead(self.link)

    def test_link_dies_with_the_access(self):
        self.user.with_user(self.officer)._revoke_portal_access()
        self.user.with_user(self.officer)._grant_portal_access("user")
        self.assertDead(self.link)

    def test_link_dies_with_the_block(self):
        for blocked in (self.user, self.nord):
            self.ask("uwe@nord.example")
            link = self.link_for(self.user)
            blocked.with_user(self.officer).portal_switch = "blocked"
            self.assertDead(link)
            blocked.with_user(self.officer).portal_switch = False
            self.assertDead(link)

    def test_link_dies_with_the_contact(self):
        self.user.action_archive()
        self.assertDead(self.link)

    def test_link_is_dead_where_links_are_off(self):
        for setting in ("portal_sign_in_link", "portal_active"):
            self.company[setting] = False
            self.assertDead(self.link)
            self.company[setting] = True
        self.click(self.link)
        self.assertSignedIn(self.user)

    def test_link_of_somebody_who_is_signed_in_as_another(self):
        self.sign_in(self.stranger)
        self.click(self.link)
        self.assertSignedIn(self.user)
        self.assertNotIn(self.stranger.name, self.url_open("/my").text)

    def test_only_the_link_is_taken_for_one(self):
        users = self.env(user=None, su=False)["res.users"]
        for credential in (
            {"type": "kundenportal_link", "login": "uwe@nord.example", "token": "x"},
            {"type": "kundenportal_link", "login": "kp_manager", "token": None},
            {"type": "password", "login": "uwe@nord.example", "password": self.link},
        ):
            with (
                self.subTest(credential=credential),
                mute_logger("odoo.addons.base.models.res_users"),
                self.assertRaises(AccessDenied),
            ):
                users.authenticate(credential, {"interactive": True})
        self.leave()
        with mute_logger("odoo.addons.base.models.res_users"):
            response = self.submit(
                "/web/login",
                type="kundenportal_link",
                login="uwe@nord.example",
                token=self.link.rpartition("/")[2],
                password="x",
            )
        self.assertEqual(response.status_code, 200, "the door for links is another")

    @mute_logger("odoo.addons.base.models.res_users", "odoo.addons.auth_totp.models.res_users")
    def test_second_factor_holds(self):
        if "auth_totp.device" not in self.env:
            self.skipTest("two-factor authentication is not installed")
        from odoo.addons.auth_totp.models.totp import hotp

        secret = b32encode(b"kundenportal-secret!").decode()
        self.user.user_ids.totp_secret = secret
        self.leave()
        response = self.click(self.link)
        self.assertIn("/web/login/totp", response.headers["Location"])
        self.assertIn("/web/login", self.url_open("/my").url, "the link alone is not enough")
        self.assertDead(self.link)
        self.ask("uwe@nord.example")
        self.click(self.link_for(self.user))
        code = hotp(b32decode(secret), int(time.time() / 30))
        self.submit("/web/login/totp", totp_token=f"{code:06}")
        self.assertSignedIn(self.user)

    @mute_logger("odoo.addons.base.models.res_users")
    def test_cool_down_holds_and_leaves_the_link(self):
        self.env["ir.config_parameter"].set_param("base.login_cooldown_after", 2)
        failures = self.env.registry._login_failures
        self.addCleanup(failures.clear)
        failures.clear()
        self.leave()
        for _attempt in range(2):
            self.sign_in_by_form("uwe@nord.example", "wrong")
        page = self.tree(self.click(self.link))
        self.assertTrue(page.xpath("//*[@role='alert']"))
        self.assertTrue(page.xpath("//form[contains(@action, '/portal/link/')]//button"))
        failures.clear()
        self.click(self.link)
        self.assertSignedIn(self.user)


@tagged("post_install", "-at_install")
class TestWhoGetsWhichLink(SignInLinkCase):
    """One form for everybody; what is sent suits the contact."""

    def requests(self):
        return self.env["kundenportal.link.request"].search_count([])

    def test_by_number_typed_in_any_spelling(self):
        self.ask("089/1234567")
        self.assertEqual(len(self.mails(self.user)), 1)

    def test_whoever_never_signed_in_gets_the_invitation(self):
        new = self._create_contact("Nora Neu", "nora@nord.example", self.nord, "user")
        self.env["mail.mail"].search([]).unlink()
        self.ask("nora@nord.example")
        self.assertFalse(self.mails(new))
        self.assertEqual(len(self.mails(new, "/web/signup?")), 1)

    def test_where_links_are_off_the_mail_leads_to_a_password(self):
        self.company.portal_sign_in_link = False
        self.ask("uwe@nord.example")
        self.assertFalse(self.mails(self.user))
        self.assertEqual(len(self.mails(self.user, "/web/reset_password?")), 1)
        self.leave()
        path = "normalize-space(//a[@href='/portal/access'])"
        text = self.get_page("/web/login").xpath(path)
        self.company.portal_sign_in_link = True
        self.assertNotEqual(self.get_page("/web/login").xpath(path), text)

    def test_nobody_else_gets_one(self):
        self.user2.with_user(self.officer).portal_switch = "blocked"
        self.stranger._revoke_portal_access()
        before = self.env["mail.mail"].search_count([])
        for typed in (
            "ute@nord.example",
            "sven@sued.example",
            "kp_internal",
            "internal@staff.example",
            "nobody@nord.example",
        ):
            self.ask(typed)
        self.assertEqual(self.env["mail.mail"].search_count([]), before)
        self.company.portal_active = False
        self.ask("uwe@nord.example")
        self.assertEqual(self.env["mail.mail"].search_count([]), before)

    def test_ambiguous_is_work_for_the_staff(self):
        self.user2.phone = "+49 89 1234567"
        before = self.env["mail.mail"].search_count([])
        self.ask("089 1234567")
        self.assertEqual(self.env["mail.mail"].search_count([]), before)
        entry = self.env["kundenportal.protocol"].search(
            [("kind_id.code", "=", "access_requested")], limit=1
        )
        self.assertEqual(entry.review_state, "open")
        self.assertEqual(entry.ip_address, "127.0.0.1")
        self.assertFalse(entry.user_id)

    def test_mail_suits_the_contact(self):
        self.user.lang = "en_US"
        for form, words in (("formal", "this link leads"), ("informal", "here is your link")):
            self.user.form_of_address = form
            self.ask("uwe@nord.example")
            mail = self.mails(self.user)[:1]
            self.assertIn(words, mail.body_html)
            self.assertIn(self.company.name, mail.subject)
            self.assertFalse(mail.model, "who may read the contact may not read the link")

    def test_sms_to_whoever_asks_by_the_mobile(self):
        if "sms.sms" not in self.env:
            self.skipTest("sms is not installed")
        self.company.portal_sign_in_sms = True
        self.ask("0170/1234567")
        self.assertFalse(self.mails(self.user))
        sms = self.env["sms.sms"].search([("number", "=", "+491701234567")])
        self.assertEqual(len(sms), 1)
        self.leave()
        self.click(self.link_in(sms.body))
        self.assertSignedIn(self.user)
        self.assertFalse(self.user.email_verified_on, "no mail was received")
        self.assertIn("sign_in_link_sent", self.codes(self.user))

    def test_no_sms_unless_wanted(self):
        self.ask("0170/1234567")
        self.assertTrue(self.mails(self.user))
        if "sms.sms" in self.env:
            self.assertFalse(self.env["sms.sms"].search([("number", "=", "+491701234567")]))

    def test_sms_to_whoever_has_no_address(self):
        if "sms.sms" not in self.env:
            self.skipTest("sms is not installed")
        self.company.portal_sign_in_sms = True
        self.user.user_ids.login = "uwe.user"
        self.user.email = False
        self.ask("uwe.user")
        sms = self.env["sms.sms"].search([("number", "=", "+491701234567")])
        link = self.link_in(sms.body)
        self.user.mobile = "+49 170 7654321"
        self.assertDead(link)

    def test_page_that_was_to_be_seen(self):
        self.ask("uwe@nord.example", redirect="/my/orders?page=1&x=ä".replace("ä", "%C3%A4"))
        self.leave()
        response = self.click(self.link_for(self.user))
        self.assertTrue(
            response.headers["Location"].endswith("/my/orders?page=1&x=%C3%A4"),
            response.headers["Location"],
        )

    def test_no_page_of_others(self):
        for wrong in (
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "javascript:alert(1)",
            "my",
            "/" + "x" * 5000,
        ):
            with self.subTest(redirect=wrong[:30]):
                self.env["kundenportal.throttle"].search([]).unlink()
                self.ask("uwe@nord.example", redirect=wrong)
                link = self.link_for(self.user)
                self.assertNotIn("?", link)
                self.leave()
                token = self.csrf_token()
                response = self.url_open(
                    link, data={"csrf_token": token, "redirect": wrong}, allow_redirects=False
                )
                self.assertTrue(response.headers["Location"].endswith("/my"))

    def test_known_and_unknown_take_the_same_time(self):
        """What happens in the request is the same; the rest is done by the scheduled action."""
        counts = {}
        for typed in ("warm", "uwe@nord.example", "nobody@nord.example", "kp_internal"):
            self.leave()
            data = {"identifier": typed, "csrf_token": self.csrf_token()}
            before = self.env.cr.sql_log_count
            self.url_open("/portal/access", data=data)
            counts[typed] = self.env.cr.sql_log_count - before
        del counts["warm"]
        self.assertEqual(len(set(counts.values())), 1, counts)
        self.assertEqual(self.requests(), 4)

    def test_scheduled_action_drops_what_fails(self):
        self.leave()
        for typed in ("uwe@nord.example", "ute@nord.example"):
            self.submit("/portal/access", identifier=typed)
        users = type(self.users)
        send = users._send_sign_in_link

        def fail_for_uwe(user, *args, **kwargs):
            if user == self.user.user_ids:
                raise ValueError("broken")
            return send(user, *args, **kwargs)

        self.patch(users, "_send_sign_in_link", fail_for_uwe)
        with (
            self.enter_registry_test_mode(),
            mute_logger("odoo.addons.kundenportal_addon.models.kundenportal_link_request"),
        ):
            self.env.ref("kundenportal_addon.ir_cron_link_requests").method_direct_trigger()
        self.assertEqual(self.requests(), 0)
        self.assertFalse(self.mails(self.user))
        self.assertEqual(len(self.mails(self.user2)), 1)
