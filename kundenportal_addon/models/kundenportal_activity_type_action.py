from odoo import fields, models


class KundenportalActivityType(models.Model):
    """What customers fill in for a new case of the type, and what they may do with its cases."""

    _inherit = "kundenportal.activity.type"

    field_ids = fields.One2many("kundenportal.form.field", "type_id", string="Form", copy=True)
    action_ids = fields.One2many(
        "kundenportal.activity.action", "type_id", string="Portal Actions", copy=True
    )
