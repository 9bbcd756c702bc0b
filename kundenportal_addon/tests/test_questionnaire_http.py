from odoo.tests import tagged

from .http_common import PortalHttpCase
from .questionnaire_common import QuestionnaireFixture


@tagged("post_install", "-at_install")
class TestQuestionnairePages(QuestionnaireFixture, PortalHttpCase):
    """From the case's page through Odoo's survey and back; and who is kept out of it."""

    def setUp(self):
        super().setUp()
        self.case = self._create_done_case(self.user)
        self.url = f"/my/activities/{self.case.id}/action/{self.questionnaire.id}"

    def find_answers(self):
        self.env.invalidate_all()
        return self.env["survey.user_input"].search([("survey_id", "=", self.survey.id)])

    def begin_in_browser(self):
        """Press the button on the action's page, as the contact."""
        self.sign_in(self.user)
        self.submit(self.url)
        return self.find_answers()

    def call(self, what, answer, **params):
        path = f"/survey/{what}/{self.survey.access_token}/{answer.access_token}"
        return self.make_jsonrpc_request(path, params)

    def is_refused(self, result):
        """Tell whether Odoo's pages answered an error; they do so beside an empty first value."""
        return "error" in result[1] and result[1]["error"] != "validation"

    def test_from_the_case_and_back(self):
        self.sign_in(self.user)
        page = self.get_page(self.url)
        self.assertTrue(page.xpath("//form[@method='post']//button[@type='submit']"))
        self.assertFalse(self.find_answers(), "looking at it has no effect")

        response = self.submit(self.url)
        answer = self.find_answers()
        self.assertEqual((len(answer), answer.partner_id), (1, self.user))
        self.assertIn(answer.access_token, response.headers["Location"])
        self.submit(self.url)
        self.assertEqual(self.find_answers(), answer, "a second click goes on")
        survey_page = self.get_page(response.headers["Location"])
        self.assertTrue(survey_page.xpath("//form[contains(@class, 'o_survey-fill-form')]"))

        self.assertFalse(self.is_refused(self.call("begin", answer)))
        result = self.call("submit", answer, **{str(self.question.id): "9"})
        self.assertFalse(self.is_refused(result))
        self.assertIn("kp_questionnaire_done", result[1]["survey_content"])
        self.assertNotIn("%", result[1]["survey_content"], "it was no test")
        self.assertIn(f"/my/activities/{self.case.id}", result[1]["survey_content"])
        self.env.invalidate_all()
        self.assertEqual((answer.state, self.case.rating_score), ("done", 90))

        self.assertTrue(
            self.is_refused(self.call("submit", answer, **{str(self.question.id): "1"}))
        )
        self.assertEqual(self.case.rating_score, 90)
        retry = f"/survey/retry/{self.survey.access_token}/{answer.access_token}"
        self.assertEqual(self.url_open(retry).status_code, 404)
        self.assertEqual(self.find_answers(), answer)
        self.assertFalse(self.get_page(self.url).xpath("//form[contains(@action, '/action/')]"))

    def test_nobody_else_gets_in(self):
        answer = self.begin_in_browser()
        token, answer_token = self.survey.access_token, answer.access_token
        pages = [
            f"/survey/{token}/{answer_token}",
            f"/survey/start/{token}?answer_token={answer_token}",
            f"/survey/print/{token}?answer_token={answer_token}",
            f"/survey/print/{token}?answer_token={answer_token}&review=True",
            f"/survey/start/{token}",
        ]
        # Whatever staff change in the survey afterwards.
        for door in ({}, {"users_login_required": False}):
            self.survey.write(door)
            for contact in (self.main, self.user2, self.stranger):
                self.sign_in(contact)
                for url in pages:
                    with self.subTest(contact=contact.name, url=url):
                        response = self.url_open(url)
                        self.assertNotIn(self.question.title, response.text)
                        if answer_token in url:
                            self.assertEqual(response.status_code, 404)
                self.assertTrue(self.is_refused(self.call("begin", answer)))
                self.assertTrue(
                    self.is_refused(self.call("submit", answer, **{str(self.question.id): "0"}))
                )
            self.leave()
            for url in pages[:4]:
                response = self.url_open(url)
                self.assertIn("/web/login", response.url)
                self.assertNotIn(self.question.title, response.text)
            self.assertTrue(self.is_refused(self.call("begin", answer)))
        self.env.invalidate_all()
        self.assertEqual(answer.state, "new")
        self.assertEqual(self.find_answers(), answer, "nobody has begun another one")

        # Whoever loses the case loses its questionnaire with it.
        self.user.portal_withheld_function_ids = self.functions["activities"]
        self.sign_in(self.user)
        for url in pages[:4]:
            self.assertNotIn(self.question.title, self.url_open(url).text)

    def test_what_was_answered_is_shown_to_whom_it_concerns(self):
        answer = self.answer(self.case, self.user, 7, "Friendly people")
        self.survey.scoring_type = "scoring_without_answers"
        url = f"/survey/print/{self.survey.access_token}?answer_token={answer.access_token}"
        for login, password, is_shown in [
            (self.user.user_ids.login, self.user.email, True),
            ("kp_officer", "kp_officer", True),
            ("kp_internal", "kp_internal", False),
            (self.main.user_ids.login, self.main.email, False),
        ]:
            with self.subTest(login=login):
                self.authenticate(login, password)
                self.assertEqual("Friendly people" in self.url_open(url).text, is_shown)

    def test_surveys_without_a_case_stay_odoos(self):
        survey = self._create_survey(users_login_required=False, access_mode="public")
        self.leave()
        page = self.get_page(f"/survey/start/{survey.access_token}")
        self.assertTrue(page.xpath("//form[contains(@class, 'o_survey-fill-form')]"))
        answer = self.env["survey.user_input"].search([("survey_id", "=", survey.id)])
        answer._save_lines(survey.question_ids[1], "Anonymous words")
        answer._mark_done()
        url = f"/survey/print/{survey.access_token}?answer_token={answer.access_token}"
        self.assertIn("Anonymous words", self.url_open(url).text)
