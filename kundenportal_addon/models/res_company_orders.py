from odoo import fields, models

from ..const import ORDER_LIMIT_MODES


class ResCompany(models.Model):
    """What customers may order by themselves, and when they are asked whether they mean it."""

    _inherit = "res.company"

    portal_order_limit_mode = fields.Selection(
        ORDER_LIMIT_MODES,
        string="Users May Order",
        default="free",
        required=True,
        groups="base.group_user",
        help="Main users order freely. What users order beyond this waits for the release of a "
        "main user of their company; where there is none, it comes to you at once.",
    )
    portal_order_limit = fields.Monetary(
        string="Up to the Amount of",
        currency_field="currency_id",
        groups="base.group_user",
        help="Total of one order with taxes.",
    )
    portal_repeat_days = fields.Integer(
        string="Ask before Ordering Again",
        default=14,
        groups="base.group_user",
        help="Whoever orders the same supply for the same printer again within so many days is "
        "asked whether that is meant. 0: nobody is asked.",
    )

    _portal_order_limit_positive = models.Constraint(
        "CHECK (portal_order_limit >= 0 AND portal_repeat_days >= 0)",
        "Amounts and days cannot be negative.",
    )
