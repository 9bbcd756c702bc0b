from odoo import api, fields, models


class KundenportalProtocolReview(models.TransientModel):
    """Asks for a remark before entries are marked as reviewed."""

    _name = "kundenportal.protocol.review"
    _description = "Review of Protocol Entries"

    entry_ids = fields.Many2many(
        "kundenportal.protocol",
        string="Entries",
        required=True,
        default=lambda self: self._default_entry_ids(),
    )
    entry_count = fields.Integer(compute="_compute_entry_count")
    remark = fields.Char(help="Optional: what you found or did.")

    @api.model
    def _default_entry_ids(self):
        if self.env.context.get("active_model") == "kundenportal.protocol":
            return self.env.context.get("active_ids")
        return False

    @api.depends("entry_ids")
    def _compute_entry_count(self):
        for wizard in self:
            wizard.entry_count = len(wizard.entry_ids)

    def action_confirm(self):
        """Mark the entries as reviewed, with the remark.

        :return: what to do next: close, after a notification if there were several entries
        :rtype: dict
        """
        self.ensure_one()
        result = self.entry_ids.action_mark_reviewed(self.remark)
        return {"type": "ir.actions.act_window_close"} if result is True else result
