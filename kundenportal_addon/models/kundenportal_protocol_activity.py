from odoo import models


class KundenportalProtocol(models.Model):
    _inherit = "kundenportal.protocol"

    def action_assign_to_me(self):
        """Take the cases, too, whose entries are taken because they are nobody's."""
        result = super().action_assign_to_me()
        case_ids = [
            entry.res_id
            for entry in self
            if entry.res_model == "kundenportal.activity" and entry.review_state == "open"
        ]
        cases = self.env["kundenportal.activity"].search(
            [("id", "in", case_ids), ("user_id", "=", False)]
        )
        cases.action_assign_to_me()
        return result
