from odoo import api, models


class ResPartnerCategory(models.Model):
    """Customer groups say whose cases of which types are seen: record rules remember it."""

    _inherit = "res.partner.category"

    @api.model_create_multi
    def create(self, vals_list):
        categories = super().create(vals_list)
        if categories.partner_ids:
            self.env.registry.clear_cache()
        return categories

    def write(self, vals):
        result = super().write(vals)
        if not {"partner_ids", "active", "is_portal_group"}.isdisjoint(vals):
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
