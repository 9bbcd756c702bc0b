from odoo import models

from ..tools.mail_headers import is_automatic


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

    def _message_route_process(self, message, message_dict, routes):
        # What becomes of a mail is decided where its headers are not known any more.
        thread = self.with_context(case_mail_is_automatic=is_automatic(message))
        return super(MailThread, thread)._message_route_process(message, message_dict, routes)
