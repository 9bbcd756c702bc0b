from odoo import fields, models


class KundenportalAppointmentCancel(models.TransientModel):
    """Asks why appointments are cancelled."""

    _name = "kundenportal.appointment.cancel"
    _description = "Cancellation of an Appointment"

    appointment_ids = fields.Many2many(
        "kundenportal.appointment",
        "kundenportal_appointment_cancel_rel",
        "cancel_id",
        "appointment_id",
        readonly=True,
    )
    reason = fields.Text(help="Mailed to the customer as it stands here.")

    def action_confirm(self):
        """Cancel the appointments and mail the reason.

        :return: the action that closes the dialog
        :rtype: dict
        :raise AccessError: unless the acting user may write the cases
        :raise UserError: if one of them has taken place meanwhile
        """
        self.ensure_one()
        self.check_access("write")
        self.appointment_ids._check_staff()
        self.appointment_ids._cancel(self.reason)
        return {"type": "ir.actions.act_window_close"}
