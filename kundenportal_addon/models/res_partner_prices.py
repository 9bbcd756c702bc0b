from odoo import fields, models

from ..const import PRICE_MODES

#: The customers' own settings.
MODE_FIELDS = ("portal_shop_prices", "portal_printers_prices")
#: What Odoo reads of contacts to find out where an order goes.
ADDRESS_FIELDS = ("parent_id", "type", "is_company", "complete_name")
#: What it reads of the address to find out its taxes.
POSITION_FIELDS = ("property_account_position_id", "vat", "country_id", "state_id", "zip")


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

    def _read_for_prices(self, company):
        """Read at one go what prices need of the contact, its company and ours.

        :param company: our company that sells
        """
        partners = self | self.commercial_partner_id | company.partner_id
        partners.with_company(company).fetch(
            ["specific_property_product_pricelist", *MODE_FIELDS, *POSITION_FIELDS]
        )

    def _get_portal_fiscal_position(self):
        """Return the fiscal position that Odoo gives an order of the contact.

        The company that sells is the environment's.
        """
        deliveries = self.search_fetch(
            [
                ("commercial_partner_id", "=", self.commercial_partner_id.id),
                ("type", "=", "delivery"),
            ],
            [*ADDRESS_FIELDS, *POSITION_FIELDS],
        )
        delivery = self._find_delivery_address(deliveries)
        return self.env["account.fiscal.position"]._get_fiscal_position(self, delivery)

    def _find_delivery_address(self, deliveries):
        """Return where Odoo sends what the contact orders.

        As `address_get` does, which reads all contacts of the company for it.

        :param deliveries: the delivery addresses of its company that come into question
        """
        self.ensure_one()
        if deliveries.parent_id - self - self.parent_id:
            return self.browse(self.address_get(["delivery"])["delivery"])
        deliveries = deliveries.sorted(lambda one: (one.complete_name or "", -one.id))
        own = deliveries.filtered(lambda one: one.parent_id == self)
        return (own or deliveries)[:1] or self
