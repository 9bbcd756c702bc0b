from odoo import api, fields, models
from odoo.exceptions import AccessError
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
        copy=False,
        readonly=True,
        help="When the customer of a quote request was first told prices.",
    )

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") in TOLD_STATES:
            told = self.filtered(lambda one: one.is_quote_request and not one.portal_offered_on)
            if told:
                told.portal_offered_on = fields.Datetime.now()
        return result

    # === BUSINESS METHODS === #

    def _hides_prices(self):
        """Tell whether the order is a quote request whose customer knows no prices (yet).

        :rtype: bool
        """
        self.ensure_one()
        if not self.is_quote_request or self.state in TOLD_STATES:
            return False
        return self.state == "draft" or not self.portal_offered_on

    def _check_told(self, user):
        """Refuse customers an order that they came to by a link, before they may know its prices.

        :param user: who wants to see it
        :raise AccessError: unless the user is a member of the staff, or prices are told
        """
        self.ensure_one()
        if user.share and self._hides_prices():
            raise AccessError(self.env._("This has not been offered yet."))

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

    def _notify_by_email_prepare_rendering_context(
        self,
        message,
        msg_vals=False,
        model_description=False,
        force_email_company=False,
        force_email_lang=False,
        force_record_name=False,
    ):
        context = super()._notify_by_email_prepare_rendering_context(
            message,
            msg_vals=msg_vals,
            model_description=model_description,
            force_email_company=force_email_company,
            force_email_lang=force_email_lang,
            force_record_name=force_record_name,
        )
        if self._hides_prices():
            # Odoo's second line is the total.
            context["subtitles"] = context["subtitles"][:1]
        return context
