from odoo.http import request, route

from .portal import KundenportalPortal


class PortalHomeActions(KundenportalPortal):
    """What customers can do without a case, on the portal's home."""

    @route()
    def home(self, **kw):
        response = super().home(**kw)
        if response.is_qweb and request.env.user._get_portal_level():
            actions = request.env["kundenportal.activity.action"]
            response.qcontext["portal_home_actions"] = actions._prepare_home()
        return response
