"""Appointments: booked, held, confirmed, moved, cancelled, and what follows for the case."""

from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import InsufficientPrivilege

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ..hooks import create_btree_gist
from ..models.kundenportal_appointment import SlotTaken
from .appointment_common import AppointmentFixture, at
from .common import PortalCase


@tagged("post_install", "-at_install")
class TestBooking(AppointmentFixture, PortalCase):
    """Who gets which time, and who does not."""

    def test_booked_by_a_customer(self):
        appointment = self._book(at(8), by=self.user)
        self.assertEqual(appointment.state, "booked")
        self.assertEqual(appointment.resource_id, self.anna)
        self.assertEqual(appointment.commercial_partner_id, self.nord)
        self.assertEqual(appointment.added_travel, 12)
        self.assertEqual(self.job.state, "planned")
        self.assertEqual((self.job.date_start, self.job.date_stop), (at(8), at(10)))
        self.assertEqual(self.readable(self.user, appointment), appointment)
        self.assertEqual(self.readable(self.main, appointment), appointment)
        self.assertFalse(self.readable(self.stranger, appointment))
        entry = self.entries(appointment)
        self.assertEqual(entry.kind_id.code, "appointment_booked")
        self.assertTrue(entry.in_inbox)

    def test_customers_do_not_learn_who_comes_nor_why(self):
        appointment = self._book(at(8), by=self.user)
        as_customer = appointment.with_user(self.user.user_ids)
        for name in ("technician_ids", "resource_id", "resource_ids", "added_travel", "event_id"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                as_customer.read([name])
        for records in (appointment.technician_ids, appointment.event_id):
            with self.subTest(model=records._name), self.assertRaises(AccessError):
                records.with_user(self.user.user_ids).read(["display_name"])
        row = as_customer._prepare_portal_rows()[0]
        self.assertEqual(row["technicians"], [])
        self.company.portal_appointment_show_technician = True
        self.assertEqual(as_customer._prepare_portal_rows()[0]["technicians"], ["Anna T"])

    def test_nobody_is_at_two_places(self):
        self._book(at(8))
        other = self._create_job(self.stranger)
        for start in (at(7), at(8), at(9)):
            with self.subTest(start=start), self.assertRaises(SlotTaken):
                self._book(start, other, by=self.stranger)
        with self.assertRaises(SlotTaken, msg="one of the two is not free"):
            self._book(at(9), other, resources=self.technicians)
        self.assertFalse(other.appointment_ids, "nothing is left of it")
        self.assertEqual(self._book(at(10), other).state, "booked", "right afterwards")
        both = self._book(at(13), other, resources=self.anna | self.van)
        self.assertEqual(both.resource_ids, self.anna | self.van)
        with self.assertRaises(SlotTaken):
            self._book(at(13), resources=self.van)

    def test_the_database_keeps_them_apart(self):
        """Whatever the planner thinks: it does not see what others book at the same moment."""
        first, case = self._book(at(8)), self._create_job()
        planner = type(self.env["kundenportal.planner"])
        with (
            patch.object(planner, "_is_free", lambda *args, **kwargs: True),
            mute_logger("odoo.sql_db"),
        ):
            with self.assertRaises(SlotTaken):
                self._book(at(9), case)
            second = self._book(at(10), case)
            with self.assertRaises(SlotTaken):
                second._move(self._slot(at(9)))
        self.assertEqual((second.start, first.start), (at(10), at(8)))

    def test_constraints_are_there(self):
        """Odoo only logs a constraint that it could not make."""
        self.env.cr.execute(
            """
            SELECT conname, contype::text, pg_get_constraintdef(oid) FROM pg_constraint
             WHERE conrelid IN ('kundenportal_appointment'::regclass,
                                'kundenportal_appointment_technician'::regclass)
            """
        )
        found = {name: (kind, text) for name, kind, text in self.env.cr.fetchall()}
        kind, text = found["kundenportal_appointment_technician_one_place"]
        self.assertEqual(kind, "x")
        for part in ("USING gist", "resource_id WITH =", "tsrange", "WITH &&", "WHERE (blocks)"):
            self.assertIn(part, text)
        self.assertEqual(found["kundenportal_appointment_is_long"][0], "c")

    def test_other_commitments_count(self):
        meeting = self.env["calendar.event"].create(
            {
                "name": "Schulung",
                "start": at(8),
                "stop": at(9),
                "partner_ids": self.anna.user_id.partner_id.ids,
            }
        )
        with self.assertRaises(SlotTaken):
            self._book(at(8))
        meeting.show_as = "free"
        self._book(at(8))
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Feiertag",
                "calendar_id": self.anna.calendar_id.id,
                "date_from": at(0, day=1),
                "date_to": at(0, day=2),
            }
        )
        with self.assertRaises(SlotTaken):
            self._book(at(8, day=1))

    def test_closed_cases_and_the_past(self):
        with freeze_time(at(9)), self.assertRaises(SlotTaken):
            self._book(at(8), by=self.user)
        self.job_type.active = False
        with self.assertRaises(UserError):
            self._book(at(8), by=self.user)
        self.assertTrue(self._book(at(8)), "staff still finish what was begun")
        self.job._change_state("done")
        with self.assertRaises(UserError):
            self._book(at(12))

    def test_impossible_slots(self):
        for slot in (
            {"start": at(8), "stop": at(8), "resource_ids": self.anna.ids},
            {"start": at(8), "stop": at(10), "resource_ids": []},
            {"start": False, "stop": at(10), "resource_ids": self.anna.ids},
        ):
            with self.subTest(slot=slot), self.assertRaises(SlotTaken):
                self.env["kundenportal.appointment"]._book(self.job, slot, by_customer=False)


@tagged("post_install", "-at_install")
class TestHolds(AppointmentFixture, PortalCase):
    """A time that is being chosen is kept for some minutes."""

    def hold(self, start, **options):
        return self._book(start, by=self.user, hold=True, **options)

    def test_held_then_confirmed(self):
        held = self.hold(at(8))
        self.assertEqual(held.state, "held")
        self.assertFalse(held.event_id)
        self.assertFalse(self.job.date_start)
        self.assertFalse(self.entries(held))
        other = self._create_job(self.stranger)
        with self.assertRaises(SlotTaken):
            self._book(at(8), other, by=self.stranger)
        self.assertEqual(held._confirm(), held)
        self.assertEqual(held.state, "booked")
        self.assertFalse(held.hold_until)
        held._confirm()
        self.assertEqual(len(self.entries(held)), 1, "confirmed twice, done once")

    def test_expired_holds_are_released_by_the_next_booking(self):
        held, other = self.hold(at(8)), self._create_job(self.stranger)
        with freeze_time(fields.Datetime.now() + timedelta(minutes=16)):
            self._book(at(9), other, by=self.stranger)
        self.assertFalse(held.exists())
        with self.assertRaises(SlotTaken):
            held._confirm()

    def test_whoever_is_late_and_nobody_wanted_it_gets_it(self):
        held = self.hold(at(8))
        with freeze_time(fields.Datetime.now() + timedelta(minutes=16)):
            held._confirm()
        self.assertEqual(held.state, "booked")

    def test_another_choice_lets_the_first_go(self):
        first, second = self.hold(at(8)), self.hold(at(9))
        self.assertFalse(first.exists())
        self.assertEqual(second.state, "held")

    def test_what_comes_between_is_noticed(self):
        held = self.hold(at(8))
        leave = self.env["resource.calendar.leaves"].create(
            {
                "name": "Krank",
                "calendar_id": self.anna.calendar_id.id,
                "resource_id": self.anna.id,
                "date_from": at(0),
                "date_to": at(23),
            }
        )
        with self.assertRaises(SlotTaken):
            held._confirm()
        leave.unlink()
        self.job_type.active = False
        with self.assertRaises(UserError):
            held._confirm()
        self.job_type.active = True
        self.job._change_state("cancelled")
        with self.assertRaises(SlotTaken, msg="let go with the case"):
            held._confirm()

    def test_moving_in_two_steps(self):
        booked = self._book(at(8), by=self.user)
        held = self.hold(at(9), replaces=booked)
        self.assertEqual(booked.start, at(8), "stays until it is confirmed")
        self.assertEqual(held._confirm(), booked)
        self.assertFalse(held.exists())
        self.assertEqual((booked.start, booked.state), (at(9), "booked"))
        self.assertEqual(booked.event_id.start, at(9))
        self.assertEqual(self.job.date_start, at(9))
        self.assertTrue(self.entries(booked, "appointment_moved", is_open=True))
        self.assertFalse(self.entries(booked, "appointment_booked", is_open=True))

    def test_staff_confirm_first(self):
        self.job_type.appointment_confirmation = True
        held = self.hold(at(8))
        held.with_user(self.user.user_ids)._confirm()
        self.assertEqual(held.state, "requested")
        held.with_user(self.user.user_ids)._confirm()
        self.assertEqual(held.state, "requested", "that is not the customer's to do")
        self.assertFalse(held.event_id)
        with self.assertRaises(SlotTaken, msg="reserved meanwhile"):
            self._book(at(8), self._create_job(self.stranger))
        entry = self.entries(held, "appointment_requested").with_user(self.officer)
        self.assertTrue(entry.can_approve and entry.can_decline)
        with self.assertRaises(UserError):
            entry.action_mark_reviewed()
        entry.action_inbox_approve()
        self.assertEqual(held.state, "booked")
        self.assertTrue(held.event_id)
        self.assertEqual(entry.review_state, "done")
        held.with_user(self.user.user_ids)._move(self._slot(at(12)), by_customer=True)
        self.assertEqual(held.state, "requested", "another time is another question")
        self.assertFalse(held.event_id.active)
        held.with_user(self.officer).action_confirm()
        self.assertTrue(held.event_id.active)
        self.assertEqual(held.event_id.start, at(12))


@tagged("post_install", "-at_install")
class TestChanges(AppointmentFixture, PortalCase):
    """Moving and cancelling, and how case and appointments follow each other."""

    def test_until_when_customers_may(self):
        appointment = self._book(at(8), by=self.user)
        as_customer = appointment.with_user(self.user.user_ids)
        with freeze_time(at(9, day=-1)):
            self.assertTrue(as_customer._get_change_refusal())
            with self.assertRaises(UserError):
                as_customer._move(self._slot(at(12)), by_customer=True)
            with self.assertRaises(UserError):
                as_customer._cancel(by_customer=True)
            self.assertFalse(as_customer._prepare_portal_rows()[0]["may_change"])
            appointment._move(self._slot(at(12)))
            self.assertEqual(appointment.start, at(12), "staff may")
            self.assertFalse(as_customer._get_change_refusal())
            as_customer._cancel("Keine Zeit", by_customer=True)
        self.assertEqual((appointment.state, appointment.reason), ("cancelled", "Keine Zeit"))
        with self.assertRaises(UserError):
            appointment._move(self._slot(at(14)))

    def test_cancelled(self):
        appointment = self._book(at(8), by=self.user)
        appointment.with_user(self.user.user_ids)._cancel(by_customer=True)
        self.assertFalse(appointment.event_id.active)
        self.assertFalse(self.job.date_start)
        self.assertEqual(self.job.state, "in_progress")
        self.assertTrue(self.entries(appointment, "appointment_cancelled", is_open=True))
        self.assertFalse(self.entries(appointment, "appointment_booked", is_open=True))
        self._book(at(8), self._create_job(self.stranger))
        wizard = self.env["kundenportal.appointment.cancel"].with_user(self.officer)
        second = self._book(at(12)).with_user(self.officer)
        context = second.action_cancel()["context"]
        wizard.with_context(**context).create({"reason": "Teil fehlt"}).action_confirm()
        self.assertEqual((second.state, second.reason), ("cancelled", "Teil fehlt"))
        entry = self.entries(second, "appointment_cancelled_by_staff")
        self.assertFalse(entry.in_inbox)
        self.assertIn("Teil fehlt", entry.note)

    def test_staff_drag_it_in_a_calendar(self):
        appointment = self._book(at(8)).with_user(self.officer)
        appointment.write({"start": "2035-03-05 12:00:00", "stop": "2035-03-05 15:00:00"})
        self.assertEqual((appointment.start, appointment.stop), (at(12), at(15)))
        self.assertEqual(appointment.event_id.stop, at(15))
        self._book(at(8))
        with self.assertRaises(SlotTaken):
            appointment.write({"start": at(9), "stop": at(11)})
        with self.assertRaises(UserError):
            appointment.write({"state": "done"})
        with self.assertRaises(AccessError):
            appointment.with_user(self.user.user_ids).write({"start": at(16)})
        with self.assertRaises(AccessError):
            appointment.unlink()

    def test_other_technicians_come(self):
        appointment = self._book(at(8))
        appointment._move(self._slot(at(8), resources=self.ben | self.van))
        self.assertEqual(appointment.resource_ids, self.ben | self.van)
        guests = appointment.event_id.partner_ids
        self.assertEqual(guests, self.ben.user_id.partner_id | self.user)
        self._book(at(8), self._create_job())

    def test_one_after_the_other(self):
        first, second = self._book(at(8)), self._book(at(8, day=2))
        self.assertEqual(self.job.date_start, at(8), "the next one")
        first._cancel()
        self.assertEqual(self.job.date_start, at(8, day=2))
        self.assertEqual(self.job.state, "planned")
        with freeze_time(at(12, day=2)):
            third = self._book(at(8, day=4))
            self.job._change_state("cancelled")
        self.assertEqual(second.state, "done", "it has taken place")
        self.assertEqual(third.state, "cancelled")
        self.assertFalse(third.event_id.active)
        self.assertFalse(self.entries(third, is_open=True))

    def test_withdrawn_shortly_before(self):
        appointment = self._book(at(8), by=self.user)
        with freeze_time(at(7)):
            self.job.with_user(self.user.user_ids)._change_state("cancelled", by_customer=True)
        self.assertEqual(appointment.state, "cancelled", "nobody goes to a closed case")

    def test_merged_cases(self):
        duplicate = self._create_job(self.main)
        appointment = self._book(at(8), duplicate)
        duplicate._merge_into(self.job)
        self.assertEqual(appointment.activity_id, self.job)
        self.assertEqual(appointment.partner_id, self.user)
        self.assertEqual(appointment.state, "booked")
        self.assertEqual(self.job.date_start, at(8))
        self.assertIn(self.user, appointment.event_id.partner_ids)

    def test_the_case_goes_to_another_contact(self):
        appointment = self._book(at(8))
        self.job.write({"partner_id": self.user2.id, "location_id": self.nord.id})
        self.assertEqual(appointment.partner_id, self.user2)
        self.assertEqual(appointment.address_id, self.nord)
        self.assertIn(self.user2, appointment.event_id.partner_ids)
        self.assertNotIn(self.user, appointment.event_id.partner_ids)
        event = appointment.event_id
        self.job.unlink()
        self.assertFalse(event.active)

    def test_next_ones(self):
        own = self._book(at(8))
        other = self._book(at(12), self._create_job(self.user2))
        appointments = self.env["kundenportal.appointment"]

        def find(contact):
            return appointments.with_user(contact.user_ids)._find_next().sudo().with_env(self.env)

        self.assertEqual(find(self.user), own)
        self.assertEqual(find(self.main), own | other)
        self.assertFalse(find(self.stranger))
        self.job.is_confidential = True
        self.assertEqual(find(self.main), other)
        with freeze_time(at(11)):
            self.assertFalse(find(self.user), "it is over")


@tagged("post_install", "-at_install")
class TestExtension(BaseCase):
    """Without the extension of PostgreSQL nothing is installed, and it is said what to do."""

    def test_fails_loudly(self):
        class Cursor:
            rowcount = 0

            def execute(self, query, log_exceptions=True):
                if query.startswith("CREATE"):
                    raise InsufficientPrivilege("permission denied")

            def savepoint(self, flush=True):
                return mute_logger("nothing")

        with self.assertRaisesRegex(UserError, "CREATE EXTENSION btree_gist"):
            create_btree_gist(SimpleNamespace(cr=Cursor(), _=lambda text, *args: text % args))
