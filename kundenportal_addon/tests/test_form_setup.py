from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.base.models.ir_cron import IrCron

from .form_common import FormCase


@tagged("post_install", "-at_install")
class TestFormSetup(FormCase):
    """Forms as staff set them up, and what becomes of them when cases change."""

    def test_conditions_that_never_hold(self):
        other_form = self._create_action("form")
        rows = [
            {"visible_field_id": self._create_field("x", "tick", action=other_form).id},
            {"visible_field_id": self.pages.id},
            {"visible_choice_ids": [Command.set(self.duplex.ids)]},
            {"kind": "choice"},
        ]
        for values in rows:
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self.serial.write(values)
        with self.assertRaises(ValidationError):
            self.urgent.visible_field_id = self._create_field(
                "y", "tick", visible_field_id=self.urgent.id
            )

        with self.assertRaises(ValidationError):
            self.urgent.active = False  # the reason would never be asked for

    def test_copies_of_forms(self):
        field = self.env["kundenportal.form.field"].create(
            {"name": "Standort", "kind": "tick", "type_id": self.ticket_type.id}
        )
        field.copy({"type_id": self.ticket_type.id, "visible_field_id": field.id})
        copied_type = self.ticket_type.copy()
        self.assertEqual(copied_type.field_ids[1].visible_field_id, copied_type.field_ids[0])
        for copied in (self.form.copy(), copied_type.action_ids):
            serial = copied.field_ids.filtered(lambda one: one.name == "Seriennummer")
            self.assertEqual(serial.visible_field_id.action_id, copied)
            self.assertEqual(serial.visible_choice_ids.name, "Drucker")
            self.assertNotEqual(serial.visible_choice_ids, self.printer)

    def test_forms_of_merged_cases(self):
        self.form.is_repeatable = True
        response = self.send(device=self.copier, files=[self.upload()])
        twin = self._create_case(self.user, "Dasselbe")
        submit = {**self.typed(device=self.copier), "case": twin}
        done = self.submit(self.form, save="done", **submit).record
        half = self.submit(self.form, save="half", **submit).record
        twin._merge_into(self.case)
        self.assertEqual((done | half).activity_id, self.case)
        self.assertEqual((response.version, done.version, half.version), (1, 2, 3))
        self.assertEqual((response | done | half).filtered("is_current"), response)
        self.assertEqual(len(self.case.action_use_ids), 2)
        self.assertEqual(self.send(device=self.copier), half, "it is continued")
        self.assertEqual(half.answer_ids.activity_id, self.case)

    def test_two_hundred_fields(self):
        form = self._create_action("form", name="Lang")
        switch = None
        for number in range(200):  # each hangs on the one before
            values = {"visible_field_id": switch.id} if switch else {}
            switch = self._create_field(f"Feld {number}", "tick", action=form, **values)
        typed = {self._name(field): "1" for field in form.field_ids}
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(150):
            response = self.submit(form, save="done", **typed).record
        self.assertEqual(len(response.answer_ids), 200)
        self.assertEqual(self.answers(response)["Feld 199"], "Yes")
        form.is_repeatable = True
        del typed[self._name(form.field_ids[100])]
        response = self.submit(form, save="done", **typed).record
        self.assertEqual(len(response.answer_ids), 101, "what hangs on it does not count")

    def test_reminder_before_the_date(self):
        self.form.remind_days = 3
        self.case.date_start = fields.Datetime.now() + timedelta(days=2)

        def remind():
            with patch.object(IrCron, "_commit_progress", lambda *_args, **_kwargs: 1):
                self.env["kundenportal.activity.action"]._cron_remind_forms()
            return self.env["mail.mail"].search_count(
                [("email_to", "ilike", self.user.email), ("subject", "ilike", "beschreiben")]
            )

        self.case.date_start += timedelta(days=7)
        self.assertEqual(remind(), 0, "too early")
        self.case.date_start -= timedelta(days=7)
        self.assertEqual([remind(), remind()], [1, 1], "once")
        self.case.date_start += timedelta(hours=5)
        self.assertEqual(remind(), 2, "another date")
        self.send(device=self.copier)
        self.case.date_start += timedelta(hours=5)
        self.assertEqual(remind(), 2, "it is done")
