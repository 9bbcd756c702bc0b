from odoo import fields, models


class ResCompany(models.Model):
    """Whether customers see prices, in each of the two shops."""

    _inherit = "res.company"

    portal_shop_show_prices = fields.Boolean(
        string="Prices in the Shop",
        default=True,
        groups="base.group_user",
        help="Customers see their prices, and what they send is an order. If off, they see none, "
        "and what they send is a request for a quotation.",
    )
    portal_printers_show_prices = fields.Boolean(
        string="Prices of Supplies",
        default=True,
        groups="base.group_user",
        help="Customers see the prices of supplies for their printers, and what they send is an "
        "order. If off, they see none, and what they send is a request for a quotation.",
    )
