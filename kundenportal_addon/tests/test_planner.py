from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .common import PortalCase
from .planning_common import NEAR, PlanningFixture, at

OFFICE = [8, 9, 10, 11, 13, 14, 15, 16]


class PlannerCase(PlanningFixture, PortalCase):
    @classmethod
    def _extend_portal_fixture(cls):
        result = super()._extend_portal_fixture()
        cls.case = cls._create_job()
        return result


@tagged("post_install", "-at_install")
class TestPlanner(PlannerCase):
    """When the planner says that somebody can come."""

    def test_working_time_and_the_way_there(self):
        self.assertEqual(self.hours(), OFFICE)
        self.assertEqual(self.hours(first=5, days=2), [], "the weekend")
        slots = self.find()
        self.assertEqual({slot["added_travel"] for slot in slots}, {0})
        self.assertEqual({slot["stop"] - slot["start"] for slot in slots}, {timedelta(hours=1)})
        self.assertTrue(slots[0]["recommended"] and slots[0]["is_known"])
        self.assertEqual(slots[0]["start"], at(0, 8), "the soonest of equal ones")
        far = self._create_job(self.stranger)
        self.assertEqual(self.hours(far), [10, 11, 13, 14], "over an hour away")
        self.job_type.write({"appointment_before": 5, "appointment_break": 60})
        self.assertEqual(self.hours(), [9, 10, 11, 13, 14, 15, 16])
        self.job_type.appointment_minutes = 240
        self.assertEqual(self.hours(), [9, 10, 11, 13], "over lunch")

    def test_neighbours_on_the_way_are_recommended(self):
        self.book(self._create_job(self.stranger), 1, 10, resources=self.ben)
        best = self.find(self._create_job(self.stranger), days=5, limit=1)[0]
        self.assertEqual(best["start"], at(1, 11), "after the visit next door")
        self.assertEqual((best["resource_ids"], best["added_travel"]), (self.ben.ids, 0))

    def test_lead_time_and_horizon(self):
        planner = self.env["kundenportal.planner"]
        now = fields.Datetime.now()
        self.job_type.write({"appointment_lead_hours": 24 * 30, "appointment_days": 5})
        self.assertEqual(self.hours(), [])
        self.assertEqual(self.hours(is_urgent=True), OFFICE)
        first, last = planner._get_horizon(self.case)
        self.assertEqual((first >= now, last - first), (True, timedelta(days=5)))
        self.assertIsNone(planner._find_slot(self.case, at(0, 8)))
        self.assertEqual(planner._find_slot(self.case, at(0, 8), is_urgent=True)["start"], at(0, 8))
        self.assertIsNone(planner._find_slot(self.case, at(0, 8, 30), is_urgent=True), "no grid")
        exact = planner._find_slot(self.case, at(0, 8, 30), is_urgent=True, is_exact=True)
        self.assertEqual(exact["start"], at(0, 8, 30))

    def test_absences(self):
        leaves = self.env["resource.calendar.leaves"]
        times = {"name": "frei", "date_from": at(0, 9), "date_to": at(0, 11)}
        leaves.create({**times, "resource_id": self.anna.id, "calendar_id": self.calendar.id})
        self.assertEqual(self.hours(), OFFICE, "Ben is there")
        self.assertEqual(self.hours(resources=self.anna), [8, 11, 13, 14, 15, 16])
        leaves.create({**times, "calendar_id": self.calendar.id, "company_id": self.company.id})
        self.assertEqual(self.hours(), [8, 11, 13, 14, 15, 16], "a public holiday")
        is_free = self.env["kundenportal.planner"]._is_free
        self.assertFalse(is_free(self.ben.ids, at(0, 10), at(0, 12)))
        self.assertTrue(is_free(self.ben.ids, at(0, 11), at(0, 12)))
        self.assertTrue(is_free(self.ben.ids, at(0, 20), at(0, 21)), "an evening, planned by staff")

    def test_technicians_without_calendar_work_as_the_company_does(self):
        self.anna.calendar_id = False
        self.assertEqual(self.hours(resources=self.anna), OFFICE)
        self.env["resource.calendar.leaves"].create(
            {"date_from": at(0, 8), "date_to": at(0, 12), "resource_id": self.anna.id}
        )
        self.assertEqual(self.hours(resources=self.anna), OFFICE[4:])
        self.assertFalse(
            self.env["kundenportal.planner"]._is_free(self.anna.ids, at(0, 8), at(0, 9))
        )
        self.company.resource_calendar_id = False
        self.anna.company_id.resource_calendar_id = False
        self.assertEqual(self.hours(resources=self.anna), [])

    def test_other_commitments(self):
        self.anna.user_id = self.officer
        person = self.officer.partner_id

        def meet(day, **values):
            return self.env["calendar.event"].create(
                {
                    "name": "Besprechung",
                    "start": at(day, 9),
                    "stop": at(day, 11),
                    "partner_ids": [Command.link(person.id)],
                    **values,
                }
            )

        meet(0)
        meet(1, show_as="free")
        meet(2).attendee_ids.filtered(lambda one: one.partner_id == person).state = "declined"
        meet(3, allday=True, start_date=at(3, 12).date(), stop_date=at(3, 12).date())
        meet(4, location="Hamburg")
        rest = [8, 11, 13, 14, 15, 16]
        for day, expected in ((0, rest), (1, OFFICE), (2, OFFICE), (3, [])):
            with self.subTest(day=day):
                self.assertEqual(self.hours(first=day, resources=self.anna), expected)
        slots = self.find(first=4, resources=self.anna)
        self.assertNotIn(at(4, 11), [slot["start"] for slot in slots], "nobody knows how far")
        is_free = self.env["kundenportal.planner"]._is_free
        self.assertFalse(is_free(self.anna.ids, at(0, 10), at(0, 12)))
        self.assertTrue(is_free(self.anna.ids, at(0, 11), at(0, 12)))
        self.assertFalse(is_free(self.anna.ids, at(3, 20), at(3, 21)), "the whole day")

    def test_appointments_count_once(self):
        self.anna.user_id = self.officer
        booked = self.book(self.case, 0, 9, hours=2)
        rest = [8, 11, 13, 14, 15, 16]
        self.assertEqual(self.hours(resources=self.anna), rest)
        self.assertEqual(self.hours(resources=self.anna, ignore=booked), OFFICE, "it is moved")
        is_free = self.env["kundenportal.planner"]._is_free
        self.assertFalse(is_free(self.anna.ids, at(0, 10), at(0, 12)))
        self.assertTrue(is_free(self.anna.ids, at(0, 10), at(0, 12), ignore=booked))
        self.job_type.appointment_after = 30
        self.assertEqual(
            self.hours(resources=self.anna), [13, 14, 15], "the visit's buffer and one's own"
        )
        self.job_type.appointment_after = 0
        booked._cancel()
        self.assertEqual(self.hours(resources=self.anna), OFFICE)
        held = self.book(self.case, 0, 9, hold=True, by_customer=True)
        self.assertNotIn(9, self.hours(resources=self.anna))
        held._own_write({"hold_until": fields.Datetime.now() - timedelta(minutes=1)})
        self.assertEqual(self.hours(resources=self.anna), OFFICE, "kept for too long")

    def test_two_at_once_and_skills(self):
        self.job_type.appointment_technicians = 2
        self.book(self._create_job(self.user2), 0, 8, resources=self.ben, hours=4)
        slots = self.find()
        self.assertEqual(self.hours(), [13, 14, 15, 16])
        self.assertEqual(set(slots[0]["resource_ids"]), set((self.anna | self.ben).ids))
        self.job_type.appointment_technicians = 1
        gas = self.env["kundenportal.skill"].create({"name": "Gas, geprüft"})
        self.job_type.skill_ids = gas
        self.assertEqual(self.hours(), [])
        self.ben.portal_skill_ids = gas
        self.assertEqual(self.hours(), [13, 14, 15, 16])
        self.anna.user_id = self.officer
        gas.user_ids = self.officer
        self.assertEqual(self.hours(), OFFICE)

    def test_who_comes(self):
        team = self.env["kundenportal.team"].create(
            {"name": "Leer", "member_ids": [Command.link(self.officer.id)]}
        )
        case = self._create_job(team_id=team.id)
        self.assertEqual(self.hours(case), [], "the case's team goes before the type's")
        clara = self._create_technician("Clara", user_id=self.officer.id)
        self.assertEqual(self.find(case)[0]["resource_ids"], clara.ids)
        clara.active = False
        self.assertEqual(self.hours(case), [])

    def test_unknown_places(self):
        self._place(self.nord, 0)
        self.nord.partner_longitude = 0
        slots = self.find()
        self.assertFalse(any(slot["is_known"] for slot in slots))
        self.assertEqual({slot["added_travel"] for slot in slots}, {60}, "half an hour each way")
        self._place(self.user, NEAR)
        self.assertTrue(all(slot["is_known"] for slot in self.find()), "a place of its own")

    def test_queries_do_not_grow(self):
        crew = self.env["resource.resource"].create(
            [
                {"name": f"T{number}", "calendar_id": self.calendar.id, "tz": "Europe/Berlin"}
                for number in range(50)
            ]
        )
        self.team.resource_ids = crew
        for number in range(3):
            self.book(self._create_job(), number, 9, resources=crew[number])
        gas = self.env["kundenportal.skill"].create({"name": "Gas, geprüft"})
        crew.portal_skill_ids = gas
        self.job_type.skill_ids = gas
        self.env.flush_all()
        self.env.invalidate_all()
        # What the door to the case has read.
        self.case.mapped("type_id.name")
        self.case.mapped("company_id.name")
        self.case.mapped("partner_id.commercial_partner_id.name")
        before = self.env.cr.sql_log_count
        self.assertEqual(len(self.find(days=28)), 20 * len(OFFICE))
        self.assertLessEqual(self.env.cr.sql_log_count - before, 12)
