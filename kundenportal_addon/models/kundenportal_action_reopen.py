from odoo import api, models

from .kundenportal_action import Outcome


class KundenportalActionReopen(models.AbstractModel):
    """Take up again what was closed, within the days that the case type allows."""

    _name = "kundenportal.action.reopen"
    _inherit = "kundenportal.action"
    _description = "Customer Action: Reopen"

    _template = "kundenportal_addon.portal_action_text"
    _is_repeatable = True
    _states = ("done",)

    @api.model
    def _get_refusal(self, action, case):
        if case._can_change_state("in_progress", by_customer=True):
            return ""
        return self.env._(
            "This was closed too long ago to be taken up again. Please start a new request."
        )

    @api.model
    def _submit(self, action, case, data, files):
        text, errors = self._read_text(data)
        if errors:
            return Outcome(errors=errors)
        case._change_state("in_progress", by_customer=True, note=action.name)
        case._post_by_customer(text)
        return Outcome(case)
