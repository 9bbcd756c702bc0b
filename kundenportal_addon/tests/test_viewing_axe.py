from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_axe import AxeCase
from .test_viewing_pages import ViewingHttpCase


@tagged("post_install", "-at_install")
class TestViewingAxe(AxeCase, ViewingHttpCase):
    """axe looks at the portal through a customer's eyes: banner, refusal, end."""

    def test_views(self):
        viewing = self.begin(self.main)
        self.look_at(["/my", "/my/data", "/my/protocol"])
        with self.page("phone") as page:
            page.goto(f"{self.base_url()}/my/notices")
            page.click(".kp_notices_form input[type=checkbox]")
            with page.expect_navigation(wait_until="load"), mute_logger("odoo.sql_db"):
                page.click(".kp_notices_form button[type=submit]")
            self.assertTrue(page.query_selector(".kp_viewing"))
            self.assertNoFindings(page, "a refused form", "phone")
        viewing.valid_until -= timedelta(hours=1)
        self.env.flush_all()
        self.look_at(["/my"], status=403)
