from typing import ClassVar

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

STATES = [
    ("held", "Being chosen"),
    ("requested", "To be confirmed"),
    ("booked", "Booked"),
    ("conflict", "Conflict"),
    ("done", "Done"),
    ("cancelled", "Called Off"),
]

#: States in which the customer has the appointment.
LIVE = ("requested", "booked", "conflict")

#: States in which nobody else can have the time.
BLOCKING = ("held", *LIVE)

#: Opens ``write`` for the methods of the model: no remote call can bring this very object.
OWN = object()


class SlotTaken(UserError):
    """The time is not, or no longer, to be had; there are others to choose."""

    #: The web client shows it like any other refusal, not as a fault of the program.
    context: ClassVar[dict] = {"exception_class": "odoo.exceptions.UserError"}


class KundenportalAppointment(models.Model):
    """A time window in which technicians come to a customer, for a case.

    A case may have several, one after the other. Nobody writes them but methods: `_book`,
    `_confirm`, `_move` and `_cancel` (``…_booking.py``), and the event in the calendars of those
    who take part (``calendar_event_appointment.py``). That no technician is at two places at once
    is held by the database, see ``kundenportal.appointment.technician``. What follows a change is
    in ``…_event.py`` (calendars), ``…_inbox.py`` (staff), ``…_mail.py`` and ``…_portal.py``
    (customers).
    """

    _name = "kundenportal.appointment"
    _description = "Appointment"
    _inherit = ["kundenportal.inbox.mixin"]
    _order = "start desc, id desc"

    activity_id = fields.Many2one(
        "kundenportal.activity",
        string="Case",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    type_id = fields.Many2one(related="activity_id.type_id", string="Case Type")
    partner_id = fields.Many2one(
        related="activity_id.partner_id", string="Customer", store=True, index=True
    )
    commercial_partner_id = fields.Many2one(
        related="activity_id.commercial_partner_id",
        string="Company of the Customer",
        store=True,
    )
    company_id = fields.Many2one(
        related="activity_id.company_id", string="Our Company", store=True, index=True
    )
    state = fields.Selection(
        STATES, string="Status", required=True, readonly=True, copy=False, default="held"
    )
    start = fields.Datetime(required=True)
    stop = fields.Datetime(string="End", required=True)
    address_id = fields.Many2one(
        "res.partner",
        compute="_compute_address_id",
        compute_sudo=True,
        store=True,
        ondelete="set null",
    )
    is_by_customer = fields.Boolean(
        string="Booked by the Customer", readonly=True, copy=False, groups="base.group_user"
    )
    reason = fields.Text(
        string="Why Cancelled", readonly=True, copy=False, help="The customer reads it."
    )

    # What only staff see: who comes, and why then
    technician_ids = fields.One2many(
        "kundenportal.appointment.technician",
        "appointment_id",
        string="Technicians",
        readonly=True,
        groups="base.group_user",
    )
    resource_ids = fields.Many2many(
        "resource.resource",
        string="Who Comes",
        compute="_compute_resource_ids",
        search="_search_resource_ids",
        groups="base.group_user",
    )
    resource_id = fields.Many2one(
        "resource.resource",
        string="Technician",
        compute="_compute_resource_id",
        store=True,
        index=True,
        ondelete="set null",
        groups="base.group_user",
        help="The first of those who come.",
    )
    added_travel = fields.Integer(
        string="Added Travel (minutes)",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="By how much the appointment made the way of the technicians longer, when it was "
        "booked.",
    )
    travel_before = fields.Integer(
        string="Drive There (minutes)", compute="_compute_travel_before", groups="base.group_user"
    )
    event_id = fields.Many2one(
        "calendar.event",
        string="Calendar Event",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
    )
    hold_until = fields.Datetime(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Until then a time that is being chosen is kept.",
    )
    replaces_id = fields.Many2one(
        "kundenportal.appointment",
        string="Instead of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="cascade",
        groups="base.group_user",
        help="The appointment that is moved to this time when it is confirmed.",
    )
    remind_on = fields.Datetime(
        readonly=True, copy=False, groups="base.group_user", help="When the reminder is due."
    )
    revision = fields.Integer(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="How often it was changed; calendars replace older files by newer ones.",
    )

    _is_long = models.Constraint(
        "CHECK (stop > start)", "An appointment ends after it has begun, not before."
    )
    _coming_idx = models.Index(
        "(commercial_partner_id, stop) WHERE state IN ('requested', 'booked', 'conflict')"
    )
    _start_idx = models.Index("(company_id, start)")
    _remind_idx = models.Index("(remind_on) WHERE remind_on IS NOT NULL")
    _hold_idx = models.Index("(hold_until) WHERE state = 'held'")

    # === COMPUTE METHODS === #

    @api.depends("activity_id.number", "start", "stop")
    @api.depends_context("lang", "uid", "show_case")
    def _compute_display_name(self):
        """Number and time; with ``show_case`` in the context, for calendars, the case instead."""
        for appointment in self:
            case_sudo = appointment.sudo().activity_id  # no secret to whoever reads this
            if self.env.context.get("show_case"):
                customer = case_sudo.commercial_partner_id.name
                appointment.display_name = " – ".join(filter(None, (case_sudo.name, customer)))
                continue
            number = case_sudo.number
            is_timed = appointment.start and appointment.stop
            appointment.display_name = " – ".join(
                filter(None, (number, is_timed and appointment._get_window()))
            )

    @api.depends("activity_id.location_id", "state")
    def _compute_address_id(self):
        """Follow the case as long as somebody is to come."""
        for appointment in self:
            if appointment.state in BLOCKING or not appointment.address_id:
                appointment.address_id = appointment.activity_id.location_id

    @api.depends("technician_ids.resource_id")
    def _compute_resource_ids(self):
        for appointment in self:
            appointment.resource_ids = appointment.technician_ids.resource_id

    def _search_resource_ids(self, operator, value):
        return Domain("technician_ids.resource_id", operator, value)

    @api.depends("technician_ids.resource_id")
    def _compute_resource_id(self):
        for appointment in self:
            appointment.resource_id = appointment.technician_ids[:1].resource_id

    @api.depends("technician_ids.drive_minutes")
    def _compute_travel_before(self):
        for appointment in self:
            drives = appointment.technician_ids.mapped("drive_minutes")
            appointment.travel_before = max(drives, default=0)

    # === CRUD METHODS === #

    def write(self, vals):
        """Take another time as a move: so does a calendar in which staff drag an appointment.

        :raise UserError: for anything else; buttons do that
        :raise SlotTaken: if the technicians are not free then
        """
        if self.env.context.get("appointment_write") is OWN:
            return super().write(vals)
        self._check_staff()
        if not vals.keys() <= {"start", "stop"}:
            raise UserError(self.env._("An appointment is changed by its buttons."))
        for appointment in self:
            appointment._move({**appointment._get_slot(), **vals})
        return True

    def _own_write(self, vals):
        """Write past the guard in ``write``; for the model's own methods only."""
        return self.with_context(appointment_write=OWN).write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_held(self):
        """Let only what is being chosen vanish; what was agreed is cancelled, and known.

        :raise UserError: for other appointments
        """
        if self.env.context.get("appointment_write") is OWN:
            return
        if any(appointment.state != "held" for appointment in self):
            raise UserError(self.env._("Appointments are cancelled, not deleted."))

    # === ACTION METHODS === #

    def action_confirm(self):
        """Confirm what a customer has asked for (button).

        :return: True
        :raise AccessError: unless the acting user may write the cases
        """
        self._check_staff()
        for appointment in self:
            appointment._confirm()
        return True

    def action_cancel(self):
        """Ask why the appointments are cancelled, then cancel them (button).

        :return: an action
        :rtype: dict
        """
        self._check_staff()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cancel Appointment"),
            "res_model": "kundenportal.appointment.cancel",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_appointment_ids": self.ids},
        }

    def action_done(self):
        """Note that the work has been done (button).

        :return: True
        :raise AccessError: unless the acting user may write the cases
        """
        self._check_staff()
        self.sudo()._finish()  # written by methods only
        return True

    def action_open_case(self):
        """Open the case (button).

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        return self.activity_id.action_open_case()

    def _check_staff(self):
        """Let only those act who may work on the cases.

        :raise AccessError: for everybody else
        """
        self.check_access("write")
        self.activity_id.check_access("write")
