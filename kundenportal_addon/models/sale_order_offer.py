from odoo import api, fields, models
from odoo.fields import Domain

#: In these the customer has been told what an order costs.
TOLD_STATES = ("sent", "sale")


class SaleOrder(models.Model):
    """What customers are told of an order: of a quote request no price before its quotation.

    A record rule keeps such requests from their customer (`res.users._portal_order_domain`), links
    with a token do not open them, and mails about them name no amount.
    """

    _inherit = "sale.order"

    portal_offered_on = fields.Datetime(
        string="First Quotation on",
        compute="_compute_portal_offered_on",
        store=True,
        copy=False,
        help="When the customer of a quote request was first told prices.",
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "is_quote_request")
    def _compute_portal_offered_on(self):
        for order in self:
            is_told = order.is_quote_request and order.state in TOLD_STATES
            order.portal_offered_on = order.portal_offered_on or (is_told and fields.Datetime.now())

    # === BUSINESS METHODS === #

    def _hides_prices(self):
        """Tell whether the order is a quote request whose customer knows no prices (yet).

        :rtype: bool
        """
        self.ensure_one()
        if not self.is_quote_request or self.state in TOLD_STATES:
            return False
        return self.state == "draft" or not self.portal_offered_on

    @api.model
    def _get_told_domain(self):
        """Return the orders that their customer may read, with all that stands in them.

        What staff still work on is not told, whoever began it; an order with prices that the
        customer sent is its own from the beginning.

        :rtype: Domain
        """
        own = Domain("portal_channel", "!=", False) & Domain("is_quote_request", "=", False)
        never_offered = (
            Domain("is_quote_request", "=", True)
            & Domain("state", "=", "cancel")
            & Domain("portal_offered_on", "=", False)
        )
        return (Domain("state", "!=", "draft") | own) & ~never_offered

    # === HOOKS: MAILS === #

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        groups = super()._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        if self and self._hides_prices():
            for name, _belongs, options in groups:
                if name != "user":
                    options["has_button_access"] = False  # it would lead to nothing
        return groups

    def _notify_by_email_prepare_rendering_context(self, message, **kwargs):
        context = super()._notify_by_email_prepare_rendering_context(message, **kwargs)
        if self._hides_prices():
            # Odoo's second line is the total.
            context["subtitles"] = context["subtitles"][:1]
        return context
