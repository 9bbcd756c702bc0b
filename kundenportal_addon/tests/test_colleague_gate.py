from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .colleagues_common import ColleaguesCase

#: Every action of a main user on a colleague, with arguments.
ACTIONS = (
    ("_invite_colleague", "user"),
    ("_invite_colleague_again",),
    ("_change_colleague_level", "main_user"),
    ("_change_colleague_level", "user"),
    ("_set_colleague_functions", None),
    ("_revoke_colleague",),
    ("_withdraw_colleague_request",),
    ("_report_colleague_gone", 0),
)


@tagged("post_install", "-at_install")
class TestColleagueGate(ColleaguesCase):
    """Actor × target × action: whoever may not, may nothing."""

    def arguments(self, action):
        return [self.env["kundenportal.function"] if arg is None else arg for arg in action[1:]]

    def assertNobody(self, actor_user, targets):  # noqa: N802 (named like unittest's)
        for target in targets:
            for action in ACTIONS:
                with self.subTest(actor=actor_user.name, target=target.name, action=action):
                    with self.assertRaises(AccessError), self.env.cr.savepoint():
                        method = getattr(target.with_user(actor_user), action[0])
                        method(*self.arguments(action))

    def test_actors(self):
        functionless = self._create_contact("Falk", "falk@nord.example", self.nord, "main_user")
        functionless.portal_withheld_function_ids = self.functions["colleagues"]
        blocked = self._create_contact("Bea", "bea@nord.example", self.nord, "main_user")
        blocked.portal_switch = "blocked"
        revoked = self._create_contact("Ron", "ron@nord.example", self.nord, "main_user")
        revoked_user = revoked.user_ids
        revoked._revoke_portal_access()
        public = self.env.ref("base.public_user")
        actors = [c.user_ids for c in (self.user, self.stranger, self.person, functionless)]
        actors += [blocked.user_ids, revoked_user, self.internal, self.officer, public]
        for actor in actors:
            self.assertNobody(actor, [self.user2, self.new])

    def test_targets(self):
        address = self.env["res.partner"].create(
            {"name": "Lager", "type": "delivery", "parent_id": self.nord.id}
        )
        subsidiary = self.env["res.partner"].create(
            {"name": "Tochter", "is_company": True, "parent_id": self.nord.id}
        )
        staff = new_test_user(self.env, "kp_both", "base.group_user", email="both@nord.example")
        staff.partner_id.parent_id = self.nord
        archived = self._create_contact("Alt", "alt@nord.example", self.nord)
        archived.active = False
        gone = self._create_contact("Weg", "weg@nord.example", self.nord)
        gone.portal_left_on = fields.Date.today()
        targets = [self.stranger, self.sued, self.person, self.nord, address, subsidiary]
        targets += [staff.partner_id, archived, gone, self.manager.partner_id]
        self.assertNobody(self.main.user_ids, targets)

    def test_inactive_portal(self):
        self.company.portal_active = False
        self.assertNobody(self.main.user_ids, [self.new])

    def test_gate_asks_the_database(self):
        """Nobody acts with rights that a cache still remembers."""
        self.assertTrue(self.main.user_ids.has_group("kundenportal_addon.group_portal_main_user"))
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.env.cr.execute(
                "DELETE FROM res_groups_users_rel WHERE uid = %s AND gid = %s",
                [
                    self.main.user_ids.id,
                    self.env.ref("kundenportal_addon.group_portal_main_user").id,
                ],
            )
            self.act(self.main, self.new, "_invite_colleague", "user")

    def test_blocked_contact_stays_blocked(self):
        self.user.portal_switch = "blocked"
        self.new.portal_switch = "blocked"
        nothing = self.env["kundenportal.function"]
        self.refused(self.main, self.new, "_invite_colleague", "user")
        self.refused(self.main, self.user, "_invite_colleague_again")
        self.refused(self.main, self.user, "_change_colleague_level", "main_user")
        self.refused(self.main, self.user, "_set_colleague_functions", nothing)
        self.assertEqual(self.user.portal_switch, "blocked")
        self.assertEqual(self.new.portal_access, "none")

    def test_customers_write_nothing_by_themselves(self):
        own = self.user2.with_user(self.main.user_ids)
        for values in (
            {"portal_left_on": "2026-01-01"},
            {"portal_main_withheld_function_ids": [Command.clear()]},
            {"parent_id": self.sued.id},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                own.write(values)
        with self.assertRaises(AccessError):
            self.env["kundenportal.access.request"].with_user(self.main.user_ids).create(
                {"partner_id": self.new.id, "level": "main_user"}
            )
