from urllib.parse import urlencode

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import escape_psql

from ..tools.quantity import get_limits, show_quantity
from ..tools.typed_text import clean

#: Nobody searches for more, and the database takes no NUL.
SEARCH_LENGTH = 100
#: Each word is a condition of its own.
SEARCH_WORDS = 10
#: Room for a product's description in the list.
SUMMARY_LENGTH = 120


#: What is read of each product, to show it and to say what it costs.
SHOWN_FIELDS = [
    "name",
    "default_code",
    "description_sale",
    "categ_id",
    "uom_id",
    "company_id",
    "list_price",
    "portal_min_quantity",
    "portal_step_quantity",
]


class ProductTemplate(models.Model):
    """The online shop as customers see it: what is found, and what is shown of it.

    Customers read no products; what they are shown is looked up for them as superuser.
    """

    _inherit = "product.template"

    # === BUSINESS METHODS: WHAT IS FOUND === #

    @api.model
    def _get_shop_products(self):
        """Return the model as the acting customer's shop uses it: past its rights, for our company.

        :return: an empty recordset
        """
        return self.sudo().with_company(self.env.user.company_id)  # see the class's docstring

    @api.model
    def _get_shop_domain(self):
        """Return what is in the shop of the environment's company.

        :rtype: Domain
        """
        return (
            Domain("portal_shop_ok", "=", True)
            & Domain("sale_ok", "=", True)
            & Domain("type", "!=", "combo")
            & Domain("company_id", "in", [False, *self.env.company.parent_ids.ids])
        )

    @api.model
    def _find_in_shop(self, template_id):
        """Return a product of the acting customer's shop, empty if it is not there.

        :param int template_id: as the browser sent it
        :return: as superuser
        """
        products_sudo = self._get_shop_products()
        domain = products_sudo._get_shop_domain() & Domain("id", "=", template_id)
        return products_sudo.search_fetch(domain, SHOWN_FIELDS)

    @api.model
    def _read_shop_choice(self, typed):
        """Return what a browser asks of the list; what nobody knows is as if it were not there.

        :param dict typed: as it came; may be anything
        :return: ``search`` and ``category`` (an id as text), empty if nothing was asked for
        :rtype: dict[str, str]
        """
        category = clean(typed.get("category"), 9)  # no larger ids than the database knows
        return {
            "search": clean(typed.get("search"), SEARCH_LENGTH),
            "category": category if category.isdecimal() and category.isascii() else "",
        }

    @api.model
    def _get_shop_choice_domain(self, choice):
        """Return the products that are asked for.

        :param dict choice: as `_read_shop_choice` returns it
        :rtype: Domain
        """
        words = choice["search"].split()[:SEARCH_WORDS]
        domain = self._get_shop_domain() & Domain.AND(map(self._get_shop_word_domain, words))
        if choice["category"]:
            domain &= Domain("categ_id", "=", int(choice["category"]))
        return domain

    @api.model
    def _get_shop_word_domain(self, word):
        needle = escape_psql(word)
        return (
            Domain("name", "ilike", needle)
            | Domain("description_sale", "ilike", needle)
            | Domain("product_variant_ids.default_code", "ilike", needle)
            | Domain("product_variant_ids.barcode", "=", word)
        )

    @api.model
    def _count_for_shop(self, choice):
        """Return how many products `_search_for_shop` finds, and in which categories.

        :param dict choice: as `_read_shop_choice` returns it
        :return: how many are found without a limit; and for each category, the one that is asked
            for or not, dicts ``name``, ``url``, ``count`` and ``is_chosen``, by name
        :rtype: tuple[int, list[dict]]
        """
        products_sudo = self._get_shop_products()
        domain = products_sudo._get_shop_choice_domain({**choice, "category": ""})
        counts = dict(products_sudo._read_group(domain, ["categ_id"], ["__count"]))
        categories = [
            {
                "name": category.complete_name,
                "url": self._get_shop_url({**choice, "category": str(category.id)}),
                "count": count,
                "is_chosen": str(category.id) == choice["category"],
            }
            for category, count in counts.items()
            if category
        ]
        chosen = sum(one["count"] for one in categories if one["is_chosen"])
        total = chosen if choice["category"] else sum(counts.values())
        return total, sorted(categories, key=lambda one: one["name"].casefold())

    @api.model
    def _get_shop_url(self, choice):
        """Return the address of the list with what is asked for.

        :param dict choice: as `_read_shop_choice` returns it
        :rtype: str
        """
        asked = urlencode({name: value for name, value in choice.items() if value})
        return f"/my/shop?{asked}" if asked else "/my/shop"

    @api.model
    def _search_for_shop(self, choice, limit=None, offset=0):
        """Return a page of the acting customer's shop.

        :param dict choice: as `_read_shop_choice` returns it
        :param int limit: products of the page
        :param int offset: products before it
        :return: as superuser
        """
        products_sudo = self._get_shop_products()
        return products_sudo.search_fetch(
            products_sudo._get_shop_choice_domain(choice),
            SHOWN_FIELDS,
            order="name, id",
            limit=limit,
            offset=offset,
        )

    # === BUSINESS METHODS: WHAT IS SHOWN === #

    def _prepare_shop_rows(self):
        """Return what the shop's list shows of each product; without prices where they are hidden.

        :return: ``id``, ``url``, ``name``, ``code``, ``summary``, ``picture_url``, ``unit``,
            ``minimum``, ``step``, ``product_id`` (empty if there are several variants),
            ``variant_count``, ``price`` (as `_get_portal_prices` returns it, of the cheapest
            variant; None where prices are hidden) and ``is_from`` (whether others cost more)
        :rtype: list[dict]
        """
        prices = self.product_variant_ids._get_shop_prices()
        pictures = self._get_shop_pictures("256")
        return [template._prepare_shop_row(prices, pictures) for template in self]

    def _prepare_shop_row(self, prices, pictures):
        """Return one of `_prepare_shop_rows`.

        :param dict prices: as `_get_shop_prices` returns them
        :param dict pictures: as `_get_shop_pictures` returns them
        :rtype: dict
        """
        self.ensure_one()
        variants = self.product_variant_ids
        own_prices = [prices[one.id] for one in variants if one.id in prices]
        return {
            **self._prepare_shop_quantity(),
            "id": self.id,
            "url": f"/my/shop/{self.id}",
            "name": self.name,
            "code": self.default_code or "",
            "summary": self._get_shop_summary(),
            "picture_url": pictures.get(self, ""),
            "product_id": variants.id if len(variants) == 1 else "",
            "variant_count": len(variants),
            "price": min(own_prices, key=lambda one: one["price"], default=None),
            "is_from": len({one["price"] for one in own_prices}) > 1,
        }

    def _prepare_shop_page(self):
        """Return what a product's page shows; without prices where they are hidden.

        :return: as `_prepare_shop_rows` does, and ``description``, ``category`` and ``variants``:
            dicts ``product_id``, ``name`` (what makes the difference), ``code``, ``picture_url``
            and ``price``
        :rtype: dict
        """
        self.ensure_one()
        prices = self.product_variant_ids._get_shop_prices()
        pictures = self._get_shop_pictures("512")
        return {
            **self._prepare_shop_row(prices, pictures),
            "description": self.description_sale or "",
            "category": self.categ_id.complete_name or "",
            "variants": [
                {
                    "product_id": one.id,
                    "name": ", ".join(one.product_template_attribute_value_ids.mapped("name")),
                    "code": one.default_code or "",
                    "picture_url": pictures.get(one, ""),
                    "price": prices.get(one.id),
                }
                for one in self.product_variant_ids
            ],
        }

    def _prepare_shop_quantity(self):
        """Return how much can be ordered of a product, as number fields of a form take it.

        :return: ``unit``, ``minimum`` and ``step``
        :rtype: dict[str, str]
        """
        minimum, step = get_limits(self.portal_min_quantity, self.portal_step_quantity)
        return {
            "unit": self.uom_id.name,
            "minimum": show_quantity(minimum),
            "step": show_quantity(step),
        }

    def _get_shop_summary(self):
        """Return the beginning of the description, in one line."""
        text = " ".join((self.description_sale or "").split())
        if len(text) <= SUMMARY_LENGTH:
            return text
        return text[: SUMMARY_LENGTH - 1].rstrip() + "…"
