from odoo import models


class MailMessage(models.Model):
    """The conversation of a case: customers write it by the portal's own pages only."""

    _inherit = "mail.message"

    def _get_forbidden_access(self, operation):
        """Leave nothing of it to remote calls of customers.

        Odoo lets whoever follows a record, or was told of an earlier message, write a message into
        it, and lets whoever was told of a message rewrite it.
        """
        forbidden = super()._get_forbidden_access(operation)
        if operation == "read" or self.env.user._is_internal():
            return forbidden
        messages_sudo = (self - forbidden).sudo()  # whose messages they are, whoever asks
        of_cases = messages_sudo.filtered(lambda one: one.model == "kundenportal.activity")
        return forbidden | of_cases.sudo(False)
