import re
from datetime import datetime, time, timedelta
from unittest.mock import patch

from passlib.context import CryptContext

from odoo import fields
from odoo.tests import tagged

from .appointment_common import AppointmentFixture
from .common import CRYPT_CONTEXT, PortalFixture
from .real_server import Browser, RealServerCase

#: How many customers want the same time at the same moment.
CUSTOMERS = 20


@tagged("post_install", "-at_install")
class TestAppointmentRaces(AppointmentFixture, PortalFixture, RealServerCase):
    """Many want the same time at the same moment; one has it, the others are told and go on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_portal_fixture()
        today = fields.Date.today()
        wednesday = today + timedelta(days=7 + (2 - today.weekday()) % 7)
        cls.start = datetime.combine(wednesday, time(9))
        cls.anna.portal_home_trips = "none"
        cls.team.resource_ids = cls.anna
        cls._create_action("appointment", cls.job_type)
        logins = [f"k{number}@kp-race.example" for number in range(CUSTOMERS)]
        cheap = CryptContext(["pbkdf2_sha512", "plaintext"], pbkdf2_sha512__rounds=1)
        with patch(CRYPT_CONTEXT, lambda self: cheap):
            contacts = [cls._create_contact(login, login, None, "user") for login in logins]
        cls.jobs = [cls._create_job(contact) for contact in contacts]
        cls.moved = cls._book(cls.start + timedelta(days=2), cls.jobs[0])
        cls.start_server()
        cls.customers = [Browser(cls, login, login) for login in logins]

    def choose_at_once(self, jobs, starts):
        """Let the customer of each job choose a time, all at the same moment.

        :return: the pages that they see
        """
        forms = []
        for customer, job in zip(self.customers[-len(jobs) :], jobs, strict=True):
            url = f"/my/activities/{job.id}/appointment"
            page = customer.session.get(self.url(url), timeout=60).text
            token, key = (
                re.search(rf'name="{name}"[^>]*value="([^"]+)"', page).group(1)
                for name in ("csrf_token", "form_key")
            )
            forms.append((customer, url, token, key))
        return self.at_once(
            [
                lambda form=form, start=start: form[0].send(
                    form[1], form[2], form_key=form[3], start=start.strftime("%Y-%m-%dT%H:%M:%S")
                )
                for form, start in zip(forms, starts, strict=True)
            ]
        )

    def times_of_anna(self, day):
        return self.query(
            "SELECT start, stop FROM kundenportal_appointment_technician "
            "WHERE blocks AND resource_id = %s AND start::date = %s ORDER BY start",
            self.anna.id,
            day.date(),
        )

    def test_twenty_want_the_same_time(self):
        pages = self.choose_at_once(self.jobs, [self.start] * CUSTOMERS)
        self.assertEqual({getattr(page, "status_code", page) for page in pages}, {200})
        winners = [
            (customer, page)
            for customer, page in zip(self.customers, pages, strict=True)
            if re.search(r"/appointment/\d+$", page.url)
        ]
        self.assertEqual(len(winners), 1, [page.url for page in pages])
        losers = [page for page in pages if "taken=1" in page.url]
        self.assertEqual(len(losers), CUSTOMERS - 1)
        for page in losers:
            self.assertIn("kp_taken", page.text)
            self.assertIn("kp_recommended", page.text, "the next best ones")
            self.assertNotIn(f'value="{self.start:%Y-%m-%dT%H:%M:%S}"', page.text)
        self.assertEqual(len(self.times_of_anna(self.start)), 1)
        self.confirm_twice(*winners[0])
        self.assertServerLogClean()

    def confirm_twice(self, customer, page):
        """A double click books once: one event, one mail."""
        token, key = (
            re.search(rf'name="{name}"[^>]*value="([^"]+)"', page.text).group(1)
            for name in ("csrf_token", "form_key")
        )
        url = page.url.removeprefix(self.url("")) + "/confirm"
        results = self.at_once([lambda: customer.send(url, token, form_key=key)] * 2)
        self.assertEqual({getattr(result, "status_code", result) for result in results}, {200})
        appointment_id = int(page.url.rsplit("/", 1)[1])
        state, event_id = self.query(
            "SELECT state, event_id FROM kundenportal_appointment WHERE id = %s", appointment_id
        )[0]
        self.assertEqual(state, "booked")
        self.assertTrue(event_id)
        entries = self.query(
            "SELECT id FROM kundenportal_protocol WHERE res_model = %s AND res_id = %s",
            "kundenportal.appointment",
            appointment_id,
        )
        self.assertEqual(len(entries), 1)

    def test_neighbouring_times_at_once(self):
        """Whoever waited looks again: a gap between two that were booked is not what it was."""
        day = self.start + timedelta(days=1)
        starts = [day + timedelta(minutes=30 * number) for number in range(5)]
        pages = self.choose_at_once(self.jobs[-5:], starts)
        self.assertEqual({getattr(page, "status_code", page) for page in pages}, {200})
        times = self.times_of_anna(day)
        self.assertTrue(times)
        for (_start, stop), (start, _stop) in zip(times, times[1:], strict=False):
            # Nobody knows the places: half an hour is planned for the drive.
            self.assertGreaterEqual(start - stop, timedelta(minutes=30))
        self.assertServerLogClean()

    def test_moved_and_cancelled_at_once(self):
        officer = Browser(self, "kp_officer", "kp_officer")
        customer = self.customers[0]
        url = f"/my/activities/{self.jobs[0].id}/appointment/{self.moved.id}"
        token = customer.token(url)
        later = self.moved.start + timedelta(hours=1)
        values = {"start": str(later), "stop": str(later + timedelta(hours=2))}
        self.at_once(
            [
                lambda: customer.send(f"{url}/cancel", token),
                lambda: officer.call("kundenportal.appointment", "write", [self.moved.id], values),
            ]
        )
        state, active, same_time = self.query(
            "SELECT appointment.state, event.active, event.start = appointment.start"
            "  FROM kundenportal_appointment appointment"
            "  JOIN calendar_event event ON event.id = appointment.event_id"
            " WHERE appointment.id = %s",
            self.moved.id,
        )[0]
        self.assertEqual((state, active), ("cancelled", False), "moved or not, it is cancelled")
        self.assertTrue(same_time)
        self.assertServerLogClean()
