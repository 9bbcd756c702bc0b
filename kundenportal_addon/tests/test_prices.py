from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .common import PortalCase
from .prices_common import ShopFixture


@tagged("post_install", "-at_install")
class TestPriceMode(ShopFixture, PortalCase):
    """Who sees prices in which shop."""

    def modes(self, partner):
        return [partner._shows_prices(channel, self.company) for channel in ("shop", "printers")]

    def test_company_decides_for_each_shop(self):
        self.assertEqual(self.modes(self.user), [True, True])
        self.company.portal_shop_show_prices = False
        self.assertEqual(self.modes(self.user), [False, True])
        self.company.portal_printers_show_prices = False
        self.assertEqual(self.modes(self.main), [False, False])

    def test_customers_own_setting_beats_the_companys(self):
        self.nord.portal_shop_prices = "hidden"
        self.assertEqual(self.modes(self.user), [False, True])
        self.assertEqual(self.modes(self.nord), [False, True])
        self.assertEqual(self.modes(self.stranger), [True, True])
        self.company.portal_shop_show_prices = False
        self.nord.portal_shop_prices = "shown"
        self.assertEqual(self.modes(self.user), [True, True])
        self.person.portal_printers_prices = "hidden"
        self.assertEqual(self.modes(self.person), [False, False])

    def test_a_contacts_own_setting_means_nothing(self):
        """Its form does not show it; what somebody imported must not split a company."""
        self.user.portal_shop_prices = "hidden"
        self.assertEqual(self.modes(self.user), [True, True])

    def test_customers_do_not_read_the_setting(self):
        own = self.user.with_user(self.user.user_ids)
        fields_read = own.fields_get(attributes=["type"])
        self.assertNotIn("portal_shop_prices", fields_read)
        self.assertNotIn(
            "portal_shop_show_prices", self.company.with_user(self.user.user_ids).fields_get()
        )


@tagged("post_install", "-at_install")
class TestPrices(ShopFixture, PortalCase):
    """What articles cost a customer: as an order of its own says."""

    def price_of(self, article, partner=None, quantity=1):
        product = article.product_variant_ids[:1]
        prices = product._get_portal_prices(
            partner or self.user, self.company, {product.id: quantity}
        )
        return prices[product.id]

    def assertAsOrdered(self, article, partner=None, quantity=1):  # noqa: N802
        """Check that one unit costs what a line of an order says."""
        partner = partner or self.user
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": article.product_variant_ids[:1].id,
                            "product_uom_qty": quantity,
                        }
                    )
                ],
            }
        )
        price, line = self.price_of(article, partner, quantity), order.order_line
        self.assertEqual(price["currency"], order.currency_id)
        self.assertAlmostEqual(price["untaxed"] * quantity, line.price_subtotal, 2)
        self.assertAlmostEqual(price["taxed"] * quantity, line.price_total, 2)
        return price

    def test_list_price_without_a_price_list(self):
        price = self.assertAsOrdered(self.keyboard)
        self.assertEqual((price["untaxed"], round(price["taxed"], 2)), (40, 47.6))

    def test_the_customers_own_price_list(self):
        self._create_pricelist(
            {"applied_on": "1_product", "product_tmpl_id": self.keyboard.id, "fixed_price": 33},
            {
                "applied_on": "1_product",
                "product_tmpl_id": self.keyboard.id,
                "fixed_price": 30,
                "min_quantity": 10,
            },
            partners=[self.nord],
        )
        self.assertEqual(self.assertAsOrdered(self.keyboard)["untaxed"], 33)
        self.assertEqual(self.assertAsOrdered(self.keyboard, quantity=10)["untaxed"], 30)
        self.assertEqual(self.assertAsOrdered(self.keyboard, self.stranger)["untaxed"], 40)

    def test_several_quantities_at_once(self):
        mouse = self._create_article("Maus", 20)
        self._create_pricelist(
            {"compute_price": "percentage", "percent_price": 50, "min_quantity": 5},
            partners=[self.nord],
        )
        products = (self.keyboard | mouse).product_variant_ids
        prices = products._get_portal_prices(
            self.user, self.company, {mouse.product_variant_ids.id: 5}
        )
        self.assertEqual([prices[product.id]["untaxed"] for product in products], [40, 10])

    def test_a_price_list_in_another_currency(self):
        dollar = self.env.ref("base.USD")
        if dollar == self.company.currency_id:
            dollar = self.env.ref("base.EUR")
        dollar.active = True
        self.env["res.currency.rate"].search([("currency_id", "=", dollar.id)]).unlink()
        self.env["res.currency.rate"].create(
            {
                "currency_id": dollar.id,
                "rate": 2,
                "name": fields.Date.today() - timedelta(days=1),
                "company_id": self.company.id,
            }
        )
        self._create_pricelist(currency_id=dollar.id, partners=[self.nord])
        price = self.assertAsOrdered(self.keyboard)
        self.assertEqual((price["untaxed"], price["currency"]), (80, dollar))

    def test_taxes_of_the_customers_fiscal_position(self):
        abroad = self.env["account.fiscal.position"].create({"name": "KP abroad"})
        self.nord.property_account_position_id = abroad
        self.user.property_account_position_id = abroad
        price = self.assertAsOrdered(self.keyboard)
        self.assertEqual(price["taxed"], price["untaxed"])

    def test_prices_that_include_their_taxes(self):
        included = self._create_tax(25, price_include_override="tax_included")
        self.keyboard.taxes_id = included
        price = self.assertAsOrdered(self.keyboard)
        self.assertEqual((price["untaxed"], price["taxed"]), (32, 40))

    def test_shown_as_our_company_works(self):
        self.assertEqual(self.company.account_price_include, "tax_excluded")
        price = self.price_of(self.keyboard)
        self.assertEqual((price["price"], price["is_taxed"]), (40, False))
        self.env.cr.execute(
            "UPDATE res_company SET account_price_include = 'tax_included' WHERE id = %s",
            [self.company.id],
        )
        self.company.invalidate_recordset()
        price = self.price_of(self.keyboard)
        self.assertTrue(price["is_taxed"])
        self.assertEqual(price["price"], price["taxed"])

    def test_less_than_a_cent(self):
        screw = self._create_article("Schraube", 0.004)
        self.assertAsOrdered(screw, quantity=1000)
        self.assertFalse(self.price_of(screw)["untaxed"] == 0)

    def test_nothing_to_pay_means_on_request(self):
        self.assertTrue(self.price_of(self._create_article("Unverkäuflich", 0))["is_on_request"])
        self.assertFalse(self.price_of(self.keyboard)["is_on_request"])

    def test_extra_prices_of_variants(self):
        article = self._create_article_with_variants("Hemd", 10, (0, 5))
        prices = article.product_variant_ids._get_portal_prices(self.user, self.company)
        self.assertEqual(sorted(price["untaxed"] for price in prices.values()), [10, 15])

    def test_queries_do_not_grow(self):
        def count(number):
            articles = self.env["product.template"].union(
                *(self._create_article(f"Artikel {number}", 7) for number in range(number))
            )
            self._create_pricelist(
                *({"compute_price": "percentage", "percent_price": n} for n in range(3)),
                partners=[self.nord],
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            articles.product_variant_ids._get_portal_prices(self.user, self.company)
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertLessEqual(count(40), count(2))


@tagged("post_install", "-at_install")
class TestShopProducts(ShopFixture, PortalCase):
    """What is in the shop."""

    def found(self, contact=None, **choice):
        products = self.env["product.template"].with_user((contact or self.user).user_ids)
        return products._search_for_shop({"search": "", "category": "", **choice})

    def test_only_what_is_offered_and_sold(self):
        hidden = {
            "archived": {"active": False},
            "unsaleable": {"sale_ok": False},
            "not in the shop": {"portal_shop_ok": False},
        }
        for name, values in hidden.items():
            self._create_article(name, **values)
        combo = self.env["product.combo"].create(
            {
                "name": "x",
                "combo_item_ids": [
                    Command.create({"product_id": self.keyboard.product_variant_ids.id})
                ],
            }
        )
        self._create_article("combo", type="combo", combo_ids=[Command.set(combo.ids)])
        self.assertEqual(self.found(), self.keyboard)

    def test_each_company_has_its_own_shop(self):
        other = self.env["res.company"].create({"name": "KP other"})
        theirs = self._create_article("theirs", company_id=other.id, taxes_id=False)
        theirs.with_company(other).portal_shop_ok = True
        shared = self._create_article("shared", portal_shop_ok=False)
        shared.with_company(other).portal_shop_ok = True
        self.assertEqual(self.found(), self.keyboard)

    def test_search(self):
        self._create_article("Notizblock", description_sale="Liniert, 50 Blatt", barcode="4711")
        for text, expected in {
            "tasta": "Tastatur",
            "kp-100": "Tastatur",
            "LINIERT blatt": "Notizblock",
            "4711": "Notizblock",
            "47": "",
            "Tastatur liniert": "",
            "%": "",
            "_": "",
            "\\": "",
        }.items():
            with self.subTest(text=text):
                names = self.found(search=text).mapped("name")
                self.assertEqual(names, [expected] if expected else [])

    def test_categories_of_what_is_found(self):
        other = self.env["product.category"].create(
            {"name": "Papier", "parent_id": self.category.id}
        )
        self._create_article("Ordner", categ_id=other.id)
        self.env["product.category"].create({"name": "leer"})
        products = self.env["product.template"].with_user(self.user.user_ids)
        choice = products._read_shop_choice({"category": str(other.id)})
        total, categories = products._count_for_shop(choice)
        self.assertEqual(total, 1)
        self.assertEqual(
            [(one["name"], one["count"], one["is_chosen"]) for one in categories],
            [("Büro", 1, False), ("Büro / Papier", 1, True)],
        )
        self.assertEqual(self.found(**choice).name, "Ordner")
        for nonsense in ("abc", "²", "-1", "1 OR 1", b"file", None):
            with self.subTest(category=nonsense):
                self.assertEqual(products._read_shop_choice({"category": nonsense})["category"], "")

    def test_rows_without_prices_have_none(self):
        rows = self.found()._prepare_shop_rows()
        self.assertEqual(rows[0]["price"]["price"], 40)
        self.company.portal_shop_show_prices = False
        self.assertIsNone(self.found()._prepare_shop_rows()[0]["price"])
        self.assertIsNone(self.found()._prepare_shop_page()["variants"][0]["price"])

    def test_the_cheapest_variant_stands_in_the_list(self):
        article = self._create_article_with_variants("Hemd", 10, (5, 0, 7))
        row = self.found(search="Hemd")._prepare_shop_rows()[0]
        self.assertEqual((row["price"]["price"], row["variant_count"]), (10, 3))
        self.assertFalse(row["product_id"], "which one has to be chosen")
        article.product_variant_ids[1].active = False
        row = self.found(search="Hemd")._prepare_shop_rows()[0]
        self.assertEqual((row["price"]["price"], row["variant_count"]), (15, 2))
