from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError


class KundenportalActivity(models.Model):
    """How satisfied the customer was, and the questionnaires that say so."""

    _inherit = "kundenportal.activity"

    rating_score = fields.Float(
        string="Satisfaction (%)",
        digits=(5, 1),
        readonly=True,
        copy=False,
        aggregator="avg",
        groups="base.group_user",
        help="What the customer answered in the questionnaire, in percent.",
    )
    rating_date = fields.Datetime(
        string="Rated on", readonly=True, copy=False, groups="base.group_user"
    )
    questionnaire_ids = fields.One2many(
        "survey.user_input",
        "portal_activity_id",
        string="Questionnaires",
        groups="survey.group_survey_user",
    )
    questionnaire_asked_on = fields.Datetime(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="When the customer was asked by mail, or would have been if it wanted such mails.",
    )

    # What the graphs count, and whom the job asks.
    _rated_idx = models.Index("(rating_date) WHERE rating_date IS NOT NULL")
    _to_ask_idx = models.Index(
        "(type_id, closed_on) WHERE questionnaire_asked_on IS NULL AND closed_on IS NOT NULL"
    )

    # === ACTION METHODS === #

    def action_open_questionnaire(self):
        """Show what the customer answered (button).

        :return: an action
        :rtype: dict
        :raise AccessError: unless the acting user may write the case, as customers may not
        :raise UserError: if nothing has been answered
        """
        self.ensure_one()
        self.check_access("write")
        # Staff see the answers about a case that they see; surveys are another app's.
        done_sudo = self.sudo().questionnaire_ids.filtered(lambda answer: answer.state == "done")
        if not done_sudo:
            raise UserError(self.env._("The customer has not answered a questionnaire."))
        url = done_sudo.sorted("end_datetime")[-1].get_print_url()
        return {"type": "ir.actions.act_url", "url": url, "target": "new"}

    # === BUSINESS METHODS === #

    def _is_asked(self, user):
        """Tell whether a user is the one whose opinion about the case is asked for.

        That is the case's contact. Where the contact has no login, as a company has none, the
        company's main users speak for it; of several the first one answers. A confidential case is
        nobody else's.

        :param user: a customer's login
        :rtype: bool
        """
        self.ensure_one()
        case_sudo, user_sudo = self.sudo(), user.sudo()  # customers do not read others' logins
        if user_sudo.partner_id == case_sudo.partner_id:
            return True
        return (
            self._is_for_main_users()
            and user_sudo._get_portal_level() == "main_user"
            and user_sudo.commercial_partner_id == case_sudo.commercial_partner_id
        )

    def _is_for_main_users(self):
        """Tell whether the case's contact cannot speak for itself, see `_is_asked`."""
        case_sudo = self.sudo()  # see `_is_asked`
        return not case_sudo.is_confidential and not case_sudo.partner_id.user_ids

    def _get_asked_partners(self):
        """Return those for whom `_is_asked` is true.

        :return: contacts as superuser
        """
        self.ensure_one()
        case_sudo = self.sudo()  # see `_is_asked`
        if not self._is_for_main_users():
            return case_sudo.partner_id
        group_id = self.env["res.users"]._level_group_ids()["main_user"]
        company = case_sudo.commercial_partner_id
        logins_sudo = case_sudo.env["res.users"].search(
            [
                ("share", "=", True),
                ("all_group_ids", "in", [group_id]),
                ("partner_id.commercial_partner_id", "=", company.id),
            ],
            order="id",
        )
        return logins_sudo.partner_id

    def _find_questionnaire(self, action):
        """Return the answers to a questionnaire about the case, begun or done.

        :param action: a ``kundenportal.activity.action``
        :return: a ``survey.user_input`` as superuser, or none
        """
        # Customers reach answers by the survey's pages only; read for many cases at once.
        return self.sudo().questionnaire_ids.filtered(
            lambda answer: answer.portal_action_id == action
        )

    def _take_questionnaire(self, answer):
        """Take down what the customer answered; called once, when the last page was sent.

        :param answer: a ``survey.user_input`` that has been completed
        """
        self.ensure_one()
        case_sudo = self.sudo()  # the customer that answers does not write cases
        action_sudo = answer.portal_action_id.sudo()
        score = answer._get_portal_score()
        note = answer.survey_id.title
        if score is not None:
            note = self.env._("%(title)s: %(score)d %%", title=note, score=round(score))
            case_sudo._own_write({"rating_score": score, "rating_date": answer.end_datetime})
        case_sudo._message_log(
            body=Markup("<p><b>%s</b></p>%s") % (note, answer._format_portal_answers()),
            author_id=answer.partner_id.id,
        )
        protocol = self.env["kundenportal.protocol"]
        protocol._log("questionnaire_answered", answer.partner_id, note, record=self)
        if score is not None and score < action_sudo.questionnaire_low_score:
            protocol._log(
                "low_rating",
                answer.partner_id,
                note,
                record=self,
                responsible=case_sudo.user_id or case_sudo.team_id.leader_id,
            )
        if action_sudo:
            action_sudo._finish(case_sudo, answer)
