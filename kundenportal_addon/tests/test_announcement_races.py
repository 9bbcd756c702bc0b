import re

from odoo.tests import tagged

from .announcement_common import AnnouncementFixture
from .real_server import PATIENCE, Browser, RealServerCase


@tagged("post_install", "-at_install")
class TestAnnouncementRaces(AnnouncementFixture, RealServerCase):
    """Two servers on one database, as several workers are."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_portal_fixture()
        cls.draft = cls._announce("Published by the other worker", published=False)
        cls.running = cls._announce("Running")
        cls.start_server()
        cls.addClassCleanup(cls.server.terminate)
        other_port = cls.port
        cls.start_server()
        cls.customer = Browser(cls, cls.user.user_ids.login, cls.user.email)
        cls.tab = Browser(cls, cls.user.user_ids.login, cls.user.email)
        cls.port, cls.customer_port = other_port, cls.port
        cls.staff = Browser(cls, "kp_officer", "kp_officer")

    def page(self):
        """Return a page of the customer's, from the server that staff do not use."""
        url = f"http://127.0.0.1:{self.customer_port}/my/account"
        return self.customer.session.get(url, timeout=PATIENCE).text

    def test_other_workers_know_at_once(self):
        title = "Published by the other worker"
        model = "kundenportal.announcement"
        self.assertNotIn(title, self.page())
        self.staff.call(model, "action_publish", [self.draft.id])
        self.assertIn(title, self.page())
        self.staff.call(model, "write", [self.draft.id], {"title": "Changed words"})
        page = self.page()
        self.assertNotIn(title, page)
        self.assertIn("Changed words", page)
        self.staff.call(model, "unlink", [self.draft.id])
        self.assertNotIn("Changed words", self.page())
        self.assertServerLogClean()

    def test_hidden_in_two_tabs_at_once(self):
        path = f"/my/announcements/{self.running.id}"

        def hide(browser):
            url = f"http://127.0.0.1:{self.customer_port}"
            token = re.search(
                r'csrf_token: "([^"]+)"', browser.session.get(f"{url}/my", timeout=PATIENCE).text
            ).group(1)
            return browser.session.post(
                f"{url}{path}/hide",
                data={"forever": "1", "csrf_token": token},
                timeout=PATIENCE,
            )

        tabs = [self.customer, self.tab] * 2
        answers = self.at_once([lambda browser=browser: hide(browser) for browser in tabs])
        self.assertEqual([answer.status_code for answer in answers], [200] * 4)
        self.assertEqual(
            self.query(
                "SELECT partner_id FROM kundenportal_announcement_receipt "
                "WHERE announcement_id = %s AND hidden_on IS NOT NULL",
                self.running.id,
            ),
            [(self.user.id,)],
        )
        self.assertServerLogClean()
