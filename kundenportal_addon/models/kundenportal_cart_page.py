from odoo import api, fields, models

from ..tools.quantity import get_limits, show_quantity
from ..tools.typed_text import clean
from .kundenportal_cart_change import MAX_ROWS, NOTE_LENGTH, REFERENCE_LENGTH


class KundenportalCart(models.Model):
    """What the page of a cart shows: articles, what they cost, what is still to be said."""

    _inherit = "kundenportal.cart"

    # === BUSINESS METHODS: WHAT IS SHOWN === #

    @api.model
    def _prepare_portal_carts(self, typed_channel=None, typed=None, errors=None):
        """Return the acting customer's carts, those that are empty left out.

        :param str typed_channel: the shop whose form was sent and not taken
        :param dict typed: what was typed into it, to be kept
        :param dict errors: a sentence per wrong field of it
        :rtype: list[dict]
        """
        channels = self._get_channels()
        lines_sudo = self._get_lines(channels)
        carts = []
        for channel in channels:
            is_typed = channel == typed_channel
            cart = self._prepare_portal_cart(
                channel,
                (typed or {}) if is_typed else {},
                (errors or {}) if is_typed else {},
                lines_sudo.filtered(lambda line, channel=channel: line.channel == channel),
            )
            if cart["rows"] or cart["errors"].get("form"):
                carts.append(cart)
        return carts

    @api.model
    def _prepare_portal_cart(self, channel, typed, errors, lines):
        """Return what the page shows of one cart.

        :param str channel: one of `SHOP_CHANNELS`
        :param dict typed: what was typed, to be kept
        :param dict errors: a sentence per wrong field
        :param lines: of the cart, as superuser
        :return: ``channel``, ``title``, ``rows`` and ``errors``; if there is something in it also
            ``mode`` and ``seen`` (sent back with the form), ``totals`` (None if prices are
            hidden), ``details``, ``repeats`` and ``needs_release``
        :rtype: dict
        """
        cart = {
            "channel": channel,
            "title": self._get_channel_title(channel),
            "rows": [],
            "errors": errors,
        }
        if not lines:
            return cart
        said = self._get_said(channel)  # reads the company along with its addresses
        mode = self._get_mode(channel)
        preview_sudo = self._preview_order(channel, lines, said)
        repeats = self._find_repeats(lines)
        return {
            **cart,
            "rows": self._prepare_portal_rows(
                channel, lines, preview_sudo, mode, repeats, typed, errors
            ),
            "mode": mode,
            "seen": self._get_digest(lines, mode, preview_sudo),
            "totals": self._prepare_totals(preview_sudo) if mode == "shown" else None,
            "details": self._prepare_details(said, typed),
            "repeats": bool(repeats),
            "needs_release": preview_sudo._needs_portal_release(self.env.user),
        }

    @api.model
    def _get_channel_title(self, channel):
        """Return what the shop's tile is called, which managers may change."""
        tiles = self.env["kundenportal.function"]._get_tiles()
        return next((name for _group, code, name, *_rest in tiles if code == channel), channel)

    @api.model
    def _prepare_portal_rows(self, channel, lines, preview, mode, repeats, typed, errors):
        refusals = self._find_refusals(
            channel, [(line.product_id, line.quantity, line.equipment_id) for line in lines]
        )
        rows = []
        for line, order_line, refusal in zip(lines, preview.order_line, refusals, strict=True):
            name = f"quantity_{line.id}"
            least, step = get_limits(
                line.product_id.portal_min_quantity, line.product_id.portal_step_quantity
            )
            rows.append(
                {
                    "id": line.id,
                    "product_id": line.product_id.id,
                    "name": line.product_id.with_context(display_default_code=False).display_name,
                    "code": line.product_id.default_code or "",
                    "device": self._describe_device(line.equipment_id),
                    "url": "" if refusal else self._get_article_url(line),
                    "unit": line.product_id.uom_id.name,
                    "least": show_quantity(least),
                    "step": show_quantity(step),
                    "quantity": typed.get(name, show_quantity(line.quantity)),
                    "error": errors.get(name) or refusal or "",
                    "repeated_on": repeats.get(line),
                    **(self._prepare_price(order_line) if mode == "shown" else {}),
                }
            )
        return rows

    @api.model
    def _describe_address(self, address):
        """Return an address in one line, with what it is called, as superuser."""
        line = " ".join((address.contact_address_inline or "").split())
        return ", ".join(filter(None, (address.name or address.parent_id.name, line)))

    @api.model
    def _get_article_url(self, line):
        """Return where an article was put into the cart: its page, or that of the printer."""
        if line.equipment_id:
            return line.equipment_id._get_portal_path()
        return f"/my/shop/{line.product_id.product_tmpl_id.id}"

    @api.model
    def _describe_device(self, device):
        return ", ".join(filter(None, (device.name, device.serial_no)))

    @api.model
    def _prepare_price(self, order_line):
        """Return what a line costs, with or without taxes, as our company works.

        :rtype: dict
        """
        is_taxed = order_line.company_id.account_price_include == "tax_included"
        return {
            "price": order_line[f"price_reduce_tax{'inc' if is_taxed else 'excl'}"],
            "amount": order_line.price_total if is_taxed else order_line.price_subtotal,
            "currency": order_line.currency_id,
            "is_taxed": is_taxed,
            # As the shop says it: nobody has set a price, which is not to be had for nothing.
            "is_on_request": order_line.currency_id.is_zero(order_line.price_unit),
        }

    @api.model
    def _prepare_totals(self, order):
        return {
            "untaxed": order.amount_untaxed,
            "tax": order.amount_tax,
            "total": order.amount_total,
            "currency": order.currency_id,
        }

    @api.model
    def _prepare_details(self, said, typed):
        """Return what has been said about the order, or was typed and not taken.

        :param said: as `_get_said` returns it
        :param dict typed: what was typed
        :rtype: dict
        """
        return {
            "addresses": [
                {
                    "id": str(address.id),
                    "name": self._describe_address(address),
                }
                for address in said.addresses
            ],
            "delivery": typed.get("delivery", str(said.address.id)),
            "reference": typed.get("reference", said.details.reference or ""),
            "note": typed.get("note", said.details.note or ""),
            "wished_date": typed.get("wished_date", fields.Date.to_string(said.wished_date) or ""),
            "today": fields.Date.to_string(fields.Date.context_today(self)),
            "reference_length": REFERENCE_LENGTH,
            "note_length": NOTE_LENGTH,
        }

    @api.model
    def _prepare_portal_add(self, channel, rows, errors):
        """Return what is shown where something could not be put into the cart.

        Of articles that the customer may not order it says nothing but that.

        :param str channel: one of `SHOP_CHANNELS`
        :param list rows: as `_add_by_customer` takes them
        :param dict errors: as it returned them
        :return: ``channel``, ``error`` (one for all), ``rows``: what was typed, and what is known
        :rtype: dict
        """
        found = self._read_rows(channel, rows[:MAX_ROWS])
        # With a quantity that is certainly right what remains is whether it may be ordered at all.
        orderable = self._find_refusals(
            channel,
            [
                (
                    product,
                    get_limits(product.portal_min_quantity, product.portal_step_quantity)[0],
                    device,
                )
                for product, _quantity, device in found
            ],
        )
        shown = []
        for number, (product, _quantity, device) in enumerate(found):
            is_known = product and not orderable[number]
            least, step = get_limits(product.portal_min_quantity, product.portal_step_quantity)
            shown.append(
                {
                    "product_id": product.id if is_known else "",
                    "equipment_id": device.id if is_known and device else "",
                    "name": product.with_context(display_default_code=False).display_name
                    if is_known
                    else self.env._("Article"),
                    "device": self._describe_device(device) if is_known else "",
                    "unit": product.uom_id.name if is_known else "",
                    "quantity": clean(rows[number][2], 20),
                    "least": show_quantity(least),
                    "step": show_quantity(step),
                    "error": errors.get(number, ""),
                }
            )
        return {"channel": channel, "error": errors.get("form", ""), "rows": shown}
