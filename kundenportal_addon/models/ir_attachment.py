from odoo import models
from odoo.exceptions import UserError

#: What customers send with a case belongs to the case from then on.
CASE_MODELS = {"kundenportal.activity", "kundenportal.form.response"}


class IrAttachment(models.Model):
    """Files of what was sent stay as they were sent."""

    _inherit = "ir.attachment"

    def write(self, vals):
        self._check_not_sent()
        return super().write(vals)

    def unlink(self):
        self._check_not_sent()
        return super().unlink()

    def generate_access_token(self):
        """Return the files' tokens; where nothing can be written, those that there are.

        :return: a token each, empty where there is none
        :rtype: list[str]
        """
        if self.env.cr.readonly:
            return [attachment.access_token or "" for attachment in self]
        return super().generate_access_token()

    def _has_attachments_ownership(self, attachment_tokens):
        """Let no customer take files out of cases, as Odoo lets whoever wrote the message."""
        files_sudo = self.sudo()  # rights to the files are checked by Odoo
        is_kept = not CASE_MODELS.isdisjoint(files_sudo.mapped("res_model"))
        if is_kept and not self.env.user._is_internal():
            return False
        return super()._has_attachments_ownership(attachment_tokens)

    def _check_not_sent(self):
        """Refuse to touch files of messages that are on their way, and of replies.

        :raise UserError: with the sentence for the staff
        """
        if self.env.su:
            return
        by_model = self.sudo().grouped("res_model")  # rights to the files are checked by Odoo
        messages_sudo = (
            self.env["kundenportal.message"]
            .sudo()
            .browse(by_model.get("kundenportal.message", self.browse()).mapped("res_id"))
        )
        if "kundenportal.message.reply" in by_model or any(
            message.state != "draft" for message in messages_sudo.exists()
        ):
            raise UserError(self.env._("A file that was sent to a customer stays as it is."))
