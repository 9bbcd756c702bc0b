"""Cases with several appointments, on the customers' pages."""

from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .planning_common import at
from .test_appointment_pages import AppointmentPageCase, marks


@tagged("post_install", "-at_install")
class TestSeveralAppointments(AppointmentPageCase):
    """Which of them is moved, and what other times are offered for."""

    def test_any_of_them_can_be_moved(self):
        first, second = self.book(self.case, 0, 9), self.book(self.case, 2, 9)
        page = self.get_page(f"{self.path}/{second.id}")
        times_url = marks(page, "kp_move")[0].get("href")
        self.assertEqual(times_url, f"{self.path}/{second.id}/times")
        page = self.get_page(times_url)
        self.assertTrue(marks(page, "kp_current"))
        form = marks(page, "kp_times_form")[0]
        self.assertEqual(form.get("action"), times_url)
        held_url = self.location(self.choose(at(3, 14), times_url))
        self.assertIn("?done=appointment", self.location(self.submit(f"{held_url}/confirm")))
        self.env.invalidate_all()
        self.assertEqual((first.start, second.start), (at(0, 9), at(3, 14)))
        self.assertEqual(self.appointments(), first | second)
        second._cancel()
        self.env.flush_all()
        self.assertEqual(
            self.location(self.choose(at(3, 9), times_url)), f"{self.path}/{second.id}"
        )
        other = self.book(self._create_job(self.stranger), 4, 9)
        with mute_logger("odoo.http"):
            self.get_page(f"{self.path}/{other.id}/times", 404)

    def offer(self, start, moved=None):
        self.case.appointment_proposal_ids = [
            Command.clear(),
            Command.create(
                {
                    "start": start,
                    "stop": start + timedelta(hours=1),
                    "appointment_id": moved and moved.id,
                }
            ),
        ]
        self.env.flush_all()

    def test_times_are_offered_for_a_second_visit(self):
        first = self.book(self.case, 0, 9)
        self.offer(at(3, 10))
        links = self.get_page("/my").xpath("//li[@data-kind='appointment']//a/@href")
        self.assertEqual(links, [self.path], "something is to be chosen")
        page = self.get_page(self.path)
        self.assertTrue(marks(page, "kp_offer"))
        self.assertFalse(marks(page, "kp_current"), "the first visit stays")
        first._move({**first._get_slot(), "start": at(0, 14), "stop": at(0, 15)})
        self.assertTrue(self.case.appointment_proposal_ids, "it has not been made yet")
        self.confirm(at(3, 10))
        self.assertEqual(
            self.appointments().sorted("start").mapped("start"), [at(0, 14), at(3, 10)]
        )
        self.assertFalse(self.case.appointment_proposal_ids)

    def test_other_times_are_offered_for_one_of_them(self):
        """Also when it is too late to ask for others oneself."""
        first, second = self.book(self.case, 0, 9), self.book(self.case, 2, 9)
        self.company.portal_appointment_change_hours = 8760
        self.assertTrue(second._get_change_refusal())
        self.offer(at(3, 10), second)
        self.assertTrue(first._get_change_refusal())
        page = self.get_page(self.path)
        self.assertTrue(marks(page, "kp_offer") and marks(page, "kp_current"))
        self.confirm(at(3, 10))
        self.assertEqual((first.start, second.start), (at(0, 9), at(3, 10)))
        self.assertFalse(self.case.appointment_proposal_ids)

    def test_what_is_asked_for_is_in_no_calendar_yet(self):
        self.job_type.appointment_confirmation = True
        self.confirm(at(0, 9))
        url = f"{self.path}/{self.appointments().id}"
        self.assertFalse(marks(self.get_page(url), "kp_calendar_file"))
        with mute_logger("odoo.http"):
            self.get_page(f"{url}/calendar", 404)
        self.appointments()._confirm()
        self.env.flush_all()
        self.assertTrue(marks(self.get_page(url), "kp_calendar_file"))

    def test_until_when_in_the_readers_time(self):
        """Who has no time zone reads our company's, as everywhere else on the page."""
        booked = self.book(self.case, 0, 9)
        self.user.tz = False
        self.env.registry.clear_cache()  # of users' contexts
        self.sign_in(self.user)
        page = self.get_page(f"{self.path}/{booked.id}")
        self.assertRegex(marks(page, "kp_until")[0].text_content(), r"\b0?9:00")
