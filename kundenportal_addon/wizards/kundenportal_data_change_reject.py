from odoo import fields, models


class KundenportalDataChangeReject(models.TransientModel):
    """Asks why what customers want to change is rejected."""

    _name = "kundenportal.data.change.reject"
    _description = "Rejection of a Data Change"

    change_ids = fields.Many2many(
        "kundenportal.data.change",
        "kundenportal_data_change_reject_rel",
        "reject_id",
        "change_id",
        readonly=True,
    )
    line_ids = fields.Many2many(
        "kundenportal.data.change.line",
        "kundenportal_data_change_reject_line_rel",
        "reject_id",
        "line_id",
        readonly=True,
        help="Empty: everything that waits.",
    )
    reason = fields.Text(help="Mailed to the customer as it stands here.")

    def action_confirm(self):
        """Reject what waits and mail the reason.

        :return: the action that closes the dialog
        :rtype: dict
        :raise UserError: without a reason, or if it has been decided meanwhile
        """
        self.ensure_one()
        self.check_access("write")
        for change in self.line_ids.change_id or self.change_ids:
            lines = self.line_ids.filtered(lambda line, change=change: line.change_id == change)
            change._reject(self.reason, lines)
        return {"type": "ir.actions.act_window_close"}
