"""Carts of the fixture's people: put in, send, look at what became of it."""

import re

from odoo.fields import Command

from .prices_common import ShopFixture
from .printer_common import PrinterFixture


class CartFixture(ShopFixture, PrinterFixture):
    """Mixin: an article over 40, supplies for printers; everybody has both shops."""

    @classmethod
    def _extend_portal_fixture(cls):
        result = super()._extend_portal_fixture()
        # It counts in transactions of its own, which neither see what a test has made nor end.
        throttle = cls.registry["kundenportal.throttle"]
        cls.classPatch(throttle, "_get_refusal", lambda self, scope, **keys: None)
        cls.company.write(
            {
                "portal_order_limit_mode": "free",
                "portal_order_limit": 0,
                "portal_repeat_days": 14,
            }
        )
        cls.article = cls.keyboard.product_variant_id
        # People are told of their new passwords, too.
        cls.last_mail = cls.env["mail.mail"].search([], order="id desc", limit=1)
        # Every article with the same tax, so that totals are easily said.
        (cls.black | cls.cyan | cls.waste).taxes_id = [Command.set(cls.tax.ids)]
        return result

    def cart_of(self, contact):
        """Return the model of carts as the contact's login sees it."""
        return self.env["kundenportal.cart"].with_user(contact.user_ids)

    def put(self, contact, product=None, quantity="1", device=None):
        """Put an article into a cart: of a shop, or with a device of supplies.

        :return: what is wrong
        """
        channel = "printers" if device else "shop"
        row = (str((product or self.article).id), str(device.id) if device else "", quantity)
        return self.cart_of(contact)._add_by_customer(channel, [row])

    def lines_of(self, contact, channel="shop"):
        """Return pairs of an article and its quantity."""
        lines = self.cart_of(contact)._get_lines(channel)
        return [(line.product_id, line.quantity) for line in lines]

    def shown_to(self, contact, channel="shop"):
        """Return what a contact's page shows of a cart."""
        carts = self.cart_of(contact)
        return carts._prepare_portal_cart(channel, {}, {}, carts._get_lines(channel))

    def details_of(self, contact, channel="shop"):
        """Return what a contact's page says about its next order."""
        carts = self.cart_of(contact)
        return carts._prepare_details(carts._get_said(channel), {})

    def send(self, contact, channel="shop", key="k", **typed):
        """Send a cart as its page does.

        :return: the order, and what is wrong
        """
        carts = self.cart_of(contact)
        shown = self.shown_to(contact, channel)
        typed = {"mode": shown.get("mode"), "seen": shown.get("seen"), **typed}
        return carts._send_by_customer(channel, typed, key)

    def order(self, contact, quantity="1", **typed):
        """Put an article into a cart and send it.

        :return: the order
        """
        self.assertFalse(self.put(contact, quantity=quantity))
        order, errors = self.send(contact, key=f"{contact.id}-{quantity}-{typed}", **typed)
        self.assertFalse(errors)
        return order

    def entries_of(self, order):
        """Return the order's entries of the protocol as pairs of a kind and the state of review."""
        entries = self.env["kundenportal.protocol"].search(
            [("res_model", "=", "sale.order"), ("res_id", "=", order.id)], order="id"
        )
        return [(entry.kind_id.code, entry.review_state) for entry in entries]

    def mails_to(self, contact):
        """Return the mails to a contact, the latest last, as texts."""
        mails = self.env["mail.mail"].search(
            [("email_to", "ilike", contact.email), ("id", ">", self.last_mail.id)], order="id"
        )
        return [f"{mail.subject} {mail.body_html}" for mail in mails]

    def sentences_in(self, mail):
        """Return what a mail says after its greeting, without numbers and names."""
        body = "".join(re.split(r"<p[ >]", mail)[2:]).partition("<table")[0]
        return re.sub(r"<strong>.*?</strong>|[0-9]+", "", body)

    def form_of(self, page, channel="shop"):
        """Return what the form of a cart's page sends if nothing is typed."""
        form = page.xpath(f"//section[@data-channel='{channel}']//form")[0]
        values = {
            field.get("name"): field.get("value") or ""
            for field in form.xpath(".//input[@name][not(@type='checkbox')]")
        }
        values |= {field.get("name"): field.text or "" for field in form.xpath(".//textarea")}
        for field in form.xpath(".//select"):
            chosen = field.xpath("./option[@selected]") or field.xpath("./option")
            values[field.get("name")] = chosen[0].get("value")
        values.pop("csrf_token", None)
        return values
