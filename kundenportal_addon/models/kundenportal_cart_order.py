import hashlib
from typing import Any, NamedTuple

from odoo import api, fields, models
from odoo.fields import Command

from .product_pricelist import PriceBatch


class Said(NamedTuple):
    """What a customer says about its next order, looked up once for a page."""

    details: Any  # the record of ``kundenportal.cart``, may be empty
    addresses: Any  # where it could go
    address: Any  # where it goes
    wished_date: Any  # a day, or False


class KundenportalCart(models.Model):
    """The order that a cart stands for: what it costs, before it is sent and after."""

    _inherit = "kundenportal.cart"

    # === BUSINESS METHODS: WHAT IS SAID === #

    @api.model
    def _get_said(self, channel):
        """Return what the acting customer has said about its next order.

        An address that is gone, and a day that has passed, are as if they had not been chosen.

        :param str channel: one of `SHOP_CHANNELS`
        :rtype: Said
        """
        details_sudo = self._get_details(channel)
        addresses_sudo = self._get_addresses()
        address_sudo = details_sudo.delivery_id
        if address_sudo not in addresses_sudo:
            address_sudo = addresses_sudo[:1]
        wished_date = details_sudo.wished_date
        if wished_date and wished_date < fields.Date.context_today(self):
            wished_date = False
        return Said(details_sudo, addresses_sudo, address_sudo, wished_date)

    # === BUSINESS METHODS: WHAT IT COSTS === #

    @api.model
    def _get_mode(self, channel):
        """Return whether the acting customer sees prices: ``"shown"`` or ``"hidden"``."""
        partner_sudo, company_sudo = self._get_owner()
        return "shown" if partner_sudo._shows_prices(channel, company_sudo) else "hidden"

    @api.model
    def _preview_order(self, channel, lines, said):
        """Return the order that would become of a cart, not saved, as superuser.

        So the page shows to the cent what the order will say. What an order looks up for each line
        is looked up at one go, the rules of the price list, or left out.

        :param str channel: one of `SHOP_CHANNELS`
        :param lines: of the cart
        :param said: as `_get_said` returns it
        """
        partner_sudo, company_sudo = self._get_owner()
        # What is ours of each contact by one query: price list, taxes, limits.
        contacts_sudo = partner_sudo | partner_sudo.commercial_partner_id | said.address
        contacts_sudo.with_company(company_sudo).mapped("portal_order_limit_mode")
        # Customers make no orders, they send carts.
        orders_sudo = (
            self.env["sale.order"]
            .sudo()
            .with_company(company_sudo)
            .with_context(portal_price_batch=PriceBatch(lines.product_id))
        )
        values = self._prepare_order(channel, lines, said)
        pricelist_sudo = orders_sudo.new({**values, "order_line": []}).pricelist_id
        rules_sudo = pricelist_sudo._get_applicable_rules(lines.product_id, fields.Datetime.now())
        for line, (_code, _id, line_values) in zip(lines, values["order_line"], strict=True):
            line_values["analytic_distribution"] = False
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
    def _prepare_order(self, channel, lines, said):
        """Return the values of the order that becomes of a cart.

        :param str channel: one of `SHOP_CHANNELS`
        :param lines: of the cart
        :param said: as `_get_said` returns it
        :rtype: dict
        """
        partner_sudo, company_sudo = self._get_owner()
        return {
            "partner_id": partner_sudo.id,
            "partner_shipping_id": said.address.id,
            "company_id": company_sudo.id,
            "user_id": (partner_sudo.user_id or partner_sudo.commercial_partner_id.user_id).id,
            "portal_channel": channel,
            "is_quote_request": self._get_mode(channel) == "hidden",
            "client_order_ref": said.details.reference,
            "portal_note": said.details.note,
            "portal_wished_date": said.wished_date,
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
        total = f"{preview.amount_total:.2f}" if mode == "shown" else ""
        shown = f"{mode}|{sorted(lines.ids)}|{total}"
        return hashlib.sha256(shown.encode()).hexdigest()[:16]
