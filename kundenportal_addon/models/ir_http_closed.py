from odoo import models
from odoo.http import request


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _render_portal_closed(cls):
        """Render the page for customers whose portal is closed, for whatever reason.

        It does not say whether the whole portal is inactive or only this contact blocked.

        :return: a response with status 403, rendered already, to be raised with ``abort``
        :rtype: odoo.http.Response
        """
        look = request.env.user.company_id._get_portal_look()
        response = request.render("kundenportal_addon.portal_closed", {"look": look}, status=403)
        response.flatten()
        return response
