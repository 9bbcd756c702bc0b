"""What tests of questionnaires share: a survey, a case that is done, and how it is answered."""

from odoo.fields import Command

from .activity_common import ActivityFixture


class QuestionnaireFixture(ActivityFixture):
    """Mixin: cases of `ticket_type` that are done can be answered about, by `questionnaire`."""

    @classmethod
    def _extend_portal_fixture(cls):
        result = super()._extend_portal_fixture()
        # A job asks about the cases of all questionnaires.
        cls.env["kundenportal.activity.action"].search([("code", "=", "questionnaire")]).unlink()
        cls.survey = cls._create_survey()
        cls.question, cls.remark = cls.survey.question_ids
        cls.questionnaire = cls._create_action("questionnaire", survey_id=cls.survey.id)
        return result

    @classmethod
    def _create_survey(cls, **values):
        return cls.env["survey.survey"].create(
            {
                "title": "How was it?",
                "survey_type": "survey",
                "access_mode": "token",
                "users_login_required": True,
                "questions_layout": "one_page",
                "question_and_page_ids": [
                    Command.create(
                        {
                            "title": "Satisfied with the work?",
                            "question_type": "scale",
                            "scale_min": 0,
                            "scale_max": 10,
                        }
                    ),
                    Command.create({"title": "What else?", "question_type": "text_box"}),
                ],
                **values,
            }
        )

    @classmethod
    def _create_done_case(cls, partner, **values):
        case = cls._create_case(partner, user_id=cls.officer.id, **values)
        case._change_state("done")
        return case

    def begin(self, case, contact, action=None):
        """Begin to answer, as the button of the page does.

        :return: the answers
        """
        login = contact.user_ids
        action = (action or self.questionnaire).with_user(login).sudo(False)
        outcome = action._submit(case.with_user(login), {}, {}, None)
        return outcome.record.sudo(False).with_env(self.env)

    def answer(self, case, contact, score, text=""):
        """Answer all pages, as Odoo's pages do.

        :return: the answers
        """
        answer = self.begin(case, contact)
        answer_sudo = answer.with_user(contact.user_ids).sudo()
        answer_sudo._mark_in_progress()
        answer_sudo._save_lines(self.question, str(score))
        answer_sudo._save_lines(self.remark, text)
        answer_sudo._mark_done()
        self.env.flush_all()
        self.env.invalidate_all()
        return answer
