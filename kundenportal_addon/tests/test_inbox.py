import re
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from .registration_common import RegistrationFixture
from .test_protocol import ProtocolCase

#: What the list asks for.
COLUMNS = {
    "kind_id": {"fields": {"display_name": {}, "icon": {}}},
    "responsible_id": {"fields": {"display_name": {}}},
    **dict.fromkeys(
        (
            "partner_name",
            "note",
            "create_date",
            "waiting_days",
            "deadline",
            "review_state",
            "can_approve",
            "can_decline",
            "can_finish",
            "can_reopen",
        ),
        {},
    ),
}


class InboxCase(RegistrationFixture, ProtocolCase):
    """Base of the inbox's tests: nothing waits but what the test lets wait."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.cr.execute("DELETE FROM kundenportal_protocol")
        cls.Protocol.invalidate_model()
        cls.kind.is_in_inbox = True

    def setUp(self):
        super().setUp()
        # The throttle counts in a transaction of its own.
        self.enterContext(self.enter_registry_test_mode())

    def log(self, partner=None, **values):
        return self.Protocol._log("test", partner or self.user, **values)

    def create_request(self, partner):
        """Let a main user ask for a colleague's level."""
        Request = self.env["kundenportal.access.request"].with_user(self.main.user_ids)
        return Request._open_for(partner.sudo(), "main_user")

    def create_change(self, state="pending"):
        """Let a customer's change wait, as the portal does."""
        change = self.env["kundenportal.data.change"].create(
            {
                "partner_id": self.user.id,
                "commercial_partner_id": self.nord.id,
                "company_id": self.company.id,
                "state": state,
                "line_ids": [
                    Command.create(
                        {
                            "field_id": self.env["ir.model.fields"]._get("res.partner", "name").id,
                            "old_raw": self.user.name,
                            "new_raw": "Uwe Umbenannt",
                            "state": state,
                        }
                    )
                ],
            }
        )
        code = "data_requested" if state == "pending" else "data_changed"
        change._enter_protocol(code, self.user, "Name")
        return change

    def entry_of(self, record):
        """Return the record's entry that waits or waited, as the officer has it."""
        entries = self.Protocol.search(
            [("res_model", "=", record._name), ("res_id", "=", record.id)], order="id"
        )
        return entries.filtered("in_inbox")[:1].with_user(self.officer)

    def search(self, domain, user=None):
        return self.Protocol.with_user(user or self.officer).search(domain).sudo()


@tagged("post_install", "-at_install")
class TestInboxSteps(InboxCase):
    """What a row offers, and what comes of it."""

    def assertSteps(self, entry, **expected):  # noqa: N802 (named like unittest's)
        entry.invalidate_recordset()
        names = ("can_approve", "can_decline", "can_finish", "can_reopen")
        self.assertEqual(
            {name: entry[name] for name in names},
            dict.fromkeys(names, False) | expected,
        )

    def test_what_a_row_offers(self):
        decide = {"can_approve": True, "can_decline": True}
        for entry, expected in (
            (self.entry_of(self._create_registration()), decide),
            (self.entry_of(self.create_request(self.user)), decide),
            (self.entry_of(self.create_change()), decide),
            (self.log().with_user(self.officer), {"can_finish": True}),
            (self.log(record=self.nord).with_user(self.officer), {"can_finish": True}),
            (self.Protocol._log("test_review", self.user), {"can_finish": True}),
        ):
            with self.subTest(record=entry.res_model):
                self.assertSteps(entry, **expected)

    def test_approve_runs_the_records_own_button(self):
        registration = self._create_registration()
        entry = self.entry_of(registration)
        action = entry.action_inbox_approve()
        self.assertEqual(action["res_model"], "kundenportal.registration.approve")
        action = entry.action_inbox_decline()
        self.assertEqual(action["res_model"], "kundenportal.registration.decline")
        self.assertEqual(entry.review_state, "open", "a dialog decides nothing yet")

        entry = self.entry_of(self.create_request(self.user))
        action = entry.action_inbox_decline()
        self.assertEqual(action["res_model"], "kundenportal.access.decline")
        entry.action_inbox_approve()
        self.assertEqual(self.user.portal_access, "main_user")
        self.assertEqual(entry.review_state, "done")
        self.assertEqual(entry.reviewer_id, self.officer)
        self.assertSteps(entry)

        entry = self.entry_of(self.create_change())
        action = entry.action_inbox_decline()
        self.assertEqual(action["res_model"], "kundenportal.data.change.reject")
        entry.action_inbox_approve()
        self.assertEqual(self.user.name, "Uwe Umbenannt")
        self.assertEqual(entry.reviewer_id, self.officer)

    def test_second_one_is_told(self):
        entry = self.entry_of(self.create_request(self.user))
        entry.action_inbox_approve()
        with self.assertRaisesRegex(UserError, re.escape(self.officer.name)):
            entry.with_user(self.officer2).action_inbox_approve()

    def test_nothing_to_decide(self):
        for entry in (self.log(), self.log(record=self.nord)):
            with self.assertRaises(UserError):
                entry.with_user(self.officer).action_inbox_approve()

    def test_not_for_outsiders(self):
        entry = self.entry_of(self.create_request(self.user))
        for user in (self.internal, self.user.user_ids, self.main.user_ids):
            for name in ("action_inbox_approve", "action_inbox_decline", "action_assign_to_me"):
                with self.subTest(name=name, user=user.login), self.assertRaises(AccessError):
                    getattr(entry.with_user(user), name)()
        self.assertEqual(self.user.portal_access, "user")

    def test_what_must_be_decided_is_not_ticked_off(self):
        entry = self.entry_of(self._create_registration())
        for mark in (
            lambda: entry.action_mark_reviewed(),
            lambda: entry.write({"reviewed_on": fields.Date.context_today(entry)}),
        ):
            with self.assertRaisesRegex(UserError, "approve or decline"):
                mark()
        self.assertEqual(entry.review_state, "open")

    def test_many_at_once_leave_what_must_be_decided(self):
        undecided = self.entry_of(self._create_registration())
        plain = (self.log() | self.log(self.main)).with_user(self.officer)
        message = (undecided | plain).action_mark_reviewed()["params"]["message"]
        self.assertIn("Marked as reviewed: 2.", message)
        self.assertIn("wait for a decision: 1.", message)
        self.assertEqual(undecided.review_state, "open")
        self.assertEqual(set(plain.mapped("review_state")), {"done"})

    def test_record_that_is_gone_can_be_ticked_off(self):
        registration = self._create_registration()
        entry = self.entry_of(registration)
        self.env.cr.execute("DELETE FROM kundenportal_registration WHERE id = %s", registration.ids)
        self.env.invalidate_all()
        self.assertSteps(entry, can_finish=True)
        with self.assertRaises(UserError):
            entry.action_inbox_approve()
        entry.action_mark_reviewed()
        self.assertEqual(entry.review_state, "done")

    def test_taken_back(self):
        entry = self.log().with_user(self.officer)
        entry.action_mark_reviewed()
        done_today = [("in_inbox", "=", True), ("reviewed_on", "=", "today")]
        self.assertEqual(self.search(done_today), entry.sudo())
        self.assertSteps(entry, can_reopen=True)
        self.assertSteps(entry.with_user(self.officer2))
        self.assertSteps(entry.with_user(self.manager), can_reopen=True)
        entry.action_reopen_review()
        self.assertSteps(entry, can_finish=True)

    def test_what_was_decided_is_not_taken_back(self):
        registration = self._create_registration()
        entry = self.entry_of(registration)
        registration.with_user(self.officer)._decline("No")
        self.assertSteps(entry)
        with self.assertRaisesRegex(UserError, "has been decided"):
            entry.action_reopen_review()
        self.assertEqual(entry.review_state, "done")

    def test_assign_to_me(self):
        entries = (self.log() | self.log(self.main)).with_user(self.officer)
        entries.action_assign_to_me()
        self.assertEqual(entries.responsible_id, self.officer)
        entry = entries[0].with_user(self.officer2)
        with self.assertRaisesRegex(UserError, "meanwhile"):
            entry.with_context(seen_responsible_id=False).action_assign_to_me()
        entry.with_context(seen_responsible_id=self.officer.id).action_assign_to_me()
        self.assertEqual(entry.responsible_id, self.officer2, "taken over knowingly")
        entry.action_mark_reviewed()
        with self.assertRaisesRegex(UserError, "already been reviewed by"):
            entry.with_user(self.officer).action_assign_to_me()

    def test_waiting_days(self):
        entry = self.log()
        self.age(entry, 3)
        self.assertEqual(entry.waiting_days, 3)


@tagged("post_install", "-at_install")
class TestInboxCloses(InboxCase):
    """An entry closes by itself when its record was dealt with elsewhere, naming who did it."""

    def assertClosed(self, entry, user, remark):  # noqa: N802 (named like unittest's)
        self.assertRecordValues(
            entry.sudo(),
            [{"review_state": "done", "reviewer_id": user.id, "review_remark": remark}],
        )

    def test_registration(self):
        registration = self._create_registration()
        entry = self.entry_of(registration)
        registration.with_user(self.officer2)._approve("user")
        self.assertClosed(entry, self.officer2, "Approved")
        registration = self._create_registration(email="other@ostwind.example")
        entry = self.entry_of(registration)
        registration.with_user(self.officer2)._decline("No")
        self.assertClosed(entry, self.officer2, "Declined")
        registration = self._create_registration(email="third@ostwind.example")
        entry = self.entry_of(registration)
        registration.with_user(self.manager).unlink()
        self.assertClosed(entry, self.manager, "Registration deleted")

    def test_access_request(self):
        request = self.create_request(self.user)
        entry = self.entry_of(request)
        request.with_user(self.officer2)._decline("No")
        self.assertClosed(entry, self.officer2, "Declined")
        request = self.create_request(self.user)
        entry = self.entry_of(request)
        request.with_user(self.main.user_ids).sudo()._withdraw()
        self.assertClosed(entry, self.main.user_ids, "Withdrawn")

    def test_data_change(self):
        change = self.create_change()
        entry = self.entry_of(change)
        change.with_user(self.officer2)._reject("No")
        self.assertClosed(entry, self.officer2, "Rejected")

    def test_entries_of_others_stay(self):
        request = self.create_request(self.user)
        other = self.entry_of(self.create_request(self.user2))
        request.with_user(self.officer).action_approve()
        self.assertEqual(other.review_state, "open")


@tagged("post_install", "-at_install")
class TestInboxList(InboxCase):
    """The list: its filters, its dashboard, its cost."""

    def test_dashboard(self):
        yesterday = fields.Date.today() - timedelta(days=2)
        mine = self.log(responsible=self.officer)
        late = self.log(self.main)
        late.deadline = yesterday
        registration = self.entry_of(self._create_registration()).sudo()
        done = self.log()
        done.action_mark_reviewed()
        self.Protocol._log("test_review", self.user)
        company = self.company.with_user(self.officer)
        self.assertEqual(company.portal_inbox_mine_count, 1)
        self.assertEqual(company.portal_inbox_unassigned_count, 2)
        numbers = {
            line["id"]: (line["count"], line["overdue"]) for line in company.portal_inbox_kinds
        }
        self.assertEqual(numbers, {self.kind.id: (2, 1), registration.kind_id.id: (1, 0)})
        for name, arguments, expected in (
            ("action_portal_inbox", (), mine | late | registration),
            ("action_portal_inbox_overdue", (), late),
            ("action_portal_inbox_mine", (), mine),
            ("action_portal_inbox_unassigned", (), late | registration),
            ("action_portal_inbox_kind", (self.kind.id,), mine | late),
            ("action_portal_inbox_kind", (self.kind.id, True), late),
        ):
            with self.subTest(name=name):
                action = getattr(company, name)(*arguments)
                self.assertEqual(self.search(action["domain"]), expected)
                self.assertEqual(action["res_model"], "kundenportal.protocol")

    def test_filters_of_the_view(self):
        view = self.env.ref("kundenportal_addon.kundenportal_protocol_view_search_inbox")
        action = self.env.ref("kundenportal_addon.kundenportal_inbox_action")
        views = self.Protocol.with_user(self.officer).get_views(
            [(view_id, view_type) for view_id, view_type in action.views] + [(view.id, "search")]
        )["views"]
        self.assertIn("due_this_week", views["search"]["arch"])
        today = fields.Date.context_today(self.Protocol.with_user(self.officer))
        due, later = self.log(), self.log()
        due.deadline = today
        later.deadline = today + timedelta(days=8)
        week = [("deadline", ">=", "today =week_start"), ("deadline", "<", "today =week_start +7d")]
        self.assertEqual(self.search(week), due)

    def test_menu_is_the_staffs(self):
        menu = self.env.ref("kundenportal_addon.kundenportal_inbox_menu")
        menus = self.env["ir.ui.menu"]
        self.assertIn(menu.id, menus.with_user(self.officer).load_menus(False))
        self.assertNotIn(menu.id, menus.with_user(self.internal).load_menus(False))

    def test_queries_do_not_grow_with_the_rows(self):
        contacts = self.env["res.partner"].create(
            [{"name": f"Contact {number}", "parent_id": self.nord.id} for number in range(27)]
        )
        registrations = self.Registration.create(
            [
                {"name": "A", "email": f"a{number}@x.example", "form_key": number, "state": "open"}
                for number in range(27)
            ]
        )
        for registration, contact in zip(registrations, contacts, strict=True):
            request = self.create_request(contact)
            self.assertTrue(request)
            self.Protocol._log("registration_received", None, record=registration)
            self.log(contact, responsible=self.officer)
        Protocol = self.Protocol.with_user(self.officer)
        domain = [("in_inbox", "=", True), ("review_state", "=", "open")]

        def count(limit):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rows = Protocol.web_search_read(domain, COLUMNS, limit=limit)["records"]
            self.assertEqual(len(rows), limit)
            self.assertEqual(len({row["kind_id"]["id"] for row in rows}), 3)
            self.assertTrue(any(row["can_approve"] for row in rows))
            self.assertTrue(any(row["can_finish"] for row in rows))
            return self.env.cr.sql_log_count - before

        count(10)
        self.assertEqual(count(80), count(10))

    def test_many_entries_are_found_by_index(self):
        self.env.cr.execute(
            """
            INSERT INTO kundenportal_protocol
                   (kind_id, review_state, in_inbox, company_id, create_date, partner_name)
            SELECT %(kind)s, CASE WHEN number %% 4 = 0 THEN 'open' ELSE 'done' END,
                   number %% 200 = 0, %(company)s, NOW(), 'X'
              FROM generate_series(1, 20000) number;
            ANALYZE kundenportal_protocol
            """,
            {"kind": self.kind.id, "company": self.company.id},
        )
        domain = [("in_inbox", "=", True), ("review_state", "=", "open")]
        query = self.Protocol.with_user(self.officer)._search(domain, order="id desc", limit=80)
        rows = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
        plan = "\n".join(row[0] for row in rows)
        self.assertIn("kundenportal_protocol_inbox_idx", plan)
