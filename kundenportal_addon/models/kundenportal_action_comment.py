from odoo import api, models

from .kundenportal_action import Outcome


class KundenportalActionComment(models.AbstractModel):
    """Write a comment into the conversation."""

    _name = "kundenportal.action.comment"
    _inherit = "kundenportal.action"
    _description = "Customer Action: Comment"

    _template = "kundenportal_addon.portal_action_text"
    _is_repeatable = True

    @api.model
    def _submit(self, action, case, data, files):
        text, errors = self._read_text(data)
        if errors:
            return Outcome(errors=errors)
        self._go_on(case)
        case._post_by_customer(text)
        return Outcome(case)
