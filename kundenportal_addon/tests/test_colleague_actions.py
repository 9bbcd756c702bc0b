from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .colleagues_common import ColleaguesCase


@tagged("post_install", "-at_install")
class TestColleagueActions(ColleaguesCase):
    """What main users do without approval."""

    def test_invite(self):
        self.assertEqual(self.act(self.main, self.new, "_invite_colleague", "user"), "invited")
        self.assertEqual(self.new.portal_access, "user")
        self.assertEqual(self.kinds(self.new), ["invitation_sent", "access_granted"])
        entries = self.env["kundenportal.protocol"].search([("partner_id", "=", self.new.id)])
        self.assertEqual(entries.user_id, self.main.user_ids, "the main user acted")
        self.refused(self.main, self.new, "_invite_colleague", "user")
        self.assertEqual(self.act(self.main, self.new, "_invite_colleague_again"), "invited")
        self.assertEqual(self.kinds(self.new).count("invitation_sent"), 2)

    def test_invite_on_no_level(self):
        for level in ("", "admin", "none", None):
            with self.subTest(level=level):
                self.refused(self.main, self.new, "_invite_colleague", level)

    def test_address_is_set_once(self):
        contact = self._create_contact("Otto Ohne", False, self.nord)
        self.assertIn("needs", self.refused(self.main, contact, "_invite_colleague", "user"))
        self.refused(self.main, contact, "_invite_colleague", "user", "no address")
        self.act(self.main, contact, "_invite_colleague", "user", " Otto@Nord.example ")
        self.assertEqual(contact.email, "otto@nord.example")
        self.assertEqual(contact.user_ids.login, "otto@nord.example")
        self.act(self.main, self.new, "_invite_colleague", "user", "thief@else.example")
        self.assertEqual(self.new.email, "nora@nord.example", "an address is not replaced")

    def test_addresses_of_others_are_not_told(self):
        contact = self._create_contact("Otto Ohne", False, self.nord)
        sentences = {
            self.refused(self.main, contact, "_invite_colleague", "user", email)
            for email in ("sven@sued.example", "internal@staff.example", "SVEN@Sued.example")
            if self.env["res.users"].search([("login", "=ilike", email)])
        }
        self.assertEqual(len(sentences), 1)
        self.assertNotIn("Sven", sentences.pop())
        self.assertFalse(contact.email)

    def test_levels(self):
        self.assertEqual(
            self.act(self.main, self.user, "_change_colleague_level", "main_user"), "level_changed"
        )
        self.assertEqual(self.user.portal_access, "main_user")
        self.assertEqual(
            self.act(self.main, self.user, "_change_colleague_level", "main_user"), "unchanged"
        )
        self.act(self.main, self.user, "_change_colleague_level", "user")
        self.assertEqual(self.user.portal_access, "user")
        self.assertEqual(self.last(self.user, "level_changed").user_id, self.main.user_ids)
        self.refused(self.main, self.new, "_change_colleague_level", "user")

    def test_last_main_user(self):
        self.act(self.main, self.main, "_change_colleague_level", "user")
        self.assertEqual(self.main.portal_access, "user", "another main user remained")
        self.refused(self.main2, self.main2, "_change_colleague_level", "user")
        self.refused(self.main2, self.main2, "_revoke_colleague")
        self.refused(self.main2, self.main2, "_report_colleague_gone", self.user.id)
        self.assertEqual(self.main2.portal_access, "main_user")

    def test_blocked_main_users_do_not_count(self):
        self.main2.portal_switch = "blocked"
        self.refused(self.main, self.main, "_change_colleague_level", "user")

    def test_nobody_takes_its_own_access(self):
        self.refused(self.main, self.main, "_revoke_colleague")
        self.refused(self.main, self.main, "_report_colleague_gone", self.main2.id)
        functions = self.env["kundenportal.function"]
        self.refused(self.main, self.main, "_set_colleague_functions", functions)

    def test_revoke(self):
        self.company.portal_admission = "all"
        self.assertEqual(self.act(self.main, self.user, "_revoke_colleague"), "revoked")
        self.assertEqual(self.user.portal_access, "none")
        self.assertEqual(self.last(self.user, "access_revoked").user_id, self.main.user_ids)
        self.assertFalse(self.user._may_have_portal_access(), "it does not get in by asking")
        self.refused(self.main, self.user, "_revoke_colleague")
        self.act(self.main, self.user, "_invite_colleague", "user")
        self.assertEqual(self.user.portal_access, "user")
        self.assertTrue(self.user._may_have_portal_access())

    def test_throttle(self):
        for _number in range(29):
            self.act(self.main, self.new, "_throttle_colleagues")
        self.act(self.main, self.new, "_invite_colleague", "user")
        self.refused(self.main, self.new, "_invite_colleague_again")
        other = self._create_contact("Otto", "otto@nord.example", self.nord)
        self.refused(self.main, other, "_invite_colleague", "user")
        self.act(self.main2, other, "_invite_colleague", "user")


@tagged("post_install", "-at_install")
class TestColleagueFunctions(ColleaguesCase):
    """Ticks: never more than the company has, never more than the staff allow."""

    def tick(self, contact, *codes, actor=None):
        functions = self.env["kundenportal.function"].union(*map(self.functions.get, codes))
        return self.act(actor or self.main, contact, "_set_colleague_functions", functions)

    def tickable(self, contact):
        sudo = contact.with_user(self.main.user_ids).sudo()
        return set(sudo._get_tickable_functions().mapped("code"))

    def test_take_and_give_back(self):
        self.assertEqual(self.tickable(self.user), {"documents", "master_data"})
        self.assertEqual(self.tick(self.user, "documents"), "functions_changed")
        self.assertEqual(self.codes(self.user), {"documents"})
        self.assertFalse(self.user.user_ids._has_portal_function("master_data"))
        note = self.last(self.user, "functions_changed").note
        before, after = note.split(" → ")
        self.assertEqual(after, self.functions["documents"].name)
        self.assertIn(self.functions["master_data"].name, before)
        self.assertEqual(self.tick(self.user, "documents"), "unchanged")
        self.tick(self.user, "documents", "master_data")
        self.assertEqual(self.codes(self.user), {"documents", "master_data"})

    def test_nobody_gives_what_the_company_does_not_have(self):
        self.tick(self.user, "documents", "master_data", "shop", "colleagues", "messages")
        self.assertEqual(self.codes(self.user), {"documents", "master_data"})
        self.assertFalse(self.user.portal_extra_function_ids)

    def test_what_staff_withhold_stays_withheld(self):
        self.user.portal_withheld_function_ids = self.functions["documents"]
        self.tick(self.user, "documents", "master_data")
        self.assertEqual(self.codes(self.user), {"master_data"})
        self.assertEqual(self.user.portal_withheld_function_ids, self.functions["documents"])
        group = self.env["res.partner.category"].create(
            {
                "name": "Ohne Daten",
                "is_portal_group": True,
                "portal_withheld_function_ids": self.functions["master_data"].ids,
            }
        )
        self.user.category_id = group
        self.tick(self.user, "documents", "master_data")
        self.assertFalse(self.codes(self.user))

    def test_what_the_main_user_lacks_is_not_its_to_give(self):
        self.tick(self.user)
        self.assertFalse(self.codes(self.user))
        self.main.portal_withheld_function_ids = self.functions["documents"]
        self.tick(self.user, "documents", "master_data")
        self.assertEqual(self.codes(self.user), {"master_data"})

    def test_staff_decide_anew(self):
        """What the main user took does not hide from staff, and staff can give it back."""
        self.tick(self.user)
        self.assertEqual(
            set(self.user.portal_main_withheld_function_ids.mapped("code")),
            {"documents", "master_data"},
        )
        self.user.with_user(self.officer).portal_main_withheld_function_ids = [Command.clear()]
        self.assertEqual(self.codes(self.user), {"documents", "master_data"})
        self.assertTrue(self.user.user_ids._has_portal_function("documents"))

    def test_main_users_take_from_each_other(self):
        self.assertIn("colleagues", self.tickable(self.main2))
        self.tick(self.main2, "documents", "master_data")
        self.refused(
            self.main2, self.user, "_change_colleague_level", "main_user", error=AccessError
        )
