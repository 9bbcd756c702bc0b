from unittest.mock import patch

import requests

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_cron import IrCron

from ..models import kundenportal_planner_travel as travel
from .planning_common import FAR, HERE
from .test_planner import PlannerCase

LOGGER = "odoo.addons.kundenportal_addon.models"


@tagged("post_install", "-at_install")
class TestTravel(PlannerCase):
    """Drives: what a routing server says, and what is done without it."""

    def setUp(self):
        super().setUp()
        travel._known.clear()
        travel._resting.clear()
        self.company.portal_routing_url = "http://osrm.example:5000"

    def table(self, seconds):
        """Answer that it takes so long between any two places."""

        def answer(address, timeout):
            count = address.count(";") + 1
            rows = [[0 if a == b else seconds for a in range(count)] for b in range(count)]
            return {"code": "Ok", "durations": rows}

        return answer

    def test_the_server_is_asked_once(self):
        far = self._create_job(self.stranger)
        with self.answer_of_routing_server(self.table(600)) as server:
            self.assertEqual({slot["added_travel"] for slot in self.find(far)}, {20})
            self.assertEqual(self.hours(far), [9, 10, 11, 13, 14, 15])
        server.assert_called_once()
        self.assertIn("http://osrm.example:5000/table/v1/driving/8.0", server.call_args.args[0])

    def test_it_fails_with_one_warning(self):
        far = self._create_job(self.stranger)
        estimate = [10, 11, 13, 14]
        for answer in (
            requests.ConnectionError("nobody there"),
            requests.Timeout("too slow"),
            lambda address, timeout: {"code": "TooBig"},
            lambda address, timeout: "<html>",
        ):
            travel._resting.clear()
            with (
                self.subTest(answer=answer),
                self.answer_of_routing_server(answer) as server,
                self.assertLogs(f"{LOGGER}.kundenportal_planner_travel", "WARNING") as logs,
            ):
                self.assertEqual(self.hours(far), estimate)
                self.assertEqual(self.hours(far), estimate)
                server.assert_called_once()
                self.assertEqual(len(logs.records), 1)

    def test_addresses_of_servers(self):
        for text in ("osrm", "file:///etc/passwd", "http://"):
            with self.subTest(text=text), self.assertRaises(ValidationError):
                self.company.portal_routing_url = text


@tagged("post_install", "-at_install")
class TestLocation(PlannerCase):
    """Addresses are put on the map in the background."""

    @classmethod
    def _extend_portal_fixture(cls):
        result = super()._extend_portal_fixture()
        cls._create_action("appointment", cls.job_type)
        for partner in cls.nord | cls.sued | cls.company.partner_id:
            partner.write({"city": "Bremen", "partner_latitude": 0, "partner_longitude": 0})
        return result

    def locate(self, place):
        partners = self.env.registry["res.partner"]
        return patch.object(partners, "_geo_localize", autospec=True, side_effect=place)

    def run_job(self):
        """Run the job, without its commits and its pauses."""
        commit = patch.object(IrCron, "_commit_progress", lambda *_args, **_kwargs: 1)
        with commit, patch("time.sleep"):
            self.env["res.partner"]._cron_locate()

    def test_what_is_needed_is_looked_up_once(self):
        self._create_case(self.stranger, "ohne Termin")
        unlocated = self.env["res.partner"].search(self.env["res.partner"]._get_unlocated_domain())
        self.assertIn(self.nord, unlocated, "the company, whose address the contact shares")
        self.assertIn(self.company.partner_id, unlocated)
        self.assertNotIn(self.sued, unlocated)
        found = lambda self, *address: (HERE, 8.0)  # noqa: E731
        with self.locate(found) as lookup:
            self.run_job()
            count = lookup.call_count
            self.run_job()
        self.assertEqual(lookup.call_count, count)
        self.assertEqual(self.user._get_point(), (HERE, 8.0))
        self.nord.street = "Neue Straße 1"
        self.assertFalse(self.nord.portal_located_on)
        self.assertIsNone(self.user._get_point())

    def test_what_cannot_be_found_is_listed(self):
        with self.locate(lambda self, *address: None):
            self.run_job()
        action = self.env["res.partner"].with_user(self.officer).action_view_unlocated()
        self.assertIn(self.nord, self.env["res.partner"].search(action["domain"]))
        self.assertTrue(self.nord.portal_located_on)

    @mute_logger(f"{LOGGER}.res_partner_location")
    def test_no_service(self):
        def fail(self, *address):
            raise UserError(self.env._("This is not possible at the moment."))

        with self.locate(fail) as lookup:
            self.run_job()
        self.assertEqual(lookup.call_count, 1, "the others would fail as well")
        self.assertFalse(self.nord.portal_located_on, "it is tried again")

    def test_new_cases_are_looked_up_soon(self):
        cron = self.env.ref("kundenportal_addon.ir_cron_locate")
        triggers = self.env["ir.cron.trigger"].search_count
        before = triggers([("cron_id", "=", cron.id)])
        self._create_job(self.stranger)
        after = triggers([("cron_id", "=", cron.id)])
        self.assertGreater(after, before)
        self._place(self.sued, FAR)
        self._create_job(self.stranger)
        self.assertEqual(triggers([("cron_id", "=", cron.id)]), after)
