from datetime import timedelta
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_cron import IrCron

from .common import PortalCase
from .questionnaire_common import QuestionnaireFixture


@tagged("post_install", "-at_install")
class TestQuestionnaire(QuestionnaireFixture, PortalCase):
    """Who is asked, what becomes of the answers, and the mails that ask."""

    def setUp(self):
        super().setUp()
        # The throttle counts in a cursor of its own.
        self.enterContext(self.enter_registry_test_mode())

    def refusal_for(self, case, contact):
        login = contact.user_ids
        return self.questionnaire.with_user(login)._get_refusal(case.with_user(login))

    def entries(self, case, code):
        return self.env["kundenportal.protocol"].search(
            [
                ("res_model", "=", case._name),
                ("res_id", "=", case.id),
                ("kind_id.code", "=", code),
            ]
        )

    # === WHO AND WHEN === #

    def test_once_by_the_contact(self):
        case = self._create_case(self.user)
        self.assertTrue(self.refusal_for(case, self.user), "the case is not done")
        case._change_state("done")
        self.assertEqual(self.refusal_for(case, self.user), "")
        self.assertIn(self.user.name, self.refusal_for(case, self.main), "it is not theirs to say")

        answer = self.begin(case, self.user)
        self.assertEqual(answer.partner_id, self.user)
        self.assertEqual((answer.portal_activity_id, answer.state), (case, "new"))
        self.assertEqual(self.begin(case, self.user), answer, "begun is begun")
        with self.assertRaises(UserError):
            self.begin(case, self.main)
        self.answer(case, self.user, 8)
        self.assertTrue(self.refusal_for(case, self.user))
        with self.assertRaises(UserError):
            self.begin(case, self.user)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.survey._create_answer(
                partner=self.user,
                portal_activity_id=case.id,
                portal_action_id=self.questionnaire.id,
            )

    def test_attempts_are_counted_for_each_case(self):
        self.survey.write({"is_attempts_limited": True, "attempts_limit": 1})
        for _number in range(2):
            case = self._create_done_case(self.user)
            self.answer(case, self.user, 5)
            self.assertEqual(case.rating_score, 50)

    def test_main_users_speak_for_who_has_no_login(self):
        case = self._create_done_case(self.nord)
        self.assertEqual(self.refusal_for(case, self.main), "")
        self.assertEqual(case._get_asked_partners(), self.main)
        secret = self._create_done_case(self.nord, is_confidential=True)
        self.assertFalse(secret._is_asked(self.main.user_ids))
        self.assertNotIn(self.main, secret._get_asked_partners())

    def test_it_closes(self):
        case = self._create_done_case(self.user)
        case._own_write({"closed_on": fields.Datetime.now() - timedelta(days=31)})
        self.assertTrue(self.refusal_for(case, self.user))
        self.questionnaire.questionnaire_days = 0
        self.assertEqual(self.refusal_for(case, self.user), "")
        self.survey.active = False
        self.assertTrue(self.refusal_for(case, self.user))

    def test_only_surveys_behind_a_door(self):
        self.assertFalse(self.begin(self._create_done_case(self.user), self.user).deadline is None)
        for values in ({"users_login_required": False}, {"access_mode": "public"}):
            with self.assertRaises(ValidationError):
                self._create_action("questionnaire", survey_id=self._create_survey(**values).id)
        with self.assertRaises(ValidationError):
            self._create_action("questionnaire")

    # === WHAT BECOMES OF IT === #

    def test_score_of_the_case(self):
        case = self._create_done_case(self.user)
        self.answer(case, self.user, 8, "Quick & friendly " + "x" * 100)
        self.assertEqual(case.rating_score, 80)
        self.assertTrue(case.rating_date)
        self.assertTrue(self.entries(case, "questionnaire_answered"))
        self.assertFalse(self.entries(case, "low_rating"))
        note = case.message_ids.filtered(lambda message: "Satisfied" in (message.body or ""))
        self.assertIn("Quick &amp; friendly " + "x" * 100, note.body, "the whole text")
        self.assertTrue(note.subtype_id.internal, "customers do not read their answers there")
        self.assertEqual(note.author_id, self.user)
        self.assertIn(self.questionnaire, case.action_use_ids.action_id)

        action = case.with_user(self.officer).action_open_questionnaire()
        self.assertIn("/survey/print/", action["url"])
        with self.assertRaises(UserError):
            self._create_case(self.user).with_user(self.officer).action_open_questionnaire()

        unrated = self._create_done_case(self.user)
        grouped = self.env["kundenportal.activity"]._read_group(
            [("id", "in", (case | unrated).ids)], ["type_id"], ["rating_score:avg"]
        )
        self.assertEqual(grouped, [(self.ticket_type, 80)], "who was not asked does not count")

    def test_score_of_an_answer(self):
        choices = [
            Command.create({"value": value, "answer_score": score})
            for value, score in (("good", 4), ("so so", 2), ("bad", -1))
        ]
        self.survey.question_and_page_ids = [
            Command.create(
                {
                    "title": "In time?",
                    "question_type": "simple_choice",
                    "suggested_answer_ids": choices,
                }
            ),
            Command.create({"title": "When?", "question_type": "date"}),
        ]
        choice = self.survey.question_ids.filtered("suggested_answer_ids")
        good, middling, bad = choice.suggested_answer_ids
        for scale, chosen, expected in [
            (10, good, 100),
            (4, middling, 45),
            (0, bad, 0),
            (None, middling, 50),
            (None, None, None),
        ]:
            with self.subTest(scale=scale, chosen=chosen and chosen.value):
                answer = self.begin(self._create_done_case(self.user), self.user)
                if scale is not None:
                    answer._save_lines(self.question, str(scale))
                if chosen:
                    answer._save_lines(choice, str(chosen.id))
                answer._mark_done()
                self.assertEqual(answer._get_portal_score(), expected)
                case = answer.portal_activity_id
                self.assertEqual(bool(case.rating_date), expected is not None)

    def test_low_score_waits_in_the_inbox(self):
        case = self._create_done_case(self.user)
        self.answer(case, self.user, 3)
        entry = self.entries(case, "low_rating")
        self.assertEqual((entry.review_state, entry.in_inbox), ("open", True))
        self.assertEqual(entry.responsible_id, self.officer)
        self.assertIn("30", entry.note)
        entry.with_user(self.officer).action_mark_reviewed()
        self.assertEqual(entry.review_state, "done")

        self.questionnaire.questionnaire_low_score = 0
        other = self._create_done_case(self.user)
        self.answer(other, self.user, 0)
        self.assertEqual((other.rating_score, bool(other.rating_date)), (0, True))
        self.assertFalse(self.entries(other, "low_rating"))

    def test_after_it(self):
        self.questionnaire.write({"after_note": "Thanks noted", "after_inbox": True})
        case = self._create_done_case(self.user)
        answer = self.begin(case, self.user)
        self.assertNotIn("Thanks noted", "".join(case.message_ids.mapped("body")), "only begun")
        answer._mark_done()
        self.assertIn("Thanks noted", "".join(case.message_ids.mapped("body")))
        self.assertTrue(self.entries(case, "action_inbox"))

    def test_gone_with_the_case(self):
        answer = self.answer(self._create_done_case(self.user), self.user, 8)
        answer.portal_activity_id.unlink()
        self.assertFalse(answer.exists(), "nothing would guard it")

    # === MAILS === #

    def ask(self):
        """Run the job, without its commits.

        :return: the mails by address
        """
        before = self.env["mail.mail"].search([])
        with patch.object(IrCron, "_commit_progress", lambda *_args, **_kwargs: 1):
            self.env["kundenportal.activity"]._cron_ask_questionnaires()
        return {mail.email_to: mail for mail in self.env["mail.mail"].search([]) - before}

    def close_hours_ago(self, hours, partner=None, **values):
        case = self._create_done_case(partner or self.user, **values)
        case._own_write({"closed_on": fields.Datetime.now() - timedelta(hours=hours)})
        return case

    def test_asked_once_by_mail(self):
        self.user.form_of_address = "informal"
        early = self.close_hours_ago(23)
        case = self.close_hours_ago(25)
        other = self.close_hours_ago(25, self.main)
        long_ago = self.close_hours_ago(24 * 20)
        running = self._create_case(self.user)
        mails = self.ask()
        self.assertEqual(mails.keys(), {self.user.email_formatted, self.main.email_formatted})
        self.assertFalse((early | long_ago | running).filtered("questionnaire_asked_on"))
        informal = mails[self.user.email_formatted].body_html
        formal = mails[self.main.email_formatted].body_html
        path = f"/my/activities/{case.id}/action/{self.questionnaire.id}"
        self.assertIn(path, informal)
        self.assertIn("/my/notices", informal, "where such mails are chosen")
        self.assertNotIn(str(other.number), informal)
        self.assertNotEqual(
            informal.replace(self.user.name, ""), formal.replace(self.main.name, "")
        )
        self.assertIn(case.number, mails[self.user.email_formatted].subject)
        self.assertFalse(case.message_ids.filtered(lambda message: path in (message.body or "")))
        self.assertFalse(self.ask(), "once")

    def test_only_who_wants_it(self):
        kind = self.env.ref("kundenportal_addon.notice_kind_questionnaire")
        self.env["kundenportal.notice.choice"].create(
            {"partner_id": self.user.id, "kind_id": kind.id, "by_mail": False}
        )
        case = self.close_hours_ago(25)
        self.main.portal_withheld_function_ids = self.functions["activities"]
        without = self.close_hours_ago(25, self.main)
        begun = self.close_hours_ago(25, self.user2)
        self.begin(begun, self.user2)
        self.assertFalse(self.ask())
        self.assertTrue((case | without | begun).mapped("questionnaire_asked_on"))

        self.questionnaire.questionnaire_by_mail = False
        kind.by_mail = True
        silent = self.close_hours_ago(25, self.user2)
        self.assertFalse(self.ask())
        self.assertFalse(silent.questionnaire_asked_on)
