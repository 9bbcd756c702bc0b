from odoo import fields, models

from ..const import SHOP_CHANNELS


class SaleOrder(models.Model):
    """Orders and quote requests that customers send from the portal."""

    _inherit = "sale.order"

    portal_channel = fields.Selection(
        SHOP_CHANNELS,
        string="Sent from",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="The shop of the portal in which the customer put the order together.",
    )
    is_quote_request = fields.Boolean(
        string="Quote Request",
        copy=False,
        readonly=True,
        help="The customer sees no prices and asks for a quotation.",
    )
