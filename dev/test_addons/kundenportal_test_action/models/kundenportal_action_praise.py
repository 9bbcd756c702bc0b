from odoo import api, fields, models

from odoo.addons.kundenportal_addon.models.kundenportal_action import Outcome


class KundenportalActivityAction(models.Model):
    _inherit = "kundenportal.activity.action"

    code = fields.Selection(selection_add=[("praise", "Praise")], ondelete={"praise": "cascade"})


class KundenportalActionPraise(models.AbstractModel):
    """Praise somebody with up to five stars."""

    _name = "kundenportal.action.praise"
    _inherit = "kundenportal.action"
    _description = "Customer Action: Praise"

    _template = "kundenportal_test_action.portal_action_praise"
    _states = ("done",)

    @api.model
    def _get_refusal(self, action, case):
        return "" if case.user_id else self.env._("There is nobody to praise.")

    @api.model
    def _prepare(self, action, case):
        return {"name": case.user_id.name}

    @api.model
    def _submit(self, action, case, data, files):
        stars = data.get("stars")
        if stars not in ("1", "2", "3", "4", "5"):
            return Outcome(errors={"stars": self.env._("Please choose one to five stars.")})
        case._post_by_customer("*" * int(stars))
        return Outcome(case)
