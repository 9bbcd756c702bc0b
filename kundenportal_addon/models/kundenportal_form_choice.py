from odoo import fields, models


class KundenportalFormChoice(models.Model):
    """Something that can be chosen in a field of a form."""

    _name = "kundenportal.form.choice"
    _description = "Choice in a Form"
    _order = "sequence, id"

    name = fields.Char(string="Choice", required=True, translate=True)
    sequence = fields.Integer(default=10)
    field_id = fields.Many2one(
        "kundenportal.form.field", required=True, index=True, ondelete="cascade"
    )
