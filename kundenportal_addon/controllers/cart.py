import logging
import re
import secrets
from urllib.parse import parse_qsl, urlencode

from werkzeug.exceptions import NotFound

from odoo.exceptions import AccessError, UserError
from odoo.http import request, route

from ..tools.typed_text import clean
from .portal import MAX_ID, KundenportalPortal
from .routes import portal_form, portal_page

_logger = logging.getLogger(__name__)

CART_URL = "/my/cart"

#: Pages on which articles are put in.
SHOP_PAGE = re.compile(r"/my/(?:shop|printers)(?:(?:/page)?/[0-9]{1,9})?")

#: Where a session keeps the names of what could not be ordered again.
MISSED = "kundenportal_missed"


class PortalCart(KundenportalPortal):
    """/my/cart: what a customer is about to order, from the shop and for its printers."""

    # === PAGES === #

    @route(CART_URL, **portal_page())
    def portal_cart(self, done=None, **kw):
        """Show the carts."""
        self._check_carts()
        return self._render_cart(done=clean(done))

    @route(f"{CART_URL}/sent/<int:sent_id>", **portal_page())
    def portal_cart_sent(self, sent_id, **kw):
        """Confirm that an order or a quote request was sent."""
        self._check_carts()
        order_sudo = request.env["sale.order"]._find_sent_order(min(sent_id, MAX_ID))
        if not order_sudo:
            raise NotFound()
        return self._render_cart_page(
            "portal_cart_sent",
            order=order_sudo._prepare_sent_order(),
            crumbs=[{"text": order_sudo.name}],
        )

    # === FORMS === #

    @route(f"{CART_URL}/add", **portal_form())
    def portal_cart_add(self, channel="", **typed):
        """Put articles into the cart: one, or several rows of the same names."""
        names = ("product_id", "equipment_id", "quantity")
        lists = [request.httprequest.form.getlist(name) for name in names]
        products, devices, quantities = lists
        # Where there are several rows, those without a quantity were not chosen.
        rows = [
            (product, devices[number] if number < len(devices) else "", quantity)
            for number, (product, quantity) in enumerate(zip(products, quantities, strict=False))
            if clean(quantity) or len(products) == 1
        ]
        errors = self._act_on_cart("_add_by_customer", clean(channel), rows)
        if not errors:
            return request.redirect(self._find_way_back(typed))
        return self._render_cart_page(
            "portal_cart_add",
            **request.env["kundenportal.cart"]._prepare_portal_add(clean(channel), rows, errors),
        )

    @route(f"{CART_URL}/update", **portal_form())
    def portal_cart_update(self, channel="", **typed):
        """Keep what was typed."""
        channel = clean(channel)
        errors = self._act_on_cart("_update_by_customer", channel, typed)
        if errors:
            return self._render_cart(channel, typed, errors)
        return request.redirect(f"{CART_URL}?done=updated")

    @route(f"{CART_URL}/remove", **portal_form())
    def portal_cart_remove(self, channel="", line="", **typed):
        """Take an article out, and keep what was typed for the others."""
        channel = clean(channel)
        self._act_on_cart("_remove_by_customer", channel, line)
        errors = self._act_on_cart("_update_by_customer", channel, typed)
        if errors:
            return self._render_cart(channel, typed, errors)
        return request.redirect(f"{CART_URL}?done=removed")

    @route(f"{CART_URL}/send", **portal_form())
    def portal_cart_send(self, channel="", form_key="", **typed):
        """Send the cart."""
        channel = clean(channel)
        key = clean(form_key)
        try:
            order_sudo, errors = self._act_on_cart("_send_by_customer", channel, typed, key)
        except UserError as error:
            # Of what staff have set up wrongly customers need no details.
            _logger.warning("Cart of user %s not sent: %s", request.env.uid, error)
            errors = {"form": request.env._("This could not be sent. Please get in touch.")}
        if errors:
            return self._render_cart(channel, typed, errors)
        return request.redirect(f"{CART_URL}/sent/{order_sudo.id}")

    @route(f"{CART_URL}/reorder", **portal_form())
    def portal_cart_reorder(self, order_id="", equipment_id="", **kw):
        """Put what was ordered before into the carts."""
        self._check_carts()
        carts = request.env["kundenportal.cart"]
        order_id, equipment_id = carts._read_id(order_id), carts._read_id(equipment_id)
        if order_id:
            order_sudo = request.env["sale.order"]._find_order_to_repeat(order_id)
            if not order_sudo:
                raise NotFound()
            added, missed = carts._reorder_order(order_sudo)
        else:
            device = self._get_portal_record("maintenance.equipment", equipment_id)
            added, missed = carts._reorder_device(device)
        # Not in the address: whoever sends somebody a link would choose what the page says.
        request.session[MISSED] = missed
        return request.redirect(f"{CART_URL}?done={'reordered' if added else 'nothing'}")

    def _find_way_back(self, typed):
        """Return where to go on after something was put in: on the page where it was found.

        :param dict typed: what the browser sent: ``back``, the page, and ``row``, what of it
        :return: the cart's page for whatever is none of the shops'
        :rtype: str
        """
        path, _mark, query = clean(typed.get("back"), 500).partition("?")
        row = clean(typed.get("row"), 10)
        if not SHOP_PAGE.fullmatch(path) or not (row.isascii() and row.isdecimal()):
            return f"{CART_URL}?done=added"
        asked = {**dict(parse_qsl(query)), "added": row}
        return f"{path}?{urlencode(asked)}#quantity_{row}"

    # === ACCESS === #

    def _check_carts(self):
        """Let only customers in who have one of the shops.

        :raise NotFound: for everybody else
        """
        if not request.env["kundenportal.cart"]._get_channels():
            raise NotFound()

    def _act_on_cart(self, method, *arguments):
        """Do what a form asks for.

        :raise NotFound: for customers who do not have the shop
        """
        try:
            with request.env.cr.savepoint():
                return getattr(request.env["kundenportal.cart"], method)(*arguments)
        except AccessError:
            raise NotFound() from None

    # === RENDERING === #

    def _render_cart(self, channel=None, typed=None, errors=None, done=None):
        texts = {name: clean(value) for name, value in (typed or {}).items()}
        return self._render_cart_page(
            "portal_cart",
            carts=request.env["kundenportal.cart"]._prepare_portal_carts(channel, texts, errors),
            form_key=secrets.token_urlsafe(16),
            is_main_user=request.env.user._get_portal_level() == "main_user",
            done=done,
            missed=request.session.get(MISSED) if done in ("reordered", "nothing") else None,
        )

    def _render_cart_page(self, page, crumbs=(), **values):
        channels = request.env["kundenportal.cart"]._get_channels()
        return request.render(
            f"kundenportal_addon.{page}",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "cart",
                "portal_crumbs": list(crumbs),
                "shops": [
                    {"url": url, "name": name}
                    for _group, code, name, _text, _icon, url in request.env[
                        "kundenportal.function"
                    ]._get_tiles()
                    if code in channels
                ],
                **values,
            },
        )
