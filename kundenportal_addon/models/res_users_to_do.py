from odoo import fields, models
from odoo.fields import Domain

#: So many of one kind stand on the home; the rest is behind one more link.
TO_DO_LIMIT = 5


class ResUsers(models.Model):
    """What waits for a customer, on top of its home."""

    _inherit = "res.users"

    portal_unread_count = fields.Integer(
        string="Unread",
        compute="_compute_portal_unread_count",
        groups="base.group_user",
    )

    # === COMPUTE METHODS === #

    def _compute_portal_unread_count(self):
        """A field, since a page shows the number several times and is to count once."""
        copies = self.env["kundenportal.message.recipient"]
        for user in self:
            user.portal_unread_count = copies._get_unread_count(user)

    # === BUSINESS METHODS === #

    def _prepare_portal_to_dos(self):
        """Return what waits for the customer, what is due first first.

        :return: the dicts of `_get_portal_to_dos`, each with ``is_overdue``
        :rtype: list[dict]
        """
        today = fields.Date.context_today(self)
        # Customers do not read logins, not even their own.
        user_sudo = self.with_user(self).sudo()
        to_dos = user_sudo._get_portal_to_dos()
        for to_do in to_dos:
            to_do["is_overdue"] = bool(to_do["due"] and to_do["due"] < today)
        # What has no date keeps the order of the features.
        return sorted(to_dos, key=lambda to_do: (not to_do["due"], to_do["due"] or today))

    def _get_portal_to_dos(self):
        """Return what waits for the acting customer; each feature adds what is its own.

        ``self`` is superuser's, as ``env.user`` always is: no record rule applies to what is
        searched unless that is done with ``sudo(False)``.

        Called on every view of the home: one query for each source at most, none for functions
        that the customer does not have. What is done is not in the answer any more, there is no
        state to keep. Rows are made by `_make_to_do`, or by `_make_to_dos` where there may be many.

        :return: dicts ``kind`` (a word for tests and styles), ``text``, ``about`` (what it is to be
            done with; may be empty), ``url``, ``due`` (a date or None) and ``icon`` (of Font
            Awesome 4.7)
        :rtype: list[dict]
        """
        self.ensure_one()
        return self._get_quotation_to_dos() + self._get_message_to_dos()

    def _make_to_do(self, kind, text, url, icon, due=None, about=""):
        """Return one row of the list; the arguments are its values."""
        return {
            "kind": kind,
            "text": text,
            "about": about,
            "url": url,
            "icon": icon,
            "due": due or None,
        }

    def _make_to_dos(self, records, make, more):
        """Return a row for each record, and one for all the others if there are too many.

        :param records: at most one more than `TO_DO_LIMIT`
        :param make: record → its row
        :param dict more: the row for the others
        :rtype: list[dict]
        """
        rows = [make(record) for record in records[:TO_DO_LIMIT]]
        return rows + [more] if len(records) > TO_DO_LIMIT else rows

    # === SOURCES === #

    def _get_quotation_to_dos(self):
        """Return the quotations that the customer may accept by signature or payment."""
        orders_sudo = self._search_to_do_orders(
            self._get_quotation_domain(), ["name", "validity_date"], TO_DO_LIMIT + 1
        )
        return self._make_quotation_to_dos(orders_sudo)

    def _get_quotation_domain(self):
        """Return which orders are quotations that the customer may accept.

        :rtype: Domain
        """
        if not self._has_portal_function("documents"):
            return Domain.FALSE
        today = fields.Date.context_today(self)
        domain = Domain("state", "=", "sent") & (
            Domain("validity_date", "=", False) | Domain("validity_date", ">=", today)
        )
        domain &= Domain("require_payment", "=", True) | (
            Domain("require_signature", "=", True) & Domain("signature", "=", False)
        )
        # Whoever has the function has a level, so that is never all.
        return domain & Domain(self._portal_order_domain())

    def _search_to_do_orders(self, domain, names, limit, order="validity_date, id"):
        """Search orders as superuser, within a domain that says whose they are.

        Odoo's own rule asks for the company's contacts first, in queries of their own.
        """
        orders_sudo = self.env["sale.order"].sudo()  # see above
        if domain.is_false():
            return orders_sudo
        return orders_sudo.search_fetch(domain, names, order=order, limit=limit)

    def _make_quotation_to_dos(self, orders_sudo):
        return self._make_to_dos(
            orders_sudo,
            lambda order: self._make_to_do(
                "quotation",
                self.env._("Quotation %s: accept or decline", order.name),
                f"/my/orders/{order.id}",
                "fa-pencil-square-o",
                order.validity_date,
            ),
            self._make_to_do(
                "quotation", self.env._("More quotations"), "/my/quotes", "fa-pencil-square-o"
            ),
        )

    def _get_message_to_dos(self):
        """Return one row for all messages that the customer has not read."""
        count = self.portal_unread_count
        if not count:
            return []
        text = (
            self.env._("1 unread message")
            if count == 1
            else self.env._("%s unread messages", count)
        )
        return [self._make_to_do("message", text, "/my/messages", "fa-envelope-o")]
