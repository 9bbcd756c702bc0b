from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models

from ..tools.typed_text import clean

#: Nobody remembers longer, and calendars end somewhere.
MAX_REPEAT_DAYS = 3660


class KundenportalCart(models.Model):
    """The one order that becomes of a cart, whatever is clicked how often."""

    _inherit = "kundenportal.cart"

    # === BUSINESS METHODS === #

    @api.model
    def _send_by_customer(self, channel, typed, form_key):
        """Send the acting customer's cart: an order, or without prices a request for a quotation.

        What was shown is checked again. What was typed is kept, also if nothing is sent.

        :param str channel: one of `SHOP_CHANNELS`
        :param dict typed: what the browser sent
        :param str form_key: one-time key of the form
        :return: the order as superuser, empty if there are errors; and a sentence per wrong field
        :rtype: tuple
        :raise AccessError: unless the customer has the shop
        """
        self._check_channel(channel)
        self._lock()
        form_keys = self.env["kundenportal.form.key"]
        # What another form has made is no result of this one.
        form_key = form_key and f"cart-{channel}-{form_key}"
        if earlier_sudo := form_keys._find(form_key):
            return earlier_sudo, {}
        errors = self._take_quantities(channel, typed) | self._take_details(channel, typed)
        lines_sudo = self._get_lines(channel)
        errors |= self._check_before_sending(channel, lines_sudo, typed) if not errors else {}
        if errors:
            return self.env["sale.order"].sudo(), errors
        order_sudo = self._make_order(channel, lines_sudo)
        self._empty(channel, lines_sudo)
        form_keys._remember(form_key, order_sudo)
        return order_sudo, {}

    @api.model
    def _check_before_sending(self, channel, lines, typed):
        """Return why a cart is not sent: a sentence per field.

        :rtype: dict[str, str]
        """
        if not lines:
            return {"form": self.env._("The cart is empty. It may have been sent already.")}
        refusals = self._find_refusals(
            channel, [(line.product_id, line.quantity, line.equipment_id) for line in lines]
        )
        if any(refusals):
            return {
                "form": self.env._("Something in the cart cannot be ordered. Nothing was sent.")
            }
        if change := self._find_change(channel, lines, typed):
            return {"form": change}
        if self._find_repeats(lines) and not clean(typed.get("repeat")):
            return {
                "repeat": self.env._(
                    "Something was ordered for the same printer only lately. Please confirm that "
                    "it is meant."
                )
            }
        refusal = self.env["kundenportal.throttle"]._get_refusal("cart_send", user=self.env.uid)
        return {"form": refusal} if refusal else {}

    @api.model
    def _find_change(self, channel, lines, typed):
        """Return the sentence for what has changed since the page was shown, or None."""
        mode = self._get_mode(channel)
        shown = clean(typed.get("mode"))
        if shown != mode and mode == "shown":
            return self.env._(
                "Prices are shown now, and this becomes an order instead of a request for a "
                "quotation. Please check it and send it again."
            )
        if shown != mode:
            return self.env._(
                "Prices are not shown any more, and this becomes a request for a quotation instead "
                "of an order. Please check it and send it again."
            )
        digest = self._get_digest(
            lines, mode, self._preview_order(channel, lines, self._get_said(channel))
        )
        if clean(typed.get("seen")) != digest:
            return self.env._(
                "The cart or its prices have changed. Please check it and send it again."
            )
        return None

    @api.model
    def _make_order(self, channel, lines):
        """Make the order, and start what follows.

        :return: the order as superuser
        """
        partner_sudo, company_sudo = self._get_owner()
        values = self._prepare_order(channel, lines, self._get_said(channel))
        repeats = self._find_repeats(lines)
        for line, (_code, _id, line_values) in zip(lines, values["order_line"], strict=True):
            line_values["portal_repeated_on"] = repeats.get(line)
        # Whoever creates a message may read it: Odoo's notes about the order name what it costs.
        orders = self.env["sale.order"].with_user(SUPERUSER_ID).with_company(company_sudo)
        order = orders.with_context(lang=partner_sudo.lang).create(values)
        order_sudo = self.env["sale.order"].sudo().browse(order.id)
        order_sudo._start_portal_order(self.env.user)
        return order_sudo

    @api.model
    def _empty(self, channel, lines):
        """Leave an empty cart; where to deliver is kept for the next order."""
        lines.unlink()
        self._get_details(channel).write({"reference": False, "note": False, "wished_date": False})

    # === BUSINESS METHODS: ONCE MORE === #

    @api.model
    def _find_repeats(self, lines):
        """Return which rows were ordered for the same printer only lately, and on which day.

        :param lines: of the cart
        :rtype: dict
        """
        _partner, company_sudo = self._get_owner()
        days = company_sudo.portal_repeat_days
        devices_sudo = lines.equipment_id
        if not devices_sudo or days <= 0:
            return {}
        orders = devices_sudo._get_last_orders()
        since = fields.Datetime.now() - timedelta(days=min(days, MAX_REPEAT_DAYS))
        repeats = {}
        for line in lines:
            last = orders.get((line.equipment_id.id, line.product_id.id))
            if last and last["date"] >= since:
                repeats[line] = fields.Datetime.context_timestamp(self, last["date"]).date()
        return repeats
