from werkzeug.exceptions import NotFound

from odoo import models
from odoo.http import request

#: Pages of other modules that belong to a function of ours, by the first two parts of the address.
FUNCTION_PAGES = {
    "/my/projects": "activities",
    "/my/tasks": "activities",
    "/my/purchase": "documents",
    "/my/rfq": "documents",
}


class IrHttp(models.AbstractModel):
    """Pages of modules that need not be installed, so that no controller can be extended."""

    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        """Answer 404 to customers without the function; links with a token open their document."""
        super()._pre_dispatch(rule, args)
        code = FUNCTION_PAGES.get("/".join(rule.rule.split("/")[:3]))
        if not code or rule.endpoint.routing["auth"] != "user":
            return
        user_sudo = request.env.user  # always sudoed
        if user_sudo._get_portal_level() and not user_sudo._has_portal_function(code):
            raise NotFound()
