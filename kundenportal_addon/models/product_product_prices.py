from odoo import fields, models

from ..tools.quantity import get_limits
from .product_pricelist import PriceBatch


class ProductProduct(models.Model):
    """What products cost a customer, many at once."""

    _inherit = "product.product"

    # === BUSINESS METHODS === #

    def _get_portal_prices(self, partner, company, quantities=None):
        """Return what the products cost a customer: its price list, fiscal position and taxes.

        Whoever shows prices has asked `res.partner._shows_prices` before.

        :param partner: contact that orders
        :param company: our company that sells
        :param dict[int, float] quantities: by product id, in the product's unit; one, if left out
        :return: by product id, of one unit: ``untaxed``, ``taxed``, ``price`` (that of the two
            which our company works with), ``is_taxed`` (whether it is the taxed one), ``currency``
            and ``is_on_request`` (nothing is to be paid, so nobody has set a price)
        :rtype: dict[int, dict]
        """
        # Customers read neither products nor price lists; what they cost them is all they are told.
        products_sudo = self.sudo().with_company(company)
        partner_sudo = partner.sudo().with_company(company)
        pricelist_sudo = partner_sudo.property_product_pricelist
        currency_sudo = pricelist_sudo.currency_id or company.sudo().currency_id
        position_sudo = partner_sudo._get_portal_fiscal_position()
        unit_prices = products_sudo._get_portal_unit_prices(
            pricelist_sudo, currency_sudo, quantities or {}
        )
        is_taxed = company.sudo().account_price_include == "tax_included"
        prices = {}
        for product_sudo in products_sudo:
            amounts = product_sudo._get_portal_amounts(
                unit_prices[product_sudo.id], company, currency_sudo, position_sudo
            )
            price = amounts["total_included" if is_taxed else "total_excluded"]
            prices[product_sudo.id] = {
                "untaxed": amounts["total_excluded"],
                "taxed": amounts["total_included"],
                "price": price,
                "is_taxed": is_taxed,
                "currency": currency_sudo,
                "is_on_request": currency_sudo.is_zero(price),
            }
        return prices

    def _get_portal_unit_prices(self, pricelist, currency, quantities):
        """Return what the price list says; its rules are looked up at one go.

        :return: prices by product id
        :rtype: dict[int, float]
        """
        prices = {}
        now = fields.Datetime.now()
        pricelist = pricelist.with_context(portal_price_batch=PriceBatch(self))
        for quantity, products in self.grouped(lambda one: quantities.get(one.id) or 1.0).items():
            prices |= pricelist._get_products_price(products, quantity, currency=currency, date=now)
        return prices

    def _get_portal_amounts(self, price, company, currency, position):
        """Return one unit's price without and with taxes, as a line of an order has it.

        Not rounded: what costs less than a cent is ordered by the thousand.
        """
        product_taxes = self.taxes_id._filter_taxes_by_company(company)
        taxes = position.map_tax(product_taxes)
        unit_price = self._get_tax_included_unit_price_from_price(
            price, product_taxes, product_taxes_after_fp=taxes
        )
        return taxes._get_tax_details(
            unit_price,
            1.0,
            precision_rounding=currency.rounding,
            rounding_method="round_globally",
            product=self,
            product_uom=self.uom_id,
        )

    def _get_shop_prices(self):
        """Return the prices that the acting customer sees in the shop.

        :return: as `_get_portal_prices` does, of the least that can be ordered; empty where prices
            are hidden
        :rtype: dict[int, dict]
        """
        user_sudo = self.env.user  # always sudoed
        company_sudo = user_sudo.company_id
        user_sudo.partner_id._read_for_prices(company_sudo)
        if not user_sudo.partner_id._shows_prices("shop", company_sudo):
            return {}
        quantities = {
            product.id: get_limits(product.portal_min_quantity, product.portal_step_quantity)[0]
            for product in self
        }
        return self._get_portal_prices(user_sudo.partner_id, company_sudo, quantities)
