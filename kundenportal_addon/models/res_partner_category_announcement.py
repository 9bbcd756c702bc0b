from odoo import api, models


class ResPartnerCategory(models.Model):
    """Who is in a customer group decides which announcements somebody sees."""

    _inherit = "res.partner.category"

    @api.model_create_multi
    def create(self, vals_list):
        categories = super().create(vals_list)
        if categories.filtered("is_portal_group").partner_ids:
            self.env.registry.clear_cache()
        return categories

    def write(self, vals):
        result = super().write(vals)
        if not {"partner_ids", "active", "is_portal_group"}.isdisjoint(vals):
            self.env.registry.clear_cache()
        return result
