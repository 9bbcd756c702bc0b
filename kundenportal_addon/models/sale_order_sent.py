from odoo import SUPERUSER_ID, api, models
from odoo.fields import Domain

#: The database knows no larger ids, and fails at one.
MAX_ID = 2**31 - 1


class SaleOrder(models.Model):
    """What customers sent from the shops of the portal, and what became of it.

    They may not read a quote request before its quotation, so it is looked up for them as
    superuser, within `res.users._portal_sent_order_domain`; and shown as they sent it.
    """

    _inherit = "sale.order"

    # === BUSINESS METHODS: WHAT IS FOUND === #

    @api.model
    def _search_sent_for_portal(self, limit=None, offset=0):
        """Return a page of what the acting customer, or its company, has sent; latest first.

        :param int limit: orders of the page
        :param int offset: orders before it
        :return: as superuser
        """
        domain = self.env.user._portal_sent_order_domain()
        return self.sudo().search(domain, order="id desc", limit=limit, offset=offset)  # see class

    @api.model
    def _count_sent_for_portal(self):
        """Return how many orders `_search_sent_for_portal` finds without a limit.

        :rtype: int
        """
        return self.sudo().search_count(self.env.user._portal_sent_order_domain())  # see class

    @api.model
    def _find_sent_for_portal(self, order_id):
        """Return one of the orders that `_search_sent_for_portal` finds, or none.

        :param int order_id: as the browser sent it
        :return: as superuser
        """
        if order_id > MAX_ID:
            return self.sudo().browse()
        domain = self.env.user._portal_sent_order_domain() & Domain("id", "=", order_id)
        return self.sudo().search(domain)  # see class

    # === BUSINESS METHODS: WHAT IS SHOWN === #

    def _prepare_sent_rows(self):
        """Return what the list shows of each order.

        :return: ``id``, ``url``, ``number``, ``reference`` (the customer's own), ``date``,
            ``contact`` (empty if it is the reader), ``is_quote_request``, ``channel``, ``state``
            (a code), ``stage`` (its text), ``total`` and ``currency`` (None as long as the
            customer may not know)
        :rtype: list[dict]
        """
        stages = self._get_sent_stages()
        reader = self.env.user.partner_id
        rows = []
        for order in self:
            state = order._get_sent_state()
            shows_total = not order._hides_prices()
            rows.append(
                {
                    "id": order.id,
                    "url": f"/my/shop/requests/{order.id}",
                    "number": order.name,
                    "reference": order.client_order_ref or "",
                    "date": order.create_date,
                    "contact": "" if order.partner_id == reader else order.partner_id.name,
                    "is_quote_request": order.is_quote_request,
                    "channel": order.portal_channel,
                    "state": state,
                    "stage": stages[state],
                    "total": order.amount_total if shows_total else None,
                    "currency": order.currency_id if shows_total else None,
                }
            )
        return rows

    def _prepare_sent_page(self):
        """Return what the order's page shows.

        :return: as `_prepare_sent_rows` does, and ``document_url`` (Odoo's own page, empty as long
            as the customer may not read it), ``valid_until``, ``wished_date``, ``note``,
            ``address`` and ``lines``: dicts ``name``, ``quantity``, ``unit`` and ``device``
        :rtype: dict
        """
        self.ensure_one()
        order = self.sudo(False)
        is_readable = order.has_access("read")
        return {
            **self._prepare_sent_rows()[0],
            "document_url": f"/my/orders/{self.id}" if is_readable else "",
            "valid_until": self.validity_date if self.state == "sent" else False,
            "wished_date": self.portal_wished_date,
            "note": self.portal_note or "",
            "address": self.partner_shipping_id._display_address().strip(),
            "lines": [
                {
                    "name": line.product_id.with_context(display_default_code=False).display_name,
                    "quantity": line.product_uom_qty,
                    "unit": line.product_uom_id.name,
                    "device": line.portal_equipment_id.name or "",
                }
                for line in self._get_sent_lines()
            ],
        }

    def _get_sent_lines(self):
        """Return the lines that the customer is shown.

        What staff add, or write into a line, is not told before it is offered.
        """
        lines = self.order_line.filtered(lambda line: line.product_id and not line.display_type)
        if self._hides_prices():
            return lines.filtered(lambda line: line.create_uid == self.create_uid)
        return lines

    def _get_sent_state(self):
        """Return how far the order is, as its customer is told.

        :return: one of the keys of `_get_sent_stages`
        :rtype: str
        """
        self.ensure_one()
        if self.state != "draft":
            is_expired = self.state == "sent" and self.is_expired
            return "expired" if is_expired else self.state
        return "draft" if self._is_untouched() else "working"

    def _is_untouched(self):
        """Tell whether none of the staff has dealt with the order yet."""
        editor = self.write_uid
        is_staff = not editor.share and editor.id != SUPERUSER_ID
        return not is_staff and not self.portal_offered_on

    @api.model
    def _get_sent_stages(self):
        """Return the names of the states of what was sent, in the reader's language.

        :rtype: dict[str, str]
        """
        return {
            "draft": self.env._("Sent in"),
            "working": self.env._("Being worked on"),
            "sent": self.env._("Quotation is there"),
            "expired": self.env._("Quotation has expired"),
            "sale": self.env._("Ordered"),
            "cancel": self.env._("Cancelled"),
        }
