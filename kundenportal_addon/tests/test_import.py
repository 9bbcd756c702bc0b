from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PortalCase

COLUMNS = ["name", "parent_id", "email", "portal_access", "category_id"]


@tagged("post_install", "-at_install")
class TestImport(PortalCase):
    """Contacts with level and groups come by Odoo's import, without a mail."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.groups = cls.env["res.partner.category"].create(
            [
                {
                    "name": "Händler",
                    "is_portal_group": True,
                    "portal_function_ids": [(6, 0, cls.functions["shop"].ids)],
                },
                {"name": "Messe 2026"},
            ]
        )

    def load(self, rows, user=None, columns=None, **context):
        Partner = self.env["res.partner"].with_user(user or self.manager)
        return Partner.with_context(lang="en_US", **context).load(columns or COLUMNS, rows)

    def assertLoaded(self, result):  # noqa: N802 (named like unittest's)
        self.assertFalse(result["messages"])
        return self.env["res.partner"].browse(result["ids"])

    def errors(self, result):
        self.assertFalse(result["ids"], "all rows or none")
        return [message["message"] for message in result["messages"]]

    def mails_to(self, contacts):
        return self.env["mail.mail"].search(
            ["|", ("recipient_ids", "in", contacts.ids), ("email_to", "ilike", "@import.example")]
        )

    def test_levels_and_groups(self):
        contacts = self.assertLoaded(
            self.load(
                [
                    ["Ina Import", "Nord GmbH", "ina@import.example", "main_user", "Händler"],
                    ["Ida Import", "Nord GmbH", "ida@import.example", "User", "Messe 2026"],
                    ["Ivo Import", "Nord GmbH", "ivo@import.example", "", "Händler,Messe 2026"],
                    ["Ilse Import", "", "ilse@import.example", "No access", ""],
                ]
            )
        )
        self.assertEqual(contacts.mapped("portal_access"), ["main_user", "user", "none", "none"])
        self.assertEqual(contacts.mapped("portal_state"), ["invited", "invited", "none", "none"])
        self.assertEqual(contacts[:3].parent_id, self.nord)
        self.assertIn(self.functions["shop"], contacts[0].portal_function_ids)
        self.assertNotIn(self.functions["shop"], contacts[1].portal_function_ids)
        self.assertTrue(contacts[0].user_ids.has_group("kundenportal_addon.group_function_shop"))
        self.assertFalse(self.mails_to(contacts), "nobody asked for mails")
        kinds = (
            self.env["kundenportal.protocol"]
            .search([("partner_id", "in", contacts.ids)])
            .kind_id.mapped("code")
        )
        self.assertIn("access_granted", kinds)
        self.assertNotIn("invitation_sent", kinds)

    def test_mail_if_asked(self):
        contacts = self.assertLoaded(
            self.load(
                [["Ina Import", "", "ina@import.example", "user", ""]], portal_send_invitation=True
            )
        )
        self.assertTrue(self.mails_to(contacts))

    def test_changes_of_existing_contacts(self):
        def set_levels(*levels):
            contacts = (self.main | self.user | self.user2).sorted("id")
            rows = [
                [str(contact.id), level] for contact, level in zip(contacts, levels, strict=True)
            ]
            self.assertLoaded(self.load(rows, columns=[".id", "portal_access"]))
            self.env.invalidate_all()
            return contacts.mapped("portal_access")

        self.assertEqual(set_levels("", "", ""), ["main_user", "user", "user"], "left as they are")
        self.assertEqual(set_levels("user", "main_user", "none"), ["user", "main_user", "none"])
        self.assertFalse(self.user2.with_context(active_test=False).user_ids.active)
        self.assertEqual(set_levels("user", "none", "main_user"), ["user", "none", "main_user"])

    def test_unknown_level_is_named(self):
        (message,) = self.errors(self.load([["Ina", "", "ina@import.example", "Chef", ""]]))
        self.assertIn("Chef", message)
        self.assertIn("Kundenportal", message)

    def test_row_that_cannot_be_granted_is_named(self):
        messages = self.errors(
            self.load(
                [
                    ["Ina Import", "ina@import.example", "", "user"],
                    ["Ida Gesperrt", "ida@import.example", "Blocked", "user"],
                ],
                columns=["name", "email", "portal_switch", "portal_access"],
            )
        )
        self.assertTrue(any("Ida Gesperrt" in message for message in messages), messages)
        self.assertTrue(any("Blocked" in message for message in messages), messages)
        self.assertFalse(self.env["res.partner"].search([("email", "=", "ina@import.example")]))

    def test_address_of_another_login_is_not_taken_over(self):
        other = self.env["res.users"].create({"name": "Wer", "login": "besetzt@import.example"})
        row = ["Ida Besetzt", "", "besetzt@import.example", "user", ""]
        contact = self.assertLoaded(self.load([row]))
        self.assertEqual(contact.portal_access, "user")
        self.assertNotEqual(contact.user_ids.login, other.login)

    def test_without_address_the_number_is_the_login(self):
        contacts = self.assertLoaded(
            self.load(
                [["Tim Telefon", "+49 171 1234567", "user"]],
                columns=["name", "mobile", "portal_access"],
            )
        )
        self.assertEqual(contacts.portal_access, "user")
        self.assertNotIn("@", contacts.user_ids.login)

    def test_officers_give_levels_but_not_groups(self):
        row = ["Ina Import", "", "ina@import.example", "user", ""]
        self.assertLoaded(self.load([row], self.officer))
        row = ["Ida Import", "", "ida@import.example", "user", "Händler"]
        self.assertTrue(self.errors(self.load([row], self.officer)))

    def test_others_give_nothing(self):
        self.internal.group_ids |= self.env.ref("base.group_partner_manager")
        row = ["Ina Import", "", "ina@import.example", "user", ""]
        self.assertIn("officers", self.errors(self.load([row], self.internal))[0])
        for level in ("main_user", "none"):
            with self.assertRaises(AccessError):
                self.user.with_user(self.internal).portal_access = level
            self.env.invalidate_all(flush=False)
        for contact in (self.user, self.user2):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                contact.with_user(self.main.user_ids).write({"portal_access": "main_user"})
            self.env.invalidate_all(flush=False)
        self.assertEqual(self.user.portal_access, "user")
        self.assertEqual(self.user2.portal_access, "user")

    def test_a_level_that_does_not_change_needs_nobody(self):
        self.internal.group_ids |= self.env.ref("base.group_partner_manager")
        self.user.with_user(self.internal).portal_access = "user"
        self.assertEqual(self.user.portal_access, "user")

    def test_refusal_is_a_sentence(self):
        self.user2.portal_switch = "blocked"
        self.user2._revoke_portal_access()
        with self.assertRaises(UserError) as caught:
            self.user2.with_user(self.officer).portal_access = "user"
        self.assertIn(self.user2.name, str(caught.exception))

    def test_many_rows_cost_what_few_do(self):
        def cost(first, count):
            rows = [
                [
                    f"Kontakt {number}",
                    "Nord GmbH",
                    f"kontakt{number}@import.example",
                    "main_user" if number % 10 == 0 else "user",
                    "Messe 2026",
                ]
                for number in range(first, first + count)
            ]
            before = self.env.cr.sql_log_count
            contacts = self.assertLoaded(self.load(rows))
            levels = contacts.mapped("portal_access")
            self.assertEqual(levels.count("main_user"), count // 10)
            self.assertEqual(levels.count("user"), count - count // 10)
            self.assertFalse(self.mails_to(contacts))
            return (self.env.cr.sql_log_count - before) / count

        cost(100, 10)  # warms caches
        self.assertLess(cost(200, 40), cost(300, 10) * 1.1, "queries per row")
