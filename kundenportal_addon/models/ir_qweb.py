from odoo import models
from odoo.tools import lazy


class IrQweb(models.AbstractModel):
    _inherit = "ir.qweb"

    def _prepare_frontend_environment(self, values):
        """Let every frontend page know the look of the customer's portal, or a false value."""
        qweb = super()._prepare_frontend_environment(values)
        values["portal_look"] = lazy(qweb._get_portal_look)
        return qweb

    def _get_portal_look(self):
        user_sudo = self.env.user  # always sudoed
        return bool(user_sudo._get_portal_level()) and user_sudo.company_id._get_portal_look()
