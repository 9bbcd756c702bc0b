from datetime import timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..models.kundenportal_registration_form import KEEP_DECIDED
from .common import PortalCase
from .registration_common import FORM, RegistrationFixture


@tagged("post_install", "-at_install")
class TestRegistrationMatches(RegistrationFixture, PortalCase):
    """Whom the staff are shown as likely the same."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.known = cls.env["res.partner"].create(
            {
                "name": "Westwind Logistik GmbH & Co. KG",
                "is_company": True,
                "email": "info@westwind.example",
                "phone": "+49 421 1234567",
                "vat": "DE123456788",
                "country_id": cls.env.ref("base.de").id,
            }
        )
        cls.clerk = cls._create_contact("Willi West", "willi@westwind.example", cls.known)
        cls.clerk.mobile = "0171 2345678"
        cls.free = cls._create_contact("Frieda Frei", "frieda@gmx.de")

    def matches(self, **values):
        blank = dict.fromkeys(("company_name", "phone", "note"), False)
        email = values.pop("email", "neu@nirgends.example")
        registration = self.Registration.create(
            {**blank, "name": "Nina", "email": email, **values, "form_key": "x"}
        )
        found = registration._find_matches()
        registration.unlink()
        return found

    def test_matches_by_table(self):
        company, clerk = self.known, self.clerk
        table = [
            ({"email": "WILLI@westwind.example"}, clerk, "same e-mail address"),
            ({"email": "neu@westwind.example"}, clerk | company, "same e-mail domain"),
            ({"phone": "0421/1234567"}, company, "same telephone number"),
            ({"phone": "0049 171 234 56 78"}, clerk, "same telephone number"),
            ({"company_name": "westwind logistik"}, company, "similar company name"),
            ({"company_name": "WESTWIND-Logistik AG"}, company, "similar company name"),
            ({"company_name": "Westwind"}, company, "similar company name"),
            ({"company_name": "Westwind Logistik Bremen GmbH"}, company, "similar company name"),
            ({"vat": "de 123456788"}, company, "same VAT number"),
        ]
        for values, partners, reason in table:
            with self.subTest(values=values):
                found = self.matches(**values)
                for partner in partners:
                    self.assertIn(reason, found[partner.id])

    def test_what_does_not_match(self):
        for values in (
            {"email": "frieda.andere@gmx.de"},
            {"email": "x@nichtwestwind.example"},
            {"email": "x@westwind.example.com"},
            {"company_name": "West"},
            {"company_name": "GmbH"},
            {"phone": "+49 421 1234568"},
            {"company_name": "Ostwind Logistik GmbH"},
        ):
            with self.subTest(values=values):
                self.assertFalse(self.matches(**values))

    def test_several_reasons_come_first(self):
        found = self.matches(email="willi@westwind.example", company_name="Westwind Logistik")
        self.assertEqual(next(iter(found)), self.clerk.id)
        self.assertEqual(found[self.clerk.id], ["same e-mail address", "same e-mail domain"])

    def test_reasons_are_shown_and_staff_are_no_matches(self):
        registration = self._create_registration(email="willi@westwind.example").with_user(
            self.officer
        )
        partner = registration.match_ids[0].with_context(registration_id=registration.id)
        self.assertIn("same e-mail address", partner.registration_match)
        read = registration.web_read({"match_ids": {"fields": {"registration_match": {}}}})
        self.assertIn("same e-mail address", read[0]["match_ids"][0]["registration_match"])
        self.assertFalse(self.matches(email="officer@staff.example"))

    def test_number_of_queries_is_bounded(self):
        for number in range(50):
            self._create_contact(f"Kollege {number}", f"k{number}@westwind.example", self.known)
        registration = self._create_registration(
            email="neu@westwind.example", company_name="Westwind Logistik", vat="DE123456788"
        )
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(8):
            self.assertLessEqual(len(registration._find_matches()), 20)


@tagged("post_install", "-at_install")
class TestRegistration(RegistrationFixture, PortalCase):
    """From the verification to the decision, and what stays."""

    def approve(self, registration, user=None, **choices):
        wizard = (
            self.env["kundenportal.registration.approve"]
            .with_user(user or self.officer)
            .create({"registration_id": registration.id, **choices})
        )
        wizard.action_confirm()
        return registration.partner_id

    def decline(self, registration, reason="Nur für Kunden.", user=None):
        wizard = (
            self.env["kundenportal.registration.decline"]
            .with_user(user or self.officer)
            .create({"registration_id": registration.id, "reason": reason})
        )
        wizard.action_confirm()

    def test_verified_registration_waits_in_the_inbox(self):
        registration = self._create_registration()
        entry = self._entries("registration_received", registration)
        self.assertTrue(entry.in_inbox)
        self.assertEqual(entry.review_state, "open")
        self.assertEqual(entry.deadline, fields.Date.today() + timedelta(days=2))
        self.assertFalse(entry.user_id, "a visitor may be anybody")
        self.assertFalse(entry.partner_id)
        self.assertIn("Olga Ost", entry.note)

    def test_entry_is_about_the_contact_with_the_verified_address(self):
        contact = self._create_contact("Olga Ost", "olga@ostwind.example")
        entry = self._entries("registration_received", self._create_registration())
        self.assertEqual(entry.partner_id, contact)

    def test_approve_as_new_company(self):
        registration = self._create_registration()
        contact = self.approve(registration)
        self.assertEqual(registration.state, "approved")
        self.assertEqual(registration.decided_by_id, self.officer)
        self.assertEqual(contact.name, "Olga Ost")
        self.assertEqual(contact.parent_id.name, "Ostwind Handel GmbH")
        self.assertTrue(contact.parent_id.is_company)
        self.assertEqual(contact.portal_access, "main_user", "alone in its company")
        self.assertEqual(contact.portal_user_id.login, "olga@ostwind.example")
        self.assertTrue(contact.email_verified_on)
        self.assertEqual(contact.phone_e164, "+49421556677")
        entry = self._entries("registration_received", registration)
        self.assertEqual((entry.review_state, entry.reviewer_id), ("done", self.officer))
        self.assertEqual(self._entries("registration_approved", registration).partner_id, contact)
        self.assertEqual(len(self.invitations(contact)), 1)

    def invitations(self, contact):
        return self.env["kundenportal.protocol"].search(
            [("kind_id.code", "=", "invitation_sent"), ("partner_id", "=", contact.id)]
        )

    def test_approve_as_colleague(self):
        registration = self._create_registration()
        contact = self.approve(registration, approve_as="company", parent_id=self.nord.id)
        self.assertEqual(contact.parent_id, self.nord)
        self.assertEqual(contact.portal_access, "user")

    def test_approve_as_private_person(self):
        contact = self.approve(self._create_registration(company_name=False))
        self.assertFalse(contact.parent_id)
        self.assertEqual(contact.portal_access, "main_user")

    def test_approve_as_known_contact(self):
        known = self._create_contact("O. Ost", "Olga@Ostwind.example", self.nord)
        before = self.env["res.partner"].search_count([])
        contact = self.approve(self._create_registration())
        self.assertEqual(contact, known)
        self.assertEqual(contact.portal_access, "user")
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    def test_known_company_is_proposed(self):
        known = self._create_company("ostwind HANDEL Gmbh")
        wizard = self.env["kundenportal.registration.approve"].create(
            {"registration_id": self._create_registration().id}
        )
        self.assertEqual((wizard.approve_as, wizard.parent_id), ("company", known))
        self.assertEqual(wizard.level, "user")

    def test_company_of_the_only_matches_is_proposed_to_who_names_none(self):
        known = self._create_company("Westwind Spedition")
        known.email = "info@westwind-spedition.example"
        self._create_contact("Willi West", "willi@westwind-spedition.example", known)
        registration = self._create_registration(
            company_name=False, email="neu@westwind-spedition.example"
        )
        wizards = self.env["kundenportal.registration.approve"]
        dialog = Form(wizards.with_context(default_registration_id=registration.id))
        self.assertEqual((dialog.approve_as, dialog.parent_id), ("company", known))

    def test_other_address_of_a_contact_is_never_overwritten_silently(self):
        known = self._create_contact("Olga Ost", "alt@ostwind.example", self.nord)
        registration = self._create_registration()
        choice = {"approve_as": "contact", "partner_id": known.id}
        with self.assertRaisesRegex(UserError, "another e-mail address"), self.env.cr.savepoint():
            self.approve(registration, **choice)
        self.assertEqual(registration.state, "open")
        self.assertEqual(known.email, "alt@ostwind.example")
        self.assertFalse(self.invitations(known))
        self.approve(registration, **choice, use_email=True)
        self.assertEqual(known.email, "olga@ostwind.example")
        self.assertEqual(known.portal_user_id.login, "olga@ostwind.example")
        self.assertEqual(self.invitations(known).note, "olga@ostwind.example")

    def test_contact_without_address_needs_the_same_choice(self):
        known = self._create_contact("Olga Ost", False, self.nord)
        registration = self._create_registration()
        choice = {"approve_as": "contact", "partner_id": known.id}
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.approve(registration, **choice)
        self.approve(registration, **choice, use_email=True)
        self.assertEqual(known.email, "olga@ostwind.example")

    def test_contact_with_access_keeps_its_level_and_gets_a_link(self):
        registration = self._create_registration(email="mia@nord.example")
        contact = self.approve(registration, level="user")
        self.assertEqual(contact, self.main)
        self.assertEqual(contact.portal_access, "main_user")
        self.assertEqual(len(self.invitations(contact)), 2)

    def test_login_with_another_address_is_left_alone(self):
        registration = self._create_registration()
        with self.assertRaisesRegex(UserError, "has access already"), self.env.cr.savepoint():
            self.approve(
                registration, approve_as="contact", partner_id=self.main.id, use_email=True
            )
        self.assertEqual(self.main.email, "mia@nord.example")
        self.assertEqual(registration.state, "open")

    def test_refusals_are_sentences_and_leave_nothing_behind(self):
        blocked = self._create_contact("Bodo Blockiert", "olga@ostwind.example", self.nord)
        blocked.portal_switch = "blocked"
        registration = self._create_registration()
        with self.assertRaisesRegex(UserError, "cannot be given access"), self.env.cr.savepoint():
            self.approve(registration)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.approve(
                registration,
                approve_as="contact",
                partner_id=self.internal.partner_id.id,
                use_email=True,
            )
        self.assertEqual(self.internal.email, "internal@staff.example")
        self.assertEqual(registration.state, "open")

    def test_no_duplicate_unless_it_is_meant(self):
        self._create_company("Ostwind Handel")
        registration = self._create_registration()
        with self.assertRaisesRegex(UserError, "There is already"), self.env.cr.savepoint():
            self.approve(registration, approve_as="new_company")
        self._create_contact("Olga Ost", "olga@ostwind.example", self.nord)
        with self.assertRaisesRegex(UserError, "There is already"), self.env.cr.savepoint():
            self.approve(registration, approve_as="company", parent_id=self.nord.id)
        contact = self.approve(registration, approve_as="person", is_duplicate_meant=True)
        self.assertFalse(contact.parent_id)

    def test_decided_once(self):
        registration = self._create_registration()
        self.approve(registration)
        people = self.env["res.partner"].search_count([])
        for again in (self.approve, self.decline):
            with self.assertRaisesRegex(UserError, "kp_officer.*approved"), self.env.cr.savepoint():
                again(registration, user=self.manager)
        with self.assertRaisesRegex(UserError, "approved"):
            registration.with_user(self.manager).action_approve()
        self.assertEqual(self.env["res.partner"].search_count([]), people)
        self.assertEqual(len(self._entries("registration_approved", registration)), 1)

    def test_decline_mails_the_reason(self):
        registration = self._create_registration()
        with self.assertRaisesRegex(UserError, "reason"), self.env.cr.savepoint():
            self.decline(registration, " ")
        self.decline(registration)
        self.assertEqual(registration.state, "declined")
        mail = self._mails("olga@ostwind.example")
        self.assertEqual(len(mail), 1)
        self.assertIn("Nur für Kunden.", mail.body_html)
        self.assertIn(registration._get_status_path(), self._link_in(mail, "/register/status/"))
        self.assertEqual(self._entries("registration_received", registration).review_state, "done")
        self.assertIn("Nur für Kunden.", self._entries("registration_declined", registration).note)
        with self.assertRaisesRegex(UserError, "declined"), self.env.cr.savepoint():
            self.approve(registration)

    def test_unverified_cannot_be_decided(self):
        registration = self._create_registration("unverified")
        for decide in (self.approve, self.decline):
            with self.assertRaisesRegex(UserError, "not verified"), self.env.cr.savepoint():
                decide(registration)

    def test_staff_cannot_write_the_applicants_words_nor_the_state(self):
        registration = self._create_registration().with_user(self.officer)
        for values in ({"state": "approved"}, {"email": "x@y.example"}, {"partner_id": 1}):
            with self.assertRaises(UserError):
                registration.write(values)
        registration.internal_note = "zurückgerufen"
        with self.assertRaises(AccessError):
            registration.unlink()
        with self.assertRaises(AccessError):
            self.approve(registration, user=self.internal)

    def test_review_in_the_protocol_decides_nothing(self):
        registration = self._create_registration()
        entry = self._entries("registration_received", registration).with_user(self.officer)
        with self.assertRaisesRegex(UserError, "waits for a decision"):
            entry.action_mark_reviewed()
        self.assertEqual(entry.review_state, "open")
        self.assertEqual(registration.state, "open")
        self.approve(registration)

    def test_one_undecided_per_address(self):
        self._create_registration()
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.Registration.create({**FORM, "form_key": "other"})
            self.env.flush_all()

    def test_other_companies_registrations_are_not_seen(self):
        other = self.env["res.company"].create({"name": "Andere"})
        registration = self._create_registration(company_id=other.id)
        self.assertFalse(
            self.Registration.with_user(self.officer).search([("id", "=", registration.id)])
        )
        with self.assertRaises(AccessError):
            registration.with_user(self.officer).action_approve()

    def test_access_belongs_to_the_company_registered_with(self):
        other = self.env["res.company"].create({"name": "Andere", "portal_active": True})
        self.officer.company_ids = [Command.link(other.id)]
        registration = self._create_registration(company_id=other.id)
        wizard = (
            self.env["kundenportal.registration.approve"]
            .with_user(self.officer)
            .with_context(allowed_company_ids=[self.company.id, other.id])
            .create({"registration_id": registration.id})
        )
        wizard.action_confirm()
        self.assertEqual(registration.partner_id.portal_user_id.company_id, other)

    def test_dialog_as_staff_see_it(self):
        registration = self._create_registration()
        action = registration.with_user(self.officer).action_approve()
        dialog = Form(
            self.env[action["res_model"]].with_user(self.officer).with_context(**action["context"])
        )
        self.assertEqual(dialog.approve_as, "new_company")
        dialog.approve_as = "company"
        dialog.parent_id = self.nord
        self.assertEqual(dialog.level, "user")
        dialog.save().action_confirm()
        self.assertEqual(registration.partner_id.parent_id, self.nord)

    def test_retention(self):
        unverified = self._create_registration("unverified", email="a@neu.example")
        waiting = self._create_registration(email="b@neu.example")
        declined = self._create_registration(email="c@neu.example")
        self.decline(declined)
        self.Registration._gc_registrations()
        self.assertEqual(len((unverified | waiting | declined).exists()), 3)
        with freeze_time(fields.Datetime.now() + timedelta(days=3)):
            self.Registration._gc_registrations()
        self.assertEqual((unverified | waiting | declined).exists(), waiting | declined)
        with freeze_time(fields.Datetime.now() + KEEP_DECIDED + timedelta(days=1)):
            self.Registration._gc_registrations()
        self.assertEqual((waiting | declined).exists(), waiting, "nobody decided on it yet")

    def test_deleting_closes_what_waits(self):
        registration = self._create_registration()
        entry = self._entries("registration_received", registration)
        registration.with_user(self.manager).unlink()
        self.assertEqual(entry.review_state, "done")
