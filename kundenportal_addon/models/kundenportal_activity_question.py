import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

_logger = logging.getLogger(__name__)

#: Cases whose mails are queued and committed together.
ASK_BATCH = 100
#: Nobody is asked about what was closed longer ago, such as before there was a questionnaire.
ASK_UNTIL = timedelta(days=14)


class KundenportalActivity(models.Model):
    """The mail that asks the customer for its opinion, some hours after a case was closed."""

    _inherit = "kundenportal.activity"

    # === BUSINESS METHODS === #

    def _ask_by_mail(self, action):
        """Queue the mails that ask about these cases, to those who want such mails.

        :param action: the questionnaire's ``kundenportal.activity.action``
        """
        self._own_write({"questionnaire_asked_on": fields.Datetime.now()})
        asked = {case: case._get_asked_by_mail(action) for case in self}
        partners = self.env["res.partner"].union(*asked.values())
        readers = partners._wants_notice("questionnaire").filtered(
            lambda partner: (
                partner.active and partner.email_normalized and not partner.is_blacklisted
            )
        )
        template = self.env.ref("kundenportal_addon.mail_template_questionnaire")
        for case, partners in asked.items():
            for partner in partners & readers:
                template.with_company(case.company_id).with_context(
                    portal_company=case.company_id,
                    portal_case=case._prepare_question(action, partner),
                )._send_secret_mail(partner, layout="kundenportal_addon.mail_layout_notice")
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _get_asked_by_mail(self, action):
        """Return who is asked by mail about one case: who could answer now and has not begun."""
        self.ensure_one()
        if self._find_questionnaire(action):
            return self.env["res.partner"]
        logins = self._get_asked_partners().user_ids.filtered("share")
        return logins.filtered(lambda user: self._can_be_answered_by(user, action)).partner_id

    def _can_be_answered_by(self, user, action):
        """Tell whether the page of the questionnaire would let a customer begin."""
        case = self.with_user(user)
        return case.has_access("read") and not action.with_user(user)._get_refusal(case)

    def _prepare_question(self, action, partner):
        """Return what the mail says of the case, in the reader's language.

        :return: ``url``, ``number`` and ``title``
        :rtype: dict
        """
        case = self.with_context(lang=partner.lang)
        return {
            "url": self.get_base_url() + action._get_url(self),
            "number": self.number,
            "title": case._render_portal_texts(("portal_title",))[self.id]["portal_title"],
        }

    # === CRON METHODS === #

    @api.model
    def _cron_ask_questionnaires(self):
        """Ask by mail about the cases that were closed long enough ago (scheduled action)."""
        actions = self.env["kundenportal.activity.action"].search(
            [("code", "=", "questionnaire"), ("questionnaire_by_mail", "=", True)]
        )
        cron = self.env["ir.cron"]
        for action in actions:
            domain = self._get_to_ask_domain(action)
            cron._commit_progress(remaining=self.search_count(domain))
            last_id = 0
            while batch := self.search(
                domain & Domain("id", ">", last_id), order="id", limit=ASK_BATCH
            ):
                last_id = batch[-1].id
                try:
                    batch.try_lock_for_update()._ask_by_mail(action)
                except Exception:
                    self.env.cr.rollback()
                    _logger.exception("Customers could not be asked about cases %s", batch.ids)
                if not cron._commit_progress(len(batch)):
                    return

    @api.model
    def _get_to_ask_domain(self, action):
        """Return the cases about which a questionnaire asks now."""
        now = fields.Datetime.now()
        wait = timedelta(hours=action.questionnaire_ask_hours)
        return Domain(
            [
                ("type_id", "=", action.type_id.id),
                ("state", "=", "done"),
                ("closed_on", "<=", now - wait),
                ("closed_on", ">", now - wait - ASK_UNTIL),
                ("questionnaire_asked_on", "=", False),
            ]
        )
