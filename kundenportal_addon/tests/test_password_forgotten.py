import re

from lxml import html

from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_sign_in_link import SignInLinkCase


@tagged("post_install", "-at_install")
class TestPasswordForgotten(SignInLinkCase):
    """/web/reset_password: neutral to the asker, a link to whoever has a login."""

    def ask(self, login, **values):
        self.leave()
        response = self.url_open(
            "/web/reset_password",
            data={"login": login, "csrf_token": self.csrf_token(), **values},
        )
        self.send_links()
        return response

    def link_for(self, contact):
        mail = self.mails(contact, "/web/reset_password?")[:1]
        return self.link_in(mail.body_html, "/web/reset_password")

    def choose(self, link, password="Herbst-2026!"):
        """Follow a link and choose a password; return the last page."""
        self.leave()
        page = self.url_open(link)
        tree = html.fromstring(page.content)
        form = {
            field.get("name"): field.get("value") for field in tree.xpath("//form//input[@name]")
        }
        form.update(password=password, confirm_password=password)
        return self.url_open(page.url, data={key: value for key, value in form.items() if value})

    def error_in(self, response):
        return html.fromstring(response.content).xpath("string(//*[@id='reset_error'])")

    def test_from_the_page_to_another_password(self):
        self.sign_in(self.user)
        elsewhere = self.opener.cookies["session_id"]
        self.ask("089 1234567")
        mail = self.mails(self.user, "/web/reset_password?")
        self.assertEqual(len(mail), 1)
        self.assertIn(self.company.name, mail.subject)
        self.assertFalse(mail.model)
        link = self.link_for(self.user)
        page = self.choose(link)
        self.assertIn("alert-success", page.text)
        self.assertTrue(
            self.sign_in_by_form("uwe@nord.example", "Herbst-2026!").url.endswith("/my")
        )
        self.leave()
        self.opener.cookies["session_id"] = elsewhere
        self.assertIn("/web/login", self.url_open("/my").url, "other sessions end")
        self.assertIn("password_reset", self.codes(self.user))
        self.assertIn("password_set", self.codes(self.user))
        page = html.fromstring(self.url_open(link).content)
        self.assertFalse(page.xpath("//input[@name='password']"), "works once")
        self.assertTrue(page.xpath("//a[@href='/portal/access']"))

    def test_looking_has_no_effect(self):
        self.ask("uwe@nord.example")
        for _look in range(2):
            self.leave()
            page = html.fromstring(self.url_open(self.link_for(self.user)).content)
            self.assertTrue(page.xpath("//input[@name='password']"))
        self.assertTrue(
            self.sign_in_by_form("uwe@nord.example", "uwe@nord.example").url.endswith("/my")
        )

    def test_everybody_gets_the_same_answer(self):
        self.user2.phone = "+49 89 1234567"
        answers, counts = set(), set()
        self.ask("warm@nord.example")
        for typed in (
            "uwe@nord.example",
            "nobody@nord.example",
            "kp_manager",
            "officer@staff.example",
            "089 1234567",
            "089 7654321",
        ):
            self.leave()
            data = {"login": typed, "csrf_token": self.csrf_token()}
            before = self.env.cr.sql_log_count
            response = self.url_open("/web/reset_password", data=data)
            counts.add(self.env.cr.sql_log_count - before)
            self.assertEqual(response.status_code, 200)
            text = html.fromstring(response.content).xpath("normalize-space(string(//main))")
            answers.add(text.replace(typed, "…"))
        self.assertEqual(len(answers), 1, answers)
        self.assertEqual(len(counts), 1, counts)
        self.send_links()
        self.assertEqual(len(self.mails(self.user, "/web/reset_password?")), 1)
        self.assertFalse(self.mails(self.user2, "/web/reset_password?"))

    def test_address_of_the_page_tells_nothing(self):
        self.leave()
        known, unknown = "uwe@nord.example", "nobody@nord.example"
        for url in (
            "/web/reset_password?signup_email={}",
            "/web/reset_password?token=x&signup_email={}",
            "/web/signup?token=x&signup_email={}",
        ):
            with mute_logger("odoo.http", "odoo.addons.auth_signup.controllers.main"):
                pages = [self.url_open(url.format(email)) for email in (known, unknown)]
            with self.subTest(url=url):
                for page in pages:
                    self.assertEqual(page.status_code, 200)
                    self.assertNotIn("/web/login", page.url)
                texts = [html.fromstring(page.content).xpath("string(//main)") for page in pages]
                self.assertEqual(*texts)
        page = self.get_page(f"/web/reset_password?signup_email={known}")
        self.assertEqual(page.xpath("//input[@name='login']/@value"), [known])

    def test_staff_get_odoos_mail(self):
        self.sent_by_odoo = []
        users = type(self.users)
        reset = users.action_reset_password

        def record(user):
            self.sent_by_odoo.append(user)
            return reset(user)

        self.patch(users, "action_reset_password", record)
        self.ask("kp_officer")
        self.assertTrue(self.officer.partner_id.signup_type, "Odoo's link was made")
        self.ask("manager@staff.example")
        self.assertTrue(self.manager.partner_id.signup_type)
        self.assertEqual(self.sent_by_odoo, [self.officer, self.manager])

    def test_nothing_for_whoever_may_not_in(self):
        self.user.with_user(self.officer).portal_switch = "blocked"
        self.user2._revoke_portal_access()
        before = self.env["mail.mail"].search_count([])
        for typed in ("uwe@nord.example", "ute@nord.example", "nobody@nord.example"):
            self.ask(typed)
        self.assertEqual(self.env["mail.mail"].search_count([]), before)

    def test_bad_input(self):
        for typed in ("", "   ", "\x00"):
            page = html.fromstring(self.ask(typed).content)
            self.assertTrue(page.xpath("//*[@id='reset_error' and @role='alert']"), repr(typed))
            self.assertEqual(page.xpath("//input[@name='login']/@aria-invalid"), ["true"])
        for typed in ("x" * 10_000, "<script>alert(1)</script>", "'; DROP TABLE res_users; --"):
            response = self.ask(typed)
            self.assertEqual(response.status_code, 200)
            self.assertNotIn("<script>alert(1)", response.text)
        self.leave()
        response = self.url_open(
            "/web/reset_password",
            data={"csrf_token": self.csrf_token()},
            files={"login": ("x.txt", b"x")},
        )
        self.assertTrue(self.error_in(response))
        self.leave()
        with mute_logger("odoo.http"):
            response = self.url_open("/web/reset_password", data={"login": "uwe@nord.example"})
        self.assertEqual(response.status_code, 400, "the form carries a token")

    def test_no_more_than_three_mails_an_hour(self):
        for typed in ("089 1234567", "+49 89 1234567", "uwe@nord.example", "UWE@nord.example"):
            self.assertFalse(self.error_in(self.ask(typed)))
        self.assertEqual(len(self.mails(self.user, "/web/reset_password?")), 3)
        for _attempt in range(2):
            self.ask("ute@nord.example")
        self.assertFalse(self.error_in(self.ask("ute@nord.example")))
        response = self.ask("Ute@nord.example")
        self.assertTrue(self.error_in(response))
        page = html.fromstring(response.content)
        self.assertEqual(page.xpath("//input[@name='login']/@value"), ["Ute@nord.example"])

    def test_link_dies_with_the_address(self):
        self.ask("uwe@nord.example")
        link = self.link_for(self.user)
        self.user.email = "uwe.neu@nord.example"
        self.leave()
        page = html.fromstring(self.url_open(link).content)
        self.assertFalse(page.xpath("//input[@name='password']"))

    def test_odoos_page_where_no_portal_is_active(self):
        self.env["res.company"].search([]).portal_active = False
        self.leave()
        page = self.get_page("/web/reset_password")
        self.assertIn(page.xpath("normalize-space(//label[@for='login'])"), ("Email", "E-Mail"))
        self.leave()
        response = self.submit("/web/reset_password", login="nobody@nord.example")
        self.assertTrue(self.error_in(response), "Odoo tells")

    def test_administrators_may_switch_it_off(self):
        self.env["ir.config_parameter"].set_param("auth_signup.reset_password", "False")
        self.leave()
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open("/web/reset_password").status_code, 404)
        self.assertFalse(
            self.get_page("/web/login").xpath("//a[contains(@href, '/web/reset_password')]")
        )


@tagged("post_install", "-at_install")
class TestPasswordChanged(SignInLinkCase):
    """/my/security, and what Odoo would mail to whoever is new."""

    def test_changed_in_the_portal(self):
        self.sign_in(self.user)
        elsewhere = self.opener.cookies["session_id"]
        self.sign_in(self.user)
        here = self.opener.cookies["session_id"]
        self.assertNotEqual(here, elsewhere)
        page = self.get_page("/my/security")
        names = page.xpath("//input[@type='password']/@name")
        self.assertLessEqual({"old", "new1", "new2"}, set(names))
        new = "ein neues Wort 1"
        response = self.submit("/my/security", old="uwe@nord.example", new1=new, new2=new)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(self.codes(self.user)[-1], "password_set")
        self.assertSignedIn(self.user)
        self.leave()
        self.opener.cookies["session_id"] = elsewhere
        self.assertIn("/web/login", self.url_open("/my").url, "other sessions end")

    def test_no_welcome_into_the_backend(self):
        new = self._create_contact("Nora Neu", "nora@nord.example", self.nord)
        new._grant_portal_access("user")
        self.leave()
        page = self.url_open(re.sub(r"^https?://[^/]+", "", new._get_signup_url()))
        tree = html.fromstring(page.content)
        form = {
            field.get("name"): field.get("value")
            for field in tree.xpath("//form[contains(@class, 'signup')]//input[@name]")
        }
        form.update(password="Sommer-2026!", confirm_password="Sommer-2026!")
        before = self.env["mail.mail"].search([])
        page = self.url_open(page.url, data={key: value for key, value in form.items() if value})
        self.assertTrue(page.url.endswith("/my"), page.url)
        sent = self.env["mail.mail"].search([]) - before
        self.assertFalse(
            sent.filtered(
                lambda mail: (
                    "nora@nord.example" in (mail.email_to or "") or new in mail.recipient_ids
                )
            ),
            sent.mapped("subject"),
        )
        self.assertTrue(new.email_verified_on, "whoever has the link got the mail")
