from odoo import fields, models

from ..const import PRICE_MODES


class ResPartner(models.Model):
    """Whether a customer sees prices: the company itself, or a person without one, decides."""

    _inherit = "res.partner"

    portal_shop_prices = fields.Selection(
        PRICE_MODES,
        string="Prices in the Shop",
        groups="base.group_user",
        help="For all contacts of the customer. Empty: as the settings say.",
    )
    portal_printers_prices = fields.Selection(
        PRICE_MODES,
        string="Prices of Supplies",
        groups="base.group_user",
        help="For all contacts of the customer. Empty: as the settings say.",
    )

    # === BUSINESS METHODS === #

    def _shows_prices(self, channel, company):
        """Tell whether the contact sees prices: its customer's own setting, else the company's.

        :param str channel: one of `SHOP_CHANNELS`
        :param company: our company that sells
        :rtype: bool
        """
        self.ensure_one()
        customer_sudo = self.sudo().commercial_partner_id  # the settings are staff's
        mode = customer_sudo[f"portal_{channel}_prices"]
        return mode == "shown" if mode else company.sudo()[f"portal_{channel}_show_prices"]

    def _get_portal_fiscal_position(self):
        """Return the fiscal position that Odoo gives an order of the contact.

        The company that sells is the environment's.
        """
        delivery = self.browse(self.address_get(["delivery"])["delivery"])
        return self.env["account.fiscal.position"]._get_fiscal_position(self, delivery)
