from odoo import api, models


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def _sync_portal_functions(self, partners=None):
        """Make the users' function groups what settings, groups and ticks say they should be."""
