from odoo import fields, models


class KundenportalActivityActionUse(models.Model):
    """That somebody did what a portal action offers; written by the action, kept for good."""

    _name = "kundenportal.activity.action.use"
    _description = "Use of a Portal Action"
    _order = "id desc"
    _rec_name = "action_id"

    action_id = fields.Many2one(
        "kundenportal.activity.action",
        string="Portal Action",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    activity_id = fields.Many2one(
        "kundenportal.activity", string="Case", readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, ondelete="set null"
    )
    user_id = fields.Many2one("res.users", string="Done by", readonly=True, ondelete="set null")
    company_id = fields.Many2one(
        "res.company", string="Our Company", readonly=True, index=True, ondelete="cascade"
    )
    create_date = fields.Datetime(string="Done on", readonly=True)
