import json
from unittest.mock import patch

from lxml import html

from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .http_common import PortalHttpCase
from .prices_common import ShopFixture, number_pattern

#: As many records of a model are read as anybody.
READ_AT_MOST = 200


class HiddenPricesCase(ShopFixture, PortalHttpCase):
    """An article with a price that is found anywhere, and a customer who must not learn it."""

    @classmethod
    def _extend_portal_fixture(cls):
        result = super()._extend_portal_fixture()
        cls.company.portal_default_function_ids |= (
            cls.functions["activities"] | cls.functions["messages"] | cls.functions["printers"]
        )
        cls.company.write({"portal_shop_show_prices": False, "portal_printers_show_prices": False})
        cls.laptop = cls._create_article("Laptop", 98765.43, default_code="KP-9")
        cls.shirt = cls._create_article_with_variants("Hemd", 54321.98, (0, 4321.76))
        cls._create_pricelist(
            {"applied_on": "1_product", "product_tmpl_id": cls.laptop.id, "fixed_price": 87654.32},
            partners=[cls.nord],
        )
        cls.toner = cls._create_article(
            "Toner", 76543.21, portal_shop_ok=False, supply_kind="toner", supply_color="black"
        )
        cls.model = cls._create_article(
            "LaserJet",
            65432.19,
            portal_shop_ok=False,
            is_printer=True,
            supply_ids=[(6, 0, cls.toner.ids)],
        )
        cls.printer = cls.env["maintenance.equipment"].create(
            {
                "name": "Drucker im Flur",
                "customer_id": cls.nord.id,
                "printer_model_id": cls.model.id,
            }
        )
        return result

    def setUp(self):
        super().setUp()
        # Sent mails are looked at afterwards.
        self.startPatcher(patch.object(self.registry["mail.mail"], "unlink", lambda mails: True))
        self.secrets = {}
        for article in (self.laptop, self.shirt, self.toner, self.model):
            for product in article.product_variant_ids:
                self.add_secret(product.lst_price)
        self.add_secret(87654.32)

    # === NUMBERS === #

    def add_secret(self, number):
        if number:
            self.secrets[round(number, 2)] = number_pattern(number)

    def add_secrets_of(self, orders):
        for order in orders.sudo():
            for name in ("amount_untaxed", "amount_tax", "amount_total"):
                self.add_secret(order[name])
            for line in order.order_line:
                for name in ("price_unit", "price_subtotal", "price_tax", "price_total"):
                    self.add_secret(line[name])

    def found_in(self, text):
        return {number for number, pattern in self.secrets.items() if pattern.search(text)}

    def assertTellsNothing(self, text, where):  # noqa: N802 (named like unittest's)
        found = self.found_in(text)
        self.assertFalse(found, f"{where} tells a price")

    # === THE CUSTOMER === #

    def put_in(self, channel, product, quantity="3", equipment=""):
        response = self.submit(
            "/my/cart/add",
            channel=channel,
            product_id=str(product.id),
            equipment_id=equipment,
            quantity=quantity,
        )
        self.assertEqual(response.headers.get("Location", "").split("?")[0][-8:], "/my/cart")

    def send_cart(self, channel):
        """Send a cart from its page; return the order."""
        response = self.url_open("/my/cart")
        self.assertTellsNothing(response.text, "/my/cart")
        forms = html.fromstring(response.content).xpath("//form[.//input[@name='form_key']]")
        (form,) = (
            one for one in forms if one.xpath(".//input[@name='channel']/@value") == [channel]
        )
        values = {
            name: value for name, value in dict(form.form_values()).items() if name != "csrf_token"
        }
        before = self.env["sale.order"].search([])
        response = self.submit("/my/cart/send", **values)
        self.assertTellsNothing(response.text, "/my/cart/send")
        order = self.env["sale.order"].search([]) - before
        self.assertEqual(len(order), 1, response.text)
        self.assertTrue(order.is_quote_request)
        self.add_secrets_of(order)
        return order

    def send_requests(self, contact):
        """Ask for quotations in both shops, through the pages."""
        self.sign_in(contact)
        self.put_in("shop", self.laptop.product_variant_ids)
        self.put_in("shop", self.shirt.product_variant_ids[1])
        self.put_in("printers", self.toner.product_variant_ids, "2", str(self.printer.id))
        return self.send_cart("shop") | self.send_cart("printers")

    # === WAYS TO A PRICE === #

    def page_addresses(self, orders):
        """Return every page that begins with /my, those of records as far as there are any."""
        rules = self.env["ir.http"].routing_map().iter_rules()
        urls = {
            rule.rule
            for rule in rules
            if rule.rule.startswith("/my")
            and not rule.arguments
            and (rule.methods is None or "GET" in rule.methods)
            and rule.endpoint.routing["type"] == "http"
        }
        self.assertIn("/my/shop", urls)
        for article in self.laptop | self.shirt:
            urls |= {f"/my/shop/{article.id}", f"/my/shop/{article.id}/image"}
        urls |= {
            f"/my/printers/{self.printer.id}",
            "/my/shop?search=98765",
            "/my/shop?search=Laptop",
            "/my/shop/page/1",
            "/my/orders/page/1",
            "/my/shop/requests/page/1",
        }
        for order in orders:
            token = order._portal_ensure_token()
            for url in (
                f"/my/orders/{order.id}",
                f"/my/orders/{order.id}/download_edi",
                f"/report/html/sale.report_saleorder/{order.id}",
                f"/report/pdf/sale.report_saleorder/{order.id}",
                f"/mail/view?model=sale.order&res_id={order.id}",
            ):
                mark = "&" if "?" in url else "?"
                urls |= {url, f"{url}{mark}access_token={token}"}
            for kind in ("html", "pdf", "text"):
                urls.add(
                    f"/my/orders/{order.id}?access_token={token}&report_type={kind}&download=1"
                )
            urls |= {
                f"/my/shop/requests/{order.id}",
                f"/my/cart/sent/{order.id}",
                f"/my/cart/release/{order.id}",
            }
        return sorted(urls)

    def json_calls(self, orders):
        product = self.laptop.product_variant_ids
        currency = self.company.currency_id.id
        for pricelist in (False, self.nord.property_product_pricelist.id):
            yield (
                "/sale/product_configurator/get_values",
                {
                    "product_template_id": self.laptop.id,
                    "quantity": 3,
                    "currency_id": currency,
                    "so_date": "2026-01-01",
                    "pricelist_id": pricelist,
                },
            )
        for order in orders:
            token = order._portal_ensure_token()
            yield (
                "/product/catalog/order_lines_info",
                {"res_model": "sale.order", "order_id": order.id, "product_ids": product.ids},
            )
            yield (
                "/mail/thread/messages",
                {"thread_model": "sale.order", "thread_id": order.id, "token": token},
            )
            yield (
                "/mail/data",
                {
                    "fetch_params": [
                        [
                            "mail.thread",
                            {
                                "thread_model": "sale.order",
                                "thread_id": order.id,
                                "request_list": ["followers", "attachments", "messages"],
                                "access_params": {"token": token},
                            },
                        ]
                    ]
                },
            )
            yield f"/my/orders/{order.id}/accept", {"access_token": token, "name": "x"}
            for model, method, arguments in (
                ("sale.order", "search_read", [[]]),
                ("sale.order", "read", [order.ids]),
                ("sale.order", "web_read", [order.ids, {"amount_total": {}}]),
                ("sale.order", "formatted_read_group", [[], [], ["amount_total:sum"]]),
                ("sale.order.line", "search_read", [[]]),
                ("product.product", "search_read", [[]]),
                ("product.template", "read", [self.laptop.ids]),
                ("product.pricelist.item", "search_read", [[]]),
                ("kundenportal.cart.line", "search_read", [[]]),
            ):
                yield (
                    f"/web/dataset/call_kw/{model}/{method}",
                    {"model": model, "method": method, "args": arguments, "kwargs": {}},
                )

    def read_all(self, user):
        """Return all that a user can read of any model, as the same methods tell remote calls."""
        self.env.flush_all()
        told = {}
        for name in sorted(self.env.registry):
            model = self.env[name].with_user(user)
            if model._abstract or not model._auto or not model.has_access("read"):
                continue
            with mute_logger("odoo.models", "odoo.sql_db"), self.env.cr.savepoint():
                told[name] = self.read_model(model)
            self.env.invalidate_all()
        return told

    def read_model(self, model):
        try:
            records = model.with_context(active_test=False).search([], limit=READ_AT_MOST)
        except (AccessError, UserError):
            return ""
        values = []
        for field_name in model.fields_get(attributes=["type"]):
            if model._fields[field_name].type == "binary":
                continue
            try:
                values += records.read([field_name], load=None)
            except (AccessError, MissingError, UserError, ValidationError, ValueError):
                records.env.invalidate_all(flush=False)
        return json.dumps(values, default=str)


@tagged("post_install", "-at_install")
class TestPricesHidden(HiddenPricesCase):
    """Hidden prices stand in no byte that reaches the customer, until staff send a quotation."""

    def test_pages_documents_and_calls(self):
        orders = self.send_requests(self.user)
        for contact in (self.user, self.main):
            self.sign_in(contact)
            for url in self.page_addresses(orders):
                with (
                    self.subTest(url=url, contact=contact.name),
                    mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"),
                ):
                    response = self.url_open(url)
                    self.assertLess(response.status_code, 500)
                    self.assertTellsNothing(response.text, url)
                    if "pdf" in url:
                        self.assertNotIn(b"%PDF", response.content)
            for url, params in self.json_calls(orders):
                with (
                    self.subTest(url=url, contact=contact.name),
                    mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"),
                ):
                    response = self.url_open(url, json=self.build_rpc_payload(params))
                    self.assertTellsNothing(response.text, url)
        self.leave()
        for url in self.page_addresses(orders):
            with self.subTest(url=url, contact="a stranger with the link"):
                self.assertTellsNothing(self.url_open(url).text, url)

    def test_everything_that_can_be_read(self):
        orders = self.send_requests(self.user)
        for contact in (self.user, self.main):
            for model, text in self.read_all(contact.user_ids).items():
                with self.subTest(model=model, contact=contact.name):
                    self.assertTellsNothing(text, model)
        orders.action_quotation_sent()
        told = self.read_all(self.user.user_ids)
        self.assertTrue(self.found_in(told["sale.order"]), "the search would find it")
        self.assertTrue(self.found_in(told["sale.order.line"]), "the search would find it")

    def test_mails(self):
        known = self.env["mail.mail"].search([])
        orders = self.send_requests(self.user)
        for order in orders:
            order.message_subscribe(self.user.ids)
            order.with_user(self.manager).sudo().message_post(
                body="Wir melden uns.",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        self.env.flush_all()
        mails = self.env["mail.mail"].search([]) - known
        self.assertTrue(mails.filtered(lambda mail: "Wir melden uns." in mail.body_html))
        for mail in mails:
            with self.subTest(mail=mail.subject):
                self.assertTellsNothing(f"{mail.subject} {mail.body_html}", "a mail")
                self.assertFalse(mail.attachment_ids)

    def test_until_the_quotation_is_sent(self):
        order = self.send_requests(self.user)[:1]
        page = f"/my/orders/{order.id}"
        self.sign_in(self.user)
        self.assertTellsNothing(self.url_open(page).text, page)
        template = self.env.ref("sale.email_template_edi_sale")
        order.with_context(mark_so_as_sent=True).message_post_with_source(
            template, subtype_xmlid="mail.mt_comment"
        )
        self.assertEqual(order.state, "sent")
        self.assertTrue(self.found_in(self.url_open(page).text), "now it may be seen")
        for url in (f"/my/shop/requests/{order.id}", f"/my/cart/sent/{order.id}"):
            self.assertTrue(self.found_in(self.url_open(url).text), url)
        self.assertTellsNothing(self.url_open("/my/shop").text, "the shop, as before")
        order.action_draft()
        self.assertTellsNothing(self.url_open(page).text, "a quotation that is revised")

    def test_cancelled_before_and_after_the_quotation(self):
        before, after = self.send_requests(self.user)
        before._action_cancel()
        after.action_quotation_sent()
        after._action_cancel()
        self.sign_in(self.user)
        for order, is_told in ((before, False), (after, True)):
            for suffix in ("", f"?access_token={order._portal_ensure_token()}"):
                with self.subTest(order=order.name, suffix=suffix):
                    text = self.url_open(f"/my/orders/{order.id}{suffix}").text
                    self.assertEqual(bool(self.found_in(text)), is_told)

    def test_what_staff_still_work_on(self):
        """A quotation that nobody has sent is not told either, whoever began it."""
        order = self._create_order(self.user, "draft")
        self.assertEqual(order.state, "sent")
        order.action_draft()
        own = order.with_user(self.user.user_ids)
        self.assertFalse(own.search([("id", "=", order.id)]))
        self.assertFalse(own.order_line.has_access("read"))
        order.action_quotation_sent()
        self.assertTrue(own.search([("id", "=", order.id)]))

    def test_shown_prices_stand_in_their_orders(self):
        self.company.write({"portal_shop_show_prices": True, "portal_printers_show_prices": True})
        self.sign_in(self.user)
        self.assertTrue(self.found_in(self.url_open("/my/shop").text))
        order = self.env["sale.order"].create(
            {
                "partner_id": self.user.id,
                "portal_channel": "shop",
                "order_line": [(0, 0, {"product_id": self.laptop.product_variant_ids.id})],
            }
        )
        self.add_secrets_of(order)
        self.assertTrue(self.found_in(self.url_open(f"/my/orders/{order.id}").text))

    def test_one_customer_hidden_the_other_shown(self):
        self.company.portal_shop_show_prices = True
        self.nord.portal_shop_prices = "hidden"
        self.sign_in(self.user)
        for url in ("/my/shop", f"/my/shop/{self.laptop.id}", f"/my/shop/{self.shirt.id}"):
            self.assertTellsNothing(self.url_open(url).text, url)
        self.sign_in(self.stranger)
        self.assertIn(98765.43, self.found_in(self.url_open(f"/my/shop/{self.laptop.id}").text))
        self.company.portal_shop_show_prices = False
        self.nord.portal_shop_prices = "shown"
        self.sign_in(self.user)
        self.assertIn(87654.32, self.found_in(self.url_open("/my/shop").text))


@tagged("post_install", "-at_install")
class TestNumberPattern(HiddenPricesCase):
    """The search that the other tests rely on."""

    def test_spellings(self):
        pattern = number_pattern(1234567.8)
        for text in (
            "1234567.8",
            "1.234.567,80",
            "1,234,567.80",
            "1 234 567,80",
            "1\u202f234\u202f567,80",
        ):
            with self.subTest(text=text):
                self.assertTrue(pattern.search(f"<b>{text}</b>"))
        self.assertFalse(pattern.search("81234567.8"))
        self.assertFalse(pattern.search("1234567.9"))
