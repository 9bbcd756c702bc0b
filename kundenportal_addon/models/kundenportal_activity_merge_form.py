from odoo import models


class KundenportalActivity(models.Model):
    """What becomes of forms and of what was done when cases are merged."""

    _inherit = "kundenportal.activity"

    # === BUSINESS METHODS === #

    def _take_over_records(self, duplicates):
        result = super()._take_over_records(duplicates)
        for response in duplicates.form_response_ids.sorted("id"):
            response._move_to(self)
        duplicates.action_use_ids.activity_id = self
        return result
