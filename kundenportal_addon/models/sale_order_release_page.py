from odoo import models


class SaleOrder(models.Model):
    """What pages of releases show; called as superuser, for what was found as the customer's."""

    _inherit = "sale.order"

    # === BUSINESS METHODS === #

    def _prepare_release_rows(self):
        """Return what the list shows of each order.

        :return: ``url``, ``name``, ``date``, ``contact``, ``is_quotation`` (of ours, to be
            accepted), ``is_quote_request``, ``total`` and ``currency`` (both None if prices are
            hidden)
        :rtype: list[dict]
        """
        rows = []
        for order in self:
            shows_prices = order._shows_portal_prices()
            rows.append(
                {
                    "url": f"/my/cart/release/{order.id}",
                    "name": order.name,
                    "date": order.date_order,
                    "contact": (order.portal_release_asked_id or order.partner_id).name,
                    "is_quotation": not order.portal_channel or order.state == "sent",
                    "is_quote_request": order.is_quote_request,
                    "total": order.amount_total if shows_prices else None,
                    "currency": order.currency_id if shows_prices else None,
                }
            )
        return rows

    def _prepare_release_page(self):
        """Return what the page of one order shows.

        :return: as `_prepare_release_rows` and `_prepare_sent_order`, and ``decided_by``,
            ``decided_on``, ``seen`` (sent back with the form), ``document_url`` (Odoo's own page;
            empty where the reader may not read it)
        :rtype: dict
        """
        self.ensure_one()
        is_readable = self.state != "draft" and self.sudo(False).has_access("read")
        return {
            **self._prepare_sent_order(),
            **self._prepare_release_rows()[0],
            "decided_by": self.portal_release_by_id.name or "",
            "decided_on": self.portal_release_on,
            "seen": self._get_offer_digest(),
            "document_url": f"/my/orders/{self.id}" if is_readable else "",
        }

    def _prepare_acceptance(self):
        """Return why the acting customer cannot accept a quotation online, for its page.

        :return: ``state`` (of the release), ``may_ask`` (it is signed in and can ask for one),
            ``is_visitor`` (it is not) and ``reason`` of a refusal; None where nothing is in the way
        :rtype: dict | None
        """
        self.ensure_one()
        if self.state != "sent" or self.is_expired or not self._portal_limit_holds():
            return None
        user_sudo = self._get_accepting_user()
        return {
            "state": self.portal_release_state,
            "may_ask": not user_sudo._is_public()
            and self.portal_release_state != "waiting"
            and self.with_user(user_sudo).has_access("read"),
            "is_visitor": user_sudo._is_public(),
            "reason": self.portal_release_reason or "",
        }
