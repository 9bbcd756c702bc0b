from odoo import fields, models


class KundenportalMessageAnswer(models.TransientModel):
    """Asks what to answer below a customer's copy of a message."""

    _name = "kundenportal.message.answer"
    _description = "Answer to a Reply"

    recipient_id = fields.Many2one(
        "kundenportal.message.recipient", required=True, readonly=True, ondelete="cascade"
    )
    reply_ids = fields.One2many(related="recipient_id.reply_ids")
    body = fields.Text(string="Answer", help="The customer reads it below the message.")
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "kundenportal_message_answer_attachment_rel",
        "answer_id",
        "attachment_id",
        string="Attachments",
    )

    def action_send(self):
        """Write the answer below the message.

        :return: the action that closes the dialog
        :rtype: dict
        :raise UserError: without a text
        """
        self.ensure_one()
        self.check_access("write")
        self.env["kundenportal.message.reply"]._answer(
            self.recipient_id, self.body, self.attachment_ids
        )
        return {"type": "ir.actions.act_window_close"}
