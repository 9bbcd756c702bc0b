import io
import re
from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.auth_signup.models.res_partner import SignupError

from .http_common import BrowserCase, PortalHttpCase
from .registration_common import FORM, RegistrationFixture


class RegistrationHttpCase(RegistrationFixture, PortalHttpCase):
    def send(self, files=None, **values):
        """Open the form as a stranger, fill it in, and send it."""
        self.leave()
        page = self.url_open("/register")
        key = html.fromstring(page.content).xpath("//input[@name='form_key']/@value")
        data = {**FORM, "form_key": key and key[0], "csrf_token": self.token_in(page), **values}
        data = {name: value for name, value in data.items() if value is not None}
        return self.url_open("/register", data=data, files=files)

    def registrations(self, email=FORM["email"]):
        return self.Registration.search([("email", "=", email)])

    def verification_link(self, email=FORM["email"]):
        return self._link_in(self._mails(email)[:1], "/register/verify/")

    def confirm(self, link):
        page = self.url_open(link)
        return self.url_open(link, data={"csrf_token": self.token_in(page)})

    def step(self, response):
        """Return which of our pages it is, in whatever language."""
        wrap = html.fromstring(response.content).xpath("//div[@id='wrap']/@class")
        found = re.search(r"kp_registration_(\w+)", wrap[0]) if wrap else None
        return found and found[1]

    def text(self, response):
        return html.fromstring(response.content).xpath("string(//div[@id='wrap'])")


@tagged("post_install", "-at_install")
class TestRegistrationPages(RegistrationHttpCase):
    """What applicants see, from the form to the decision."""

    def test_from_the_form_to_access(self):
        response = self.send()
        self.assertEqual(response.status_code, 200)
        self.assertIn("olga@ostwind.example", self.text(response))
        registration = self.registrations()
        self.assertEqual(registration.state, "unverified")
        self.assertFalse(self._entries("registration_received", registration))
        link = self.verification_link()
        self.assertEqual(self.step(self.url_open(link)), "verify")
        self.assertEqual(registration.state, "unverified", "looking has no effect")
        status = self.confirm(link)
        self.assertIn("/register/status/", status.url)
        self.assertEqual(self.step(status), "open")
        self.env.invalidate_all()
        self.assertEqual(registration.state, "open")
        self.assertTrue(self._entries("registration_received", registration).in_inbox)
        registration.with_user(self.officer)._approve("main_user", values={"new_company": True})
        self.assertEqual(self.step(self.url_open(status.url)), "approved")
        self.assertEqual(registration.partner_id.portal_access, "main_user")

    def test_form_has_all_fields(self):
        self.leave()
        tree = self.get_page("/register")
        for name in ("company_name", "name", "email", "phone", "vat", "note"):
            field = tree.xpath(f"//form//*[@name='{name}']")
            self.assertEqual(len(field), 1, name)
            self.assertTrue(tree.xpath(f"//label[@for='{field[0].get('id')}']"), name)

    def test_applicant_reads_the_reason(self):
        self.send()
        status = self.confirm(self.verification_link())
        self.registrations().with_user(self.officer)._decline("Nur <b>für</b> Kunden.")
        page = self.url_open(status.url)
        self.assertIn("Nur <b>für</b> Kunden.", self.text(page))
        self.assertNotIn(self.officer.name, page.text)

    def test_mail_shows_nothing_that_was_typed(self):
        self.send(name="Kaufen Sie bei", company_name="www.spam.example", note="Jetzt!")
        body = self._mails(FORM["email"]).body_html
        for word in ("Kaufen", "spam.example", "Jetzt!"):
            self.assertNotIn(word, body)

    def test_mail_is_in_the_language_of_the_page(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.opener.headers["Accept-Language"] = "de-DE"
        self.send()
        self.assertEqual(self.registrations().lang, "de_DE")

    def test_known_addresses_get_the_same_answer(self):
        self._create_contact("Karl Kontakt", "karl@nord.example", self.nord)
        self._create_registration(email="offen@neu.example")
        self._create_registration("unverified", email="unbestaetigt@neu.example")
        answers = set()
        for email in (
            "fremd@neu.example",
            "uwe@nord.example",
            "karl@nord.example",
            "internal@staff.example",
            "offen@neu.example",
            "unbestaetigt@neu.example",
        ):
            response = self.send(email=email)
            self.assertEqual(response.status_code, 200)
            answers.add(self.text(response).replace(email, "…"))
        self.assertEqual(len(answers), 1)

    def test_who_has_access_is_told_by_mail_how_to_sign_in(self):
        self.send(email="Uwe@Nord.example")
        mail = self._mails("uwe@nord.example")
        self.assertEqual(len(mail), 1)
        self.assertTrue(self._link_in(mail, "/web/login"))
        self.assertNotIn("/register/verify", mail.body_html)
        self.send(email="uwe@nord.example")
        self.assertEqual(len(self._mails("uwe@nord.example")), 1)

    def test_one_mail_until_it_is_verified_or_expired(self):
        for name in ("Olga", "Olga Ost", "O. Ost"):
            self.send(name=name, email="olga@OSTWIND.example")
        self.assertEqual(len(self._mails(FORM["email"])), 1)
        self.assertEqual(self.registrations().name, "Olga", "the first result")
        self.env["kundenportal.throttle"].search([]).unlink()
        self.send()
        self.assertEqual(len(self._mails(FORM["email"])), 1, "whatever the throttle says")
        self.env.cr.execute(
            "UPDATE kundenportal_registration SET create_date = create_date - INTERVAL '49 hours'"
        )
        self.env.invalidate_all()
        old = self.verification_link()
        self.send(name="Neuer Versuch")
        self.assertEqual(len(self._mails(FORM["email"])), 2)
        self.assertEqual(self.registrations().name, "Neuer Versuch")
        self.assertEqual(self.step(self.url_open(old)), "dead")

    def test_form_sent_again_gives_the_first_result(self):
        for _click in range(10):
            self.assertEqual(self.step(self.send(form_key="same")), "sent")
        self.assertEqual(len(self.registrations()), 1)
        self.assertEqual(len(self._mails(FORM["email"])), 1)

    def test_form_gone_back_to_and_corrected_counts(self):
        self.send(form_key="same", email="olag@ostwind.example")
        self.send(form_key="same")
        self.assertEqual(len(self._mails(FORM["email"])), 1)

    def test_links_that_lead_nowhere(self):
        self.send()
        link = self.verification_link()
        status = self.confirm(link).url.removeprefix(self.base_url())
        for url in (
            "/register/verify/x",
            link[:-1],
            link + "x",
            "/register/verify/%00",
            "/register/verify/" + "x" * 10_000,
            status[:-1],
            status.replace("status/", "status/1"),
            "/register/status/1-" + "0" * 40,
            "/register/status/99999999999999-" + "0" * 40,
            "/register/status/%00",
            "/register/status/x",
        ):
            with self.subTest(url=url[:80]), mute_logger("odoo.http"):
                response = self.url_open(url)
                self.assertLess(response.status_code, 500)
                self.assertIn(self.step(response) if response.ok else "dead", ("dead", None))

    def test_used_link_leads_to_where_it_stands(self):
        self.send()
        link = self.verification_link()
        first = self.confirm(link)
        self.assertEqual(self.url_open(link).url, first.url)
        again = self.submit(link)
        self.assertIn("/register/status/", again.headers["Location"])
        self.assertEqual(len(self._entries("registration_received", self.registrations())), 1)

    def test_expired_link(self):
        self.send()
        link = self.verification_link()
        self.env["kundenportal.link"].search([("purpose", "=", "registration")]).expires_on = (
            fields.Datetime.now() - timedelta(minutes=1)
        )
        self.assertEqual(self.step(self.url_open(link)), "dead")
        self.assertEqual(self.step(self.submit(link)), "dead")
        self.assertEqual(self.registrations().state, "unverified")

    def test_off_the_page_says_how_to_get_access(self):
        self.company.write({"portal_hotline": "+49 421 550", "email": "info@wir.example"})
        for switch in ("portal_registration", "portal_active"):
            self.company[switch] = False
            with self.subTest(switch=switch):
                self.leave()
                page = self.url_open("/register")
                self.assertEqual(page.status_code, 200)
                tree = html.fromstring(page.content)
                self.assertFalse(tree.xpath("//form[contains(@action, '/register')]"))
                self.assertIn("+49 421 550", page.text)
                self.assertTrue(tree.xpath("//a[@href='/web/login']"))
                self.assertEqual(self.step(self.submit("/register", **FORM)), "closed")
        self.assertFalse(self.registrations())

    def test_another_unit_of_ours(self):
        other = self.env["res.company"].create(
            {"name": "Andere Einheit", "portal_active": True, "portal_registration": True}
        )
        self.leave()
        page = self.get_page(f"/register?company={other.id}")
        self.assertEqual(page.xpath("//input[@name='company']/@value"), [str(other.id)])
        self.send(company=str(other.id))
        self.assertEqual(self.registrations().company_id, other)
        other.portal_registration = False
        for company in (other.id, "999999999", "9" * 30, "x", "-1", "%00"):
            page = self.get_page(f"/register?company={company}")
            own = [str(self.env["res.company"].browse(self.company.id).id)]
            self.assertEqual(page.xpath("//input[@name='company']/@value"), own)


@tagged("post_install", "-at_install")
class TestRegistrationBadInput(RegistrationHttpCase):
    """Nothing that is sent gives more than a sentence."""

    def errors(self, response):
        """Return the sentence beside each field, and check that it belongs to the field."""
        self.assertEqual(response.status_code, 200)
        tree = html.fromstring(response.content)
        found = {}
        for field in tree.xpath("//*[@aria-invalid='true']"):
            sentence = tree.xpath(f"string(//*[@id='{field.get('aria-describedby')}'])")
            found[field.get("name")] = sentence.strip()
        return found

    def test_sentences_by_table(self):
        table = [
            ({"name": "  "}, {"name"}),
            ({"name": None, "email": None}, {"name", "email"}),
            ({"email": "olga"}, {"email"}),
            ({"email": "olga@ostwind.example, otto@ostwind.example"}, {"email"}),
            ({"phone": "abc"}, {"phone"}),
            ({"phone": "12"}, {"phone"}),
            ({"name": "<script>alert(1)</script>"}, {"name"}),
            ({"company_name": "<img src=x onerror=alert(1)>"}, {"company_name"}),
            ({"note": "x" * 10_000}, {"note"}),
            ({"name": "x" * 10_000}, {"name"}),
            ({"email": "x" * 10_000 + "@neu.example"}, {"email"}),
            ({"phone": "1" * 10_000}, {"phone"}),
        ]
        for values, names in table:
            with self.subTest(values=str(values)[:60]):
                response = self.send(**values)
                errors = self.errors(response)
                self.assertEqual(set(errors), names)
                self.assertTrue(all(errors.values()))
                self.assertNotIn("<script>alert", response.text)
                self.assertNotIn("<img src=x", response.text)
                self.assertIn("Bitte um Zugang." if "note" not in values else "xxx", response.text)
        self.assertFalse(self.registrations())
        self.assertFalse(self.env["kundenportal.throttle"].search([("scope", "=", "registration")]))

    def test_what_was_typed_is_kept(self):
        tree = html.fromstring(self.send(phone="abc").content)
        for name in ("company_name", "name", "email"):
            self.assertEqual(tree.xpath(f"//input[@name='{name}']/@value"), [FORM[name]])
        self.assertEqual(tree.xpath("//input[@name='phone']/@value"), ["abc"])
        self.assertEqual(tree.xpath("string(//textarea[@name='note'])"), FORM["note"])

    def test_nul_and_line_breaks_are_left_out(self):
        self.send(name="Olga\x00 \r\nOst", note="eins\nzwei\x00")
        registration = self.registrations()
        self.assertEqual(registration.name, "Olga Ost")
        self.assertRegex(registration.note, r"^eins\r?\nzwei$")

    def test_file_in_the_place_of_text(self):
        for name in ("name", "note", "form_key", "company"):
            with self.subTest(field=name):
                response = self.send(
                    files={name: ("böse.txt", io.BytesIO(b"hallo"), "text/plain")}, **{name: None}
                )
                self.assertEqual(response.status_code, 200)
                if name in FORM:
                    self.assertIn(name, self.errors(response))

    def test_markup_in_a_message_stays_text(self):
        self.send(note="<script>alert(1)</script>")
        self.assertEqual(self.registrations().note, "<script>alert(1)</script>")

    def test_fields_that_are_not_in_the_form_are_ignored(self):
        self.send(state="approved", partner_id="1", is_known_login="1", company_id="99")
        registration = self.registrations()
        self.assertEqual(registration.state, "unverified")
        self.assertFalse(registration.partner_id or registration.is_known_login)

    def test_without_token_nothing_happens(self):
        self.leave()
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open("/register", data=FORM).status_code, 400)
        self.assertFalse(self.registrations())

    def test_throttle_by_network_keeps_what_was_typed(self):
        for number in range(10):
            self.send(email=f"person{number}@neu.example")
        response = self.send()
        tree = html.fromstring(response.content)
        self.assertTrue(tree.xpath("string(//*[@id='register_error'])"))
        self.assertEqual(tree.xpath("//input[@name='email']/@value"), [FORM["email"]])
        self.assertFalse(self.registrations())

    def test_throttle_by_address_is_the_same_for_known_and_unknown(self):
        def answers(email):
            texts = [self.text(self.send(email=email)) for _attempt in range(5)]
            return [re.sub(r"\s+", " ", text).replace(email, "…") for text in texts]

        self.assertEqual(answers("fremd@neu.example"), answers("uwe@nord.example"))

    def test_captcha(self):
        def refuse(self, action):
            raise_for.append(action)

        raise_for = []
        self.patch(type(self.env["ir.http"]), "_verify_request_recaptcha_token", refuse)
        self.send()
        self.assertEqual(raise_for, ["kundenportal_register"])


@tagged("post_install", "-at_install")
class TestOtherWaysIn(RegistrationHttpCase):
    """What Odoo offers strangers is no way around the registration."""

    def test_free_sign_up_is_shut(self):
        self.env["ir.config_parameter"].sudo().set_param("auth_signup.invitation_scope", "b2c")
        if "website" in self.env:
            self.env["website"].search([]).auth_signup_uninvited = "b2c"
        self.leave()
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open("/web/signup").status_code, 404)
            posted = self.submit(
                "/web/signup",
                login="neu@neu.example",
                name="Neu",
                password="Sommer-2026!",
                confirm_password="Sommer-2026!",
            )
            self.assertEqual(posted.status_code, 404)
        self.assertNotIn("/web/signup", self.url_open("/web/login").text)
        self.assertFalse(self.env["res.users"].search([("login", "=", "neu@neu.example")]))

    def test_sign_up_by_a_provider_is_shut(self):
        """`auth_oauth` ends in `signup` without a token."""
        self.env["ir.config_parameter"].sudo().set_param("auth_signup.invitation_scope", "b2c")
        if "website" in self.env:
            self.env["website"].search([]).auth_signup_uninvited = "b2c"
        with self.assertRaises(SignupError):
            self.env["res.users"].signup({"login": "neu@neu.example", "name": "Neu"})

    def test_sign_in_page_leads_to_the_registration(self):
        self.leave()
        self.assertTrue(self.get_page("/web/login").xpath("//a[@href='/register']"))
        self.company.portal_registration = False
        self.assertFalse(self.get_page("/web/login").xpath("//a[@href='/register']"))


@tagged("post_install", "-at_install")
class TestRegistrationTours(BrowserCase, RegistrationHttpCase):
    """The whole way, clicked in a browser."""

    def test_register_confirm_approve(self):
        self._create_contact("Otto Ost", "otto@ostwind.example", self.nord)
        self.start_tour("/register", "kundenportal_register")
        self.start_tour(self.verification_link(), "kundenportal_register_confirm")
        self.start_staff_tour("kundenportal_register_approve", self.officer)
        self.env.invalidate_all()
        contact = self.registrations().partner_id
        self.assertEqual(contact.portal_access, "main_user")
        self.assertEqual(contact.parent_id.name, "Ostwind Handel GmbH")
