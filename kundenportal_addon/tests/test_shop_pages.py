from urllib.parse import quote

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..controllers.shop import PRODUCTS_PER_PAGE
from .http_common import PortalHttpCase
from .prices_common import ShopFixture

CARDS = "//ul[contains(@class, 'kp_products')]/li"


class ShopPageCase(ShopFixture, PortalHttpCase):
    def names(self, page):
        return [card.xpath("string(.//h2/a)") for card in page.xpath(CARDS)]

    def send_order(self, contact, *, is_quote_request=False, channel="shop"):
        """Make what becomes of a cart that was sent."""
        return self.env["sale.order"].create(
            {
                "partner_id": contact.id,
                "portal_channel": channel,
                "is_quote_request": is_quote_request,
                "client_order_ref": "Bestellung 17",
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.keyboard.product_variant_ids.id,
                            "product_uom_qty": 3,
                        }
                    )
                ],
            }
        )


@tagged("post_install", "-at_install")
class TestShopPages(ShopPageCase):
    """/my/shop and its articles."""

    def test_list(self):
        self._create_article("Notizblock", 0, description_sale="Liniert\n50 Blatt")
        self._create_article_with_variants("Hemd", 10, (0, 5))
        self.sign_in(self.user)
        page = self.get_page("/my/shop")
        self.assertEqual(self.names(page), ["Hemd", "Notizblock", "Tastatur"])
        shirt, pad, keyboard = page.xpath(CARDS)
        self.assertIn("40", keyboard.xpath("string(.//*[contains(@class, 'kp_price')])"))
        self.assertIn("KP-100", keyboard.xpath("string(.)"))
        form = keyboard.xpath(".//form")[0]
        self.assertEqual((form.get("action"), form.get("method")), ("/my/cart/add", "post"))
        sent = {field.get("name"): field.get("value") for field in form.xpath(".//input")}
        self.assertTrue(sent.pop("csrf_token"))
        self.assertEqual(
            sent,
            {
                "channel": "shop",
                "product_id": str(self.keyboard.product_variant_ids.id),
                "quantity": "1",
                "back": "/my/shop?",
                "row": str(self.keyboard.id),
            },
        )
        self.assertIn("Liniert 50 Blatt", pad.xpath("string(.)"))
        self.assertNotIn("0.00", pad.xpath("string(.//*[contains(@class, 'kp_price')])"))
        self.assertFalse(shirt.xpath(".//form"), "a variant has to be chosen first")
        self.assertTrue(shirt.xpath(".//a[contains(@class, 'kp_choose')]"))
        self.assertFalse(page.xpath("//*[contains(@class, 'kp_no_prices')]"))

    def test_search_category_and_pages(self):
        paper = self.env["product.category"].create({"name": "Papier"})
        for number in range(PRODUCTS_PER_PAGE):
            self._create_article(f"Papier {number:02}", categ_id=paper.id)
        self.sign_in(self.user)
        self.assertEqual(len(self.names(self.get_page("/my/shop"))), PRODUCTS_PER_PAGE)
        self.assertEqual(self.names(self.get_page("/my/shop/page/2")), ["Tastatur"])
        for page in ("0", "99999"):
            self.assertTrue(self.names(self.get_page(f"/my/shop/page/{page}")))
        page = self.get_page("/my/shop?search=papier+03")
        self.assertEqual(self.names(page), ["Papier 03"])
        self.assertEqual(page.xpath("//input[@id='shop_search']/@value"), ["papier 03"])
        page = self.get_page(f"/my/shop?category={self.category.id}&search=tas")
        self.assertEqual(self.names(page), ["Tastatur"])
        self.assertEqual(len(page.xpath("//a[@aria-current='true']")), 1)
        other = page.xpath("//ul[contains(@class, 'kp_categories')]//a/@href")
        self.assertIn("/my/shop?search=tas", other)
        page = self.get_page("/my/shop?search=nichts+davon")
        self.assertEqual(self.names(page), [])
        self.assertTrue(page.xpath("//*[contains(@class, 'kp_found')]"))

    def test_anything_may_be_typed(self):
        self.sign_in(self.user)
        for typed in ("x" * 10000, "\x00", "<script>alert(1)</script>", "%%", "'; --", "²", "-1"):
            for name in ("search", "category"):
                with self.subTest(name=name, typed=typed[:20]):
                    response = self.url_open(f"/my/shop?{name}={quote(typed)}")
                    self.assertEqual(response.status_code, 200)
                    self.assertNotIn("<script>alert(1)", response.text)

    def test_article(self):
        article = self._create_article_with_variants("Hemd <b>", 10, (0, 5))
        article.write({"description_sale": "Erste\nZweite", "portal_min_quantity": 4})
        article.product_variant_ids[0].default_code = "H-1"
        self.sign_in(self.user)
        page = self.get_page(f"/my/shop/{article.id}")
        self.assertEqual(page.xpath("string(//h1)"), "Hemd <b>")
        variants = page.xpath("//*[contains(@class, 'kp_variant')]")
        prices = [one.xpath("string(.//*[contains(@class, 'kp_price')])") for one in variants]
        self.assertIn("10", prices[0])
        self.assertIn("15", prices[1])
        self.assertIn("H-1", variants[0].xpath("string(.)"))
        self.assertEqual(
            page.xpath("//input[@name='product_id']/@value"),
            [str(one.id) for one in article.product_variant_ids],
        )
        quantity = page.xpath("//input[@name='quantity']")[0]
        self.assertEqual((quantity.get("value"), quantity.get("min")), ("4", "4"))
        self.assertTrue(page.xpath("//*[contains(@class, 'kp_quantity_hint')]"))
        page = self.get_page(f"/my/shop/{self.keyboard.id}")
        self.assertFalse(page.xpath("//*[contains(@class, 'kp_variant')]"))
        self.assertIn("40", page.xpath("string(//*[contains(@class, 'kp_price')])"))

    def test_what_is_not_offered_does_not_exist(self):
        other = self._create_article("anderswo", portal_shop_ok=False)
        archived = self._create_article("archiviert", active=False)
        self.sign_in(self.user)
        for number in (other.id, archived.id, self.keyboard.id + 10**6, 2**31, 10**20, 0):
            for suffix in ("", "/image"):
                with self.subTest(number=number, suffix=suffix), mute_logger("odoo.http"):
                    self.get_page(f"/my/shop/{number}{suffix}", 404)

    def test_pictures(self):
        article = self._create_article_with_variants("Hemd", 10, (0, 5))
        article.product_variant_ids[1].image_variant_1920 = self._create_picture("blue")
        self.keyboard.image_1920 = self._create_picture()
        self.sign_in(self.user)
        page = self.get_page("/my/shop")
        shirt, keyboard = page.xpath("//ul[contains(@class, 'kp_products')]//img/@src")
        for url in (shirt, keyboard):
            response = self.url_open(url)
            self.assertEqual(response.status_code, 200)
            self.assertEqual(response.headers["Content-Type"], "image/png")
            cache = response.headers["Cache-Control"]
            self.assertIn("private", cache)
            self.assertIn("immutable", cache)
        page = self.get_page(f"/my/shop/{article.id}")
        self.assertEqual(len(page.xpath("//*[contains(@class, 'kp_variant')]//img")), 1)
        self.keyboard.image_1920 = self._create_picture("green")
        page = self.get_page("/my/shop")
        urls = page.xpath("//ul[contains(@class, 'kp_products')]//img/@src")
        self.assertIn(shirt, urls)
        self.assertNotIn(keyboard, urls, "browsers must not keep the old picture")
        self.assertEqual(self.url_open(f"{keyboard}&size=9999&variant=abc").status_code, 200)
        self.leave()
        self.assertAtLogin(self.url_open(keyboard))
        self.sign_in(self.stranger)
        self.stranger.portal_withheld_function_ids = self.functions["shop"]
        with mute_logger("odoo.http"):
            self.get_page(keyboard, 404)

    def test_without_the_shop_there_is_none(self):
        self.user.portal_withheld_function_ids = self.functions["shop"]
        self.sign_in(self.user)
        with mute_logger("odoo.http"):
            for url in ("/my/shop", f"/my/shop/{self.keyboard.id}", "/my/shop/requests"):
                self.get_page(url, 404)

    def test_queries(self):
        pricelist_items = [{"compute_price": "percentage", "percent_price": n} for n in range(3)]
        self._create_pricelist(*pricelist_items, partners=[self.nord])
        self.keyboard.image_1920 = self._create_picture()
        self.sign_in(self.user)
        few = self.count_page_queries("/my/shop")
        for number in range(PRODUCTS_PER_PAGE):
            self._create_article(f"Papier {number:02}", image_1920=self._create_picture())
        self._create_article_with_variants("Hemd", 10, (0, 5, 6, 7))
        self.assertPageQueries("/my/shop", few + 1)
        self.assertPageQueries("/my/shop", 30)
        self.assertPageQueries(f"/my/shop/{self.keyboard.id}", 30)
        self.company.portal_shop_show_prices = False
        self.assertPageQueries("/my/shop", 30)


@tagged("post_install", "-at_install")
class TestSentOrders(ShopPageCase):
    """/my/shop/requests: what became of what was sent."""

    def stages(self, contact):
        self.sign_in(contact)
        page = self.get_page("/my/shop/requests")
        rows = page.xpath("//li[contains(@class, 'kp_sent_order')]")
        prefix = "kp_sent_stage_"
        return {
            int(row.xpath("string(.//a/@href)").rpartition("/")[2]): next(
                name.removeprefix(prefix)
                for name in row.xpath(".//*[contains(@class, 'kp_sent_stage')]/@class")[0].split()
                if name.startswith(prefix)
            )
            for row in rows
        }

    def test_how_far_it_is(self):
        order = self.send_order(self.user, is_quote_request=True)

        def stage():
            self.env.flush_all()
            return self.stages(self.user)[order.id]

        self.assertEqual(stage(), "draft")
        order.with_user(self.as_salesman()).note = "Wird geprüft"
        self.assertEqual(stage(), "working")
        order.action_quotation_sent()
        self.assertEqual(stage(), "sent")
        order.validity_date = "2020-01-01"
        self.assertEqual(stage(), "expired")
        order.action_draft()
        self.assertEqual(stage(), "working", "the quotation is revised")
        order.action_confirm()
        self.assertEqual(stage(), "sale")
        order._action_cancel()
        self.assertEqual(stage(), "cancel")

    def as_salesman(self):
        self.officer.group_ids |= self.env.ref("sales_team.group_sale_salesman_all_leads")
        return self.officer

    def test_who_sees_what(self):
        own, colleagues = self.send_order(self.user), self.send_order(self.user2)
        foreign = self.send_order(self.stranger)
        by_staff = self._create_order(self.user, "sent")
        self.assertEqual(set(self.stages(self.user)), {own.id})
        self.assertEqual(set(self.stages(self.main)), {own.id, colleagues.id})
        self.assertEqual(set(self.stages(self.stranger)), {foreign.id})
        self.sign_in(self.user)
        self.get_page(f"/my/shop/requests/{own.id}")
        with mute_logger("odoo.http"):
            for number in (colleagues.id, foreign.id, by_staff.id, own.id + 10**6, 2**31, 10**20):
                self.get_page(f"/my/shop/requests/{number}", 404)
        self.company.portal_restrict_documents = False
        self.assertEqual(set(self.stages(self.user)), {own.id, colleagues.id})

    def test_only_of_shops_that_one_has(self):
        shop, printers = self.send_order(self.user), self.send_order(self.user, channel="printers")
        self.assertEqual(set(self.stages(self.user)), {shop.id})
        self.user.portal_extra_function_ids = self.functions["printers"]
        self.assertEqual(set(self.stages(self.user)), {shop.id, printers.id})
        self.user.portal_withheld_function_ids = self.functions["shop"]
        self.assertEqual(set(self.stages(self.user)), {printers.id})

    def test_page(self):
        order = self.send_order(self.user)
        self.sign_in(self.user)
        page = self.get_page(f"/my/shop/requests/{order.id}")
        text = " ".join(page.text_content().split())
        for word in (order.name, "Bestellung 17", "Tastatur"):
            self.assertIn(word, text)
        self.assertEqual(
            page.xpath("//a[contains(@class, 'kp_document')]/@href"), [f"/my/orders/{order.id}"]
        )
        self.user.portal_withheld_function_ids = self.functions["documents"]
        page = self.get_page(f"/my/shop/requests/{order.id}")
        self.assertFalse(page.xpath("//a[contains(@class, 'kp_document')]"), "leads nowhere")

    def test_queries_do_not_grow(self):
        self.send_order(self.user)
        self.sign_in(self.main)
        few = self.count_page_queries("/my/shop/requests")
        for _number in range(5):
            self.send_order(self.user, is_quote_request=True)
            self.send_order(self.user2)
        self.assertPageQueries("/my/shop/requests", few)
        self.assertPageQueries("/my/shop/requests", 30)
