from markupsafe import Markup

from odoo import fields, models


class SurveyUserInput(models.Model):
    """The answers of one customer to a questionnaire about a case."""

    _inherit = "survey.user_input"

    # Without its case nothing would guard it any more.
    portal_activity_id = fields.Many2one(
        "kundenportal.activity",
        string="Case",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="cascade",
    )
    portal_action_id = fields.Many2one(
        "kundenportal.activity.action",
        readonly=True,
        copy=False,
        ondelete="set null",
    )

    _portal_once = models.UniqueIndex(
        "(portal_activity_id, portal_action_id) WHERE portal_activity_id IS NOT NULL"
    )

    # === BUSINESS METHODS === #

    def _is_open_to(self, user):
        """Tell whether a user may open these answers: who was asked, and staff who see the case.

        :param user: whoever came by the link, no visitor
        :rtype: bool
        """
        self.ensure_one()
        if self.partner_id != user.partner_id and not user._is_internal():
            return False
        # The answers are read as superuser; the case with the rights of whoever came.
        case = self.env["kundenportal.activity"].with_user(user).browse(self.portal_activity_id.id)
        return case.has_access("read")

    def _mark_done(self):
        """Tell the case as well; Odoo calls this when the last page was sent."""
        result = super()._mark_done()
        for answer in self.filtered("portal_activity_id"):
            answer.portal_activity_id._take_questionnaire(answer)
        return result

    def _get_portal_score(self):
        """Return how satisfied the customer is, in percent.

        The mean of what was answered: a scale from its lowest to its highest value, a choice from
        nothing to the best that could be chosen. Odoo's own score knows no scales.

        :return: None if nothing was answered that says it
        :rtype: float | None
        """
        self.ensure_one()
        shares = []
        lines = self.user_input_line_ids.filtered(lambda line: not line.skipped)
        for question, answers in lines.grouped("question_id").items():
            if question.question_type == "scale":
                width = question.scale_max - question.scale_min
                shares.append((answers[0].value_scale - question.scale_min) / width)
            else:
                scores = question.suggested_answer_ids.mapped("answer_score")
                gains = [score for score in scores if score > 0]
                if gains:
                    best = sum(gains) if question.question_type == "multiple_choice" else max(gains)
                    share = sum(answers.suggested_answer_id.mapped("answer_score")) / best
                    shares.append(min(max(share, 0), 1))
        return 100 * sum(shares) / len(shares) if shares else None

    def _format_portal_answers(self):
        """Return questions and answers as a text for the case's conversation.

        :rtype: markupsafe.Markup
        """
        self.ensure_one()
        lines = self.user_input_line_ids.filtered(lambda line: not line.skipped)
        return Markup("").join(
            Markup("<p><b>%s</b><br/>%s</p>")
            % (
                question.title,
                Markup("<br/>").join(
                    line.value_text_box or line.display_name  # Odoo shortens texts
                    for line in answers
                ),
            )
            for question, answers in lines.grouped("question_id").items()
        )
