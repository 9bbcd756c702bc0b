"""What tests of the shop share: articles, a customer's price list, and where numbers may hide."""

import base64
import re
from io import BytesIO

from PIL import Image

from odoo.fields import Command


class ShopFixture:
    """Mixin for test cases with the portal's fixture: everybody has the shop, prices are shown."""

    @classmethod
    def _extend_portal_fixture(cls):
        result = super()._extend_portal_fixture()
        cls.company.portal_default_function_ids |= cls.functions["shop"]
        cls.company.write({"portal_shop_show_prices": True, "portal_printers_show_prices": True})
        # What the demo data offer is their own business.
        cls.env["product.template"].search([("portal_shop_ok", "=", True)]).portal_shop_ok = False
        cls.tax = cls._create_tax(19)
        cls.category = cls.env["product.category"].create({"name": "Büro"})
        cls.keyboard = cls._create_article("Tastatur", 40, default_code="KP-100")
        return result

    @classmethod
    def _create_tax(cls, amount, **values):
        return cls.env["account.tax"].create(
            {"name": f"KP {amount} % {values}", "amount": amount, **values}
        )

    @classmethod
    def _create_article(cls, name, price=1.0, **values):
        """Offer an article in the shop; a template."""
        return cls.env["product.template"].create(
            {
                "name": name,
                "list_price": price,
                "portal_shop_ok": True,
                "taxes_id": [Command.set(cls.tax.ids)],
                "categ_id": cls.category.id,
                **values,
            }
        )

    @classmethod
    def _create_article_with_variants(cls, name, price=10.0, extras=(0, 5)):
        """Offer an article in sizes, each with its extra price."""
        attribute = cls.env["product.attribute"].create(
            {
                "name": "Größe",
                "value_ids": [
                    Command.create({"name": f"Größe {number}"}) for number in range(len(extras))
                ],
            }
        )
        values = [Command.set(attribute.value_ids.ids)]
        line = Command.create({"attribute_id": attribute.id, "value_ids": values})
        article = cls._create_article(name, price, attribute_line_ids=[line])
        of_article = article.attribute_line_ids.product_template_value_ids
        for value, extra in zip(of_article, extras, strict=True):
            value.price_extra = extra
        return article

    @classmethod
    def _create_pricelist(cls, *items, partners=(), **values):
        """Give customers a price list of their own."""
        # As the setting does, for everybody; without a list of its own one has the first.
        cls.env.ref("base.group_user").implied_ids |= cls.env.ref("product.group_product_pricelist")
        cls.env["product.pricelist"].create({"name": "KP default", "sequence": -1})
        pricelist = cls.env["product.pricelist"].create(
            {"name": "KP", "item_ids": [Command.create(item) for item in items], **values}
        )
        for partner in partners:
            partner.property_product_pricelist = pricelist
        return pricelist

    @classmethod
    def _create_picture(cls, color="red"):
        stream = BytesIO()
        Image.new("RGB", (8, 8), color).save(stream, "PNG")
        return base64.b64encode(stream.getvalue())


def number_pattern(number):
    """Return a pattern that finds an amount, however it is written.

    With or without separators of thousands, with comma or dot, to the cent; not as a part of
    another number.
    """
    whole, cents = f"{number:.2f}".split(".")
    groups = [whole[max(end - 3, 0) : end] for end in range(len(whole), 0, -3)][::-1]
    thousands = r"[.,'’\s\u00a0\u202f]?".join(groups)
    cents = f"[.,]{cents[0]}{'' if cents[1] == '0' else cents[1]}"
    return re.compile(rf"(?<!\d){thousands}{cents}")
