import re

from odoo.tests import tagged

from .activity_common import ActivityFixture
from .common import PortalFixture
from .form_common import FormFixture
from .real_server import PATIENCE, Browser, RealServerCase


@tagged("post_install", "-at_install")
class TestFormRaces(FormFixture, ActivityFixture, PortalFixture, RealServerCase):
    """A form that is sent several times at the same moment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_portal_fixture()
        cls.form.is_repeatable = True
        cls.path = f"/my/activities/{cls.case.id}/action/{cls.form.id}"
        cls.filled_in = {
            cls._name(cls.device): str(cls.copier.id),
            cls._name(cls.pages): "12",
            "save": "done",
        }
        cls.start_server()
        cls.case_id = cls.case.id
        cls.windows = [
            Browser(cls, cls.user.user_ids.login, cls.user.email) for _number in range(2)
        ]

    def send(self, window, token, form_key):
        return window.session.post(
            self.url(self.path),
            data={**self.filled_in, "csrf_token": token, "form_key": form_key},
            files=[(self._name(self.photo), (f"{n}.jpg", b"JPEG")) for n in range(2)],
            timeout=PATIENCE,
            allow_redirects=False,
        ).headers.get("Location", "")

    def test_double_click_and_two_windows(self):
        first, second = self.windows
        token, other_token = first.token(self.path), second.token(self.path)
        results = self.at_once(
            [
                lambda: self.send(first, token, "one"),
                lambda: self.send(first, token, "one"),
                lambda: self.send(second, other_token, "two"),
            ]
        )
        self.assertTrue(all(re.search(r"done=action", str(one)) for one in results), results)
        versions = self.query(
            """SELECT version, state, is_current FROM kundenportal_form_response
                WHERE activity_id = %s ORDER BY version""",
            self.case_id,
        )
        self.assertEqual(versions, [(1, "done", False), (2, "done", True)])
        files = self.query(
            """SELECT count(*) FROM ir_attachment file JOIN kundenportal_form_response response
                   ON response.id = file.res_id AND file.res_model = 'kundenportal.form.response'
                WHERE activity_id = %s GROUP BY response.id""",
            self.case_id,
        )
        # The second form replaces nothing: its page offered none of the first one's files to drop.
        self.assertEqual(sorted(files), [(2,), (4,)])
        self.assertServerLogClean()
