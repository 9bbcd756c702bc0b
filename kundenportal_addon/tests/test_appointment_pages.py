from datetime import datetime, timedelta

from lxml import html

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.kundenportal_action_appointment import MOMENT
from .http_common import PortalHttpCase
from .planning_common import PlanningFixture, at

TIMES = "//form[contains(@class, 'kp_times_form')]//button[@name='start']"
IN_WEEK = "//section[contains(@class, 'kp_week')]//button[@name='start']"
BEST = "//section[contains(@class, 'kp_recommended')]//button[@name='start']"


def marks(page, name):
    """Return the elements of a class."""
    return page.xpath(f"//*[contains(concat(' ', @class, ' '), ' {name} ')]")


class AppointmentPageCase(PlanningFixture, PortalHttpCase):
    @classmethod
    def _extend_portal_fixture(cls):
        result = super()._extend_portal_fixture()
        cls.action = cls._create_action("appointment", cls.job_type, name="Termin wählen")
        cls.case = cls._create_job()
        cls.path = f"/my/activities/{cls.case.id}/appointment"
        for contact in cls.user | cls.stranger:
            contact.tz = "Europe/Berlin"
        return result

    def setUp(self):
        super().setUp()
        self.sign_in(self.user)

    def times(self, page, where=TIMES):
        """Return the moments that a page offers, in UTC."""
        return [datetime.strptime(value, MOMENT) for value in page.xpath(f"{where}/@value")]

    def choose(self, start, path=None, **values):
        """Send the form of times."""
        text = start if isinstance(start, str) else start.strftime(MOMENT)
        return self.submit(path or self.path, start=text, **values)

    def location(self, response):
        self.assertEqual(response.status_code, 303, response.text[:2000])
        return response.headers["Location"].removeprefix(self.base_url())

    def confirm(self, start):
        """Choose a time and make sure of it."""
        held = self.location(self.choose(start))
        response = self.submit(f"{held}/confirm")
        self.env.invalidate_all()
        return response

    def appointments(self, case=None):
        self.env.invalidate_all()
        return (case or self.case).appointment_ids

    def assertStartsAt(self, time, page):  # noqa: N802 (named like unittest's)
        """Check when the first time of the week is, in whichever language."""
        text = page.xpath(f"string({IN_WEEK})").strip().lstrip("0")
        self.assertTrue(text.startswith(time), text)

    def leave(self, start, stop):
        return self.env["resource.calendar.leaves"].create(
            {"date_from": start, "date_to": stop, "company_id": self.company.id}
        )


@tagged("post_install", "-at_install")
class TestAppointmentPages(AppointmentPageCase):
    """/my/activities/<id>/appointment."""

    def test_chosen_kept_and_confirmed(self):
        page = self.get_page(f"/my/activities/{self.case.id}")
        self.assertIn(self.path, page.xpath("//section[contains(@class,'kp_actions')]//a/@href"))
        page = self.get_page(f"{self.path}?week={at(0, 12).date()}")
        self.assertEqual(len(self.times(page, BEST)), 3, "of three days")
        self.assertEqual(len(set(self.times(page, IN_WEEK))), 5 * 8)
        self.assertEqual(min(self.times(page, IN_WEEK)), at(0, 8))
        self.assertStartsAt("8:00", page)
        text = page.text_content()
        for secret in ("Annabert", "Benedikta"):
            self.assertNotIn(secret, text, "who comes is no customer's business")
        self.assertFalse(marks(page, "kp_zone"))
        self.assertFalse(page.xpath(f"{TIMES}[not(normalize-space())]"), "each has a name")
        # Kept; of two the later one
        self.choose(at(0, 11))
        held_url = self.location(self.choose(at(0, 9)))
        held = self.appointments()
        self.assertEqual((len(held), held.state, held.start), (1, "held", at(0, 9)))
        page = self.get_page(held_url)
        self.assertTrue(marks(page, "kp_confirm_form"))
        self.assertIn("9:00", page.xpath("string(//dd[contains(@class, 'kp_window')])"))
        self.assertFalse(marks(self.get_page("/my"), "kp_next_appointment"), "not agreed yet")
        # Confirmed, twice as well
        key = page.xpath("string(//form//input[@name='form_key']/@value)")
        done = self.location(self.submit(f"{held_url}/confirm", form_key=key))
        self.assertEqual(done, f"/my/activities/{self.case.id}?done=appointment")
        self.submit(f"{held_url}/confirm", form_key=key)
        booked = self.appointments()
        self.assertEqual((len(booked), booked.state), (1, "booked"))
        self.assertEqual(booked.technician_ids.resource_id, self.anna)
        page = self.get_page(done)
        self.assertTrue(marks(page, "kp_appointment_done"))
        self.assertTrue(marks(page, "kp_case_appointments"))
        home = self.get_page("/my")
        self.assertIn("9:00", marks(home, "kp_next_appointment")[0].text_content())
        self.assertFalse(home.xpath("//li[@data-kind='appointment']"), "nothing is to do")
        response = self.url_open(f"{held_url}/calendar")
        self.assertIn("text/calendar", response.headers["Content-Type"])
        self.assertIn("BEGIN:VEVENT", response.text)

    def test_it_is_to_do_until_something_is_booked(self):
        links = self.get_page("/my").xpath("//li[@data-kind='appointment']//a/@href")
        self.assertEqual(links, [self.path])

    def test_taken_meanwhile(self):
        for colleague in (self.anna, self.ben):
            self.book(self._create_job(self.user2), 0, 9, resources=colleague)
        target = self.location(self.choose(at(0, 9)))
        self.assertEqual(target, f"{self.path}?taken=1")
        page = self.get_page(target)
        self.assertTrue(marks(page, "kp_taken"))
        self.assertTrue(self.times(page), "with the next ones")
        self.assertNotIn(at(0, 9), self.times(page))
        # Kept, then a holiday
        held_url = self.location(self.choose(at(0, 10)))
        self.leave(at(0, 8), at(0, 12))
        self.assertIn("?taken=1", self.location(self.submit(f"{held_url}/confirm")))
        self.assertFalse(self.appointments().filtered(lambda one: one.state == "booked"))
        # Kept for too long: gone, or let go by another's booking
        held_url = self.location(self.choose(at(0, 13)))
        self.appointments().filtered(lambda one: one.state == "held").unlink()
        self.assertIn("?taken=1", self.location(self.url_open(held_url, allow_redirects=False)))
        self.assertIn("?taken=1", self.location(self.submit(f"{held_url}/confirm")))

    def test_what_changed_since_is_noticed(self):
        held_url = self.location(self.choose(at(0, 9)))
        self.action.condition = "[('priority', '=', '3')]"
        page = html.fromstring(self.submit(f"{held_url}/confirm").content)
        self.assertTrue(marks(page, "kp_refusal"))
        self.action.condition = "[]"
        self.job_type.active = False
        page = html.fromstring(self.submit(f"{held_url}/confirm").content)
        self.assertTrue(marks(page, "kp_refusal") or marks(page, "kp_form_error"))
        self.job_type.active = True
        self.case._change_state("done")
        self.env.flush_all()
        self.submit(f"{held_url}/confirm")
        self.assertNotIn("booked", self.appointments().mapped("state"))

    def test_moved_and_cancelled(self):
        self.confirm(at(0, 9))
        booked = self.appointments()
        page_url = f"{self.path}/{booked.id}"
        page = self.get_page(page_url)
        self.assertTrue(marks(page, "kp_move"))
        page = self.get_page(f"{self.path}?week={at(0, 12).date()}")
        self.assertTrue(marks(page, "kp_current"))
        self.assertIn(at(0, 9), self.times(page, IN_WEEK), "it is in nobody's way but its own")
        held_url = self.location(self.choose(at(1, 14)))
        self.assertTrue(marks(self.get_page(held_url), "kp_replaced"))
        self.assertEqual(booked.start, at(0, 9), "until it is confirmed")
        self.submit(f"{held_url}/confirm")
        self.assertEqual((self.appointments(), booked.start), (booked, at(1, 14)))
        target = self.submit(f"{page_url}/cancel", reason="Urlaub\0" + "x" * 2000)
        self.assertIn("done=cancelled", self.location(target))
        self.appointments()
        self.assertEqual((booked.state, booked.reason[:6]), ("cancelled", "Urlaub"))
        self.assertTrue(self.times(self.get_page(self.path)), "another one can be chosen")
        self.assertFalse(marks(self.get_page(page_url), "kp_cancel_form"))

    def test_too_late(self):
        booked = self.book(self.case, 0, 9)
        self.company.portal_appointment_change_hours = 24 * 60
        page_url = f"{self.path}/{booked.id}"
        page = self.get_page(page_url)
        self.assertTrue(marks(page, "kp_refusal"))
        self.assertFalse(marks(page, "kp_cancel_form") or marks(page, "kp_move"))
        page = html.fromstring(self.submit(f"{page_url}/cancel").content)
        self.assertTrue(marks(page, "kp_form_error"))
        self.assertTrue(marks(self.get_page(self.path), "kp_refusal"))
        self.choose(at(1, 9))
        self.assertEqual(self.appointments(), booked)

    def test_nonsense(self):
        for start in ("", "x", "9999-99-99T00:00:00", "\0", "1" * 10000, "<script>", "0001-01-01"):
            with self.subTest(start=start[:20]):
                page = html.fromstring(self.choose(start).content)
                self.assertTrue(marks(page, "kp_form_error"))
        past = fields.Datetime.now().replace(minute=0, second=0, microsecond=0)
        for name, start in (
            ("off the grid", at(0, 9, 30)),
            ("at night", at(0, 3)),
            ("past", past - timedelta(days=7)),
            ("too far ahead", at(70, 9)),
            ("the end of time", datetime(9999, 12, 31)),
            ("its beginning", datetime(1000, 1, 1)),
        ):
            with self.subTest(name):
                self.assertIn("?taken=1", self.location(self.choose(start)))
        self.assertFalse(self.appointments())
        for week in ("x", "9999-12-31", "0001-01-01", "2026-02-30"):
            with self.subTest(week=week):
                self.assertTrue(self.times(self.get_page(f"{self.path}?week={week}")))
        file = {"start": ("a.txt", b"x")}
        response = self.url_open(
            self.path, data={"csrf_token": self.csrf_token()}, files=file, allow_redirects=False
        )
        self.assertEqual(response.status_code, 200)

    def test_who_may_not(self):
        booked = self.book(self.case, 0, 9)
        other = self._create_case(self.user, "ohne Termine")
        foreign = self.book(self._create_job(self.stranger), 0, 13)
        with mute_logger("odoo.http"):
            self.get_page(f"/my/activities/{other.id}/appointment", 404)
            for case, appointment in ((other, booked), (self.case, foreign)):
                url = f"/my/activities/{case.id}/appointment/{appointment.id}"
                self.assertEqual(self.submit(f"{url}/cancel").status_code, 404)
                self.assertEqual(self.url_open(f"{url}/calendar").status_code, 404)
            self.sign_in(self.stranger)
            for url in (self.path, f"{self.path}/{booked.id}", f"{self.path}/{booked.id}/calendar"):
                self.get_page(url, 404)
            for url in ("", f"/{booked.id}/confirm", f"/{booked.id}/cancel"):
                self.assertEqual(self.submit(f"{self.path}{url}").status_code, 404)
            self.action.level = "main_user"
            self.sign_in(self.user)
            self.get_page(self.path, 404)
        self.appointments()
        self.assertEqual((booked.state, foreign.state), ("booked", "booked"))

    def test_other_time_zones(self):
        self.user.tz = "America/New_York"
        page = self.get_page(f"{self.path}?week={at(0, 12).date()}")
        self.assertTrue(marks(page, "kp_zone"))
        self.assertEqual(min(self.times(page, IN_WEEK)), at(0, 8))
        self.assertStartsAt("2:00", page)
        self.user.tz = False
        page = self.get_page(f"{self.path}?week={at(0, 12).date()}")
        self.assertStartsAt("8:00", page)  # our company's

    def test_no_time_at_all(self):
        self.team.resource_ids = self._create_technician("Leer", active=False)
        page = self.get_page(self.path)
        self.assertTrue(marks(page, "kp_no_times"))

    def test_light(self):
        self.job_type.appointment_step = "15"
        response = self.url_open(self.path)
        main = html.fromstring(response.content).xpath(
            "//*[contains(@class, 'kp_appointment_times')]"
        )
        self.assertLess(len(html.tostring(main[0])), 60_000)
        self.assertPageQueries(self.path, 60)
