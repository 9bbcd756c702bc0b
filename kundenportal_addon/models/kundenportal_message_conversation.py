from odoo import fields, models


class KundenportalMessage(models.Model):
    """The replies to all copies of a message."""

    _inherit = "kundenportal.message"

    reply_count = fields.Integer(string="Replies", compute="_compute_reply_count")

    # === COMPUTE METHODS === #

    def _compute_reply_count(self):
        counts = dict(
            self.env["kundenportal.message.reply"]._read_group(
                [("message_id", "in", self.ids), ("is_staff", "=", False)],
                ["message_id"],
                ["__count"],
            )
        )
        for message in self:
            message.reply_count = counts.get(message._origin, 0)

    # === ACTION METHODS === #

    def action_view_replies(self):
        """Show what was written below the message (smart button).

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kundenportal_addon.kundenportal_message_reply_action"
        )
        return {**action, "domain": [("message_id", "=", self.id)], "context": {}}
