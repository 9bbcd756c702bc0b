from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import PortalCase


@tagged("post_install", "-at_install")
class TestDashboard(PortalCase):
    """Numbers of the morning, each with the list behind it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.protocol = cls.env["kundenportal.protocol"]
        # The demo's own story is not this test's.
        cls.env.cr.execute("DELETE FROM kundenportal_protocol")
        cls.protocol.invalidate_model()
        kinds = cls.env["kundenportal.protocol.kind"].search([("code", "=", "signed_in")])
        cls.kind = kinds

    def log(
        self,
        code="signed_in",
        partner=None,
        *,
        state="none",
        inbox=False,
        days_ago=0,
        deadline=None,
    ):
        """Write an entry and give it the state a test needs, as only SQL can."""
        entry = self.protocol._log(code, partner or self.user, company=self.company)
        self.env.flush_all()
        self.env.cr.execute(
            """
            UPDATE kundenportal_protocol
               SET review_state = %s, in_inbox = %s, deadline = %s, create_date = create_date - %s
             WHERE id = %s
            """,
            [state, inbox, deadline, timedelta(days=days_ago), entry.id],
        )
        self.protocol.invalidate_model()
        self.company.invalidate_recordset()
        return entry

    def get_number(self, name, user=None):
        return self.company.with_user(user or self.officer)[name]

    def open_list(self, action_name):
        """Return what the list behind a number shows."""
        action = getattr(self.company.with_user(self.officer), action_name)()
        return self.env[action["res_model"]].with_user(self.officer).search(action["domain"]).sudo()

    def test_empty(self):
        for name in ("portal_review_count", "portal_inbox_count", "portal_sign_in_week_count"):
            self.assertEqual(self.get_number(name), 0, name)
        self.assertFalse(self.get_number("portal_sign_in_names"))

    def test_reviews_and_inbox(self):
        yesterday = fields.Date.today() - timedelta(days=1)
        review = self.log(state="open")
        late_review = self.log(state="open", deadline=yesterday)
        waiting = self.log(state="open", inbox=True, deadline=fields.Date.today())
        late_waiting = self.log(state="open", inbox=True, deadline=yesterday)
        self.log(state="done", deadline=yesterday)
        self.log(state="none")
        self.assertEqual(self.get_number("portal_review_count"), 2)
        self.assertEqual(self.get_number("portal_review_overdue_count"), 1)
        self.assertEqual(self.get_number("portal_inbox_count"), 2)
        self.assertEqual(
            self.get_number("portal_inbox_overdue_count"), 1, "what is due today is not overdue"
        )
        self.assertEqual(self.open_list("action_portal_reviews"), review | late_review)
        self.assertEqual(self.open_list("action_portal_inbox"), waiting | late_waiting)
        self.assertEqual(self.open_list("action_portal_overdue"), late_review | late_waiting)

    def test_other_companies_count_for_themselves(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.log(state="open")
        self.assertEqual(other.with_user(self.env.ref("base.user_admin")).portal_review_count, 0)

    def test_sign_ins(self):
        today = self.log(partner=self.user)
        self.log(partner=self.user)
        week = self.log(partner=self.main, days_ago=3)
        self.log(partner=self.stranger, days_ago=9)
        self.assertEqual(self.get_number("portal_sign_in_today_count"), 1, "persons, not sign-ins")
        self.assertEqual(self.get_number("portal_sign_in_week_count"), 2)
        names = self.get_number("portal_sign_in_names").splitlines()
        self.assertEqual(len(names), 2)
        self.assertIn("Uwe User", names[0], "the last one first")
        self.assertIn("Mia Main", names[1])
        entries = self.open_list("action_portal_sign_ins")
        self.assertLessEqual(today | week, entries)
        self.assertNotIn(self.stranger, entries.partner_id)

    def test_the_day_is_the_readers(self):
        self.officer.tz = "Europe/Berlin"
        company = self.company.with_user(self.officer).with_context(tz="Europe/Berlin")
        for now, start in [
            ("2026-01-10 12:00:00", "2026-01-09 23:00:00"),
            ("2026-07-10 12:00:00", "2026-07-09 22:00:00"),
            ("2026-01-10 23:30:00", "2026-01-10 23:00:00"),
            # The clock was put forward at 02:00 on this day; its midnight was still winter's.
            ("2026-03-29 12:00:00", "2026-03-28 23:00:00"),
        ]:
            with freeze_time(now):
                self.assertEqual(
                    company._get_portal_day_start(), fields.Datetime.to_datetime(start), now
                )

    def test_invited_never_signed_in(self):
        before = self.get_number("portal_invited_count")
        self.assertGreaterEqual(before, 5, "nobody of the fixture has signed in")
        self.assertIn(self.user, self.open_list("action_portal_invited"))
        self.env["res.users.log"].with_user(self.user.user_ids).sudo().create({})
        self.company.invalidate_recordset()
        self.assertEqual(self.get_number("portal_invited_count"), before - 1)
        self.assertNotIn(self.user, self.open_list("action_portal_invited"))

    def test_invite_many_again(self):
        contacts = self.open_list("action_portal_invited") & (self.user | self.user2)
        self.assertEqual(len(contacts), 2)
        self.env.cr.execute("DELETE FROM kundenportal_protocol")
        contacts.with_user(self.officer).action_portal_invite_again()
        sent = self.protocol.search([("kind_id.code", "=", "invitation_sent")])
        self.assertEqual(sent.partner_id, contacts)

    def test_queries_grow_neither_with_entries_nor_companies(self):
        names = [
            "portal_review_count",
            "portal_inbox_count",
            "portal_sign_in_week_count",
            "portal_sign_in_names",
            "portal_invited_count",
        ]

        def count(companies):
            self.env.flush_all()
            self.env.invalidate_all()
            companies = companies.with_user(self.officer)
            companies.read(names)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            companies.read(names)
            return self.env.cr.sql_log_count - before

        others = self.env["res.company"].create(
            [{"name": f"Other {number}"} for number in range(3)]
        )
        self.officer.company_ids = [Command.link(other.id) for other in others]
        self.log(state="open")
        expected = count(self.company)
        for contact in (self.user, self.user2, self.main, self.stranger) * 3:
            self.log(partner=contact, state="open")
        self.assertLessEqual(count(self.company | others), expected)

    def test_view_opens_for_officers_only(self):
        views = self.env["res.company"].with_user(self.officer)
        view = self.env.ref("kundenportal_addon.res_company_view_kanban_dashboard")
        arch = views.get_view(view.id, "kanban")["arch"]
        self.assertIn("portal_review_count", arch)
        self.assertNotIn("action_portal_settings", arch, "managers only")
        with self.assertRaises(AccessError):
            self.company.with_user(self.internal).read(["portal_review_count"])
        menu = self.env.ref("kundenportal_addon.kundenportal_dashboard_menu")
        self.assertNotIn(menu.id, self.env["ir.ui.menu"].with_user(self.internal).load_menus(False))
        self.assertIn(menu.id, self.env["ir.ui.menu"].with_user(self.officer).load_menus(False))
