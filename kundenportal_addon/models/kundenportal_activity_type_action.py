from odoo import fields, models


class KundenportalActivityType(models.Model):
    """What customers fill in for a new case of the type, and what they may do with its cases."""

    _inherit = "kundenportal.activity.type"

    field_ids = fields.One2many("kundenportal.form.field", "type_id", string="Form", copy=True)
    action_ids = fields.One2many(
        "kundenportal.activity.action", "type_id", string="Portal Actions", copy=True
    )

    # === CRUD METHODS === #

    def copy(self, default=None):
        copies = super().copy(default)
        for case_type, copied in zip(self, copies, strict=True):
            case_type.field_ids._copy_conditions_to(copied.field_ids)
            actions = zip(
                case_type.action_ids.sorted("id"), copied.action_ids.sorted("id"), strict=True
            )
            for action, copied_action in actions:
                action.field_ids._copy_conditions_to(copied_action.field_ids)
        return copies
