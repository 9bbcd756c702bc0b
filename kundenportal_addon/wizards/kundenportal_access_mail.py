from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import PORTAL_LEVELS


class KundenportalAccessMail(models.TransientModel):
    """Mail an invitation, or the question whether an address is right, in one's own words."""

    _name = "kundenportal.access.mail"
    _description = "Mail a Link"

    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        required=True,
        readonly=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    purpose = fields.Selection(
        [("invitation", "Invitation"), ("verification", "Verification of the e-mail address")],
        required=True,
        readonly=True,
        default="invitation",
    )
    email = fields.Char(related="partner_id.email", related_sudo=False, string="To")
    needs_access = fields.Boolean(compute="_compute_needs_access")
    portal_level = fields.Selection(PORTAL_LEVELS, string="Access as", default="user")
    text = fields.Text(
        compute="_compute_text",
        store=True,
        readonly=False,
        help="Stands between the salutation and the button with the link, in the contact's "
        "language.",
    )

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "purpose")
    def _compute_needs_access(self):
        for wizard in self:
            wizard.needs_access = (
                wizard.purpose == "invitation" and wizard.partner_id.portal_access == "none"
            )

    @api.depends("partner_id", "purpose")
    def _compute_text(self):
        for wizard in self:
            wizard.text = wizard.partner_id and wizard.partner_id._get_portal_mail_text(
                wizard.purpose
            )

    # === ACTIONS === #

    def action_send(self):
        """Send the mail; an invitation also gives access if the contact has none.

        :return: a notification
        :rtype: dict
        :raise UserError: if the contact has no valid address or cannot get access
        """
        self.ensure_one()
        self.partner_id.check_access("write")
        if not self.partner_id.email_normalized:
            raise UserError(self.env._("%s has no valid e-mail address.", self.partner_id.name))
        if self.purpose == "verification":
            self.partner_id._send_email_verification(self.text)
        else:
            self._grant_access()
            # Officers do not read logins, nor what else the template looks at.
            self.partner_id.portal_user_id.sudo()._send_portal_invitation(text=self.text)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The mail to %s is on its way.", self.partner_id.email_normalized
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    # === BUSINESS METHODS === #

    def _grant_access(self):
        """Give the contact access, without the standard invitation.

        :raise UserError: if it cannot get access
        """
        if self.partner_id.portal_state == "internal":
            raise UserError(self.env._("%s is an internal user.", self.partner_id.name))
        if not self.needs_access:
            return
        wizard = self.env["portal.wizard"].create(
            {"partner_ids": [(6, 0, self.partner_id.ids)], "portal_invite": False}
        )
        wizard.user_ids.portal_level = self.portal_level
        wizard.user_ids.action_grant_access()
