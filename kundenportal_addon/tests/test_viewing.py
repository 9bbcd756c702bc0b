from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import PortalCase


@tagged("post_install", "-at_install")
class TestViewing(PortalCase):
    """Who may look through whose eyes, for how long, and what the protocol keeps of it."""

    def begin(self, partner, user=None, reason="Rückfrage am Telefon"):
        user = user or self.manager
        views = self.env["kundenportal.viewing"].with_user(user)
        return views._begin(partner.with_user(user), reason)

    def running(self, viewing, user=None):
        views = self.env["kundenportal.viewing"].with_user(user or self.manager)
        return bool(views._get_running(viewing.id))

    def entries(self, code):
        return self.env["kundenportal.protocol"].search([("kind_id.code", "=", code)])

    # === WHO === #

    def test_is_a_right_of_its_own(self):
        group = self.env.ref("kundenportal_addon.group_view_as_customer")
        self.assertTrue(self.manager.has_group("kundenportal_addon.group_view_as_customer"))
        with self.assertRaises(AccessError):
            self.begin(self.user, self.officer)
        with self.assertRaises(AccessError):
            self.user.with_user(self.officer).action_view_as_customer()
        self.officer.group_ids = [Command.link(group.id)]
        viewing = self.begin(self.user, self.officer)
        self.assertTrue(self.running(viewing, self.officer))
        self.officer.group_ids = [Command.unlink(group.id)]
        self.assertFalse(self.running(viewing, self.officer), "asked again each time")

    def test_portal_users_only(self):
        someone = self.env["res.partner"].create({"name": "Ohne Zugang"})
        for partner in (someone, self.nord, self.internal.partner_id, self.manager.partner_id):
            with self.subTest(partner=partner.name), self.assertRaises(AccessError):
                self.begin(partner)

    def test_own_companies_only(self):
        other = self.env["res.company"].create({"name": "Andere"})
        self.user.user_ids.write(
            {"company_ids": [Command.link(other.id)], "company_id": self.company.id}
        )
        with self.assertRaises(AccessError):
            self.begin(self.user)
        self.manager.company_ids = [Command.link(other.id)]
        viewing = self.begin(self.user)
        self.assertTrue(self.running(viewing))
        self.manager.company_ids = [Command.unlink(other.id)]
        self.assertFalse(self.running(viewing))

    def test_contacts_of_other_companies_are_not_found(self):
        other = self.env["res.company"].create({"name": "Andere"})
        users = self.person.user_ids
        users.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.person.company_id = other
        with self.assertRaises(AccessError):
            self.begin(self.person)

    def test_needs_a_reason(self):
        for reason in ("", "  ", False, "\x00"):
            with self.subTest(reason=reason), self.assertRaises(UserError):
                self.begin(self.user, reason=reason)
        self.assertFalse(self.entries("viewing_began"))

    def test_needs_a_browser(self):
        wizard = self.env["kundenportal.viewing.start"].with_user(self.manager)
        wizard = wizard.create({"partner_id": self.user.id, "reason": "x"})
        with self.assertRaises(UserError):
            wizard.action_start()  # without a request there is no session
        self.assertFalse(self.entries("viewing_began"))

    # === HOW LONG === #

    def test_it_ends(self):
        viewing = self.begin(self.user)
        self.assertTrue(self.running(viewing))
        self.assertFalse(self.running(viewing, self.officer), "of whoever began it only")
        self.assertFalse(self.running(viewing.browse(2**31 - 1)))
        viewing.with_user(self.manager)._end()
        self.assertFalse(self.running(viewing))
        viewing.with_user(self.manager)._end()
        self.assertEqual(len(self.entries("viewing_ended")), 1)

    def test_it_ends_by_itself(self):
        viewing = self.begin(self.user)
        minutes = (viewing.valid_until - fields.Datetime.now()).total_seconds() / 60
        self.assertAlmostEqual(minutes, 15, delta=0.1)
        cron = self.env.ref("kundenportal_addon.ir_cron_viewing")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertIn(viewing.valid_until, triggers.mapped("call_at"))
        viewing.valid_until = fields.Datetime.now() - timedelta(seconds=1)
        self.assertFalse(self.running(viewing))
        self.env["kundenportal.viewing"]._cron_end_expired()
        entry = self.entries("viewing_expired")
        self.assertEqual(entry.user_id, self.manager, "not the cron's user")
        self.assertEqual(entry.partner_id, self.user)
        self.assertEqual(viewing.ended_on, viewing.valid_until)
        viewing.ended_on -= timedelta(days=2)
        self.env["kundenportal.viewing"]._cron_end_expired()
        self.assertFalse(viewing.exists(), "the protocol keeps what happened")
        self.assertEqual(len(self.entries("viewing_expired")), 1)

    def test_one_at_a_time(self):
        first = self.begin(self.user)
        second = self.begin(self.stranger)
        self.assertFalse(self.running(first))
        self.assertTrue(self.running(second))

    def test_access_is_revoked_meanwhile(self):
        viewing = self.begin(self.user)
        self.user._revoke_portal_access()
        self.assertFalse(self.running(viewing))

    def test_protocol_names_both(self):
        self.begin(self.user).with_user(self.manager)._end()
        for code in ("viewing_began", "viewing_ended"):
            entry = self.entries(code)
            with self.subTest(kind=code):
                self.assertEqual(
                    (entry.partner_name, entry.user_name, entry.note, entry.review_state),
                    (
                        self.user.complete_name,
                        self.manager.name,
                        "Rückfrage am Telefon",
                        "none",
                    ),
                )

    # === WITHOUT ACCESS === #

    def test_contact_without_access(self):
        someone = self.env["res.partner"].create({"name": "Neu", "parent_id": self.nord.id})
        action = someone.with_user(self.manager).action_view_as_customer()
        wizard = self.env[action["res_model"]].with_user(self.manager).browse(action["res_id"])
        self.assertIn("Neu", wizard.refusal)
        self.assertTrue(wizard.is_outsider)
        self.assertIn(self.functions["documents"], wizard.tile_ids)
        self.assertNotIn(self.functions["shop"], wizard.tile_ids)
        self.assertFalse(wizard.other_function_ids & wizard.tile_ids)
        action = self.user.with_user(self.manager).action_view_as_customer()
        wizard = self.env[action["res_model"]].with_user(self.manager).browse(action["res_id"])
        self.assertFalse(wizard.refusal)
        self.assertFalse(wizard.is_outsider)

    def test_nothing_is_made_where_nothing_can_be_written(self):
        """What Odoo makes in passing when somebody looks at a page."""
        order = self._create_order(self.user)
        order.access_token = False
        user = new_test_user(self.env, "kp_plain", "base.group_portal")
        user.res_users_settings_ids.unlink()
        self.env.flush_all()
        settings = self.env["res.users.settings"]
        with patch.object(type(self.env.cr), "readonly", True):
            self.assertEqual(order._portal_ensure_token(), "")
            found = settings._find_or_create_for_user(user)
            self.assertFalse(found._origin)
            self.assertFalse(found._res_users_settings_format()["id"])
        self.assertFalse(order.access_token)
        self.assertFalse(user.res_users_settings_ids)
        self.assertTrue(order._portal_ensure_token())
        self.assertTrue(settings._find_or_create_for_user(user).id)
