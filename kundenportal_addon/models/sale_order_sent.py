from odoo import SUPERUSER_ID, api, models


class SaleOrder(models.Model):
    """The list of what customers sent from the shops of the portal, and what became of it.

    They may not read a quote request before its quotation, so it is looked up for them as
    superuser, within `res.users._portal_sent_order_domain`.
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

    # === BUSINESS METHODS: WHAT IS SHOWN === #

    def _prepare_sent_rows(self):
        """Return what the list shows of each order.

        :return: ``id``, ``url``, ``number``, ``reference`` (the customer's own), ``date``,
            ``contact`` (empty if it is the reader), ``is_quote_request``, ``stage_code`` and
            ``stage``, ``total`` and ``currency`` (None as long as the customer may not know)
        :rtype: list[dict]
        """
        stages = self._get_sent_stages()
        reader = self.env.user.partner_id
        rows = []
        for order in self:
            code = order._get_sent_stage_code()
            shows_total = order._shows_portal_prices()
            rows.append(
                {
                    "id": order.id,
                    "url": f"/my/shop/requests/{order.id}",
                    "number": order.name,
                    "reference": order.client_order_ref or "",
                    "date": order.create_date,
                    "contact": "" if order.partner_id == reader else order.partner_id.name,
                    "is_quote_request": order.is_quote_request,
                    "stage_code": code,
                    "stage": stages[code],
                    "total": order.amount_total if shows_total else None,
                    "currency": order.currency_id if shows_total else None,
                }
            )
        return rows

    def _prepare_sent_page(self):
        """Return what the order's page shows beside what `_prepare_sent_order` does.

        :return: as `_prepare_sent_rows` does, ``document_url`` (Odoo's own page, empty as long as
            the customer may not read it) and ``valid_until``
        :rtype: dict
        """
        self.ensure_one()
        is_readable = self.sudo(False).has_access("read")
        return {
            **self._prepare_sent_order(),
            **self._prepare_sent_rows()[0],
            "document_url": f"/my/orders/{self.id}" if is_readable else "",
            "valid_until": self.validity_date if self.state == "sent" else False,
        }

    def _get_sent_lines(self):
        """Return the lines that the customer is shown.

        What staff add to a quote request is not told before it is offered.
        """
        lines = self.order_line.filtered(lambda line: line.product_id and not line.display_type)
        if self._hides_prices():
            return lines.filtered(lambda line: line.create_uid == self.create_uid)
        return lines

    def _get_sent_stage_code(self):
        """Return how far the order is, as its customer is told.

        :return: one of the keys of `_get_sent_stages`
        :rtype: str
        """
        self.ensure_one()
        if self.state in ("draft", "cancel") and self.portal_release_state in (
            "waiting",
            "refused",
        ):
            return self.portal_release_state
        if self.state == "draft":
            return "draft" if self._is_untouched() else "working"
        return "expired" if self.state == "sent" and self.is_expired else self.state

    def _is_untouched(self):
        """Tell whether none of the staff has dealt with the order yet."""
        editor = self.write_uid
        is_staff = not editor.share and editor.id != SUPERUSER_ID
        return not is_staff and not self.portal_offered_on

    @api.model
    def _get_sent_stages(self):
        """Return the names of the stages of what was sent, in the reader's language.

        :rtype: dict[str, str]
        """
        return {
            "waiting": self.env._("Waits for release"),
            "refused": self.env._("Not released"),
            "draft": self.env._("Received"),
            "working": self.env._("Being worked on"),
            "sent": self.env._("Quotation is there"),
            "expired": self.env._("Quotation has expired"),
            "sale": self.env._("Order confirmed"),
            "cancel": self.env._("Cancelled"),
        }
