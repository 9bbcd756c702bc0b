from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..const import SHOP_CHANNELS

#: Tells the customer that what it sent has come in.
RECEIPT = "kundenportal_addon.mail_template_order_received"


class SaleOrder(models.Model):
    """Orders and quote requests that customers send from the portal."""

    _inherit = "sale.order"

    portal_channel = fields.Selection(
        SHOP_CHANNELS,
        string="Sent from",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="The shop of the portal in which the customer put the order together.",
    )
    is_quote_request = fields.Boolean(
        string="Quote Request",
        copy=False,
        readonly=True,
        help="The customer sees no prices and asks for a quotation.",
    )
    portal_wished_date = fields.Date(
        string="Wished Delivery Date",
        copy=False,
        help="What the customer wishes for; nothing that we have promised.",
    )
    portal_note = fields.Text(string="Customer's Note", copy=False)
    portal_repeat_count = fields.Integer(
        string="Ordered Again Shortly After",
        compute="_compute_portal_repeat_count",
        help="How many supplies were ordered for the same device shortly before.",
    )

    # === COMPUTE METHODS === #

    @api.depends("order_line.portal_repeated_on")
    def _compute_portal_repeat_count(self):
        for order in self:
            order.portal_repeat_count = len(order.order_line.filtered("portal_repeated_on"))

    # === BUSINESS METHODS === #

    def _start_portal_order(self, user):
        """Do what follows when a customer has sent an order: a release or the inbox, and a mail.

        :param user: the customer's login
        """
        self.ensure_one()
        if self._needs_portal_release(user):
            self._ask_for_release(user)
        else:
            self._enter_portal_inbox()
        self._mail_receipt()

    def _mail_receipt(self):
        """Tell the customer that what it sent has come in; called as superuser."""
        self.ensure_one()
        partner = self.partner_id
        if not partner.email_normalized:
            return
        template = self.env.ref(RECEIPT).with_company(self.company_id)
        shows_prices = self._shows_portal_prices()
        template = template.with_context(lang=partner.lang, portal_shows_prices=shows_prices)
        template._send_secret_mail(self)
        # Customers cannot start jobs; this one sends what is queued.
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    @api.model
    def _find_sent_order(self, order_id):
        """Return what the acting customer, or its company, has sent from the portal.

        Also what it may not read (yet): the page that shows it names no prices that it must not
        know.

        :param int order_id: as the browser sent it
        :return: as superuser, empty if there is none
        """
        user_sudo = self.env.user  # always sudoed
        domain = Domain("id", "=", order_id) & user_sudo._portal_sent_order_domain()
        return self.sudo().search(domain)  # see the docstring

    @api.model
    def _find_order_to_repeat(self, order_id):
        """Return an order that the acting customer can put into its cart once more.

        :param int order_id: as the browser sent it
        :return: as superuser, empty if there is none
        """
        if sent_sudo := self._find_sent_order(order_id):
            return sent_sudo
        try:
            found = self.search([("id", "=", order_id)])
        except AccessError:
            found = self.browse()
        return found.sudo()  # its articles are not the customer's to read

    def _prepare_sent_order(self):
        """Return what the customer's page shows of what was sent; called as superuser.

        :return: ``id``, ``name``, ``date``, ``channel``, ``is_quote_request``, ``contact``,
            ``reference``, ``note``, ``wished_date``, ``delivery``, ``rows``, ``totals`` (None if
            prices are hidden), ``release_state``, ``release_reason``
        :rtype: dict
        """
        self.ensure_one()
        shows_prices = self._shows_portal_prices()
        return {
            "id": self.id,
            "name": self.name,
            "date": self.date_order,
            "channel": self.portal_channel,
            "is_quote_request": self.is_quote_request,
            "contact": self.partner_id.name,
            "reference": self.client_order_ref or "",
            "note": self.portal_note or "",
            "wished_date": self.portal_wished_date,
            "delivery": self.env["kundenportal.cart"]._describe_address(self.partner_shipping_id),
            "rows": [line._prepare_sent_row(shows_prices) for line in self._get_sent_lines()],
            "totals": self.env["kundenportal.cart"]._prepare_totals(self) if shows_prices else None,
            "release_state": self.portal_release_state,
            "release_reason": self.portal_release_reason or "",
        }

    def _shows_portal_prices(self):
        """Tell whether the acting customer may know what the order costs.

        :rtype: bool
        """
        self.ensure_one()
        if self._hides_prices():
            return False
        # What was quoted has been told; what was only sent follows the mode of today.
        is_quoted = self.state in ("sent", "sale") or not self.portal_channel
        return is_quoted or self.partner_id._shows_prices(self.portal_channel, self.company_id)
