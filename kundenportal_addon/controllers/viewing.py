from odoo import http
from odoo.http import request


class Viewing(http.Controller):
    """The way back from looking at the portal through a customer's eyes."""

    @http.route("/kundenportal/viewing/end", type="http", auth="user", methods=["POST"])
    def portal_viewing_end(self, **kw):
        """End the view that this session has begun, and lead back to the contact."""
        return request.redirect(request.env["ir.http"]._end_viewing())
