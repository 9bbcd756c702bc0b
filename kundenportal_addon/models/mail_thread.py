from odoo import models


class MailThread(models.AbstractModel):
    """Where mails go: whoever holds a mail of a case need not be one of those whose case it is."""

    _inherit = "mail.thread"

    def _routing_check_route(self, message, message_dict, route, raise_exception=True):
        model, case_id = route[:2]
        if model == "kundenportal.activity" and case_id:
            case = self.env[model].sudo().browse(case_id).exists()  # the gateway's own rights
            if case:
                route = case._redirect_mail(message_dict, route)
        return super()._routing_check_route(message, message_dict, route, raise_exception)
