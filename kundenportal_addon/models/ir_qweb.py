from odoo import models
from odoo.tools import lazy


class IrQweb(models.AbstractModel):
    _inherit = "ir.qweb"

    def _prepare_frontend_environment(self, values):
        """Let every frontend page know the look of the customer's portal and its unread messages.

        Both are false values for whoever has none of it, and asked for by pages that show them.
        """
        qweb = super()._prepare_frontend_environment(values)
        values["portal_look"] = lazy(qweb._get_portal_look)
        values["portal_messages"] = lazy(qweb._get_portal_messages)
        return qweb

    def _get_portal_look(self):
        user_sudo = self.env.user  # always sudoed
        return bool(user_sudo._get_portal_level()) and user_sudo.company_id._get_portal_look()

    def _get_portal_messages(self):
        user_sudo = self.env.user  # always sudoed
        if not user_sudo._has_portal_function("messages"):
            return False
        return {"unread": user_sudo.portal_unread_count}
