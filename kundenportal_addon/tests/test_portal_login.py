from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import PortalCase


@tagged("post_install", "-at_install")
class TestPortalLogin(PortalCase):
    """Which login a contact gets: address, number or a chosen name."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.nord.country_id = cls.env.ref("base.de")

    def grant(self, contact, invite=True, **values):
        """Give a contact access by the wizard and return its row."""
        wizard = self.env["portal.wizard"].create(
            {"partner_ids": [(6, 0, contact.ids)], "portal_invite": invite}
        )
        row = wizard.user_ids
        row.write({"portal_level": "user", **values})
        row.action_grant_access()
        return row

    def contact(self, name="Nora Neu", **values):
        return self.env["res.partner"].create(
            {
                "name": name,
                "parent_id": self.nord.id,
                "country_id": self.env.ref("base.de").id,
                **values,
            }
        )

    def invitations(self, login):
        return self.env["mail.mail"].search([("body_html", "ilike", login)])

    def test_the_address_comes_first(self):
        contact = self.contact(email="Nora@Nord.example", mobile="0170 1234567")
        self.grant(contact)
        self.assertEqual(contact.user_ids.login, "nora@nord.example")

    def test_a_contact_without_address_signs_in_by_its_number(self):
        contact = self.contact(mobile="0170 1234567", phone="0421 98765")
        row = self.grant(contact)
        self.assertEqual(row.result, "granted")
        self.assertIn("letter", row.result_note)
        self.assertEqual(contact.user_ids.login, "+491701234567")
        self.assertEqual(contact.portal_access, "user")
        self.assertFalse(contact.email)
        self.assertFalse(self.invitations("+491701234567"), "there is nowhere to send it to")

    def test_a_shared_address_leaves_the_number(self):
        first = self.contact(email="info@nord.example", phone="0421 1111")
        second = self.contact("Nina Neu", email="info@nord.example", phone="0421 2222")
        self.grant(first)
        self.grant(second)
        self.assertEqual(first.user_ids.login, "info@nord.example")
        self.assertEqual(second.user_ids.login, "+494212222")
        self.assertEqual(second.email, "info@nord.example")
        self.assertTrue(self.invitations("+494212222"), "invited at the shared address")

    def test_a_switchboard_is_nobodys_login(self):
        self.contact("Nina Neu", phone="+49 421 1111")
        contact = self.contact(phone="0421/1111")
        self.assertEqual(contact._grant_portal_access("user"), {contact: "no_email"})
        self.nord.phone = "0421 2222"
        contact.phone = "0421 2222"
        self.assertEqual(contact._grant_portal_access("user"), {contact: "granted"})
        self.assertEqual(contact.user_ids.login, "+494212222")

    def test_a_chosen_name(self):
        contact = self.contact(email="mia@nord.example")
        row = self.grant(contact, login=" lager-1 ")
        self.assertEqual(row.result, "granted")
        self.assertEqual(contact.user_ids.login, "lager-1")
        other = self.contact("Nina Neu")
        with self.assertRaises(UserError):
            self.grant(other, login="Lager-1")
        self.assertFalse(other.user_ids)

    def test_nobody_gets_the_login_of_another(self):
        contact = self.contact(mobile="0170 1234567")
        for login in (
            "uwe@nord.example",
            "UWE@nord.example",
            "fremd@else.example",
            "0170 7654321",
            "ab",
            "x" * 65,
            "<script>",
            "zwei worte",
            "1234",
        ):
            with self.subTest(login=login), self.assertRaises(UserError):
                self.grant(contact, login=login)
        self.assertFalse(contact.with_context(active_test=False).user_ids)

    def test_own_number_in_any_spelling(self):
        contact = self.contact(mobile="0170 1234567")
        self.grant(contact, login="0049 170/1234567")
        self.assertEqual(contact.user_ids.login, "+491701234567")

    def test_granted_again_after_the_address_was_entered(self):
        contact = self.contact(mobile="0170 1234567")
        self.grant(contact)
        contact._revoke_portal_access()
        contact.email = "nora@nord.example"
        self.grant(contact)
        self.assertEqual(contact.user_ids.login, "nora@nord.example")

    def test_without_invitation_no_mail(self):
        contact = self.contact(email="nora@nord.example")
        self.assertEqual(contact._grant_portal_access("user", invite=False), {contact: "granted"})
        self.assertFalse(self.invitations("nora@nord.example"))
        self.assertNotIn(
            "invitation_sent",
            self.env["kundenportal.protocol"]
            .search([("partner_id", "=", contact.id)])
            .kind_id.mapped("code"),
        )

    def test_without_anything_the_name_is_the_login(self):
        contact = self.contact("Finn Claaßen-Ömer")
        self.assertEqual(contact._grant_portal_access("user"), {contact: "no_email"})
        self.assertEqual(contact._grant_portal_access("user", invite=False), {contact: "granted"})
        login = contact.user_ids.login
        self.assertRegex(login, r"^finn\.claa\w+\.omer$")
        namesake = self.contact("Finn Claaßen-Ömer")
        namesake._grant_portal_access("user", invite=False)
        self.assertEqual(namesake.user_ids.login, f"{login}1")
        for name in ("李", "42", "O", "<b>", "x" * 300):
            with self.subTest(name=name):
                other = self.contact(name)
                self.assertEqual(
                    other._grant_portal_access("user", invite=False), {other: "granted"}
                )
