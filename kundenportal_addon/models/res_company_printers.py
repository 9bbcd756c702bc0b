from odoo import fields, models


class ResCompany(models.Model):
    """Which printers customers see."""

    _inherit = "res.company"

    portal_printers_own_location = fields.Boolean(
        string="Users See Printers of Their Location Only",
        groups="base.group_user",
        help="Users see the printers that stand where they work, and those that they look after. "
        "Main users always see all printers of their company.",
    )

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if "portal_printers_own_location" in vals:
            self.env.registry.clear_cache()  # record rules keep what it says
        return result
