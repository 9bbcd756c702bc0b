from odoo import models


class ResConfigSettings(models.TransientModel):
    """For administrators, the portal's settings stand among all others too."""

    _name = "res.config.settings"
    _inherit = ["res.config.settings", "kundenportal.settings.mixin"]
