from odoo.tests import tagged

from .cart_common import CartFixture
from .test_axe import AxeCase


@tagged("post_install", "-at_install")
class TestCartAxe(CartFixture, AxeCase):
    """axe looks at carts with something in them, and at what is wrong there."""

    def test_carts_and_releases(self):
        self.company.portal_order_limit_mode = "release"
        long = self._create_article("Sehr" + "lang" * 30, 12345.67).product_variant_id
        waiting = self.order(self.user)
        quotation = self._create_order(self.user, "sent")
        quotation.require_signature = True
        self.put(self.user, self.black, device=self.printer)
        self.send(self.user, "printers")
        for product, device in ((self.article, None), (long, None), (self.black, self.printer)):
            self.put(self.user, product, device=device)
        self.sign_in(self.user)
        self.look_at(
            {"/my/cart?done=added", f"/my/cart/sent/{waiting.id}", f"/my/orders/{quotation.id}"}
        )
        with self.page("phone") as page:
            page.goto(f"{self.base_url()}/my/cart")
            for name in ("reference", "note"):
                page.evaluate(
                    f"document.querySelector('#shop_{name}').removeAttribute('maxlength')"
                )
                page.fill(f"#shop_{name}", "x" * 5000)
            page.fill(".kp_cart_line input", "0")
            with page.expect_navigation(wait_until="load"):
                page.click("section[data-channel=shop] .kp_send")
            self.assertNoFindings(page, "a cart with mistakes", "phone")
            with page.expect_navigation(wait_until="load"):
                page.click("section[data-channel=printers] .kp_send")
            self.assertNoFindings(page, "ordered again too soon", "phone")
            page.goto(f"{self.base_url()}/my/shop/{self.keyboard.id}")
            page.evaluate("document.querySelector('.kp_add_form').noValidate = true")
            page.fill(".kp_add_form [name=quantity]", "-1")
            with page.expect_navigation(wait_until="load"):
                page.click(".kp_add_form button")
            self.assertNoFindings(page, "not added", "phone")
            # Enter keeps what was typed, and sends nothing.
            page.goto(f"{self.base_url()}/my/cart")
            page.fill("#printers_reference", "B-17")
            with page.expect_navigation(wait_until="load"):
                page.press("#printers_reference", "Enter")
            self.assertIn("done=updated", page.url)
        self.sign_in(self.main)
        self.look_at({f"/my/cart/release/{waiting.id}", "/my/cart/release"})
