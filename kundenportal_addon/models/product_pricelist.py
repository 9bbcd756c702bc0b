from odoo import models


class PriceBatch:
    """Rules of price lists that were looked up for several products at once."""

    def __init__(self, products):
        """Begin with none.

        :param products: variants that are going to be priced, one after the other
        """
        self.products = products
        self.rules = {}


class ProductPricelist(models.Model):
    """Price lists look their rules up for a whole page, not for one product after the other."""

    _inherit = "product.pricelist"

    # === HOOKS OF ODOO'S PRICES === #

    def _get_applicable_rules(self, products, date, **kwargs):
        """Ask once for all products of a batch, also where a list is based on another.

        Odoo asks that other list for each product, and each list for each quantity. More rules
        than those of the products do no harm: whether one holds is asked of each.
        """
        batch = self.env.context.get("portal_price_batch")
        if not isinstance(batch, PriceBatch) or products._name != batch.products._name:
            return super()._get_applicable_rules(products, date, **kwargs)
        if not products <= batch.products:
            return super()._get_applicable_rules(products, date, **kwargs)
        key = self.id, date
        if key not in batch.rules:
            batch.rules[key] = super()._get_applicable_rules(batch.products, date, **kwargs)
        return batch.rules[key]
