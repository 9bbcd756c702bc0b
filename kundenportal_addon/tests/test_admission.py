from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import PortalCase


@tagged("post_install", "-at_install")
class TestAdmission(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.portal_admission = "all"
        cls.new = cls._create_contact("Nora Neu", "nora@nord.example", cls.nord)
        cls.new.phone = "+49 421 123456"

    def request(self, identifier):
        before = self.env["mail.mail"].search([])
        with self.enter_registry_test_mode():  # the throttle counts in a cursor of its own
            self.env["res.users"].sudo()._request_portal_access(identifier)
        return self.env["mail.mail"].search([]) - before

    def test_any_spelling_leads_to_one_login(self):
        for identifier in ("NORA@nord.example", "0421 123456", "+49421123456", "0049 421 123456"):
            with self.subTest(identifier=identifier), self.env.cr.savepoint() as savepoint:
                self.assertEqual(len(self.request(identifier)), 1)
                self.assertEqual(self.new.portal_access, "user")
                savepoint.rollback()
                self.env.invalidate_all()

    def test_what_is_answered_is_no_work_for_the_staff(self):
        self.request("nora@nord.example")
        entries = self.env["kundenportal.protocol"].search([("partner_id", "=", self.new.id)])
        self.assertEqual(set(entries.mapped("kind_id.code")), {"invitation_sent", "access_granted"})
        self.assertEqual(set(entries.mapped("review_state")), {"none"})

    def test_twice_makes_one_login(self):
        self.request("nora@nord.example")
        self.request("nora@nord.example")
        self.assertEqual(len(self.new.with_context(active_test=False).user_ids), 1)

    def test_many_spellings_fill_no_inbox(self):
        spellings = ("0421 123456", "0421/123456", "0421-123456", "+49421123456", "0049421123456")
        mails = [len(self.request(spelling)) for spelling in spellings]
        self.assertEqual(mails, [1, 1, 1, 0, 0])

    def test_addresses_are_nobody(self):
        self.new.write({"type": "delivery"})
        self.assertFalse(self.request("nora@nord.example"))

    def test_who_may_not_gets_nothing(self):
        self.assertFalse(self.request("unknown@nord.example"))
        self.assertFalse(self.request("abc"))
        self.assertFalse(self.request("internal@staff.example"))
        self.new.portal_switch = "blocked"
        self.assertFalse(self.request("nora@nord.example"))
        self.new.portal_switch = False
        self.nord.portal_switch = "blocked"
        self.assertFalse(self.request("nora@nord.example"))

    def test_admission_and_its_exceptions(self):
        self.company.portal_admission = "invited"
        self.assertFalse(self.request("nora@nord.example"))
        self.new.portal_switch = "allowed"
        self.assertTrue(self.request("nora@nord.example"))
        self.company.portal_active = False
        self.assertFalse(self.request("nora@nord.example"))

    def test_ambiguous_address_signs_in_nobody(self):
        twin = self._create_contact("Nils Neu", "nora@nord.example", self.nord)
        self.assertFalse(self.request("nora@nord.example"))
        self.assertEqual(self.new.portal_access, "none")
        entry = self.env["kundenportal.protocol"].search([], limit=1)
        self.assertEqual(entry.kind_id.code, "access_requested")
        self.assertIn(entry.partner_id, self.new | twin)
        self.assertTrue(entry.note, "staff are told that no link was sent")

    def test_contact_without_address_is_told_to_the_staff(self):
        self.new.email = False
        self.assertFalse(self.request("0421 123456"))
        entry = self.env["kundenportal.protocol"].search([], limit=1)
        self.assertEqual((entry.kind_id.code, entry.partner_id), ("access_requested", self.new))
        self.assertTrue(entry.note)


@tagged("post_install", "-at_install")
class TestLevelAssistant(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.portal_active = False
        cls.old_company = new_test_user(cls.env, "altfirma", "base.group_portal")
        cls.old_contact = new_test_user(cls.env, "altkontakt", "base.group_portal")
        cls.old_contact.partner_id.parent_id = cls.nord
        cls.company.portal_active = True

    def test_shows_then_applies_without_mail(self):
        mails = self.env["mail.mail"].search_count([])
        assistant = self.env["kundenportal.level.assistant"].with_user(self.manager).create({})
        proposals = {line.user_id: line.level for line in assistant.line_ids}
        self.assertEqual(proposals[self.old_company], "main_user")
        self.assertEqual(proposals[self.old_contact], "user")
        self.assertFalse(self.old_contact._get_portal_level(), "shown, not applied")
        assistant.action_apply()
        self.assertEqual(self.old_contact._get_portal_level(), "user")
        self.assertEqual(self.old_company._get_portal_level(), "main_user")
        self.assertTrue(self.old_contact._has_portal_function("documents"))
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_other_companies_are_not_touched(self):
        other = self.env["res.company"].create({"name": "Andere GmbH"})
        assistant = (
            self.env["kundenportal.level.assistant"]
            .with_user(self.manager)
            .create({"company_id": other.id})
        )
        with self.assertRaises(AccessError):
            assistant.action_apply()

    def test_officers_may_not(self):
        with self.assertRaises(AccessError):
            self.env["kundenportal.level.assistant"].with_user(self.officer).create({})
