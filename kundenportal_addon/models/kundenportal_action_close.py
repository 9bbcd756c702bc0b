from odoo import api, models

from .kundenportal_action import Outcome


class KundenportalActionClose(models.AbstractModel):
    """Say that it is solved."""

    _name = "kundenportal.action.close"
    _inherit = "kundenportal.action"
    _description = "Customer Action: Mark as Solved"

    _template = "kundenportal_addon.portal_action_text"
    _is_repeatable = True  # as often as it was reopened

    @api.model
    def _get_refusal(self, action, case):
        if case._can_change_state("done", by_customer=True):
            return ""
        return self.env._("This is closed already.")

    @api.model
    def _prepare(self, action, case):
        return {"is_text_optional": True}

    @api.model
    def _submit(self, action, case, data, files):
        text, errors = self._read_text(data, is_required=False)
        if errors:
            return Outcome(errors=errors)
        if text:
            case._post_by_customer(text)
        # What was written may have taken the case up again, thus afterwards.
        case._change_state("done", by_customer=True, note=action.name)
        return Outcome(case)
