from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

#: Functions that an order belongs to, by its shop; quotations of ours have none.
FUNCTIONS = {"shop": "shop", "printers": "printers", False: "documents"}


class SaleOrder(models.Model):
    """What a customer's users may not order by themselves, and a main user releases.

    Whether that is so, ``sale_order_limit.py`` says.
    """

    _inherit = "sale.order"

    portal_release_state = fields.Selection(
        [
            ("none", "Not needed"),
            ("waiting", "Waits for a main user"),
            ("released", "Released"),
            ("refused", "Refused"),
        ],
        string="Customer's Release",
        required=True,
        default="none",
        copy=False,
        readonly=True,
    )
    portal_release_asked_id = fields.Many2one(
        "res.partner",
        string="Release Asked for by",
        copy=False,
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    portal_release_by_id = fields.Many2one(
        "res.partner", string="Decided by", copy=False, readonly=True, ondelete="set null"
    )
    portal_release_on = fields.Datetime(string="Decided on", copy=False, readonly=True)
    portal_release_reason = fields.Char(string="Reason for Refusal", copy=False, readonly=True)
    portal_released_total = fields.Monetary(
        string="Released up to",
        copy=False,
        readonly=True,
        help="What whoever released the order has seen as its total. If it costs more later, it "
        "needs another release.",
    )

    _release_idx = models.Index(
        "(portal_commercial_partner_id, id) WHERE portal_release_state = 'waiting'"
    )

    # === ACTION METHODS === #

    def action_portal_release(self):
        """Release the orders in the customer's name, who said so on the telephone (button).

        :return: True
        :raise AccessError: unless the acting user is a member of the staff who may write them
        """
        if self.env.user.share:
            raise AccessError(self.env._("Only staff release in a customer's name."))
        self.check_access("write")
        for order_sudo in self.sudo():  # what follows are mails and entries of the protocol
            order_sudo._lock_release()
            if order_sudo.portal_release_state == "waiting":
                order_sudo._decide_release("released", self.env.user.partner_id)
        return True

    # === BUSINESS METHODS: WHO LEAVES === #

    def _hand_over_to(self, leaver, successor):
        """Let the successor be who asked for a release, and hears of it."""
        result = super()._hand_over_to(leaver, successor)
        asked = self.filtered(lambda order: order.portal_release_asked_id == leaver)
        asked.write({"portal_release_asked_id": successor.id})
        return result

    # === BUSINESS METHODS: STAFF === #

    def _check_is_released(self):
        """Refuse that staff confirm or quote what the customer's main user has not released.

        :raise UserError: with the sentence for the staff
        """
        for order in self:
            if order.portal_release_state == "waiting":
                raise UserError(
                    self.env._(
                        "“%s” waits for the release of a main user of the customer. If that was "
                        "given otherwise, release it in the customer's name first.",
                        order.display_name,
                    )
                )

    # === BUSINESS METHODS: WHO RELEASES === #

    def _get_portal_releasers(self):
        """Return the logins of the main users who can release the order, as superuser.

        Without its shop, or without documents, they do not see it.
        """
        self.ensure_one()
        users_sudo = self.portal_commercial_partner_id._get_portal_main_users()
        code = FUNCTIONS[self.portal_channel]
        return users_sudo.filtered(lambda user: user._has_portal_function(code))

    @api.model
    def _get_release_domain(self):
        """Return the orders that the acting customer can release now.

        :rtype: Domain
        """
        user_sudo = self.env.user  # always sudoed
        customer_sudo = user_sudo.partner_id.commercial_partner_id
        is_main_user = user_sudo._get_portal_level() == "main_user"
        deputies_sudo = self.env["kundenportal.release.deputy"].sudo()  # absences are others'
        if not is_main_user and not deputies_sudo._is_deputy(user_sudo):
            return Domain.FALSE
        channels = [
            channel for channel, code in FUNCTIONS.items() if user_sudo._has_portal_function(code)
        ]
        domain = Domain("portal_commercial_partner_id", "=", customer_sudo.id) & Domain(
            "portal_channel", "in", channels
        )
        if not is_main_user:
            # Whoever stands in for a main user needs a second pair of eyes itself.
            domain &= Domain("portal_release_asked_id", "!=", user_sudo.partner_id.id)
        return domain

    @api.model
    def _get_waiting_domain(self):
        """Return the orders that wait for a release: not those that can be accepted no longer.

        :rtype: Domain
        """
        today = fields.Date.context_today(self)
        is_valid = Domain("validity_date", "=", False) | Domain("validity_date", ">=", today)
        return Domain("portal_release_state", "=", "waiting") & (
            Domain("state", "=", "draft") | is_valid
        )

    @api.model
    def _search_to_release(self, limit=None):
        """Return what waits for the acting customer's release, as superuser, the oldest first."""
        domain = self._get_waiting_domain() & self._get_release_domain()
        return self.sudo().search(domain, order="id", limit=limit)  # as the domain says

    @api.model
    def _find_to_release(self, order_id):
        """Return an order that waits, or waited, for the acting customer's release.

        :param int order_id: as the browser sent it
        :return: as superuser, empty if there is none
        """
        domain = Domain("id", "=", order_id) & Domain("portal_release_state", "!=", "none")
        return self.sudo().search(domain & self._get_release_domain())  # as the domain says

    # === BUSINESS METHODS: ASK AND DECIDE === #

    def _ask_for_release_by_customer(self):
        """Ask the main users to release a quotation that the acting customer cannot accept.

        Asked twice, they get one mail.

        :raise AccessError: unless the customer may read the quotation
        :raise UserError: if it needs no release, or cannot be accepted any more
        """
        self.ensure_one().check_access("read")
        self._lock_release()
        order_sudo = self.sudo()  # customers write no orders
        if order_sudo.portal_release_state == "waiting":
            return
        if self.state != "sent" or self.is_expired or not self._portal_limit_holds():
            raise UserError(self.env._("This does not need a release."))
        order_sudo._ask_for_release(self.env.user)

    def _ask_for_release(self, user):
        """Let the order wait for a main user.

        :param user: who ordered, or wants to accept it
        """
        self.write(
            {
                "portal_release_state": "waiting",
                "portal_release_asked_id": user.partner_id.id,
                "portal_release_by_id": False,
                "portal_release_on": False,
                "portal_release_reason": False,
            }
        )
        self._log_release("release_requested", user.partner_id)
        self._mail_release_request()

    def _release_by_customer(self, seen=""):
        """Release the order as the acting customer; what was found by `_find_to_release`.

        :param str seen: as `_get_offer_digest` returned it for the page, if there was one
        :raise UserError: if it was decided already, naming by whom, or if staff revised it
        """
        self._enter_release()
        if seen and seen != self._get_offer_digest():
            raise UserError(
                self.env._("%s has been revised meanwhile. Please look at it once more.", self.name)
            )
        self._decide_release("released", self.env.user.partner_id)

    def _refuse_by_customer(self, reason):
        """Refuse the order as the acting customer; what was found by `_find_to_release`.

        :param str reason: a sentence for whoever ordered
        :raise UserError: as `_release_by_customer`
        """
        self._enter_release()
        self._decide_release("refused", self.env.user.partner_id, reason)

    def _enter_release(self):
        self.ensure_one()._lock_release()
        if self.portal_release_state != "waiting":
            who = self.portal_release_by_id.name
            raise UserError(
                self.env._("%(order)s was decided already, by %(who)s.", order=self.name, who=who)
                if who
                else self.env._("%s does not wait for a release any more.", self.name)
            )

    def _lock_release(self):
        """Wait for others who decide the same order; a real update, so that one starts anew."""
        self.env.cr.execute(
            SQL("UPDATE sale_order SET id = id WHERE id = ANY(%s)", list(self.ids)),
            log_exceptions=False,
        )
        self.invalidate_recordset(["portal_release_state", "portal_release_by_id", "state"])

    def _decide_release(self, state, who, reason=False):
        """Note a decision and do what follows from it; called as superuser.

        :param str state: ``"released"`` or ``"refused"``
        :param who: the contact who decides
        :param str reason: why it was refused
        """
        is_sent_cart = self.portal_channel and self.state == "draft"
        # Whoever released a request for a quotation has not seen what it costs.
        total = self.amount_total if self._shows_portal_prices() else 0
        self.write(
            {
                "portal_release_state": state,
                "portal_release_by_id": who.id,
                "portal_release_on": fields.Datetime.now(),
                "portal_release_reason": reason,
                "portal_released_total": total if state == "released" else 0,
            }
        )
        kind = {"released": "order_released", "refused": "release_refused"}[state]
        self._log_release(kind, self.portal_release_asked_id or self.partner_id, reason)
        if is_sent_cart and state == "released":
            self._enter_portal_inbox()
        elif is_sent_cart:
            # As superuser: Odoo notes what it costs in the name of whoever causes it.
            self._action_cancel()
        self._mail_release_decision()

    def _forget_release(self):
        """Let no main user be asked about what has been settled without it."""
        waiting = self.filtered(lambda order: order.portal_release_state == "waiting")
        if waiting:
            waiting.write({"portal_release_state": "none"})

    def _log_release(self, kind, partner, reason=""):
        self.env["kundenportal.protocol"]._log(
            kind,
            partner,
            note=": ".join(filter(None, (self.name, reason))),
            record=self,
            company=self.company_id,
        )

    # === CRONS === #

    @api.autovacuum
    def _gc_releases(self):
        """Hand what waits for nobody any more to the staff: the last main user may have left."""
        for order in self.search([("portal_release_state", "=", "waiting")]):
            if not order._get_portal_releasers():
                order._forget_release()
                if order.portal_channel and order.state == "draft":
                    order._enter_portal_inbox()
