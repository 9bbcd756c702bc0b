from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .action_common import ActionCase

MODELS = "odoo.addons.kundenportal_addon.models"
CONDITION = f"{MODELS}.kundenportal_activity_action_condition"
SUBMIT = f"{MODELS}.kundenportal_activity_action_submit"


@tagged("post_install", "-at_install")
class TestActivityActions(ActionCase):
    """Who may do what when, asked when it is shown and when it is sent; what follows from it."""

    # === WHETHER === #

    def test_states_condition_date_and_level(self):
        action = self._create_action("comment")
        self.case.date_start = fields.Datetime.now() + timedelta(hours=30)
        rows = [
            ({}, True),
            ({"when_new": False}, False),
            ({"when_new": True}, True),
            ({"condition": "[('name', '=', 'Drucker druckt nicht')]"}, True),
            ({"condition": "[('user_id', '!=', False)]"}, False),  # a field of the staff's
            ({"condition": "[('create_date', '<', context_today())]"}, False),
            (
                {
                    "condition": "[('partner_id.commercial_partner_id', 'child_of', 0), "
                    "('create_date', '<', 'today')]"
                },
                False,
            ),
            (
                {"condition": "[('create_date', '>=', context_today() + relativedelta(days=-2))]"},
                True,
            ),
            ({"condition": "[]"}, True),
            ({"ends_before_date": True, "until_hours": 24}, True),
            ({"until_hours": 48}, False),
            ({"until_hours": 0}, True),
            ({"level": "main_user"}, False),
            ({"level": "user"}, True),
            ({"active": False}, False),
        ]
        for values, expected in rows:
            action.write(values)
            with self.subTest(values=values):
                self.assertEqual(action in self.find(), expected)
                self.assertEqual(not self.refusal(action), expected)
        action.write({"active": True, "level": "main_user"})
        self.assertIn(action, self.find(self.main), "the main user sees the company's case")
        self.assertNotIn(
            action,
            self.env["kundenportal.activity.action"]._find_one(
                action.id, self._create_case(self.user, case_type=self._create_type("Andere"))
            ),
            "an id of another type",
        )

    def test_what_was_shown_is_asked_again(self):
        action = self._create_action(
            "comment",
            condition="[('priority', '=', '1')]",
            condition_hint="Nur bei mittlerer Dringlichkeit.",
        )
        self.assertIn(action, self.find())
        self.case.priority = "3"
        with self.assertRaisesRegex(UserError, "Nur bei mittlerer Dringlichkeit"):
            self.submit(action, text="Hallo")
        self.case.priority = "1"
        self.case._change_state("cancelled")
        with self.assertRaisesRegex(UserError, self.case.number):
            self.submit(action, text="Hallo")
        other = self._create_action("comment", self._create_type("Andere"))
        with self.assertRaises(UserError):
            self.submit(other, text="Hallo")
        with self.assertRaises(AccessError):
            self.submit(action, self.stranger, text="Hallo")

    def test_broken_conditions(self):
        action = self._create_action()
        for condition in (
            "[('nothing', '=', 1)]",
            "[('name'",
            "__import__('os')",
            "1",
            "[('create_date', '<', datetime.datetime.now().to_utc())]",
        ):
            with self.subTest(condition=condition), self.assertRaises(ValidationError):
                action.condition = condition
                action.flush_recordset()
        action.invalidate_recordset()
        self.env.cr.execute(
            "UPDATE kundenportal_activity_action SET condition = %s WHERE id = %s",
            ["[('gone', '=', 1)]", action.id],
        )
        action.invalidate_recordset()
        with mute_logger(CONDITION):
            self.assertNotIn(action, self.find(), "a field that was removed takes no page down")

    def test_once_and_twice(self):
        action = self._create_action("comment", is_repeatable=False)
        self.submit(action, text="Eins", key="k")
        self.submit(action, text="Eins", key="k")  # a double click
        self.assertEqual(len(self.case.action_use_ids), 1)
        bodies = "".join(self.case.message_ids.mapped("body"))
        self.assertEqual(bodies.count("Eins"), 1)
        self.assertNotIn(action, self.find())
        with self.assertRaises(UserError):
            self.submit(action, text="Zwei", key="l")
        action.is_repeatable = True
        self.submit(action, text="Zwei", key="m")
        self.assertEqual(len(self.case.action_use_ids), 2)

    def test_what_follows(self):
        stage = self.ticket_type._get_stage("in_progress")
        template = self.env["mail.template"].create(
            {
                "name": "Danke",
                "model_id": self.env["ir.model"]._get_id("kundenportal.activity"),
                "subject": "Danke für {{ object.number }}",
                "body_html": "<p>Danke</p>",
                "use_default_to": False,
                "email_to": "{{ object.partner_id.email_formatted }}",
            }
        )
        action = self._create_action(
            "comment",
            after_stage_id=stage.id,
            after_note="Bitte zurückrufen",
            after_inbox=True,
            after_mail_id=template.id,
        )
        self.case.user_id = self.officer
        self.submit(action, text="Hallo")
        self.assertEqual(self.case.stage_id, stage)
        note = self.case.message_ids.filtered(lambda one: "zurückrufen" in one.body)
        self.assertTrue(note.is_internal or note.subtype_id.internal, "customers do not read it")
        entry = self.env["kundenportal.protocol"].search(
            [("res_model", "=", self.case._name), ("kind_id.code", "=", "action_inbox")]
        )
        self.assertEqual(
            (entry.partner_id, entry.user_id, entry.responsible_id, entry.review_state),
            (self.user, self.user.user_ids, self.officer, "open"),
        )
        mail = self.env["mail.mail"].search([("subject", "=", f"Danke für {self.case.number}")])
        self.assertEqual(len(mail), 1)
        self.assertEqual(self.case.action_use_ids.user_id, self.user.user_ids)
        broken = patch.object(type(template), "_send_secret_mail", side_effect=UserError("kaputt"))
        with broken, mute_logger(SUBMIT):
            self.submit(action, text="Noch etwas")
        self.assertEqual(len(self.case.action_use_ids), 2, "a broken mail holds nobody up")
        with self.assertRaises(ValidationError):
            other = self.env["kundenportal.activity.stage"].create({"name": "Fremd"})
            action.after_stage_id = other

    # === KINDS === #

    def test_close_and_reopen_within_days(self):
        close, reopen = self._create_action("close"), self._create_action("reopen")
        self.ticket_type.reopen_days = 5
        self.assertEqual(self.find(), close)
        self.submit(close)
        self.assertEqual((self.case.state, self.find()), ("done", reopen))
        self.assertTrue(self.submit(reopen).errors, "it has to be said what is open")
        with freeze_time(fields.Datetime.now() + timedelta(days=6)):
            self.assertFalse(self.find())
            with self.assertRaises(UserError):
                self.submit(reopen, text="Doch nicht")
        self.submit(reopen, text="Doch nicht")
        self.assertEqual(self.case.state, "in_progress")
        self.assertIn("Doch nicht", "".join(self.case.message_ids.mapped("body")))
        self.assertEqual(self.find(), close, "as often as it is reopened")

    def test_withdraw_with_a_reason(self):
        withdraw = self._create_action("withdraw")
        self.assertIn("text", self.submit(withdraw, text=" \x00 ").errors)
        self.assertEqual(self.case.state, "new")
        self.submit(withdraw, text="Wir haben ein neues Gerät")
        self.assertEqual(self.case.state, "cancelled")
        entry = self.env["kundenportal.protocol"].search(
            [("res_id", "=", self.case.id), ("kind_id.code", "=", "activity_state")], limit=1
        )
        self.assertIn("neues Gerät", entry.note)
        self.assertFalse(self.find())

    def test_proposal(self):
        confirm = self._create_action("confirm")
        self.assertFalse(self.find(), "without a proposal there is nothing to confirm")
        self.case.write({"proposal": "Reparatur für 240 €"})
        self.case._change_state("waiting")
        digest = self.case._get_proposal_digest()
        self.case.proposal = "Reparatur für 480 €"
        with self.assertRaisesRegex(UserError, "changed"):
            self.submit(confirm, digest=digest)
        digest = self.case._get_proposal_digest()
        self.assertIn("text", self.submit(confirm, digest=digest, answer="decline").errors)
        self.submit(confirm, digest=digest, answer="decline", text="Zu teuer")
        self.assertEqual((self.case.proposal_state, self.case.state), ("declined", "in_progress"))
        self.assertFalse(self.find(), "a proposal is answered once")
        self.case.proposal = "Reparatur für 300 €"
        self.assertEqual(self.find(), confirm, "another one asks again")
        self.submit(confirm, digest=self.case._get_proposal_digest(), answer="confirm")
        self.assertEqual(self.case.proposal_state, "confirmed")

    def test_texts_and_files_that_are_none(self):
        comment, upload = self._create_action("comment"), self._create_action("upload")
        self.assertIn("text", self.submit(comment, text="x" * 10001).errors)
        self.assertIn("text", self.submit(comment, text=b"a file").errors)
        self.submit(comment, text="<script>alert(1)</script>")
        self.assertNotIn("<script>", "".join(self.case.message_ids.mapped("body")))
        self.assertIn("files", self.submit(upload).errors)

    def test_follow_up(self):
        target = self._create_type("Angebot")
        action = self._create_action("request", request_type_id=target.id, name="Angebot anfordern")
        outcome = self.submit(action, text="Bitte mit Wartung", key="k")
        follow_up = outcome.record
        self.assertEqual(
            (follow_up.type_id, follow_up.partner_id, follow_up.origin_id, follow_up.channel),
            (target, self.user, self.case, "portal"),
        )
        self.assertIn("mit Wartung", follow_up.description)
        self.assertIn(f"/my/activities/{follow_up.id}", outcome.url)
        again = self.submit(action, text="Bitte mit Wartung", key="k")
        self.assertEqual((again.record, again.url), (follow_up, outcome.url))
        target.is_in_portal = False
        self.assertNotIn(action, self.find(), "nobody would find the new case again")

    def test_without_a_case(self):
        home = self.env["kundenportal.activity.action"]
        home.search([("type_id", "=", False)]).active = False
        action = home.create(
            {"name": "Rückruf", "code": "request", "request_type_id": self.ticket_type.id}
        )
        with self.assertRaises(ValidationError):
            home.create({"name": "Datei", "code": "upload"})

        def offered(contact):
            return home.with_user(contact.user_ids)._find_for_home().ids

        self.assertEqual(offered(self.user), action.ids)
        outcome = self.submit(action, case=self.case.browse(), text="Ab 14 Uhr")
        self.assertEqual(outcome.record.partner_id, self.user)
        self.assertEqual(outcome.record.name, "Rückruf")
        action.level = "main_user"
        self.assertEqual((offered(self.user), offered(self.main)), ([], action.ids))
        with self.assertRaises(UserError):
            self.submit(action, case=self.case.browse(), text="Ab 14 Uhr")
        action.write(
            {"level": False, "company_id": self.env["res.company"].create({"name": "B"}).id}
        )
        self.assertEqual(offered(self.user), [])
        with self.assertRaises(UserError):
            self.submit(action, case=self.case.browse(), text="Ab 14 Uhr")
        user = self.user.user_ids
        self.assertFalse(home.with_user(user)._find_one(action.id, self.case.browse()))
        self.user.portal_withheld_function_ids = [Command.link(self.functions["activities"].id)]
        with self.assertRaises(AccessError):
            self.submit(action, case=self.case.browse(), text="Ab 14 Uhr")
