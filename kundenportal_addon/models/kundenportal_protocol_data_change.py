from odoo import models
from odoo.exceptions import UserError


class KundenportalProtocol(models.Model):
    """An edit and its entry have one state: what waits is decided, not just marked."""

    _inherit = "kundenportal.protocol"

    def _mark_reviewed(self, remark, reviewed_on):
        """Leave entries open whose change still waits for approval.

        :raise UserError: if one of them does
        """
        change_ids = [
            entry.res_id for entry in self if entry.res_model == "kundenportal.data.change"
        ]
        if change_ids and self.env["kundenportal.data.change"].search_count(
            [("id", "in", change_ids), ("state", "=", "pending")], limit=1
        ):
            raise UserError(
                self.env._("What waits for approval is approved or rejected, not just marked.")
            )
        return super()._mark_reviewed(remark, reviewed_on)
