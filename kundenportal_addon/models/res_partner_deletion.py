from collections.abc import Callable
from typing import NamedTuple

from odoo import models
from odoo.fields import Domain

from ..tools.case_state import RUNNING


class Pending(NamedTuple):
    """What somebody has asked for and nobody has decided, or was about to send."""

    #: What customers and staff read.
    label: str
    #: As superuser; their number is shown.
    records: models.BaseModel
    #: Function of the records that takes it back.
    withdraw: Callable


class ResPartner(models.Model):
    """What ends when a customer deletes its account, and what stays, for which reason."""

    _inherit = "res.partner"

    # === HOOKS === #

    def _get_portal_pending(self):
        """Return what is taken back when the contact deletes its account; features add their own.

        :return: some of which may be empty
        :rtype: list[Pending]
        """
        self.ensure_one()
        return [
            self._get_pending_data_changes(),
            self._get_pending_access_requests(),
            self._get_pending_registrations(),
            self._get_pending_releases(),
            self._get_pending_cart(),
            self._get_pending_forms(),
            *self._get_pending_appointments(),
            self._get_pending_copies(),
            self._get_pending_deputies(),
        ]

    def _get_portal_bound(self):
        """Return the documents that the law makes us keep, with the contact's name on them.

        :return: pairs of a label and a number, none with 0
        :rtype: list[tuple[str, int]]
        """
        # Whoever asks need not have the function; nothing is shown but the number.
        orders_sudo, invoices_sudo = self.env["sale.order"].sudo(), self.env["account.move"].sudo()
        orders = orders_sudo.search_count(
            [("partner_id", "in", self.ids), ("state", "in", ("sent", "sale"))]
        )
        invoices = invoices_sudo.search_count(
            Domain("state", "!=", "cancel")  # a draft will bear the name, too
            & (
                Domain("partner_id", "in", self.ids)
                | Domain("invoice_line_ids.sale_line_ids.order_id.partner_id", "in", self.ids)
            )
        )
        purchases = 0
        if "purchase.order" in self.env:  # of a customer who sells to us, too
            purchases = (
                self.env["purchase.order"]
                .sudo()
                .search_count(
                    [
                        ("partner_id", "in", self.ids),
                        ("state", "in", ("sent", "to approve", "purchase", "done")),
                    ]
                )
            )
        return [
            (label, number)
            for label, number in (
                (self.env._("Quotations and orders"), orders),
                (self.env._("Invoices and credit notes"), invoices),
                (self.env._("Purchase orders"), purchases),
            )
            if number
        ]

    def _get_portal_running(self):
        """Return what still runs for the contact, for which it has to be known until it is done.

        :return: pairs of a label and a number, none with 0
        :rtype: list[tuple[str, int]]
        """
        # As in `_get_portal_bound`.
        cases_sudo = self.env["kundenportal.activity"].sudo()
        appointments_sudo = self.env["kundenportal.appointment"].sudo()
        own = Domain("partner_id", "in", self.ids)
        coming = appointments_sudo._get_next_domain() & Domain("state", "!=", "requested")
        return [
            (label, number)
            for label, number in (
                (
                    self.env._("Running requests"),
                    cases_sudo.search_count(own & Domain("state", "in", RUNNING)),
                ),
                (self.env._("Coming appointments"), appointments_sudo.search_count(own & coming)),
            )
            if number
        ]

    # === BUSINESS METHODS === #

    def _prepare_portal_deletion(self):
        """Return what deleting the account would do, for the page before and the one after.

        :return: ``pending``, ``bound`` and ``running``: pairs of a label and a number; and
            ``has_address``, whether name and address are kept because of what is bound
        :rtype: dict
        """
        self.ensure_one()
        bound = self._get_portal_bound()
        return {
            "pending": [
                (pending.label, len(pending.records))
                for pending in self._get_portal_pending()
                if pending.records
            ],
            "bound": bound,
            "running": self._get_portal_running(),
            "has_address": bool(bound),
        }

    def _withdraw_portal_pending(self):
        """Take back whatever waits for somebody in the contact's name, as superuser."""
        for pending in self._get_portal_pending():
            if pending.records:
                pending.withdraw(pending.records)

    # === WHAT IS TAKEN BACK === #

    def _get_pending_data_changes(self):
        changes_sudo = self.env["kundenportal.data.change"].sudo()  # shown as a number, as the rest
        found = changes_sudo.search([("partner_id", "=", self.id), ("state", "=", "pending")])

        def withdraw(changes):
            changes._lock()
            lines = changes.line_ids.filtered(lambda line: line.state == "pending")
            changes._settle(lines, "withdrawn")

        return Pending(self.env._("Requested changes of data"), found, withdraw)

    def _get_pending_access_requests(self):
        requests_sudo = self.env["kundenportal.access.request"].sudo()  # see above
        found = requests_sudo.search(
            Domain("state", "=", "requested")
            & (
                Domain("partner_id", "=", self.id)
                | Domain("requested_by_id.partner_id", "=", self.id)
            )
        )
        label = self.env._("Requests for access")
        return Pending(label, found, lambda requests: requests._withdraw())

    def _get_pending_registrations(self):
        registrations_sudo = self.env["kundenportal.registration"].sudo()  # see above
        same = Domain("partner_id", "=", self.id)
        if self._is_sole_owner_of_email():
            same |= Domain("email_normalized", "=", self.email_normalized)
        found = registrations_sudo.search(same & Domain("state", "in", ("unverified", "open")))

        def withdraw(registrations):
            protocol = self.env["kundenportal.protocol"]
            protocol._close_for(registrations, self.env._("Withdrawn"))
            registrations.unlink()

        return Pending(self.env._("Registrations"), found, withdraw)

    def _is_sole_owner_of_email(self):
        """Tell whether what comes from the contact's address can be nobody else's."""
        address = self.email_normalized
        if not address or not self.email_verified_on:
            return False
        others_sudo = self.sudo().search_count(  # nothing is shown of them
            [("email_normalized", "=", address), ("id", "!=", self.id)], limit=1
        )
        return not others_sudo

    def _get_pending_releases(self):
        orders_sudo = self.env["sale.order"].sudo()  # see above
        found = orders_sudo.search(
            [
                ("portal_release_asked_id", "=", self.id),
                ("portal_release_state", "=", "waiting"),
            ]
        )

        def withdraw(orders):
            orders._lock_release()
            orders._forget_release()
            # What was never released has not become an order.
            for order in orders.filtered(lambda one: one.portal_channel and one.state == "draft"):
                order._action_cancel()

        return Pending(self.env._("Orders that wait for a release"), found, withdraw)

    def _get_pending_cart(self):
        own = [("partner_id", "=", self.id)]
        lines_sudo = self.env["kundenportal.cart.line"].sudo().search(own)  # see above
        carts_sudo = self.env["kundenportal.cart"].sudo().search(own)

        def withdraw(lines):
            lines.unlink()
            carts_sudo.unlink()
            self._recount_portal_cart()

        return Pending(self.env._("Articles in the cart"), lines_sudo, withdraw)

    def _get_pending_forms(self):
        responses_sudo = self.env["kundenportal.form.response"].sudo()  # see above
        found = responses_sudo.search([("partner_id", "=", self.id), ("state", "=", "half")])
        label = self.env._("Half-filled forms")
        return Pending(label, found, lambda responses: responses.unlink())

    def _get_pending_appointments(self):
        appointments_sudo = self.env["kundenportal.appointment"].sudo()  # see above
        own = Domain("partner_id", "=", self.id)
        held = appointments_sudo.search(own & Domain("state", "=", "held"))
        asked = appointments_sudo.search(
            own & appointments_sudo._get_next_domain() & Domain("state", "=", "requested")
        )
        reason = self.env._("The account was deleted")
        return (
            Pending(self.env._("Reserved times"), held, lambda found: found.unlink()),
            Pending(
                self.env._("Requested appointments"),
                asked,
                lambda found: found._cancel(reason, by_customer=True, is_late_allowed=True),
            ),
        )

    def _get_pending_copies(self):
        exports_sudo = self.env["kundenportal.data.export"].sudo()  # see above
        found = exports_sudo.search([("partner_id", "=", self.id)])
        return Pending(self.env._("Copies of the data"), found, lambda exports: exports.unlink())

    def _get_pending_deputies(self):
        deputies_sudo = self.env["kundenportal.release.deputy"].sudo()  # see above
        found = deputies_sudo.search(
            Domain("partner_id", "=", self.id) | Domain("deputy_id", "=", self.id)
        )
        return Pending(self.env._("Deputies for releases"), found, lambda rows: rows.unlink())
