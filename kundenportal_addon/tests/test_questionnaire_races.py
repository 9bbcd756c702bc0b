import re

from odoo.tests import tagged

from .common import PortalFixture
from .questionnaire_common import QuestionnaireFixture
from .real_server import PATIENCE, Browser, RealServerCase


@tagged("post_install", "-at_install")
class TestQuestionnaireRaces(QuestionnaireFixture, PortalFixture, RealServerCase):
    """A questionnaire in two windows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_portal_fixture()
        cls.case = cls._create_done_case(cls.user)
        cls.path = f"/my/activities/{cls.case.id}/action/{cls.questionnaire.id}"
        cls.start_server()
        cls.ids = cls.case.id, cls.question.id
        cls.windows = [
            Browser(cls, cls.user.user_ids.login, cls.user.email) for _number in range(2)
        ]

    def begin(self, window):
        """Press the button.

        :return: where Odoo's survey goes on
        """
        page = window.session.get(self.url(self.path), timeout=PATIENCE).text
        data = {
            name: re.search(rf'name="{name}"[^>]*value="([^"]+)"', page).group(1)
            for name in ("csrf_token", "form_key")
        }
        response = window.session.post(
            self.url(self.path), data=data, timeout=PATIENCE, allow_redirects=False
        )
        return response.headers["Location"]

    def finish(self, window, tokens, score):
        """Send the only page.

        :return: whether it was taken
        """
        url = self.url(f"/survey/submit/{tokens}")
        params = {str(self.ids[1]): str(score)}
        answer = window.session.post(url, json={"params": params}, timeout=PATIENCE).json()
        return "error" not in answer["result"][1]

    def test_begun_and_answered_in_two_windows(self):
        targets = self.at_once(
            [lambda window=window: self.begin(window) for window in self.windows]
        )
        self.assertEqual(targets[0], targets[1])
        (path,) = {re.sub(r".*?/survey/", "", target) for target in targets}
        tokens = re.match(r"(?:start/)?([^/?]+)(?:/|\?answer_token=)([\w-]+)", path).groups()
        tokens = "/".join(tokens)
        self.windows[0].session.post(
            self.url(f"/survey/begin/{tokens}"), json={"params": {}}, timeout=PATIENCE
        )
        taken = self.at_once(
            [
                lambda window=window, score=score: self.finish(window, tokens, score)
                for window, score in zip(self.windows, (2, 9), strict=True)
            ]
        )
        self.assertEqual(sorted(taken), [False, True], taken)
        answers = self.query(
            "SELECT state FROM survey_user_input WHERE portal_activity_id = %s", self.ids[0]
        )
        self.assertEqual(answers, [("done",)])
        entries = self.query(
            """SELECT count(*) FROM kundenportal_protocol entry
                 JOIN kundenportal_protocol_kind kind ON kind.id = entry.kind_id
                WHERE kind.code = 'questionnaire_answered' AND entry.res_id = %s""",
            self.ids[0],
        )
        self.assertEqual(entries, [(1,)])
        score = self.query(
            "SELECT rating_score FROM kundenportal_activity WHERE id = %s", self.ids[0]
        )
        self.assertEqual(score, [(20.0 if taken[0] else 90.0,)])
        self.assertServerLogClean()
