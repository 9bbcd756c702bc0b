from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import SQL, format_date

from ..const import PORTAL_LEVELS

#: How long a main user is shown that something was declined.
SHOW_DECLINED = timedelta(days=30)


class KundenportalAccessRequest(models.Model):
    """What a main user wants for a colleague, waiting for the staff; only wider access waits.

    Written by methods only: main users open and withdraw requests, staff decide them.
    """

    _name = "kundenportal.access.request"
    _description = "Access Request"
    _inherit = ["kundenportal.inbox.mixin"]
    _order = "id desc"
    _inbox_undecided_states = ("requested",)
    _inbox_decided_states = ("approved", "declined", "withdrawn")

    partner_id = fields.Many2one(
        "res.partner", string="Colleague", required=True, readonly=True, ondelete="cascade"
    )
    commercial_partner_id = fields.Many2one(
        "res.partner",
        string="Company of the Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The company that the contact belonged to when the request was made.",
    )
    requested_by_id = fields.Many2one(
        "res.users", string="Requested by", readonly=True, ondelete="set null"
    )
    level = fields.Selection(PORTAL_LEVELS, required=True, readonly=True)
    function_ids = fields.Many2many(
        "kundenportal.function",
        string="Functions to Add",
        readonly=True,
        help="Functions that a main user had taken from the contact and gives back.",
    )
    state = fields.Selection(
        [
            ("requested", "Requested"),
            ("approved", "Approved"),
            ("declined", "Declined"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        readonly=True,
        default="requested",
        index=True,
    )
    decided_by_id = fields.Many2one(
        "res.users", string="Decided by", readonly=True, ondelete="set null"
    )
    decided_on = fields.Datetime(readonly=True)
    reason = fields.Char(readonly=True, help="Why it was declined; the main user reads it.")
    company_id = fields.Many2one(
        "res.company", string="Our Company", required=True, readonly=True, ondelete="cascade"
    )

    _open_unique = models.UniqueIndex("(partner_id) WHERE state = 'requested'")
    _partner_idx = models.Index("(partner_id, id)")

    # === COMPUTE METHODS === #

    @api.depends("partner_id")
    def _compute_display_name(self):
        for request in self:
            # Who may read the request may know whom it is about.
            request.display_name = request.sudo().partner_id.name

    # === ACTION METHODS === #

    def action_approve(self):
        """Give the contacts what was asked for (button).

        :return: True
        :raise AccessError: unless the acting user is an officer of the portal
        :raise UserError: if it was decided already, naming by whom, or may no longer be given
        """
        for request_sudo in self._enter_as_officer():
            request_sudo._check_still_valid()
            partner_sudo = request_sudo._get_partner()
            if partner_sudo.portal_access != request_sudo.level:
                partner_sudo._put_on_level(request_sudo.level)
            # As of today: neither staff nor the company's groups may have taken them meanwhile.
            tickable = partner_sudo._get_tickable_functions(request_sudo.requested_by_id)
            had = tickable - partner_sudo.portal_main_withheld_function_ids
            now = had | (request_sudo.function_ids & tickable)
            if now != had:
                partner_sudo._write_functions(tickable, had, now)
            request_sudo._decide("approved")
        return True

    def action_decline(self):
        """Ask for the reason why the requests are declined (button).

        :return: an action
        :rtype: dict
        """
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decline"),
            "res_model": "kundenportal.access.decline",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_request_ids": self.ids},
        }

    # === BUSINESS METHODS: MAIN USERS === #

    @api.model
    def _get_open(self, partners):
        """Return what waits for the contacts, as superuser; callers have passed their gate."""
        return self.sudo().search([("partner_id", "in", partners.ids), ("state", "=", "requested")])

    @api.model
    def _get_latest(self, partner):
        """Return what waits for a contact, or was declined lately, as superuser."""
        latest_sudo = self.sudo().search([("partner_id", "=", partner.id)], limit=1)
        if latest_sudo.state == "requested" or (
            latest_sudo.state == "declined"
            and latest_sudo.decided_on > fields.Datetime.now() - SHOW_DECLINED
        ):
            return latest_sudo
        return latest_sudo.browse()

    @api.model
    def _open_for(self, partner, level, functions=None):
        """Ask the staff to give a contact something; an earlier request is replaced.

        :param partner: a colleague of the acting main user, as superuser
        :param str level: that the contact is to have
        :param functions: that are to be added
        :return: the request, as superuser
        """
        self._get_open(partner)._withdraw()
        request_sudo = self.sudo().create(  # customers write requests through methods only
            {
                "partner_id": partner.id,
                "commercial_partner_id": partner.commercial_partner_id.id,
                "requested_by_id": self.env.uid,
                "level": level,
                "function_ids": [Command.set(functions.ids if functions else [])],
                # Which of us serves it is not the customer's to read.
                "company_id": self.env.user.sudo().company_id.id,
            }
        )
        self.env["kundenportal.protocol"]._log(
            "colleague_requested", partner, note=request_sudo._describe(), record=request_sudo
        )
        return request_sudo

    def _withdraw(self):
        """Take requests back that nobody has decided yet."""
        self._lock()
        for request in self.filtered(lambda request: request.state == "requested"):
            request._set_state("withdrawn")

    def _prepare_for_colleagues(self):
        """Return what the colleague's page shows of the request; None for no request.

        :rtype: dict | None
        """
        if not self:
            return None
        return {
            "state": self.state,
            "text": self._describe(),
            "date": self.create_date,
            "reason": self.reason or "",
        }

    def _describe(self):
        """Return in words what was asked for."""
        levels = dict(self._fields["level"]._description_selection(self.env))
        return ", ".join([levels[self.level], *self.function_ids.mapped("name")])

    # === BUSINESS METHODS: STAFF === #

    def _decline(self, reason):
        """Decline requests; whoever asked is told why.

        :param str reason: a sentence for the main user
        :raise UserError: if one was decided already
        """
        for request_sudo in self._enter_as_officer():
            request_sudo.reason = reason
            request_sudo._decide("declined")

    def _enter_as_officer(self):
        """Start a decision: check who decides, wait for others, check that it is still open.

        :return: the requests as superuser
        :raise AccessError: unless the acting user is an officer who may read the requests
        """
        if not self.env.su and not self.env.user.has_group("kundenportal_addon.group_officer"):
            raise AccessError(
                self.env._("Only officers of the customer portal decide about access.")
            )
        self.check_access("read")
        self_sudo = self.sudo()  # staff have no right to write requests but through here
        self_sudo._lock()
        for request_sudo in self_sudo:
            if request_sudo.state != "requested":
                raise UserError(request_sudo._get_decided_text())
        return self_sudo

    def _lock(self):
        """Wait for others who decide the same requests.

        They write the rows, so PostgreSQL refuses the second one's outdated snapshot, and Odoo
        starts that request anew.
        """
        if self:
            self.env.cr.execute(
                SQL(
                    "SELECT FROM kundenportal_access_request WHERE id IN %s ORDER BY id "
                    "FOR NO KEY UPDATE",
                    self._ids,
                ),
                log_exceptions=False,
            )
            self.invalidate_recordset(["state", "decided_by_id", "decided_on"])

    def _get_decided_text(self):
        """Return the sentence that says who was faster."""
        states = dict(self._fields["state"]._description_selection(self.env))
        return self.env._(
            "The request for %(name)s was dealt with already: %(state)s by %(who)s on %(date)s.",
            name=self.partner_id.name,
            state=states[self.state],
            who=self.decided_by_id.name or self.env._("somebody whose login was deleted"),
            date=format_date(self.env, self.decided_on),
        )

    def _check_still_valid(self):
        """Check that the main user could still ask for this today.

        :raise UserError: if not
        """
        try:
            partner_sudo = self._get_partner()
        except AccessError as error:
            raise UserError(
                self.env._(
                    "%(who)s no longer manages the access of %(name)s. Please decline.",
                    who=self.requested_by_id.name or self.env._("The main user"),
                    name=self.partner_id.name,
                )
            ) from error
        partner_sudo._check_not_blocked()

    def _get_partner(self):
        """Return the contact by way of the gate, as if the main user asked now."""
        return self.env["res.partner"]._find_colleague(self.partner_id.id, self.requested_by_id)

    def _decide(self, state):
        """Note a decision of the staff and tell whoever asked."""
        kinds = {"approved": "colleague_approved", "declined": "colleague_declined"}
        note = ": ".join(filter(None, (self._describe(), self.reason)))
        self.env["kundenportal.protocol"]._log(
            kinds[state], self.partner_id, note=note, record=self
        )
        self._set_state(state)
        requester = self.requested_by_id
        if requester.active and requester.email_normalized:
            template = self.env.ref("kundenportal_addon.mail_template_access_request")
            template.with_context(lang=requester.lang).send_mail(
                self.id, email_layout_xmlid="kundenportal_addon.mail_layout"
            )

    def _set_state(self, state):
        self.write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_on": fields.Datetime.now(),
            }
        )
        # At once: the next request of the contact needs the place in the unique index.
        self.flush_recordset()
        states = dict(self._fields["state"]._description_selection(self.env))
        self.env["kundenportal.protocol"]._close_for(self, states[state])
