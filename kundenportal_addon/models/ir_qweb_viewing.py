from odoo import models

from .ir_http_viewing_cursor import get_viewing


class IrQweb(models.AbstractModel):
    _inherit = "ir.qweb"

    def _prepare_frontend_environment(self, values):
        """Let every frontend page know through whose eyes it is seen, if not through one's own."""
        qweb = super()._prepare_frontend_environment(values)
        values["portal_viewing"] = get_viewing()
        return qweb
