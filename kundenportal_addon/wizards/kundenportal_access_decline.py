from odoo import fields, models
from odoo.exceptions import UserError


class KundenportalAccessDecline(models.TransientModel):
    """Asks for the reason before access requests are declined."""

    _name = "kundenportal.access.decline"
    _description = "Decline Access Requests"

    request_ids = fields.Many2many("kundenportal.access.request", string="Requests")
    reason = fields.Char(help="The main user who asked reads it, in the portal and by mail.")

    def action_confirm(self):
        """Decline the requests (button).

        :return: an action that closes the dialog
        :rtype: dict
        :raise UserError: without a reason, or if a request was decided already
        """
        self.ensure_one()
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Please say why: the main user reads it."))
        self.request_ids._decline(reason)
        return {"type": "ir.actions.act_window_close"}
