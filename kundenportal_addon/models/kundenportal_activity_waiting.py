from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

#: Cases that are reminded of or closed, and committed, together.
BATCH = 100


class KundenportalActivity(models.Model):
    """Cases that wait for their customer: a reminder first, then they are closed (job)."""

    _inherit = "kundenportal.activity"

    _waiting_idx = models.Index("(type_id, waiting_since) WHERE state = 'waiting'")

    # === CRONS === #

    @api.model
    def _cron_follow_up_waiting(self):
        """Remind of what waits too long and close what waits longer, committing each batch."""
        cron = self.env["ir.cron"]
        types = self.env["kundenportal.activity.type"].with_context(active_test=False).search([])
        for case_type in types:
            for domain, method in (
                (self._get_closing_domain(case_type), "_close_waiting"),
                (self._get_reminding_domain(case_type), "_remind_waiting"),
            ):
                while cases := self.search(domain, order="id", limit=BATCH):
                    getattr(cases, method)()
                    if not cron._commit_progress(len(cases)):
                        return

    # === BUSINESS METHODS === #

    @api.model
    def _get_reminding_domain(self, case_type):
        """Return the cases of a type that are to be reminded of.

        :rtype: Domain
        """
        if not case_type.remind_days:
            return Domain.FALSE
        since = fields.Datetime.now() - timedelta(days=case_type.remind_days)
        return (
            Domain("type_id", "=", case_type.id)
            & Domain("state", "=", "waiting")
            & Domain("waiting_since", "<=", since)
            & Domain("reminded_on", "=", False)
        )

    @api.model
    def _get_closing_domain(self, case_type):
        """Return the cases of a type that have waited long enough to be closed.

        :rtype: Domain
        """
        if not case_type.close_days:
            return Domain.FALSE
        since = fields.Datetime.now() - timedelta(days=case_type.close_days)
        # Who was to be reminded first has had its time after that.
        clock = "reminded_on" if case_type.remind_days else "waiting_since"
        return (
            Domain("type_id", "=", case_type.id)
            & Domain("state", "=", "waiting")
            & Domain(clock, "<=", since)
        )

    def _remind_waiting(self):
        """Remind the customers that something waits for them."""
        self._mail_customers("kundenportal_addon.mail_template_activity_reminder")
        for case in self:
            case._own_write({"reminded_on": fields.Datetime.now()})
            self.env["kundenportal.protocol"]._log(
                "activity_reminded",
                case.partner_id,
                note=case.display_name,
                record=case,
                company=case.company_id,
            )

    def _close_waiting(self):
        """Close the cases, and tell the customers why, and that an answer takes them up again."""
        self._lock_state()  # an answer may have come in just now
        for case in self.filtered(lambda one: one.state == "waiting"):
            case._change_state("done", note=self.env._("No answer of the customer"))
            case._mail_customers("kundenportal_addon.mail_template_activity_closed")

    def _mail_customers(self, xmlid):
        """Queue a mail to the customer of each case who wants such mails.

        :param str xmlid: of a template for cases
        """
        template = self.env.ref(xmlid)
        wanting = self.partner_id._wants_notice("case_answered")
        cases = self.filtered(
            lambda case: (
                case.partner_id in wanting & case._get_invited()
                and case.partner_id.email_normalized
                and case.type_id.is_in_portal  # of the others customers do not know
            )
        )
        if cases:
            template._send_secret_mails(cases, "kundenportal_addon.mail_layout_notice")
