from odoo import api, models

from ..tools.typed_text import clean
from .kundenportal_action import TEXT_LENGTH, Outcome


class KundenportalActionUpload(models.AbstractModel):
    """Upload files or photos; they land in the conversation."""

    _name = "kundenportal.action.upload"
    _inherit = "kundenportal.action"
    _description = "Customer Action: Upload"

    _template = "kundenportal_addon.portal_action_upload"
    _is_repeatable = True

    @api.model
    def _submit(self, action, case, data, files):
        text = clean(data.get("text"))
        uploads = [upload for upload in files.getlist("files") if upload.filename]
        found, error = case._read_uploads(uploads)
        errors = {}
        if error or not found:
            errors["files"] = error or self.env._("Please choose a file.")
        if len(text) > TEXT_LENGTH:
            errors["text"] = self.env._("Please enter at most %s characters.", TEXT_LENGTH)
        if errors:
            return Outcome(errors=errors)
        self._go_on(case)
        case._post_by_customer(text, found)
        return Outcome(case)
