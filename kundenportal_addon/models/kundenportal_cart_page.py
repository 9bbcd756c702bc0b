import hashlib

from odoo import api, fields, models
from odoo.fields import Command

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
        carts = []
        for channel in self._get_channels():
            is_typed = channel == typed_channel
            cart = self._prepare_portal_cart(
                channel, (typed or {}) if is_typed else {}, (errors or {}) if is_typed else {}
            )
            if cart["rows"] or cart["errors"].get("form"):
                carts.append(cart)
        return carts

    @api.model
    def _prepare_portal_cart(self, channel, typed, errors):
        """Return what the page shows of one cart.

        :return: ``channel``, ``title``, ``url`` (of the shop), ``rows``, ``mode`` and ``seen``
            (sent back with the form), ``totals`` (None if prices are hidden), ``details``,
            ``repeats``, ``needs_release``, ``errors``
        :rtype: dict
        """
        lines_sudo = self._get_lines(channel)
        mode = self._get_mode(channel)
        preview_sudo = self._preview_order(channel, lines_sudo) if lines_sudo else None
        repeats = self._find_repeats(lines_sudo)
        needs_release = bool(preview_sudo) and preview_sudo._needs_portal_release(self.env.user)
        return {
            "channel": channel,
            "title": self._get_channel_title(channel),
            "url": f"/my/{channel}",
            "rows": self._prepare_portal_rows(
                channel, lines_sudo, preview_sudo, mode, repeats, typed, errors
            ),
            "mode": mode,
            "seen": self._get_digest(lines_sudo, mode, preview_sudo),
            "totals": self._prepare_totals(preview_sudo)
            if preview_sudo and mode == "shown"
            else None,
            "details": self._prepare_details(channel, typed),
            "repeats": bool(repeats),
            "needs_release": needs_release,
            "errors": errors,
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
        order_lines = preview.order_line if preview else ()
        rows = []
        for line, order_line, refusal in zip(lines, order_lines, refusals, strict=True):
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
    def _prepare_details(self, channel, typed):
        """Return what has been said about the order, or was typed and not taken.

        :rtype: dict
        """
        details_sudo = self._get_details(channel)
        addresses_sudo = self._get_addresses()
        chosen_sudo = self._get_chosen_address(channel, addresses_sudo)
        wished_date = self._get_wished_date(channel)
        return {
            "addresses": [
                {
                    "id": str(address.id),
                    "name": ", ".join(
                        filter(
                            None,
                            (
                                address.name or address.parent_id.name,
                                " ".join((address.contact_address_inline or "").split()),
                            ),
                        )
                    ),
                }
                for address in addresses_sudo
            ],
            "delivery": typed.get("delivery", str(chosen_sudo.id)),
            "reference": typed.get("reference", details_sudo.reference or ""),
            "note": typed.get("note", details_sudo.note or ""),
            "wished_date": typed.get(
                "wished_date", fields.Date.to_string(wished_date) if wished_date else ""
            ),
            "today": fields.Date.to_string(fields.Date.context_today(self)),
            "reference_length": REFERENCE_LENGTH,
            "note_length": NOTE_LENGTH,
        }

    @api.model
    def _get_chosen_address(self, channel, addresses):
        """Return where the order goes: as chosen, unless that address is gone.

        :param addresses: what there is to choose from, the default first
        """
        chosen_sudo = self._get_details(channel).delivery_id
        return chosen_sudo if chosen_sudo in addresses else addresses[:1]

    @api.model
    def _get_wished_date(self, channel):
        """Return the day that was wished for, unless it has passed meanwhile."""
        wished_date = self._get_details(channel).wished_date
        today = fields.Date.context_today(self)
        return wished_date if wished_date and wished_date >= today else False

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
                (product, product.portal_min_quantity or None, device)
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

    # === BUSINESS METHODS: WHAT IT COSTS === #

    @api.model
    def _get_mode(self, channel):
        """Return whether the acting customer sees prices: ``"shown"`` or ``"hidden"``."""
        partner_sudo, company_sudo = self._get_owner()
        return "shown" if partner_sudo._shows_prices(channel, company_sudo) else "hidden"

    @api.model
    def _preview_order(self, channel, lines):
        """Return the order that would become of a cart, not saved, as superuser.

        So the page shows to the cent what the order will say. The rules of the price list are
        looked up at one go, which an order would do for each line.

        :param str channel: one of `SHOP_CHANNELS`
        :param lines: of the cart
        """
        _partner, company_sudo = self._get_owner()
        # Customers make no orders, they send carts.
        orders_sudo = self.env["sale.order"].sudo().with_company(company_sudo)
        values = self._prepare_order(channel, lines)
        head = {name: value for name, value in values.items() if name != "order_line"}
        pricelist_sudo = orders_sudo.new(head).pricelist_id
        rules_sudo = pricelist_sudo._get_applicable_rules(lines.product_id, fields.Datetime.now())
        for line, (_code, _id, line_values) in zip(lines, values["order_line"], strict=True):
            line_values["pricelist_item_id"] = next(
                (
                    rule.id
                    for rule in rules_sudo
                    if rule._is_applicable_for(line.product_id, line.quantity)
                ),
                False,
            )
        return orders_sudo.new(values)

    @api.model
    def _prepare_order(self, channel, lines):
        """Return the values of the order that becomes of a cart.

        :param str channel: one of `SHOP_CHANNELS`
        :param lines: of the cart
        :rtype: dict
        """
        partner_sudo, company_sudo = self._get_owner()
        details_sudo = self._get_details(channel)
        address_sudo = self._get_chosen_address(channel, self._get_addresses())
        return {
            "partner_id": partner_sudo.id,
            "partner_shipping_id": address_sudo.id,
            "company_id": company_sudo.id,
            "user_id": (partner_sudo.user_id or partner_sudo.commercial_partner_id.user_id).id,
            "portal_channel": channel,
            "is_quote_request": self._get_mode(channel) == "hidden",
            "client_order_ref": details_sudo.reference,
            "portal_note": details_sudo.note,
            "portal_wished_date": self._get_wished_date(channel),
            "order_line": [
                Command.create(
                    {
                        "product_id": line.product_id.id,
                        "product_uom_qty": line.quantity,
                        "portal_equipment_id": line.equipment_id.id,
                    }
                )
                for line in lines
            ],
        }

    @api.model
    def _get_digest(self, lines, mode, preview):
        """Return in short what the page shows: articles and, if it shows prices, their total.

        Sent back with the form, it tells whether that is still so. Quantities are the customer's
        own, so that they count only by what they cost.

        :rtype: str
        """
        total = f"{preview.amount_total:.2f}" if preview and mode == "shown" else ""
        said = f"{mode}|{sorted(lines.ids)}|{total}"
        return hashlib.sha256(said.encode()).hexdigest()[:16]
