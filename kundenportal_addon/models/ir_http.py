from werkzeug.exceptions import abort

from odoo import models
from odoo.exceptions import AccessDenied
from odoo.http import request


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        """Show a friendly page instead of any other to portal users whose portal is closed."""
        super()._pre_dispatch(rule, args)
        routing = rule.endpoint.routing
        if routing["auth"] != "user" or not rule.rule.startswith("/my"):
            return
        user = request.env.user
        if user._get_portal_level() and not user._portal_is_open():
            if routing["type"] != "http":
                raise AccessDenied(request.env._("The customer portal is not available for you."))
            abort(cls._render_portal_closed())
