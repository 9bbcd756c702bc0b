from odoo import models


class KundenportalDataChange(models.Model):
    """A change that waits for approval is decided in the inbox, too."""

    _name = "kundenportal.data.change"
    _inherit = ["kundenportal.data.change", "kundenportal.inbox.mixin"]

    _inbox_step_methods = {"approve": "action_approve", "decline": "action_reject"}
    _inbox_undecided_states = ("pending",)
    _inbox_decided_states = ("approved", "rejected", "withdrawn")
