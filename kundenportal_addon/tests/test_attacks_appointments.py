"""Ways into appointments that an attacker found; every test failed before its fix."""

from ast import literal_eval
from datetime import date
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from ..models import kundenportal_planner_travel as travel
from ..models.kundenportal_appointment import SlotTaken
from .appointment_common import AppointmentFixture, at
from .common import PortalCase
from .planning_common import PlanningFixture
from .planning_common import at as on_day

MAIL_LOGGER = "odoo.addons.kundenportal_addon.models.kundenportal_appointment_mail"


class AppointmentAttackCase(AppointmentFixture, PortalCase):
    """Remote calls of customers, employees, and staff of another of our companies."""

    def call(self, user, records, name, *args, **kwargs):
        """Call a method of records as JSON-RPC does."""
        self.env.flush_all()
        self.env.invalidate_all()
        ids = [records.ids] if records else []
        with self.env.cr.savepoint():
            return call_kw(records.with_user(user), name, [*ids, *args], kwargs)

    def open_other_company(self):
        """Return one of our companies that is none of this test's, and an officer of it alone."""
        company = self.env["res.company"].create({"name": "Andere GmbH"})
        officer = new_test_user(
            self.env,
            "kp_other_officer",
            "kundenportal_addon.group_officer",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        return company, officer


@tagged("post_install", "-at_install")
class TestEventAttacks(AppointmentAttackCase):
    """What the calendar tells, and whom it obeys."""

    @classmethod
    def _extend_portal_fixture(cls):
        result = super()._extend_portal_fixture()
        cls.appointment = cls._book(at(8))
        cls.event = cls.appointment.event_id
        return result

    def notified(self, event):
        messages = self.env["mail.message"].search(
            [("model", "=", "calendar.event"), ("res_id", "=", event.id)]
        )
        return messages.notification_ids.res_partner_id

    def test_the_calendar_does_not_tell_customers_who_comes(self):
        """Odoo's own mail names all guests, and leads to a page that does."""
        event = self.event.with_user(self.anna.user_id)
        event.write({"start": at(10), "stop": at(12)})
        event.write({"partner_ids": [Command.link(self.ben.user_id.partner_id.id)]})
        told = self.notified(self.event)
        self.assertNotIn(self.user, told)
        self.assertIn(self.ben.user_id.partner_id, told, "staff are told as ever")
        copy = event.copy({"start": at(14), "stop": at(15)})
        self.assertIn(self.user, self.notified(copy), "that one is no appointment of ours")

    def test_strangers_among_the_employees_do_not_move_it(self):
        _company, other_officer = self.open_other_company()
        for user in (self.internal, other_officer, self.ben.user_id):
            event = self.event.with_user(user)
            for name, args in (
                ("write", [{"start": str(at(10)), "stop": str(at(12))}]),
                ("write", [{"active": False}]),
                ("write", [{"partner_ids": [Command.unlink(self.user.id)]}]),
                ("unlink", []),
            ):
                with self.subTest(user=user.login, name=name), self.assertRaises(UserError):
                    self.call(user, event, name, *args)
        forged = {"context": {"dont_notify": True}}
        self.call(self.internal, self.event, "write", {"start": str(at(10))}, **forged)
        self.assertEqual((self.appointment.state, self.appointment.start), ("conflict", at(8)))
        self.appointment.with_user(self.officer).action_restore()
        self.call(self.internal, self.event, "write", {"notes": "Leiter mitbringen"})
        moved = {"start": str(at(10)), "stop": str(at(12))}
        self.call(self.officer, self.event, "write", moved)
        self.assertEqual(self.appointment.start, at(10), "who works on the case may")

    def test_whoever_comes_stays_in_the_event(self):
        guests = [Command.set(self.user.ids)]
        with self.assertRaises(UserError):
            self.call(self.anna.user_id, self.event, "write", {"partner_ids": guests})
        extra = [Command.link(self.ben.user_id.partner_id.id)]
        self.call(self.anna.user_id, self.event, "write", {"partner_ids": extra})
        self.assertEqual(len(self.event.partner_ids), 3)

    def test_confidential_cases_are_not_in_everybodys_calendar(self):
        self.job.write({"description": "Geheimes", "is_confidential": True})
        hidden = self.event.with_user(self.internal)
        self.assertNotIn(
            self.job.number, self.call(self.internal, hidden, "read", ["name"])[0]["name"]
        )
        own = self.call(self.anna.user_id, self.event, "read", ["name"])[0]["name"]
        self.assertIn(self.job.number, own, "whoever comes reads it")

    def test_customers_do_not_move_it_by_google(self):
        own_fields = type(self.event)._fields__
        with patch.dict(own_fields, {"guests_readonly": own_fields["active"]}):  # google_calendar's
            self.assertTrue(self.appointment._prepare_event()["guests_readonly"])

    def test_deleted_cases_leave_no_event_to_customers(self):
        event = self.event
        self.job.unlink()
        self.assertTrue(event.exists())
        found = event.with_user(self.user.user_ids).with_context(active_test=False)
        self.assertFalse(found.search([("id", "=", event.id)]))


@tagged("post_install", "-at_install")
class TestPlanningAttacks(AppointmentAttackCase):
    """What staff of another of our companies can do by finding times."""

    def find(self, user, **values):
        """Open the finder by a remote call, and return it."""
        finder = self.env["kundenportal.slot.finder"]
        values = {"activity_id": self.job.id, "date_from": str(at(0).date()), "days": 1, **values}
        return finder.browse(self.call(user, finder, "create", values))

    def test_other_companies_calendars(self):
        _company, other = self.open_other_company()
        with self.assertRaises(AccessError):
            self.find(other)
        finder = self.env["kundenportal.slot.finder"].with_user(other)
        with self.assertRaises(AccessError):
            Form(finder.with_context(default_activity_id=self.job.id))

    def test_other_companies_appointments(self):
        company, other = self.open_other_company()
        appointment = self._book(at(8))
        own = self._create_case(
            self.stranger,
            "Anderes",
            self._create_type("Anderes", company_id=company.id),
            company_id=company.id,
        )
        with self.assertRaises(AccessError):
            self.find(other, activity_id=own.id, appointment_id=appointment.id)
        # Who works for both companies does not send the technicians of one for the other.
        with self.assertRaises(SlotTaken):
            self._book(at(12), own)
        finder = self.find(self.env.user, activity_id=own.id, resource_ids=[self.anna.id])
        self.assertFalse(finder.line_ids)

    def test_who_cannot_come(self):
        self.anna.active = False
        for resource_ids in (self.anna.ids, [2**31 - 1]):
            slot = {**self._slot(at(8)), "resource_ids": resource_ids}
            with self.subTest(resource_ids), self.assertRaises(SlotTaken):
                self.env["kundenportal.appointment"]._book(self.job, slot, by_customer=False)

    def test_the_end_of_time(self):
        for day in (date.max, date.min, date(2200, 1, 1)):
            with self.subTest(day=day):
                self.assertFalse(self.find(self.officer, date_from=str(day)).line_ids)

    def test_settings_that_no_calendar_has(self):
        for name in (
            "portal_appointment_change_hours",
            "portal_appointment_hold_minutes",
            "portal_appointment_reminder_hours",
        ):
            with (
                self.subTest(name),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
                self.env.cr.savepoint(),
            ):
                self.company[name] = 2**31 - 1
                self.env.flush_all()

    def test_only_admins_choose_which_server_ours_asks(self):
        settings = self.env["kundenportal.settings"].with_user(self.manager).create({})
        with self.assertRaises(AccessError):
            settings.write({"portal_routing_url": "http://127.0.0.1:8069"})
        settings.write({"portal_travel_minutes": 20})
        self.assertFalse(self.company.portal_routing_url)


@tagged("post_install", "-at_install")
class TestHoldAttacks(AppointmentAttackCase):
    """Times that are kept and never taken."""

    def test_one_customer_does_not_keep_all_times(self):
        holds = [
            self._book(at(8 + 2 * number), self._create_job(), by=self.user, hold=True)
            for number in range(4)
        ]
        self.assertEqual([bool(hold.exists()) for hold in holds], [False, True, True, True])
        other = self._book(at(8), self._create_job(self.stranger), by=self.stranger, hold=True)
        self.assertEqual(other.state, "held")
        self.assertTrue(holds[1].exists(), "others' count for themselves")

    def test_levels_count_for_cancelling_as_for_choosing(self):
        self._create_action("appointment", self.job_type, level="main_user")
        appointment = self._book(at(8))
        with self.assertRaises(UserError):
            appointment.with_user(self.user.user_ids)._cancel(by_customer=True)
        appointment.with_user(self.main.user_ids)._cancel(by_customer=True)
        self.assertEqual(appointment.state, "cancelled")

    def test_calendar_files_have_the_lines_that_we_write(self):
        self.company.name = "Wir\x0bDTEND:20990101T000000Z\u2028X:1; Söhne"
        lines = self._book(at(8))._get_ics().decode().splitlines()
        self.assertEqual(sum(line.startswith("DTEND:") for line in lines), 1)
        self.assertFalse([line for line in lines if line.startswith("X:")])

    @mute_logger(MAIL_LOGGER)
    def test_a_broken_template_holds_nobody_up(self):
        templates = self.env.registry["mail.template"]
        with patch.object(templates, "send_mail", side_effect=UserError("kaputt")):
            appointment = self._book(at(8), by=self.user)
        self.assertEqual(appointment.state, "booked")
        self.assertFalse(self.mails())


@tagged("post_install", "-at_install")
class TestPlanAttacks(PlanningFixture, PortalCase):
    """What the planner believes."""

    def test_late_confirmation_is_asked_again(self):
        """A page that is left open for days gives no time that is shown to nobody any more."""
        action = self._create_action("appointment", self.job_type)
        self.job_type.appointment_lead_hours = 24
        held = self.book(self._create_job(), 0, 10, by_customer=True, hold=True)
        customer = self.user.user_ids
        with freeze_time(on_day(0, 9, 50)), self.assertRaises(SlotTaken):
            self.env["kundenportal.action.appointment"].with_user(customer)._submit(
                action, held.activity_id.with_user(customer).sudo(), {"confirm": str(held.id)}, {}
            )

    def test_nonsense_of_a_routing_server(self):
        self.company.portal_routing_url = "http://osrm.example:5000"
        case = self._create_job(self.stranger)
        for answer in (
            {"code": "Ok", "durations": [[0, 10**400], [10**400, 0]]},
            RecursionError("deep"),
        ):
            travel._resting.clear()
            travel._known.clear()
            given = answer if isinstance(answer, Exception) else lambda *_args, it=answer: it
            with (
                self.subTest(answer=type(answer)),
                self.answer_of_routing_server(given),
                mute_logger("odoo.addons.kundenportal_addon.models.kundenportal_planner_travel"),
            ):
                self.assertTrue(self.find(case))

    def test_done_visits_stay_in_the_days_route(self):
        first = self.book(self._create_job(self.stranger), 0, 10)
        second = self.book(self._create_job(), 0, 15)
        before = second.technician_ids.drive_minutes
        self.assertEqual(second.travel_before, before)
        first._finish()
        self.env.invalidate_all()
        self.assertEqual(second.technician_ids.drive_minutes, before, "he has been there")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kundenportal_addon.kundenportal_appointment_technician_action"
        )
        domain = fields.Domain(literal_eval(action["domain"]))
        self.assertIn(first.technician_ids, first.technician_ids.search(domain))


@tagged("post_install", "-at_install")
class TestAbsences(AppointmentFixture, PortalCase):
    """Who comes falls ill after the booking."""

    def leave(self, **values):
        return self.env["resource.calendar.leaves"].create(
            {"name": "Krank", "date_from": at(0), "date_to": at(23), **values}
        )

    def test_declined_in_the_calendar(self):
        for guest in (self.anna.user_id.partner_id, self.user):
            appointment = self._book(at(8), self._create_job())
            attendees = appointment.event_id.attendee_ids
            attendees.filtered(lambda one, guest=guest: one.partner_id == guest).do_decline()
            with self.subTest(guest=guest.name):
                self.assertEqual(appointment.state, "conflict")
                entry = self.entries(appointment, "appointment_conflict", is_open=True)
                self.assertIn(guest.name, entry.note)
            appointment._cancel()

    def test_leaves_between_question_and_confirmation(self):
        self.job_type.appointment_confirmation = True
        asked = self._book(at(8), by=self.user, hold=True)._confirm()
        self.assertEqual(asked.state, "requested")
        self.leave(resource_id=self.anna.id, calendar_id=self.anna.calendar_id.id)
        with self.assertRaises(SlotTaken):
            asked.with_user(self.officer).sudo(False).action_confirm()

    def test_leaves_that_come_later_wait_in_the_inbox(self):
        hers, his = self._book(at(8)), self._book(at(12), self._create_job(), resources=self.ben)
        calendar = self.anna.calendar_id
        leave = self.leave(resource_id=self.anna.id, calendar_id=calendar.id)
        self.assertEqual((hers.state, his.state), ("conflict", "booked"))
        self.assertTrue(self.entries(hers, "appointment_conflict", is_open=True))
        event = hers.event_id.with_context(dont_notify=True)
        event.write({"allday": False, "location": "x"})
        self.assertEqual(hers.state, "conflict", "a synchronisation of something else")
        hers.with_user(self.officer).action_restore()
        self.assertEqual(hers.state, "booked", "somebody has decided")
        leave.date_to = at(22)
        self.assertEqual(hers.state, "conflict")
        hers._move(self._slot(at(8), resources=self.ben))
        self.assertEqual(hers.state, "booked")
        self.leave(calendar_id=calendar.id, company_id=self.company.id)
        self.assertEqual((hers.state, his.state), ("conflict", "conflict"), "a public holiday")


@tagged("post_install", "-at_install")
class TestClosedCase(AppointmentFixture, PortalCase):
    """What becomes of appointments to come when the work is done."""

    def test_done_cases_have_no_visits_to_come(self):
        appointment = self._book(at(8))
        with freeze_time(at(12)):
            later = self._book(at(8, day=2))
            self.job.with_user(self.officer).action_done()
        self.assertEqual((appointment.state, later.state), ("done", "cancelled"))
        self.assertFalse(later.event_id.active)
