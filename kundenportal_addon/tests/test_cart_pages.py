from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .cart_common import CartFixture
from .http_common import PortalHttpCase
from .prices_common import number_pattern


@tagged("post_install", "-at_install")
class TestCartPages(CartFixture, PortalHttpCase):
    """/my/cart as a browser gets it."""

    def add(self, product=None, quantity="1", device=None, **values):
        return self.submit(
            "/my/cart/add",
            channel="printers" if device else "shop",
            product_id=(product or self.article).id,
            quantity=quantity,
            equipment_id=device.id if device else "",
            **values,
        )

    def assertLeadsTo(self, response, path):  # noqa: N802 (named like unittest's)
        self.assertEqual(response.status_code, 303, response.text[:500])
        self.assertTrue(
            response.headers["Location"].removeprefix(self.base_url()).startswith(path),
            response.headers["Location"],
        )

    def cart_number(self, page):
        return page.xpath("//*[contains(@class, 'kp_cart_number')]/span/text()")

    def test_from_the_shop_to_the_order(self):
        self.sign_in(self.user)
        self.assertLeadsTo(self.add(quantity="2"), "/my/cart?done=added")
        self.assertLeadsTo(self.add(self.black, device=self.printer), "/my/cart")
        page = self.get_page("/my/cart")
        self.assertIn("2", self.cart_number(page))
        self.assertIn("2", self.cart_number(self.get_page("/my")))
        self.assertEqual(len(page.xpath("//section[@data-channel]")), 2)
        self.assertRegex(page.text_content(), number_pattern(95.20))
        form = self.form_of(page)
        # Enter in a field keeps what was typed.
        first = page.xpath("//form[contains(@class, 'kp_cart_form')]//button[@type='submit']")[0]
        self.assertEqual(first.get("formaction"), "/my/cart/update")
        self.leave()
        self.sign_in(self.user)
        self.assertEqual(self.form_of(self.get_page("/my/cart"))["seen"], form["seen"])
        sent = self.submit("/my/cart/send", **{**form, "reference": "B-17"})
        self.assertLeadsTo(sent, "/my/cart/sent/")
        again = self.submit("/my/cart/send", **form)
        self.assertEqual(again.headers["Location"], sent.headers["Location"])
        order = self.env["sale.order"].search([("client_order_ref", "=", "B-17")])
        self.assertEqual(len(order), 1)
        shown = self.get_page(f"/my/cart/sent/{order.id}")
        self.assertIn(order.name, shown.text_content())
        self.assertRegex(shown.text_content(), number_pattern(95.20))
        page = self.get_page("/my/cart")
        self.assertEqual(len(page.xpath("//section[@data-channel]")), 1, "the printers' stays")
        # The page of another device, on which the cart was still full.
        late = self.submit("/my/cart/send", **{**form, "form_key": "another"})
        self.assertEqual(late.status_code, 200)
        self.assertIn("kp_form_error", late.text)

    def test_update_and_remove(self):
        self.sign_in(self.user)
        self.add()
        self.add(self._create_article("Maus").product_variant_id)
        form = self.form_of(self.get_page("/my/cart"))
        first, second = (name for name in form if name.startswith("quantity_"))
        self.assertLeadsTo(
            self.submit("/my/cart/update", **{**form, first: "3", "note": "hinten"}), "/my/cart"
        )
        removed = self.submit(
            "/my/cart/remove", **{**form, first: "4", "line": second.removeprefix("quantity_")}
        )
        self.assertLeadsTo(removed, "/my/cart?done=removed")
        self.assertEqual(self.lines_of(self.user), [(self.article, 4)])
        # What is gone already is no error.
        self.submit("/my/cart/remove", **{**form, "line": second.removeprefix("quantity_")})
        for line in ("", "abc", "-1", "99999999999"):
            self.assertLeadsTo(self.submit("/my/cart/remove", channel="shop", line=line), "/my")
        self.assertEqual(len(self.lines_of(self.user)), 1)

    def test_what_is_wrong_stands_beside_the_field(self):
        self.sign_in(self.user)
        self.add()
        form = self.form_of(self.get_page("/my/cart"))
        name = next(name for name in form if name.startswith("quantity_"))
        typed = {
            **form,
            name: "-5",
            "reference": "<script>alert(1)</script>" + "x" * 10000,
            "note": "y" * 10000,
            "delivery": str(self.sued.id),
            "wished_date": "1999-01-01",
        }
        for url in ("/my/cart/send", "/my/cart/update"):
            response = self.submit(url, **typed)
            self.assertEqual(response.status_code, 200)
            self.assertNotIn("<script>alert(1)", response.text)
            self.assertIn("y" * 10000, response.text, "what was typed is kept")
            for field in ("shop_reference", "shop_note", "shop_delivery", "shop_wished_date", name):
                self.assertIn(f'aria-describedby="{field}_error"', response.text)
                self.assertIn(f'id="{field}_error"', response.text)
        self.assertFalse(self.env["sale.order"].search([("partner_id", "=", self.user.id)]))
        response = self.url_open(
            "/my/cart/update",
            data={"csrf_token": self.csrf_token(), "channel": "shop"},
            files={"note": ("x.txt", b"file"), name: ("x.txt", b"\x00")},
            allow_redirects=False,
        )
        self.assertIn(response.status_code, (200, 303))

    def test_what_cannot_be_added(self):
        secret = self._create_article("GEHEIM-4711", portal_shop_ok=False).product_variant_id
        self.sign_in(self.user)
        for quantity in ("0", "-1", "abc", "1e9", "NaN", "9" * 10000):
            response = self.add(quantity=quantity)
            self.assertEqual(response.status_code, 200)
            self.assertIn("kp_line_error", response.text)
            self.assertIn("Tastatur", response.text)
        for product in (secret.id, 2**31, "abc", "", "-1", "9" * 10000):
            response = self.submit("/my/cart/add", channel="shop", product_id=product, quantity="1")
            self.assertEqual(response.status_code, 200)
            self.assertIn("kp_line_error", response.text)
            self.assertNotIn("GEHEIM", response.text)
        response = self.add(self.black, device=self.foreign_printer)
        self.assertEqual(response.status_code, 200)
        self.assertNotIn(self.foreign_printer.name, response.text)
        self.assertNotIn(self.black.name, response.text)
        self.assertEqual(self.submit("/my/cart/add", channel="shop").status_code, 200)
        with mute_logger("odoo.http"):
            for channel in ("", "abc", "\x00"):
                response = self.submit("/my/cart/add", channel=channel, product_id=1, quantity=1)
                self.assertEqual(response.status_code, 404)
        self.assertFalse(self.lines_of(self.user))

    def test_hidden_prices(self):
        self.company.write({"portal_shop_show_prices": False, "portal_printers_show_prices": False})
        self.sign_in(self.user)
        self.add(quantity="3")
        self.add(self.black, device=self.printer)
        source = self.url_open("/my/cart").text
        page = self.get_page("/my/cart")
        sent = self.submit("/my/cart/send", **self.form_of(page))
        source += self.url_open(sent.headers["Location"]).text
        for number in (40, 47.60, 120, 142.80, 4711.50, 5606.69):
            self.assertNotRegex(source, number_pattern(number))

    def test_the_mode_changes_while_the_page_is_open(self):
        self.sign_in(self.user)
        self.add()
        form = self.form_of(self.get_page("/my/cart"))
        self.company.portal_shop_show_prices = False
        response = self.submit("/my/cart/send", **form)
        self.assertEqual(response.status_code, 200)
        self.assertIn("kp_form_error", response.text)
        self.assertNotRegex(response.text, number_pattern(40))
        self.assertFalse(self.env["sale.order"].search([("partner_id", "=", self.user.id)]))

    def test_what_staff_set_up_wrongly_is_no_error_page(self):
        self.sign_in(self.user)
        self.add()
        form = self.form_of(self.get_page("/my/cart"))
        orders = self.registry["sale.order"]
        with (
            patch.object(orders, "_start_portal_order", side_effect=UserError("GEHEIM")),
            self.assertLogs("odoo.addons.kundenportal_addon.controllers.cart", "WARNING"),
        ):
            response = self.submit("/my/cart/send", **form)
        self.assertEqual(response.status_code, 200)
        self.assertIn("kp_form_error", response.text)
        self.assertNotIn("GEHEIM", response.text)
        self.assertEqual(self.lines_of(self.user), [(self.article, 1)], "nothing is lost")

    def test_ordered_again_too_soon(self):
        self.sign_in(self.user)
        for _time in range(2):
            self.add(self.black, device=self.printer)
            page = self.get_page("/my/cart")
            sent = self.submit("/my/cart/send", **self.form_of(page, "printers"))
        self.assertTrue(page.xpath("//*[contains(@class, 'kp_repeated')]"))
        self.assertEqual(sent.status_code, 200)
        self.assertIn('aria-describedby="printers_repeat_error"', sent.text)
        form = {**self.form_of(self.get_page("/my/cart"), "printers"), "repeat": "1"}
        self.assertLeadsTo(self.submit("/my/cart/send", **form), "/my/cart/sent/")

    def test_order_again(self):
        order = self.order(self.user, quantity="2")
        self.sign_in(self.user)
        page = self.get_page(f"/my/shop/requests/{order.id}")
        self.assertTrue(page.xpath("//form[@action='/my/cart/reorder']"))
        reordered = self.submit("/my/cart/reorder", order_id=order.id)
        self.assertLeadsTo(reordered, "/my/cart?done=reordered")
        self.assertEqual(self.lines_of(self.user), [(self.article, 2)])
        foreign = self.order(self.stranger)
        self.keyboard.portal_shop_ok = False
        reordered = self.submit("/my/cart/reorder", order_id=order.id)
        self.assertLeadsTo(reordered, "/my/cart?done=nothing")
        shown = self.get_page(reordered.headers["Location"])
        self.assertIn(
            "Tastatur", shown.xpath("//*[contains(@class, 'kp_missed')]")[0].text_content()
        )
        self.assertLeadsTo(
            self.submit("/my/cart/reorder", equipment_id=self.printer.id), "/my/cart?done=nothing"
        )
        with mute_logger("odoo.http"):
            for values in (
                {"order_id": foreign.id},
                {"equipment_id": self.foreign_printer.id},
                {},
                {"order_id": "abc"},
                {"equipment_id": "9" * 30},
            ):
                self.assertEqual(self.submit("/my/cart/reorder", **values).status_code, 404)

    def test_who_has_no_shop(self):
        order = self.order(self.user)
        self.user.portal_withheld_function_ids = self.functions["shop"] | self.functions["printers"]
        self.sign_in(self.user)
        self.assertFalse(self.get_page("/my").xpath("//a[@href='/my/cart']"))
        with mute_logger("odoo.http"):
            for url in ("/my/cart", f"/my/cart/sent/{order.id}", "/my/cart/release"):
                self.get_page(url, 404)
            for action in ("add", "update", "remove", "send", "reorder"):
                response = self.submit(f"/my/cart/{action}", channel="shop", order_id=order.id)
                self.assertEqual(response.status_code, 404, action)

    def test_no_query_per_article(self):
        self.sign_in(self.user)
        products = [self._create_article(f"A{number}").product_variant_id for number in range(30)]
        self._create_pricelist(
            {"compute_price": "percentage", "percent_price": 10},
            {"compute_price": "fixed", "fixed_price": 7, "min_quantity": 5},
            partners=self.nord,
        )
        self.add()
        few = self.count_page_queries("/my/cart")
        for number, product in enumerate(products):
            self.put(self.user, product, str(number + 1))
        self.env.flush_all()
        self.assertLessEqual(self.count_page_queries("/my/cart"), few)
        self.assertPageQueries("/my/cart", 30)

    def test_no_query_per_printer(self):
        self.sign_in(self.user)
        self.put(self.user, self.black, device=self.printer)
        few = self.count_page_queries("/my/cart")
        for number in range(12):
            device = self._create_printer(f"P{number}", self.nord, self.copier)
            self.put(self.user, self.black, device=device)
            self.put(self.user, self.cyan, device=device)
        self.env.flush_all()
        self.assertLessEqual(self.count_page_queries("/my/cart"), few)


@tagged("post_install", "-at_install")
class TestReleasePages(CartFixture, PortalHttpCase):
    """/my/cart/release as a browser gets it."""

    @classmethod
    def _extend_portal_fixture(cls):
        result = super()._extend_portal_fixture()
        cls.company.portal_order_limit_mode = "release"
        return result

    def test_release_and_refuse(self):
        first, second = (self.order(self.user, quantity=number) for number in "12")
        self.sign_in(self.user)
        with mute_logger("odoo.http"):
            self.get_page(f"/my/cart/release/{first.id}", 404)
            self.get_page("/my/cart/release", 404)
            response = self.submit(f"/my/cart/release/{first.id}", decision="release")
            self.assertEqual(response.status_code, 404)
        self.sign_in(self.main)
        to_dos = self.get_page("/my").xpath("//li[@data-kind='release']//a/@href")
        self.assertEqual(len(to_dos), 2)
        listed = self.get_page("/my/cart/release").xpath(
            "//li[contains(@class, 'kp_release')]//a/@href"
        )
        self.assertEqual(set(listed), set(to_dos))
        url = f"/my/cart/release/{first.id}"
        page = self.get_page(url)
        self.assertRegex(page.text_content(), number_pattern(47.60))
        crumbs = page.xpath("//ol[contains(@class, 'o_portal_submenu')]//a/@href")
        self.assertEqual(crumbs[-2:], ["/my/cart", "/my/cart/release"])
        self.assertEqual(first.portal_release_state, "waiting", "looking releases nothing")
        self.assertEqual(self.submit(url, decision="release").status_code, 303)
        self.assertEqual(first.portal_release_state, "released")
        late = self.submit(url, decision="refuse", reason="zu spät")
        self.assertEqual(late.status_code, 200)
        self.assertIn("kp_form_error", late.text)
        self.assertEqual(first.portal_release_state, "released")
        url = f"/my/cart/release/{second.id}"
        for values in (
            {},
            {"decision": "abc"},
            {"decision": "refuse"},
            {"decision": "refuse", "reason": "\x00 "},
            {"decision": "refuse", "reason": "x" * 10000},
        ):
            self.assertEqual(self.submit(url, **values).status_code, 200)
            self.assertEqual(second.portal_release_state, "waiting")
        self.assertEqual(self.submit(url, decision="refuse", reason="<b>Nein").status_code, 303)
        self.assertEqual(second.portal_release_state, "refused")
        self.assertNotIn("<b>Nein", self.url_open(url).text)
        self.sign_in(self.user)
        page = self.get_page(f"/my/cart/sent/{second.id}")
        self.assertFalse(page.xpath("//*[contains(@class, 'kp_sent_waiting')]"))

    def test_the_customer_is_told_that_it_waits(self):
        self.put(self.user)
        self.sign_in(self.user)
        page = self.get_page("/my/cart")
        self.assertTrue(page.xpath("//*[contains(@class, 'kp_needs_release')]"))
        sent = self.submit("/my/cart/send", **self.form_of(page))
        page = self.get_page(sent.headers["Location"])
        self.assertTrue(page.xpath("//*[contains(@class, 'kp_sent_waiting')]"))

    def test_deputies(self):
        day = fields.Date.to_string(fields.Date.today() + timedelta(days=3))
        values = {"deputy": self.user2.id, "date_from": day, "date_to": day}
        self.sign_in(self.user)
        with mute_logger("odoo.http"):
            response = self.submit("/my/cart/release/deputy", **values)
            self.assertEqual(response.status_code, 404)
        self.sign_in(self.main)
        wrong = self.submit("/my/cart/release/deputy", **{**values, "date_to": "x"})
        self.assertEqual(wrong.status_code, 200)
        self.assertIn('aria-describedby="release_date_to_error"', wrong.text)
        self.assertEqual(self.submit("/my/cart/release/deputy", **values).status_code, 303)
        absence = self.env["kundenportal.release.deputy"].search([])
        self.assertEqual((absence.partner_id, absence.deputy_id), (self.main, self.user2))
        page = self.get_page("/my/cart/release")
        self.assertEqual(len(page.xpath("//li[contains(@class, 'kp_deputy')]")), 1)
        url = f"/my/cart/release/deputy/{absence.id}/remove"
        self.sign_in(self.stranger)
        with mute_logger("odoo.http"):
            self.assertEqual(self.submit(url).status_code, 404)
        self.sign_in(self.main)
        self.assertEqual(self.submit(url).status_code, 303)
        self.assertFalse(absence.exists())

    def test_no_query_per_order(self):
        self.order(self.user)
        self.sign_in(self.main)
        few = self.count_page_queries("/my/cart/release"), self.count_page_queries("/my")
        for number in range(2, 5):
            self.order(self.user, quantity=str(number))
        self.env.flush_all()
        many = self.count_page_queries("/my/cart/release"), self.count_page_queries("/my")
        self.assertEqual(many, few)
