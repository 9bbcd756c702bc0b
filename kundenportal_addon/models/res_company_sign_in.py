from odoo import api, models


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model
    def _is_any_portal_active(self):
        """Tell whether one of the companies has an active portal: the door is common to all."""
        # Visitors may not read companies.
        return bool(self.sudo().search_count([("portal_active", "=", True)], limit=1))
