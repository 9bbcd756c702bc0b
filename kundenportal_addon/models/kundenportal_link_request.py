import logging

from odoo import api, fields, models
from odoo.service.model import retrying

_logger = logging.getLogger(__name__)

#: What the answer depends on, of the context that the question came with.
CONTEXT = ("lang", "website_id")


class KundenportalLinkRequest(models.Model):
    """Somebody asked for a link to be sent; dealt with right afterwards by a scheduled action.

    The visitor gets the same answer whatever was typed, and gets it as fast: how long a page takes
    must not tell who is a customer.
    """

    _name = "kundenportal.link.request"
    _description = "Request for a Link"
    _log_access = False
    _order = "id"

    purpose = fields.Selection(
        [("access", "Link that signs in"), ("password", "Link for another password")],
        required=True,
        readonly=True,
    )
    typed = fields.Char(required=True, readonly=True)
    redirect = fields.Char(readonly=True, help="Page that was to be seen when signing in came up.")
    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    ip_address = fields.Char(string="Network Address", readonly=True)
    asked_in = fields.Json(string="Context", readonly=True)

    @api.model
    def _ask(self, purpose, typed, *, redirect=None, ip=None):
        """Take a request, whoever asks and whatever for.

        :param str purpose: ``"access"`` or ``"password"``
        :param str typed: login, e-mail address or telephone number
        :param str redirect: local address to go to after signing in
        :param str ip: network address of whoever asks
        """
        self.sudo().create(  # visitors ask
            {
                "purpose": purpose,
                "typed": typed,
                "redirect": redirect,
                "user_id": self.env.uid,
                "company_id": self.env.company.id,
                "ip_address": ip,
                "asked_in": {name: self.env.context.get(name) for name in CONTEXT},
            }
        )
        # Visitors cannot start jobs; this one only does what the request says.
        self.env.ref("kundenportal_addon.ir_cron_link_requests").sudo()._trigger()

    def _process(self):
        """Send what was asked for, if there is anything to send, on behalf of whoever asked."""
        for request in self:
            users_sudo = (
                self.env["res.users"]
                .with_user(request.user_id)
                .with_context(**request.asked_in)
                .with_company(request.company_id)
                .sudo()  # a stranger may ask; what may be done is the method's to decide
            )
            if request.purpose == "password":
                users_sudo._request_password_link(request.typed, ip=request.ip_address)
            else:
                users_sudo._request_portal_access(
                    request.typed, redirect=request.redirect, ip=request.ip_address
                )
        self.unlink()

    @api.model
    def _cron_process(self):
        """Deal with all requests; one that fails is dropped, so that it stops no other."""
        requests = self.search([])
        self.env["ir.cron"]._commit_progress(remaining=len(requests))
        for request in requests:
            try:
                retrying(request._process, self.env)
            except Exception:
                self.env.cr.rollback()
                _logger.exception("A request for a link failed and was dropped")
                request.unlink()
            if not self.env["ir.cron"]._commit_progress(1):
                break
