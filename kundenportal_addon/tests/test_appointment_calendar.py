"""Appointments in calendars, and mails about them."""

import base64
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models.kundenportal_appointment import SlotTaken
from .appointment_common import AppointmentFixture, at
from .common import PortalCase


@tagged("post_install", "-at_install")
class TestCalendar(AppointmentFixture, PortalCase):
    """The event of an appointment, and what is done to it by hand or by a synchronisation."""

    @classmethod
    def _extend_portal_fixture(cls):
        result = super()._extend_portal_fixture()
        cls.appointment = cls._book(at(8))
        cls.event = cls.appointment.event_id.with_user(cls.anna.user_id)
        cls._book(at(12), cls._create_job(cls.stranger))
        return result

    def synchronise(self, **values):
        """Write an event as Google's and Outlook's synchronisations do."""
        self.event.with_context(dont_notify=True).write(values)

    def test_everybody_has_it(self):
        self.assertEqual((self.event.start, self.event.stop), (at(8), at(10)))
        self.assertEqual(self.event.user_id, self.anna.user_id)
        guests = self.event.attendee_ids
        self.assertEqual(guests.partner_id, self.anna.user_id.partner_id | self.user)
        self.assertEqual(set(guests.mapped("state")), {"accepted"})
        self.assertIn(self.job.number, self.event.name)
        self.assertEqual(self.event.sudo().portal_appointment_ids, self.appointment)

    def test_moved_by_hand(self):
        self.event.write({"start": at(10), "stop": at(12)})
        self.assertEqual((self.appointment.start, self.appointment.state), (at(10), "booked"))
        self.assertTrue(self.entries(self.appointment, "appointment_moved_by_staff"))
        with self.assertRaises(SlotTaken):
            self.event.write({"start": at(11), "stop": at(13)})

    def test_what_no_appointment_can_be(self):
        for values in (
            {"allday": True, "start_date": at(0).date(), "stop_date": at(0).date()},
            {"recurrency": True, "rrule_type": "daily", "end_type": "count", "count": 3},
        ):
            with (
                self.subTest(values=values),
                self.assertRaises(UserError),
                self.env.cr.savepoint(),
            ):
                self.event.write(values)

    def test_archived_or_deleted(self):
        self.event.active = False
        self.assertEqual(self.appointment.state, "cancelled")
        other = self._book(at(14))
        other.event_id.with_user(self.anna.user_id).unlink()
        self.assertEqual(other.state, "cancelled")
        self.assertFalse(self.job.date_start)

    def test_copied(self):
        copy = self.event.copy({"start": at(15), "stop": at(16)})
        self.assertFalse(copy.sudo().portal_appointment_ids)
        copy.unlink()
        self.assertEqual(self.appointment.state, "booked")

    def test_over(self):
        """What has been is not planned any more."""
        with freeze_time(at(11)):
            self.event.write({"start": at(8, 30), "stop": at(10, 30)})
            self.assertEqual(self.appointment.start, at(8))
            self.event.unlink()
            self.assertEqual(self.appointment.state, "booked")

    def test_synchronised_to_a_free_time(self):
        self.synchronise(start=at(9), stop=at(11))
        self.assertEqual((self.appointment.start, self.appointment.state), (at(9), "booked"))

    def test_synchronised_to_a_taken_time(self):
        """Nothing is raised: everything that comes with the same synchronisation would be lost."""
        self.synchronise(start=at(12), stop=at(14))
        self.assertEqual(self.appointment.state, "conflict")
        self.assertEqual(self.appointment.start, at(8), "as it was agreed")
        entry = self.entries(self.appointment, "appointment_conflict").with_user(self.officer)
        self.assertTrue(entry.in_inbox and entry.can_answer)
        with self.assertRaises(UserError):
            entry.action_mark_reviewed()
        as_officer = self.appointment.with_user(self.officer)
        with self.assertRaises(SlotTaken):
            as_officer.action_follow()
        self.synchronise(start=at(13), stop=at(15))
        self.assertEqual(len(self.entries(self.appointment, "appointment_conflict")), 1)
        as_officer.action_restore()
        self.assertEqual((self.appointment.state, self.event.start), ("booked", at(8)))
        self.assertEqual(entry.review_state, "done")
        row = self.appointment.with_user(self.user.user_ids)._prepare_portal_rows()[0]
        self.assertTrue(row["is_coming"])

    def test_synchronised_into_something_else(self):
        self.synchronise(allday=True, start_date=at(0).date(), stop_date=at(0).date())
        self.assertEqual(self.appointment.state, "conflict")
        self.synchronise(allday=False, start=at(10), stop=at(12))
        self.assertEqual((self.appointment.state, self.appointment.start), ("booked", at(10)))

    def test_synchronisation_survives_everything(self):
        planner = type(self.env["kundenportal.planner"])
        with patch.object(planner, "_is_free", side_effect=ZeroDivisionError):
            self.synchronise(start=at(15), stop=at(17))
        self.assertEqual(self.appointment.state, "conflict")
        self.assertEqual(self.event.start, at(15))

    def test_deleted_by_a_synchronisation(self):
        self.synchronise(active=False)
        self.assertEqual(self.appointment.state, "cancelled")


@tagged("post_install", "-at_install")
class TestMails(AppointmentFixture, PortalCase):
    """What customers are told, how, and when."""

    @classmethod
    def _extend_portal_fixture(cls):
        result = super()._extend_portal_fixture()
        cls.user.write({"lang": "en_US", "tz": "Europe/Berlin", "form_of_address": "formal"})
        return result

    def test_each_change_has_its_mail(self):
        appointment = self._book(at(8), by=self.user)
        mail = self.mails()[0]
        self.assertIn(self.user.email, mail.email_to)
        self.assertIn("9:00", mail.subject, "in the customer's time")
        entry = mail.attachment_ids.raw.decode()
        self.assertIn("DTSTART:20350305T080000Z", entry)
        self.assertIn("SEQUENCE:0", entry)
        appointment._move(self._slot(at(12)))
        mail = self.mails()[0]
        self.assertIn("3:00", mail.subject)
        self.assertIn("SEQUENCE:1", mail.attachment_ids.raw.decode())
        appointment._cancel("Teil <b>fehlt</b>")
        mail = self.mails()[0]
        self.assertIn("Teil &lt;b&gt;fehlt", mail.body_html)
        self.assertIn("METHOD:CANCEL", mail.attachment_ids.raw.decode())
        self.assertEqual(len(self.mails()), 3, "and none of Odoo's calendar")

    def test_both_forms_of_address(self):
        texts = []
        for form in ("formal", "informal"):
            self.user.form_of_address = form
            appointment = self._book(at(8))
            texts.append(self.mails()[0].body_html)
            appointment._cancel()
        self.assertNotEqual(*texts)

    def test_whoever_wants_none_gets_none(self):
        kind = self.env.ref("kundenportal_addon.notice_kind_appointment")
        self.env["kundenportal.notice.choice"].create(
            {"partner_id": self.user.id, "kind_id": kind.id, "by_mail": False}
        )
        self._book(at(8))
        self.assertFalse(self.mails())

    def test_the_entry_names_nobody(self):
        self.anna.user_id.partner_id.name = "Anna Geheim"
        appointment = self._book(at(8))
        self.assertNotIn(b"Anna", appointment._get_ics())
        self.company.portal_appointment_show_technician = True
        self.assertIn(b"Anna T", appointment._get_ics())
        name, content = appointment._prepare_entry()
        self.assertTrue(name.endswith(".ics"))
        self.assertIn(b"BEGIN:VEVENT", base64.b64decode(content))

    def test_reminder(self):
        appointment = self._book(at(8))
        later = self._book(at(8, day=2))
        self.assertEqual(appointment.remind_on, at(8, day=-1))
        before = self.mails()
        job = self.env.ref("kundenportal_addon.ir_cron_appointment_reminder")
        with freeze_time(at(8, 1, day=-1)), self.enter_registry_test_mode():
            job.method_direct_trigger()
            self.assertEqual(len(self.mails() - before), 1)
            self.assertTrue(self.entries(appointment, "appointment_reminded"))
            job.method_direct_trigger()
            self.assertEqual(len(self.mails() - before), 1, "once")
            late = self._book(at(16))
            self.assertEqual(late.remind_on, at(16, day=-1))
            soon = self._book(at(5))
            self.assertFalse(soon.remind_on, "whoever has booked just now remembers")
        self.assertTrue(later.remind_on)
        later._cancel()
        self.assertFalse(later.remind_on)
        self.company.portal_appointment_reminder_hours = 0
        self.assertFalse(self._book(at(10, day=3)).remind_on)

    def test_windows_in_words(self):
        """In the hour that exists twice a time alone would be a riddle."""
        appointment = self._book(at(8))
        self.assertRegex(appointment._get_window(self.user), r"2035.*9:00.*–.*11:00")
        night = fields.Datetime.to_datetime("2035-10-28 00:30:00")
        text = appointment._format_window(
            night, night + timedelta(hours=1), "en_US", "Europe/Berlin"
        )
        self.assertRegex(text, r"2:30.* CEST–.*2:30.* CET$")
