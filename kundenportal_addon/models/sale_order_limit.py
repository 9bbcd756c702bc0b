import hashlib

from odoo import api, fields, models
from odoo.http import request

#: The sender is who paid: an object that no remote call can bring.
PAID = object()


class SaleOrder(models.Model):
    """When a customer's limit keeps its users from ordering or accepting by themselves.

    It holds for what is sent from the portal and for quotations that are accepted online, and is
    asked where Odoo decides whether an order can be signed or paid, and again where it is
    confirmed, so that no page and no link gets around it.
    """

    _inherit = "sale.order"

    # === HOOKS OF ODOO'S SALES === #

    def _has_to_be_signed(self):
        return super()._has_to_be_signed() and self._is_acceptable()

    def _has_to_be_paid(self):
        return super()._has_to_be_paid() and self._is_acceptable()

    def _confirmation_error_message(self):
        refusal = super()._confirmation_error_message()
        if refusal or self.env.context.get("portal_paid") is PAID:
            return refusal
        return self._portal_limit_holds() and self._get_limit_text()

    # === BUSINESS METHODS: WHEN THE LIMIT HOLDS === #

    def _is_acceptable(self):
        """Tell whether the acting customer may accept the order online."""
        self.ensure_one()
        # What customers have put together themselves staff look at first.
        is_quoted = not self.portal_channel or self.state != "draft"
        return is_quoted and not self._portal_limit_holds()

    def _portal_limit_holds(self):
        """Tell whether the customer's limit keeps the acting user from accepting the order.

        Whoever comes with a link only, without being signed in, may be anybody of the company.

        :rtype: bool
        """
        self.ensure_one()
        user_sudo = self._get_accepting_user()
        if user_sudo._is_internal() or user_sudo._is_superuser():
            return False
        return self.sudo()._needs_portal_release(user_sudo)  # limits are not customers' to read

    def _get_payment_refusal(self):
        """Return why the acting user cannot pay for the order now, or None.

        Odoo lets whoever can open an order pay for it, whether or not its page offers that.
        """
        self.ensure_one()
        user_sudo = self._get_accepting_user()
        if self.state not in ("draft", "sent") or user_sudo._is_internal():
            return None
        # What is paid is confirmed, with prices that nobody has looked at.
        if self.portal_channel and self.state == "draft" and not user_sudo._is_superuser():
            return self.env._("This can be paid as soon as we have looked at it.")
        return self._get_limit_text() if self._portal_limit_holds() else None

    @api.model
    def _get_accepting_user(self):
        """Return who acts; Odoo's pages of documents work as the superuser for everybody.

        :return: as superuser
        """
        user_sudo = self.env.user  # always sudoed
        return request.env.user if request and user_sudo._is_superuser() else user_sudo

    def _needs_portal_release(self, user):
        """Tell whether a main user has to release the order before it counts.

        :param user: who orders or accepts; may be the public user
        :rtype: bool
        """
        self.ensure_one()
        if not self.company_id.portal_active or self._is_from_elsewhere():
            return False
        if self.portal_release_state == "released" and (
            self.currency_id.compare_amounts(self.amount_total, self.portal_released_total) <= 0
        ):
            return False
        if self._is_free_to_order(user) or not self._is_above_portal_limit():
            return False
        # With nobody to release it, it would wait for ever.
        return bool(self._get_portal_releasers())

    def _is_from_elsewhere(self):
        """Tell whether the order comes from another shop, which asks on its own terms."""
        return "website_id" in self._fields and bool(self.website_id)

    def _is_free_to_order(self, user):
        """Tell whether no limit holds: for the customer's main users and logins without level."""
        if user._is_public() or user._get_portal_level() == "user":
            return False
        return user.partner_id.commercial_partner_id == self.portal_commercial_partner_id

    def _is_above_portal_limit(self):
        """Tell whether the total, with taxes, is more than the customer's users may order."""
        customer = self.portal_commercial_partner_id.with_company(self.company_id)
        mode, most = customer._get_portal_order_limit(self.company_id)
        if mode != "amount":
            return mode == "release"
        if self._hides_prices():
            # A request binds nobody, and what waits must not tell what it costs. What comes of it
            # is asked again when it is accepted.
            return False
        ours = self.company_id.currency_id
        date = self.date_order or fields.Datetime.now()
        total = self.currency_id._convert(self.amount_total, ours, self.company_id, date)
        return ours.compare_amounts(total, most) > 0

    @api.model
    def _get_limit_text(self):
        return self.env._("This needs the release of a main user of the company.")

    # === BUSINESS METHODS: WHAT IS ACCEPTED === #

    def _get_offer_digest(self):
        """Return in short what an order offers, to tell whether it is what somebody has seen.

        Of prices that are hidden it says nothing: whoever has it could try out which they are.

        :rtype: str
        """
        self.ensure_one()
        if not self._shows_portal_prices():
            lines = [(line.product_id.id, line.product_uom_qty) for line in self._get_sent_lines()]
            return hashlib.sha256(repr(lines).encode()).hexdigest()[:16]
        lines = [
            (line.id, line.name, line.product_uom_qty, line.price_unit, line.discount)
            for line in self.order_line
        ]
        offer = (lines, self.currency_id.id, f"{self.amount_total:.2f}", self.note or "")
        return hashlib.sha256(repr(offer).encode()).hexdigest()[:16]
