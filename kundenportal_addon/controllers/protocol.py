from odoo import http
from odoo.http import request


class Protocol(http.Controller):
    @http.route("/my/beacon", type="jsonrpc", auth="user", methods=["POST"])
    def portal_beacon(self, event=None, document_model=None, document_id=None, **_ignored):
        """Take what a portal page reports of itself; see ``kundenportal.protocol._log_beacon``."""
        request.env["kundenportal.protocol"]._log_beacon(event, document_model, document_id)
