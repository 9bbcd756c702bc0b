from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import PortalCase
from .planning_common import PlanningFixture, at


@tagged("post_install", "-at_install")
class TestAppointmentPlanning(PlanningFixture, PortalCase):
    """What staff plan with: finding a time, offering some, the day's way."""

    @classmethod
    def _extend_portal_fixture(cls):
        result = super()._extend_portal_fixture()
        cls.case = cls._create_job()
        return result

    def open_finder(self, **values):
        action = self.case.with_user(self.officer).action_find_slot()
        finder = Form(
            self.env[action["res_model"]].with_user(self.officer).with_context(**action["context"])
        )
        finder.date_from = at(0, 12).date()
        finder.days = 1
        return finder.save()

    def line(self, finder, start):
        return finder.line_ids.filtered(lambda line: line.start == start)

    def test_found_and_booked(self):
        finder = self.open_finder()
        self.assertEqual(len(finder.line_ids), 8)
        self.assertTrue(finder.line_ids[0].is_recommended)
        self.assertFalse(finder.is_guess)
        self.line(finder, at(0, 10)).action_book()
        booked = self.case.appointment_ids
        self.assertEqual((booked.state, booked.start), ("booked", at(0, 10)))
        self.assertFalse(booked.is_by_customer)
        other = self.open_finder()
        other.resource_ids = self.anna
        self.assertFalse(self.line(other, at(0, 10)), "Anna is busy")

    def test_another_time(self):
        booked = self.book(self.case, 0, 10)
        action = booked.with_user(self.officer).action_find_slot()
        model = self.env[action["res_model"]].with_user(self.officer)
        finder = Form(model.with_context(**action["context"]))
        finder.date_from = at(0, 12).date()
        finder.days = 1
        finder = finder.save()
        self.assertTrue(self.line(finder, at(0, 10)), "it is in nobody's way but its own")
        self.line(finder, at(0, 15)).action_book()
        self.assertEqual((self.case.appointment_ids, booked.start), (booked, at(0, 15)))

    def test_times_are_offered(self):
        finder = self.open_finder()
        with self.assertRaises(UserError):
            finder.action_offer()
        chosen = self.line(finder, at(0, 9)) | self.line(finder, at(0, 14))
        chosen.is_chosen = True
        with self.assertRaises(UserError, msg="customers could not choose"):
            finder.action_offer()
        self._create_action("appointment", self.job_type)
        finder.action_offer()
        self.assertEqual(self.case.state, "waiting")
        message = self.case.message_ids.filtered(lambda one: "<li>" in (one.body or ""))
        self.assertEqual(message.body.count("<li>"), 2)
        self.assertIn(self.user, message.notified_partner_ids)
        customer = self.case.with_user(self.user.user_ids)
        shown = customer._prepare_appointment_page()
        self.assertTrue(shown["is_offer"])
        self.assertEqual([len(day["slots"]) for day in shown["days"]], [2])
        self.book(self._create_job(self.user2), 0, 9, resources=self.anna)
        self.book(self._create_job(self.user2), 0, 9, resources=self.ben)
        self.env.invalidate_all()
        shown = customer._prepare_appointment_page()
        self.assertEqual([len(day["slots"]) for day in shown["days"]], [1], "one is gone")
        self.book(self.case, 0, 14)
        self.assertFalse(self.case.appointment_proposal_ids, "they have done their work")

    def test_the_way_of_a_day(self):
        self.book(self._create_job(self.stranger), 0, 13)
        self.book(self.case, 0, 9)
        rows = self.env["kundenportal.appointment.technician"].with_user(self.officer)
        first, second = rows.search([("resource_id", "=", self.anna.id)], order="start")
        self.assertEqual((first.drive_minutes, second.drive_minutes > 60), (0, True))
        self.assertIn("loc=53.000000,8.000000&loc=53.500000,8.000000", second.map_url)
        action = (first | second).action_open_route()
        self.assertEqual(action["url"].count("loc="), 4, "from home and back")
        self._place(self.sued, 0)
        self.sued.partner_longitude = 0
        self.env.invalidate_all()
        self.assertEqual((second.drive_minutes, second.map_url), (30, False))
