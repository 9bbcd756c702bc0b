import logging

from odoo import api, fields, models
from odoo.service.model import retrying
from odoo.tools import format_date

_logger = logging.getLogger(__name__)


class ResUsers(models.Model):
    """The daily mail to those of the staff who want to be told what waits in the inbox."""

    _inherit = "res.users"

    portal_inbox_digest = fields.Boolean(
        string="Daily Mail about the Inbox",
        help="One mail in the morning about what waits in the inbox of the customer portal: for "
        "this person, for those it stands in for, and for nobody in particular. No mail if nothing "
        "waits.",
    )
    portal_inbox_digest_sent_on = fields.Date(
        string="Last Mail about the Inbox",
        readonly=True,
        copy=False,
        groups="base.group_system",
    )

    # Odoo shows people their preferences as superuser: groups in the view would hide nothing.
    is_portal_officer = fields.Boolean(compute="_compute_is_portal_officer")

    @property
    def SELF_READABLE_FIELDS(self):  # noqa: N802 (Odoo's name)
        return [*super().SELF_READABLE_FIELDS, "portal_inbox_digest", "is_portal_officer"]

    @property
    def SELF_WRITEABLE_FIELDS(self):  # noqa: N802 (Odoo's name)
        return [*super().SELF_WRITEABLE_FIELDS, "portal_inbox_digest"]

    # === COMPUTE METHODS === #

    @api.depends("all_group_ids")
    def _compute_is_portal_officer(self):
        officer = self.env["ir.model.data"]._xmlid_to_res_id("kundenportal_addon.group_officer")
        for user in self:
            user.is_portal_officer = officer in user.sudo().all_group_ids.ids  # own or a manager's

    # === BUSINESS METHODS === #

    def _send_inbox_digest(self):
        """Queue today's mail about the inbox, unless it was sent or there is nothing to say.

        Called as superuser by the scheduled action.

        :return: whether there is a mail
        :rtype: bool
        """
        self.ensure_one()
        # What waits is what this person sees: its rights, its language, its day.
        own = self.with_user(self).with_context(lang=self.lang, tz=self.tz)
        today = fields.Date.context_today(own)
        if self.portal_inbox_digest_sent_on == today or not self.email_normalized:
            return False
        lines = own.env["kundenportal.protocol"]._prepare_inbox_digest()
        if not lines:
            return False
        # Before the mail: of two at once, the second fails here.
        self.portal_inbox_digest_sent_on = today
        self.flush_recordset(["portal_inbox_digest_sent_on"])
        for line in lines:
            line["oldest"] = format_date(own.env, line["oldest"])
        self.env.ref("kundenportal_addon.mail_template_inbox_digest")._send_portal_mail(
            self,
            self.company_id,
            inbox_lines=lines,
            inbox_count=sum(line["count"] for line in lines),
            inbox_overdue=sum(line["overdue"] for line in lines),
        )
        return True

    # === CRON METHODS === #

    @api.model
    def _cron_send_inbox_digests(self):
        """Send the mails of the day, each in a transaction of its own, nobody's twice."""
        officer = self.env["ir.model.data"]._xmlid_to_res_id("kundenportal_addon.group_officer")
        users = self.search(
            [("portal_inbox_digest", "=", True), ("all_group_ids", "in", [officer])]
        )
        self.env["ir.cron"]._commit_progress(remaining=len(users))
        for user in users:
            try:
                retrying(user._send_inbox_digest, self.env)
            except Exception:
                self.env.cr.rollback()
                _logger.exception("The mail about the inbox was not sent to user %s", user.id)
            if not self.env["ir.cron"]._commit_progress(1):
                break
