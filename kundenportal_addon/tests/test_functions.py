from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import PortalCase


@tagged("post_install", "-at_install")
class TestFunctions(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.group = cls.env["res.partner.category"].create(
            {
                "name": "A-Kunden",
                "is_portal_group": True,
                "portal_function_ids": [Command.set(cls.functions["shop"].ids)],
            }
        )

    def codes(self, contact):
        """Return the contact's functions, checked against the groups its login really has."""
        self.env.registry.clear_cache()
        codes = set(contact.portal_function_ids.mapped("code"))
        user = contact.user_ids
        held = {code for code in self.functions if user._has_portal_function(code)}
        self.assertEqual(codes, held, "what the form shows is what the groups say")
        return codes

    def test_company_defaults(self):
        self.assertEqual(self.codes(self.main), {"documents", "master_data", "colleagues"})

    def test_main_user_functions_are_not_for_users(self):
        self.assertEqual(self.codes(self.user), {"documents", "master_data"})

    def test_default_changes_reach_everybody(self):
        self.company.portal_default_function_ids = self.functions["messages"]
        self.assertEqual(self.codes(self.main), {"messages"})
        self.assertEqual(self.codes(self.stranger), {"messages"})

    def test_group_of_contact_and_of_company(self):
        self.user.category_id = self.group
        self.assertIn("shop", self.codes(self.user))
        self.assertNotIn("shop", self.codes(self.main))
        self.nord.category_id = self.group
        self.assertIn("shop", self.codes(self.main))
        self.assertNotIn("shop", self.codes(self.stranger))
        self.nord.category_id = False
        self.assertNotIn("shop", self.codes(self.main))

    def test_plain_tags_unlock_nothing(self):
        self.group.is_portal_group = False
        self.nord.category_id = self.group
        self.assertNotIn("shop", self.codes(self.main))

    def test_archived_group_unlocks_nothing(self):
        self.nord.category_id = self.group
        self.group.active = False
        self.assertNotIn("shop", self.codes(self.main))

    def test_withholding_beats_unlocking(self):
        ban = self.env["res.partner.category"].create(
            {
                "name": "Vorkasse",
                "is_portal_group": True,
                "portal_withheld_function_ids": [
                    Command.set((self.functions["shop"] | self.functions["documents"]).ids)
                ],
            }
        )
        self.nord.category_id = self.group | ban
        self.assertEqual(self.codes(self.main), {"master_data", "colleagues"})

    def test_contact_beats_groups(self):
        self.nord.category_id = self.group
        self.main.portal_withheld_function_ids = self.functions["shop"]
        self.assertNotIn("shop", self.codes(self.main))
        self.assertIn("shop", self.codes(self.user))
        self.main.portal_extra_function_ids = self.functions["printers"] | self.functions["shop"]
        self.assertIn("printers", self.codes(self.main))
        self.assertNotIn("shop", self.codes(self.main), "taken away beats given")

    def test_sources_are_explained(self):
        self.main.category_id = self.group
        self.main.portal_extra_function_ids = self.functions["printers"]
        lines = self.main.portal_function_sources.splitlines()
        self.assertEqual(len(lines), 5)
        self.assertTrue(any("A-Kunden" in line for line in lines))

    def test_blocked_and_inactive_have_nothing(self):
        self.nord.portal_switch = "blocked"
        self.assertEqual(self.codes(self.main), set())
        self.assertEqual(self.main.portal_state, "blocked")
        self.assertFalse(self.main.user_ids._portal_is_open())
        self.main.portal_switch = "allowed"
        self.assertIn("documents", self.codes(self.main))
        self.assertTrue(self.main.user_ids._portal_is_open())
        self.assertFalse(self.user.user_ids._portal_is_open())
        self.company.portal_active = False
        self.assertEqual(self.codes(self.main), set())
        self.assertFalse(self.main.user_ids._portal_is_open())

    def test_functions_follow_a_move(self):
        self.sued.category_id = self.group
        self.assertNotIn("shop", self.codes(self.user))
        self.user.parent_id = self.sued
        self.assertIn("shop", self.codes(self.user))

    def test_functions_of_a_contact_without_login(self):
        contact = self._create_contact("Ohne", "ohne@nord.example", self.nord)
        self.assertEqual(
            set(contact.portal_function_ids.mapped("code")), {"documents", "master_data"}
        )

    def test_only_managers_touch_customer_groups(self):
        plain = self.env["res.partner.category"].create({"name": "Stammtisch"})
        self.user.with_user(self.officer).category_id = plain
        for action in (
            lambda: self.user.with_user(self.officer).write(
                {"category_id": [Command.link(self.group.id)]}
            ),
            lambda: self.group.with_user(self.officer).write({"name": "X"}),
            lambda: self.group.with_user(self.officer).write(
                {"partner_ids": [Command.link(self.user.id)]}
            ),
            lambda: plain.with_user(self.officer).write({"is_portal_group": True}),
            lambda: self.group.with_user(self.officer).unlink(),
            lambda: (
                self.env["res.partner"]
                .with_user(self.officer)
                .create({"name": "Neu", "category_id": [Command.link(self.group.id)]})
            ),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                action()
            self.env.invalidate_all()
        self.user.with_user(self.manager).category_id = self.group | plain
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.user.with_user(self.officer).category_id = plain
        self.env.invalidate_all()
        self.assertIn("shop", self.codes(self.user))

    def test_no_cache_is_dropped_when_nothing_changes(self):
        self.env["res.users"]._sync_portal_functions()
        self.env.registry.cache_invalidated.clear()
        self.env["res.users"]._sync_portal_functions()
        self.assertFalse(self.env.registry.cache_invalidated)

    def test_sync_takes_one_statement_whatever_the_number(self):
        self.env["res.users"]._sync_portal_functions()
        with self.assertQueryCount(1):
            self.env["res.users"]._sync_portal_functions()
