from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .kundenportal_action import Outcome


class KundenportalActivityAction(models.Model):
    """What staff choose for a questionnaire."""

    _inherit = "kundenportal.activity.action"

    survey_id = fields.Many2one(
        "survey.survey",
        string="Questionnaire",
        domain=[("users_login_required", "=", True), ("access_mode", "=", "token")],
        ondelete="restrict",
        help="A survey that requires login and is for invited people only. Its scales, and its "
        "choices that have a score, make up the customer's satisfaction in percent.",
    )
    questionnaire_days = fields.Integer(
        string="Open for (days)",
        default=30,
        help="So long after the case was closed it can be answered. 0: for ever.",
    )
    questionnaire_by_mail = fields.Boolean(
        string="Ask by Mail",
        default=True,
        help="Who does not want notices of this kind is not asked by mail.",
    )
    questionnaire_ask_hours = fields.Integer(
        string="Ask after (hours)", default=24, help="So long after the case was closed."
    )
    questionnaire_low_score = fields.Float(
        string="Low Score (%)",
        digits=(5, 1),
        default=50,
        help="A lower score waits in the inbox. 0: none does.",
    )

    _questionnaire_numbers = models.Constraint(
        "CHECK (COALESCE(questionnaire_days, 0) >= 0 AND COALESCE(questionnaire_ask_hours, 0) >= 0 "
        "AND COALESCE(questionnaire_low_score, 0) BETWEEN 0 AND 100)",
        "Days and hours cannot be negative, and a score is between 0 and 100 percent.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("code", "survey_id")
    def _check_questionnaire(self):
        """Refuse questionnaires that strangers could open.

        :raise ValidationError: naming the action
        """
        for action in self.filtered(lambda action: action.code == "questionnaire"):
            survey_sudo = action.survey_id.sudo()  # whoever sets up actions may not read it
            if not survey_sudo:
                raise ValidationError(self.env._("Choose the questionnaire of “%s”.", action.name))
            if not survey_sudo.users_login_required or survey_sudo.access_mode != "token":
                raise ValidationError(
                    self.env._(
                        "The survey “%s” has to require login, and to be for invited people only.",
                        survey_sudo.title,
                    )
                )


class KundenportalActionQuestionnaire(models.AbstractModel):
    """Say how it was: Odoo's survey, answered once by whom the case is for."""

    _name = "kundenportal.action.questionnaire"
    _inherit = "kundenportal.action"
    _description = "Customer Action: Questionnaire"

    _template = "kundenportal_addon.portal_action_questionnaire"
    _is_to_do = True
    _states = ("done",)

    @api.model
    def _get_refusal(self, action, case):
        if case._find_questionnaire(action).state == "done":
            return self.env._("This questionnaire has been answered. Thank you!")
        if not case._is_asked(self.env.user):
            return self.env._("This questionnaire is for %s.", case.partner_id.name)
        due = self._get_due(action, case)
        if not action.survey_id.active or (due and due < fields.Date.context_today(self)):
            return self.env._("This questionnaire is closed.")
        return ""

    @api.model
    def _get_label(self, action, case):
        answer = case._find_questionnaire(action)
        return self.env._("Continue: %s", action.name) if answer else action.name

    @api.model
    def _get_due(self, action, case):
        if not action.questionnaire_days or not case.closed_on:
            return None
        last = fields.Datetime.add(case.closed_on, days=action.questionnaire_days)
        return fields.Date.context_today(self, last)

    @api.model
    def _get_to_do_domain(self, action):
        answered = Domain("portal_action_id", "=", action.id) & Domain("state", "=", "done")
        domain = Domain("questionnaire_ids", "not any!", answered)
        if action.questionnaire_days:
            # A day more, since days end at another hour for each reader.
            days = action.questionnaire_days + 1
            since = fields.Datetime.subtract(fields.Datetime.now(), days=days)
            domain &= Domain("closed_on", ">=", since)
        return domain

    @api.model
    def _prepare(self, action, case):
        return {"is_begun": bool(case._find_questionnaire(action))}

    @api.model
    def _submit(self, action, case, data, files):
        """Lead to the questionnaire; the first time, begin it for the acting customer.

        It counts as done when the last page was sent, see ``survey.user_input._mark_done``.
        """
        answer = case._find_questionnaire(action)
        if not answer:
            inputs = self.env["survey.user_input"]
            answer = action.survey_id._create_answer(
                user=self.env.user,
                # Odoo counts attempts of a person, not of a case; here each case has its own.
                invite_token=inputs._generate_invite_token(),
                check_attempts=False,
                deadline=self._get_deadline(action, case),
                portal_activity_id=case.id,
                portal_action_id=action.id,
            )
        url = answer.get_start_url()
        return Outcome(answer, is_done=False, url=url)

    @api.model
    def _get_deadline(self, action, case):
        """Return until when pages can be sent, the end of the last day."""
        due = self._get_due(action, case)
        return due and fields.Datetime.add(fields.Datetime.to_datetime(due), days=1)
