from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common import PortalCase


@tagged("post_install", "-at_install")
class TestContactRecord(PortalCase):
    """What a contact's record says of it: how it is addressed, called and written to."""

    # === SALUTATION === #

    def test_salutation_is_in_the_contacts_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.user.write(
            {"lang": "de_DE", "name": "Dr. Petra Hansen", "gender_title": "ms"},
        )
        self.assertEqual(self.user.salutation, "Sehr geehrte Frau Dr. Hansen")
        self.user.academic_title = "Prof. Dr. med."
        self.assertEqual(self.user.salutation, "Sehr geehrte Frau Prof. Dr. Hansen")
        self.user.form_of_address = "informal"
        self.assertEqual(self.user.salutation, "Hallo Petra")
        self.user.lang = "en_US"
        self.assertEqual(self.user.salutation, "Hello Petra")
        self.nord.lang = "de_DE"
        self.assertEqual(self.nord.salutation, "Guten Tag")

    def test_without_a_language_it_is_that_of_the_mail(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.user.lang = False
        self.assertEqual(self.user.with_context(lang="de_DE").salutation, "Guten Tag Uwe User")
        self.assertEqual(self.user.with_context(lang="en_US").salutation, "Dear Uwe User")

    def test_strange_names_break_nothing(self):
        for name in ("<script>alert(1)</script>", "x" * 10_000, ",", "Dr.", "😀", "\n"):
            with self.subTest(name=name[:20]):
                self.user.write({"name": name, "gender_title": "mr"})
                self.assertTrue(self.user.salutation)

    def test_form_shows_the_form_of_address_to_german_speakers(self):
        self.env["res.lang"]._activate_lang("de_DE")
        contact = self._create_contact("Nora Neu", "nora@nord.example", self.nord)
        for lang, shown in (("en_US", False), ("de_DE", True), (False, True)):
            contact.lang = lang
            form = Form(contact.with_user(self.officer), "base.view_partner_form")
            with self.subTest(lang=lang):
                self.assertEqual(not form._get_modifier("form_of_address", "invisible"), shown)

    # === NUMBERS === #

    def test_numbers_are_parsed_each_for_itself(self):
        self.nord.country_id = self.env.ref("base.de")
        for spelling in ("+49 89 123456", "0049 89 123456", "089/123456", "(089) 12 34 56"):
            self.nord.write({"phone": spelling, "mobile": "0171 1234567"})
            with self.subTest(spelling=spelling):
                self.assertEqual(self.nord.phone_e164, "+4989123456")
                self.assertEqual(self.nord.mobile_e164, "+491711234567")
        self.nord.phone = False
        self.assertFalse(self.nord.phone_e164, "not the mobile's number")

    def test_what_is_no_number_breaks_nothing(self):
        for number in ("abc", "+", "0", "<script>", "+49" * 30, "😀", "-", "١٢٣٤٥٦"):
            with self.subTest(number=number):
                self.user.write({"phone": number, "mobile": number})
                self.assertFalse(self.user.phone_e164)
                self.assertFalse(self.user.mobile_e164)

    def test_endless_numbers_are_refused(self):
        for name in ("phone", "mobile", "fax"):
            with self.subTest(field=name), self.assertRaises(ValidationError) as caught:
                self.user[name] = "1" * 10_000
                self.env.flush_all()
            self.assertIn("100", str(caught.exception))
            self.env.invalidate_all(flush=False)

    def test_mobile_is_written_as_the_telephone_is(self):
        form = Form(self.user.with_user(self.officer), "base.view_partner_form")
        form.country_id = self.env.ref("base.de")
        form.mobile = "0171/1234567"
        self.assertEqual(form.mobile, "+49 171 1234567")
        form.mobile = "abc"
        self.assertEqual(form.mobile, "abc", "what was typed is kept")

    def test_numbers_are_found_in_any_spelling(self):
        self.nord.country_id = self.env.company.country_id = self.env.ref("base.de")
        self.nord.write({"phone": "+49 89 123456", "mobile": "0171 / 765 43 21"})
        Partner = self.env["res.partner"].with_user(self.officer)
        for typed in (
            "+4989123456",
            "0049 89 123456",
            "089/123456",
            "089 123",
            "+49 (0)89 123456",
            "01717654321",
            "+49 171 7654321",
            "0171-765",
        ):
            with self.subTest(typed=typed):
                self.assertIn(self.nord, Partner.search([("phone_mobile_search", "ilike", typed)]))
        for typed in ("089 999", "abc", "+43 89 123456"):
            with self.subTest(typed=typed):
                found = Partner.search([("phone_mobile_search", "ilike", typed)])
                self.assertNotIn(self.nord, found)

    # === E-MAIL === #

    def test_another_address_is_not_verified(self):
        self.user.write({"email_verified_on": fields.Datetime.now(), "message_bounce": 3})
        Link = self.env["kundenportal.link"]
        token = Link._issue("verify_email", self.user, self.user.email)
        self.user.email = "UWE@nord.example "
        self.assertTrue(self.user.email_verified_on, "the same address in another spelling")
        self.assertTrue(Link._peek("verify_email", token))
        self.user.user_ids.email = "neu@nord.example"  # as the login's own field
        self.assertFalse(self.user.email_verified_on)
        self.assertFalse(self.user.message_bounce)
        self.assertFalse(Link._peek("verify_email", token))

    def test_only_the_current_address_gets_verified(self):
        self.assertFalse(self.user._set_email_verified("alt@nord.example"))
        self.assertFalse(self.user._set_email_verified(False))
        self.assertFalse(self.user.email_verified_on)
        self.assertTrue(self.user._set_email_verified(" Uwe@Nord.example"))
        self.assertTrue(self.user.email_verified_on)
        entry = self.env["kundenportal.protocol"].search(
            [("partner_id", "=", self.user.id)], limit=1
        )
        self.assertEqual(entry.kind_id.code, "email_verified")

    def test_filters(self):
        Partner = self.env["res.partner"].with_user(self.officer)
        self.user.message_bounce = 1
        self.user2.email_verified_on = fields.Datetime.now()
        self.assertIn(self.user, Partner.search([("message_bounce", ">", 0)]))
        unverified = Partner.search([("email", "!=", False), ("email_verified_on", "=", False)])
        self.assertIn(self.user, unverified)
        self.assertNotIn(self.user2, unverified)

    # === LIST === #

    def test_open_reviews_are_counted_for_all_at_once(self):
        self.env["kundenportal.protocol"]._log("contact_added", self.user)
        self.env["kundenportal.protocol"]._log("contact_added", self.user2)
        self.env["kundenportal.protocol"]._log("access_granted", self.user2)
        contacts = self.nord | self.user | self.user2 | self.sued
        contacts = contacts.with_user(self.officer)
        contacts.mapped("is_company")
        contacts.mapped("portal_open_review_count")
        self.env.invalidate_all()
        contacts.mapped("is_company")
        with self.assertQueryCount(1):
            counts = contacts.mapped("portal_open_review_count")
        self.assertEqual(counts, [2, 1, 1, 0])
        action = contacts[0].action_view_open_reviews()
        self.assertEqual(len(self.env["kundenportal.protocol"].search(action["domain"])), 2)
