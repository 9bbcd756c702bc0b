from odoo import fields, models
from odoo.exceptions import UserError


class KundenportalRegistrationDecline(models.TransientModel):
    """Asks why a registration is declined."""

    _name = "kundenportal.registration.decline"
    _description = "Refusal of a Registration"

    registration_id = fields.Many2one(
        "kundenportal.registration", readonly=True, ondelete="cascade"
    )
    reason = fields.Text(help="Mailed to the applicant as it stands here.")

    def action_confirm(self):
        """Decline the registration and mail the reason.

        :return: the action that closes the dialog
        :rtype: dict
        :raise UserError: without a reason, or if it has been decided meanwhile
        """
        self.ensure_one()
        self.check_access("write")
        if not self.registration_id:
            raise UserError(self.env._("This registration has been deleted."))
        self.registration_id._decline(self.reason)
        return {"type": "ir.actions.act_window_close"}
