from odoo import api, models


class KundenportalCachedMixin(models.AbstractModel):
    """Settings that pages read from caches: whatever changes them clears these, in every worker.

    Record rules are among those caches: they name the types of cases that customers see.
    """

    _name = "kundenportal.cached.mixin"
    _description = "Settings That Pages Read from Caches"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env.registry.clear_cache()
        return records

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
