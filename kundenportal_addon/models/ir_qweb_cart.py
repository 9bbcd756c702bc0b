from odoo import models
from odoo.tools import lazy


class IrQweb(models.AbstractModel):
    _inherit = "ir.qweb"

    def _prepare_frontend_environment(self, values):
        """Let every frontend page know how much lies in its reader's cart."""
        qweb = super()._prepare_frontend_environment(values)
        values["portal_cart"] = lazy(qweb._get_portal_cart)
        return qweb

    def _get_portal_cart(self):
        """Return the number of articles, False for who has no shop; without a query.

        The number is a column of the reader's own contact, which the page reads anyway.
        """
        user_sudo = self.env.user  # always sudoed
        if not self.env["kundenportal.cart"]._get_channels():
            return False
        return {"count": user_sudo.partner_id.portal_cart_count}
