from odoo import api, fields, models


class KundenportalMessagePreview(models.TransientModel):
    """Shows a message as one contact will read it.

    Placeholders are filled in with the rights of whoever looks, not with the sender's: the dialog
    tells nobody what its own rights would not.
    """

    _name = "kundenportal.message.preview"
    _description = "Preview of a Message"

    message_id = fields.Many2one(
        "kundenportal.message", required=True, readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one("res.partner", string="As It Is Read by", required=True)
    subject = fields.Char(compute="_compute_content")
    body = fields.Html(string="Text", compute="_compute_content", sanitize=False)
    is_failed = fields.Boolean(compute="_compute_content")
    is_foreign = fields.Boolean(compute="_compute_is_foreign")

    # === COMPUTE METHODS === #

    @api.depends("message_id", "partner_id")
    def _compute_content(self):
        for preview in self:
            content = {"subject": False, "body": False, "is_failed": False}
            if preview.message_id and preview.partner_id:
                preview.message_id.check_access("read")
                content = preview.message_id._render_for(preview.partner_id._origin, self.env.user)
            preview.update(content)  # sanitised already

    @api.depends("message_id")
    def _compute_is_foreign(self):
        for preview in self:
            preview.is_foreign = (
                preview.message_id.has_placeholders
                and preview.message_id.author_id != self.env.user
            )
