import re
import threading
from contextlib import closing
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import AccessError, UserError
from odoo.service.model import retrying
from odoo.sql_db import db_connect
from odoo.tests import tagged

from .test_protocol import ProtocolCase


@tagged("post_install", "-at_install")
class TestProtocolReview(ProtocolCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.entry = cls.Protocol._log("test_review", cls.user)

    def test_mark(self):
        self.assertIs(self.entry.with_user(self.officer).action_mark_reviewed("Called back"), True)
        self.assertRecordValues(
            self.entry,
            [
                {
                    "review_state": "done",
                    "reviewed_on": fields.Date.context_today(self.entry.with_user(self.officer)),
                    "reviewer_id": self.officer.id,
                    "review_remark": "Called back",
                }
            ],
        )

    def test_date_typed_into_the_list(self):
        day = fields.Date.today() - timedelta(days=2)
        entry = self.entry.with_user(self.officer)
        entry.web_save({"reviewed_on": str(day), "review_remark": "In time"}, {})
        self.assertEqual(entry.review_state, "done")
        self.assertEqual(entry.reviewed_on, day)
        self.assertEqual(entry.reviewer_id, self.officer)
        self.assertEqual(entry.review_remark, "In time")
        entry.web_save({"reviewed_on": False}, {})
        self.assertEqual(entry.review_state, "open")
        self.assertFalse(entry.reviewed_on or entry.reviewer_id or entry.review_remark)

    def test_not_in_the_future_and_no_remark_alone(self):
        entry = self.entry.with_user(self.officer)
        with self.assertRaisesRegex(UserError, "future"):
            entry.write({"reviewed_on": fields.Date.today() + timedelta(days=2)})
        with self.assertRaises(UserError):
            entry.write({"review_remark": "X"})
        self.assertEqual(entry.review_state, "open")

    def test_second_reviewer_is_told(self):
        self.entry.with_user(self.officer).action_mark_reviewed("First")
        sentence = f"already been reviewed by {re.escape(self.officer.name)} on"
        for review in (
            lambda entry: entry.action_mark_reviewed("Second"),
            lambda entry: entry.write({"reviewed_on": fields.Date.today()}),
        ):
            with self.assertRaisesRegex(UserError, sentence):
                review(self.entry.with_user(self.officer2))
        self.assertEqual(self.entry.reviewer_id, self.officer)
        self.assertEqual(self.entry.review_remark, "First")

    def test_nothing_to_review(self):
        with self.assertRaisesRegex(UserError, "needs no review"):
            self.Protocol._log("test", self.user).action_mark_reviewed()

    def test_many_at_once(self):
        others = self.Protocol._log("test_review", self.user | self.main | self.user2)
        plain = self.Protocol._log("test", self.user)
        self.entry.with_user(self.officer).action_mark_reviewed("First")
        everything = (self.entry | others | plain).with_user(self.officer2)
        message = everything.action_mark_reviewed()["params"]["message"]
        self.assertIn("Marked as reviewed: 3.", message)
        self.assertIn("reviewed: 2.", message)
        self.assertEqual(self.entry.reviewer_id, self.officer, "left alone")
        self.assertEqual(others.reviewer_id, self.officer2)
        self.assertEqual(plain.review_state, "none")
        with self.assertRaises(UserError):
            everything.action_mark_reviewed()

    def test_server_action(self):
        entries = self.entry | self.Protocol._log("test_review", self.main)
        action = self.env.ref("kundenportal_addon.kundenportal_protocol_action_mark_reviewed")
        result = (
            action.with_user(self.officer)
            .with_context(active_model=entries._name, active_ids=entries.ids)
            .run()
        )
        self.assertEqual(result["tag"], "display_notification")
        self.assertEqual(set(entries.mapped("review_state")), {"done"})

    def test_wizard(self):
        entries = self.entry | self.Protocol._log("test_review", self.main)
        Wizard = self.env["kundenportal.protocol.review"].with_user(self.officer)
        context = {"active_model": entries._name, "active_ids": entries.ids}
        wizard = Wizard.with_context(**context).create({"remark": "Both"})
        self.assertEqual(wizard.entry_count, 2)
        wizard.action_confirm()
        self.assertEqual(entries.mapped("review_remark"), ["Both", "Both"])

    def test_taken_back_by_whoever_may(self):
        self.entry.with_user(self.officer).action_mark_reviewed()
        for take_back in (
            lambda entry: entry.action_reopen_review(),
            lambda entry: entry.write({"reviewed_on": False}),
        ):
            with self.assertRaises(AccessError):
                take_back(self.entry.with_user(self.officer2))
        self.assertEqual(self.entry.review_state, "done")
        self.entry.with_user(self.officer).action_reopen_review()
        self.assertEqual(self.entry.review_state, "open")
        self.entry.with_user(self.officer).action_mark_reviewed()
        self.entry.with_user(self.manager).action_reopen_review()
        self.assertFalse(self.entry.reviewed_on or self.entry.reviewer_id)
        plain = self.Protocol._log("test", self.user)
        plain.with_user(self.manager).action_reopen_review()
        self.assertEqual(plain.review_state, "none", "what was never open does not become so")

    def test_not_for_outsiders(self):
        for user in (self.internal, self.user.user_ids):
            for review in ("action_mark_reviewed", "action_reopen_review"):
                with self.assertRaises(AccessError):
                    getattr(self.entry.with_user(user), review)()

    def test_responsible_and_deadline_filters(self):
        late = self.Protocol._log("test_review", self.main, responsible=self.officer)
        late.deadline = fields.Date.today() - timedelta(days=1)
        search = self.env["kundenportal.protocol"].with_user(self.officer).search
        mine = self.entry | late
        overdue = [
            ("id", "in", mine.ids),
            ("review_state", "=", "open"),
            ("deadline", "<", "today"),
        ]
        self.assertEqual(search(overdue), late)


@tagged("post_install", "-at_install")
class TestTwoReviewers(ProtocolCase):
    """Two real transactions, committed: what one test transaction cannot show."""

    def setUp(self):
        super().setUp()
        self.database = db_connect(self.env.cr.dbname)
        self.reviewer_ids = self.env.ref("base.user_admin").id, SUPERUSER_ID
        with closing(self.database.cursor()) as cr:
            Protocol = api.Environment(cr, SUPERUSER_ID, {})["kundenportal.protocol"]
            entry = Protocol._log("access_requested", None, "Two reviewers")
            self.assertEqual(entry.review_state, "open")
            self.entry_id = entry.id
            cr.commit()
        self.addCleanup(self.delete_entry)

    def delete_entry(self):
        with closing(self.database.cursor()) as cr:
            cr.execute("DELETE FROM kundenportal_protocol WHERE id = %s", [self.entry_id])
            cr.commit()

    def review(self, cr, uid, remark):
        env = api.Environment(cr, uid, {})
        entry = env["kundenportal.protocol"].browse(self.entry_id)
        self.assertEqual(entry.review_state, "open")
        return env, lambda: entry.action_mark_reviewed(remark)

    def test_first_counts_and_second_is_told(self):
        first_uid, second_uid = self.reviewer_ids
        outcome = []
        with (
            closing(self.database.cursor()) as first_cr,
            closing(self.database.cursor()) as second_cr,
        ):
            # Both have the list before them and see the entry open.
            first_env, first_review = self.review(first_cr, first_uid, "First")
            second_env, second_review = self.review(second_cr, second_uid, "Second")
            first_review()
            first_env.flush_all()

            def second():
                try:
                    retrying(second_review, second_env)
                    outcome.append("marked")
                except UserError as error:
                    outcome.append(str(error))

            thread = threading.Thread(target=second)
            thread.start()
            thread.join(1)
            self.assertTrue(thread.is_alive(), "the second waits for the first")
            first_cr.commit()
            thread.join(20)
            self.assertFalse(thread.is_alive())
        self.assertIn("already been reviewed by", outcome[0])
        self.assertIn(self.env.ref("base.user_admin").name, outcome[0])
        with closing(self.database.cursor()) as cr:
            cr.execute(
                "SELECT reviewer_id, review_remark FROM kundenportal_protocol WHERE id = %s",
                [self.entry_id],
            )
            self.assertEqual(cr.fetchone(), (first_uid, "First"))
