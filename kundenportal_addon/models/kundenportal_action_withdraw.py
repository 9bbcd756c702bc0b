from odoo import api, models

from .kundenportal_action import Outcome


class KundenportalActionWithdraw(models.AbstractModel):
    """Withdraw what was asked for, with a reason."""

    _name = "kundenportal.action.withdraw"
    _inherit = "kundenportal.action"
    _description = "Customer Action: Withdraw"

    _template = "kundenportal_addon.portal_action_text"
    _states = ("new", "planned", "waiting")

    @api.model
    def _get_refusal(self, action, case):
        if case._can_change_state("cancelled", by_customer=True):
            return ""
        return self.env._("This cannot be withdrawn any more.")

    @api.model
    def _submit(self, action, case, data, files):
        text, errors = self._read_text(data)
        if errors:
            return Outcome(errors=errors)
        case._post_by_customer(text)
        case._change_state("cancelled", by_customer=True, note=" ".join(text.split())[:200])
        return Outcome(case)
