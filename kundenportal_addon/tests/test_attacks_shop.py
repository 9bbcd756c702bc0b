"""Ways into the shops that an attacker tried; what was open failed before its fix."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..models import kundenportal_cart_change
from .common import PortalCase
from .http_common import PortalHttpCase
from .test_release import ReleaseFixture


class ShopAttackFixture(ReleaseFixture):
    """Mixin: users may order up to 100; an article costs 47.60."""

    def quote(self):
        """Offer three of them."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.user.id,
                "require_signature": True,
                "require_payment": False,
                "order_line": [
                    Command.create({"product_id": self.article.id, "product_uom_qty": 3})
                ],
            }
        )
        order.action_quotation_sent()
        return order


class ShopAttackCase(ShopAttackFixture, PortalCase):
    """Remote calls of customers, and who accepts what."""

    def call(self, contact, records, name, *args, **kwargs):
        """Call a method of records as JSON-RPC does."""
        self.env.flush_all()
        self.env.invalidate_all()
        ids = [records.ids] if records else []
        with self.env.cr.savepoint():
            return call_kw(records.with_user(contact.user_ids), name, [*ids, *args], kwargs)

    def accepts(self, order, user):
        return order.with_user(user).sudo()._has_to_be_signed()


@tagged("post_install", "-at_install")
class TestLimitAttacks(ShopAttackCase):
    """What tells a hidden price, and who gets around a limit."""

    def test_trying_out_quantities_tells_no_price(self):
        self.company.portal_shop_show_prices = False
        for quantity in ("2", "3", "9999"):
            self.put(self.user, quantity=quantity)
            with self.subTest(quantity=quantity):
                self.assertFalse(self.shown_to(self.user)["needs_release"])
                order, errors = self.send(self.user, key=quantity)
                self.assertFalse(errors)
                self.assertEqual(order.portal_release_state, "none")
                self.assertEqual(self.entries_of(order), [("quote_requested", "open")])
        order.action_quotation_sent()
        self.assertFalse(self.accepts(order, self.user.user_ids), "the limit holds for the offer")
        self.assertTrue(self.accepts(order, self.main.user_ids))

    def test_what_is_released_is_what_was_seen(self):
        order = self.order(self.user, quantity="3")
        found = self.as_seen_by(self.main)._find_to_release(order.id)
        seen = found._prepare_release_page()["seen"]
        order.order_line.price_unit = 4000
        with self.assertRaises(UserError):
            found._release_by_customer(seen)
        self.assertEqual(order.portal_release_state, "waiting")
        found._release_by_customer(found._prepare_release_page()["seen"])
        self.assertEqual(order.portal_released_total, order.amount_total)

    def test_what_was_seen_tells_no_hidden_price(self):
        self.company.write({"portal_shop_show_prices": False, "portal_order_limit_mode": "release"})
        order = self.order(self.user, quantity="3")
        found = self.as_seen_by(self.main)._find_to_release(order.id)
        seen = found._prepare_release_page()["seen"]
        order.order_line.price_unit = 4000
        self.assertEqual(found._prepare_release_page()["seen"], seen)
        order.order_line.product_uom_qty = 30
        with self.assertRaises(UserError):
            found._release_by_customer(seen)

    def test_logins_without_level_are_free_in_their_own_company_only(self):
        order = self.quote()
        self.company.portal_active = False
        plain = {
            customer: new_test_user(
                self.env,
                f"kp_plain_{customer.id}",
                "base.group_portal",
                partner_id=self._create_contact("Ohne", f"{customer.id}@x.example", customer).id,
            )
            for customer in (self.nord, self.sued)
        }
        self.company.portal_active = True
        for user in plain.values():
            self.assertFalse(user._get_portal_level())
        self.assertFalse(self.accepts(order, plain[self.sued]))
        self.assertTrue(self.accepts(order, plain[self.nord]))

    def test_nobody_pays_before_staff_have_looked(self):
        """Paying confirms: also at prices that nobody has set."""
        order = self.order(self.user)
        self.assertEqual(order.portal_release_state, "none")
        method = self.env["payment.method"].with_context(active_test=False)
        values = {
            "provider_id": self.env["payment.provider"].search([], limit=1).id,
            "payment_method_id": method.search([], limit=1).id,
            "amount": order.amount_total,
            "currency_id": order.currency_id.id,
            "partner_id": self.user.id,
            "sale_order_ids": [Command.set(order.ids)],
        }
        for contact in (self.user, self.main):
            transactions = self.env["payment.transaction"].with_user(contact.user_ids).sudo()
            with self.subTest(who=contact.name), self.assertRaises(ValidationError):
                transactions.create({**values, "reference": contact.name})
        order.action_quotation_sent()
        self.assertTrue(transactions.create({**values, "reference": "sent"}))

    def test_who_is_blocked_stands_in_for_nobody(self):
        self.stand_in(self.user2)
        deputies = self.env["kundenportal.release.deputy"].sudo()
        self.assertEqual(deputies._get_running(self.nord).deputy_id, self.user2)
        self.user2.portal_switch = "blocked"
        self.assertFalse(deputies._get_running(self.nord))


@tagged("post_install", "-at_install")
class TestCartAttacks(ShopAttackCase):
    """What is sent by hand, and what carts are not made for."""

    def test_a_reference_is_one_line(self):
        carts = self.cart_of(self.user)
        carts._update_by_customer("shop", {"reference": "4711\r\nBcc: x@y.example"})
        self.assertEqual(self.details_of(self.user)["reference"], "4711 Bcc: x@y.example")

    def test_what_was_only_offered_is_not_ordered_again(self):
        order = self.quote()
        other = self._create_article("Nur angeboten").product_variant_id
        order.order_line = [Command.create({"product_id": other.id, "product_uom_qty": 0})]
        self.assertEqual(self.cart_of(self.user)._reorder_order(order), (1, []))
        self.assertEqual(self.lines_of(self.user), [(self.article, 3)])

    def test_ordering_again_fills_no_cart_beyond_its_room(self):
        order = self.quote()
        other = self._create_article("Anderes").product_variant_id
        with patch.object(kundenportal_cart_change, "MAX_LINES", 1):
            self.assertFalse(self.put(self.user, other))
            self.assertFalse(self.put(self.user, other), "more of it needs no room")
            self.assertEqual(self.cart_of(self.user)._reorder_order(order)[0], 0)
        self.assertEqual(self.lines_of(self.user), [(other, 2)])

    def test_days_that_no_calendar_has(self):
        self.company.portal_repeat_days = 2**31 - 1
        for number in range(2):
            self.assertFalse(self.put(self.user, self.black, device=self.printer))
            shown = self.shown_to(self.user, "printers")
            self.assertEqual(shown["repeats"], bool(number))
            order, errors = self.send(self.user, "printers", key=str(number), repeat="1")
            self.assertFalse(errors)

    def test_a_wrong_quantity_of_what_has_no_minimum(self):
        for minimum, step in ((0, 0), (0, 5), (10, 5)):
            self.keyboard.write({"portal_min_quantity": minimum, "portal_step_quantity": step})
            rows = [(str(self.article.id), "", "abc")]
            carts = self.cart_of(self.user)
            shown = carts._prepare_portal_add("shop", rows, {0: "Nein"})["rows"][0]
            with self.subTest(minimum=minimum, step=step):
                self.assertEqual(shown["product_id"], self.article.id)

    def test_packs_that_do_not_add_up(self):
        self.keyboard.write({"portal_min_quantity": 10, "portal_step_quantity": 4})
        self.assertFalse(self.put(self.user, quantity="10"))
        self.assertEqual(list(self.put(self.user, quantity="10")), [0])
        self.assertEqual(self.lines_of(self.user), [(self.article, 10)])
        self.keyboard.portal_step_quantity = 5
        self.assertFalse(self.put(self.user, quantity="10"))
        self.assertEqual(self.lines_of(self.user), [(self.article, 20)])

    def test_what_has_no_price_is_not_to_be_had_for_nothing(self):
        self.put(self.user, self._create_article("Sonderbau", 0).product_variant_id)
        self.put(self.user)
        told = [row["is_on_request"] for row in self.shown_to(self.user)["rows"]]
        self.assertEqual(told, [True, False])

    def test_homes_of_colleagues(self):
        home = self.env["res.partner"].create(
            {"name": "Bei Ute", "type": "delivery", "parent_id": self.user2.id}
        )
        self.assertNotIn(home, self.cart_of(self.user)._get_addresses())
        self.assertIn(
            "delivery",
            self.cart_of(self.user)._update_by_customer("shop", {"delivery": str(home.id)}),
        )
        for contact in (self.user2, self.main):
            self.assertIn(home, self.cart_of(contact)._get_addresses())

    def test_prices_of_lists_that_are_based_on_others(self):
        """A query for each list, whatever is on the page and however much of it is ordered."""
        base = self.env["product.pricelist"].create(
            {
                "name": "KP base",
                "item_ids": [
                    Command.create({"compute_price": "percentage", "percent_price": 10}),
                    Command.create(
                        {"compute_price": "fixed", "fixed_price": 1, "min_quantity": 1000}
                    ),
                ],
            }
        )
        own = self._create_pricelist(
            {
                "compute_price": "formula",
                "base": "pricelist",
                "base_pricelist_id": base.id,
                "price_discount": 20,
            },
            partners=[self.nord],
        )
        articles = self.env["product.product"].union(
            *(self._create_article(f"B{number}", 50).product_variant_id for number in range(20))
        )
        quantities = {article.id: number + 1 for number, article in enumerate(articles)}
        quantities[articles[-1].id] = 1000

        def count(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some._get_portal_prices(self.user, self.company, quantities)
            return self.env.cr.sql_log_count - before

        count(articles)
        self.assertLessEqual(count(articles), count(articles[:2]))
        prices = articles._get_portal_prices(self.user, self.company, quantities)
        for article in articles:
            price = own._get_product_price(article, quantities[article.id])
            self.assertAlmostEqual(prices[article.id]["untaxed"], price)
        self.assertAlmostEqual(prices[articles[0].id]["untaxed"], 36)
        self.assertAlmostEqual(prices[articles[-1].id]["untaxed"], 0.8)


@tagged("post_install", "-at_install")
class TestDeviceAttacks(ShopAttackCase):
    """What is told of devices to whom."""

    def test_devices_of_other_locations_in_the_form_for_cases(self):
        self.company.portal_printers_own_location = True
        for contact, is_told in ((self.user, False), (self.main, True)):
            cases = self.env["kundenportal.activity"].with_user(contact.user_ids)
            found = cases._find_portal_device({"equipment": str(self.printer2.id)})
            with self.subTest(who=contact.name):
                self.assertEqual(self.printer2 in cases._get_portal_devices(), is_told)
                self.assertEqual(bool(found), is_told)
                self.assertIn(self.printer, cases._get_portal_devices())

    def test_customers_follow_no_device(self):
        with mute_logger("odoo.orm.models", "odoo.addons.base.models.ir_rule"):
            for contact in (self.user, self.main):
                self.call(contact, self.printer, "message_subscribe", contact.ids)
        self.assertFalse((self.user | self.main) & self.printer.message_partner_ids)

    def test_what_a_device_is_called_by_its_next_owner(self):
        self.put(self.user, self.black, device=self.printer)
        order, _errors = self.send(self.user, "printers")
        shown = order._prepare_sent_order()["rows"][0]["device"]
        self.assertEqual(shown, "Empfang, KP-100")
        self.printer.write({"customer_id": self.sued.id, "name": "GEHEIM"})
        shown = order._prepare_sent_order()["rows"][0]["device"]
        self.assertEqual(shown, "KP-100")

    def test_prices_by_way_of_devices(self):
        """No search, order or group of devices leads to what their models cost."""
        devices = self.env["maintenance.equipment"]
        calls = {
            "search": [[("printer_model_id.list_price", ">", 1)]],
            "search_read": [[("printer_model_id.supply_ids.list_price", ">", 1)]],
            "formatted_read_group": [[], ["printer_model_id.list_price"]],
            "web_search_read": [[], {"printer_model_id": {"fields": {"list_price": {}}}}],
        }
        for name, arguments in calls.items():
            with (
                self.subTest(name),
                mute_logger("odoo.orm.models", "odoo.addons.base.models.ir_rule"),
                self.assertRaises(AccessError),
            ):
                self.call(self.user, devices, name, *arguments)


@tagged("post_install", "-at_install")
class TestReleasePageAttacks(ShopAttackFixture, PortalHttpCase):
    """Pages of releases."""

    def test_who_has_documents_only_releases_quotations(self):
        order = self.quote()
        self.main.portal_withheld_function_ids = self.functions["shop"] | self.functions["printers"]
        order.with_user(self.user.user_ids)._ask_for_release_by_customer()
        self.sign_in(self.main)
        url = f"/my/cart/release/{order.id}"
        self.assertIn(url, self.get_page("/my/cart/release").xpath("//a/@href"))
        values = {"deputy": str(self.user2.id), "date_from": "2999-01-01", "date_to": "2999-01-02"}
        self.assertEqual(self.submit("/my/cart/release/deputy", **values).status_code, 303)
        self.main.portal_withheld_function_ids |= self.functions["documents"]
        with mute_logger("odoo.http"):
            self.get_page("/my/cart/release", 404)

    def test_revised_while_the_page_was_open(self):
        order = self.order(self.user, quantity="3")
        self.sign_in(self.main)
        url = f"/my/cart/release/{order.id}"
        form = self.get_page(url).xpath("//form[contains(@class, 'kp_release_form')]")[0]
        seen = form.xpath(".//input[@name='seen']/@value")[0]
        order.order_line.price_unit = 4000
        self.env.flush_all()
        response = self.submit(url, decision="release", seen=seen)
        self.assertEqual(response.status_code, 200)
        self.assertIn("kp_form_error", response.text)
        order.invalidate_recordset()
        self.assertEqual(order.portal_release_state, "waiting")


@tagged("post_install", "-at_install")
class TestWayBack(ShopAttackFixture, PortalHttpCase):
    """Whoever puts something into the cart goes on where it was found, and nowhere else."""

    def add(self, back, row, **values):
        """Put an article in.

        :return: where that leads to
        """
        values = {"channel": "shop", "product_id": self.article.id, "quantity": "1", **values}
        response = self.submit("/my/cart/add", back=back, row=row, **values)
        self.assertEqual(response.status_code, 303, response.text)
        location = response.headers["Location"]
        return location[location.index("/my/") :] if "/my/" in location else location

    def test_pages_of_the_shops(self):
        self.sign_in(self.user)
        page = self.get_page("/my/shop?search=Tastatur")
        back, row = (
            page.xpath(f"//form//input[@name='{name}']/@value")[0] for name in ("back", "row")
        )
        address = self.add(back, row)
        self.assertEqual(address, f"/my/shop?search=Tastatur&added={row}#quantity_{row}")
        page = self.get_page(address.partition("#")[0])
        self.assertTrue(page.xpath("//*[contains(@class, 'kp_added')]//a[@href='/my/cart']"))
        self.assertTrue(page.get_element_by_id(f"quantity_{row}") is not None)
        self.assertNotIn("added=7", self.add(f"/my/shop?added=7&added={row}", row).split("#")[0])
        printer = f"/my/printers/{self.printer.id}"
        page = self.get_page(printer)
        self.assertFalse(page.xpath("//*[contains(@class, 'kp_added')]"))
        address = self.add(
            printer,
            self.black.id,
            channel="printers",
            product_id=self.black.id,
            equipment_id=self.printer.id,
        )
        page = self.get_page(address.partition("#")[0])
        self.assertEqual(len(page.xpath("//*[contains(@class, 'kp_added')]")), 1)

    def test_other_addresses(self):
        self.sign_in(self.user)
        for back in (
            "",
            "https://x.example/my/shop",
            "//x.example/my/shop",
            "/my/shop/../../web/session/logout",
            "/my/shop\\@x.example",
            "/my/shop/1/image",
            "/my/orders/1",
            "/my/shop\r\nX: y",
        ):
            with self.subTest(back=back):
                self.assertEqual(self.add(back, "1"), "/my/cart?done=added")
        for row in ("", "x", "1#", "²", "-1"):
            with self.subTest(row=row):
                self.assertEqual(self.add("/my/shop", row), "/my/cart?done=added")
        self.assertEqual(
            self.add("/my/shop?a=%0d%0aX:y&b=%22", "1"),
            "/my/shop?a=%0D%0AX%3Ay&b=%22&added=1#quantity_1",
        )
