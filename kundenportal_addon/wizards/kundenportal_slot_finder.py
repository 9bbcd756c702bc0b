from datetime import UTC, datetime, time, timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

#: Nobody plans farther ahead; calendars end somewhere, too.
FAR = timedelta(days=3660)

#: More would not be read; a later first day shows others.
SHOWN = 60


class KundenportalSlotFinder(models.TransientModel):
    """When somebody can come for a case: for staff, who see who it is and what it adds to the way.

    A time is booked at once, or some are ticked and offered to the customer, who chooses one.
    """

    _name = "kundenportal.slot.finder"
    _description = "Find a Time"

    activity_id = fields.Many2one(
        "kundenportal.activity", string="Case", required=True, readonly=True, ondelete="cascade"
    )
    appointment_id = fields.Many2one(
        "kundenportal.appointment",
        string="Moves",
        readonly=True,
        ondelete="cascade",
        help="The appointment that gets another time.",
    )
    resource_ids = fields.Many2many(
        "resource.resource",
        string="Technicians",
        help="Only these. Empty: whoever of the team has the skills needed.",
    )
    date_from = fields.Date(
        string="From", required=True, default=lambda self: fields.Date.context_today(self)
    )
    days = fields.Integer(default=14, required=True)
    line_ids = fields.One2many(
        "kundenportal.slot.finder.line",
        "finder_id",
        string="Times",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    is_guess = fields.Boolean(compute="_compute_is_guess")

    _days_positive = models.Constraint(
        "CHECK (days BETWEEN 1 AND 92)", "Times are looked for on 1 to 92 days."
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("activity_id", "appointment_id")
    def _check_case(self):
        for finder in self:
            finder._check_planning()

    # === COMPUTE METHODS === #

    @api.depends("activity_id", "date_from", "days", "resource_ids")
    def _compute_line_ids(self):
        for finder in self:
            finder.line_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "start": slot["start"],
                            "stop": slot["stop"],
                            "resource_ids": [Command.set(slot["resource_ids"])],
                            "added_travel": slot["added_travel"],
                            "is_known": slot["is_known"],
                            "is_recommended": slot["recommended"],
                        }
                    )
                    for slot in finder._find_slots()
                ),
            ]

    @api.depends("line_ids.is_known")
    def _compute_is_guess(self):
        for finder in self:
            finder.is_guess = not all(finder.line_ids.mapped("is_known"))

    # === ACTION METHODS === #

    def action_offer(self):
        """Offer the times that are ticked to the customer instead of all others (button).

        :return: an action that closes the dialog
        :rtype: dict
        :raise AccessError: unless the acting user may write the case
        :raise UserError: if nothing is ticked, or nobody could choose
        """
        self._check_planning()
        case = self.activity_id
        chosen = self.line_ids.filtered("is_chosen")
        if not chosen:
            raise UserError(self.env._("Tick the times that the customer may choose from."))
        if not case.type_id._offers_appointments():
            raise UserError(
                self.env._(
                    "Customers cannot choose appointments for “%s”: that needs a portal action "
                    "of the case type.",
                    case.type_id.name,
                )
            )
        case.sudo().appointment_proposal_ids = [  # staff write cases, this is part of one
            Command.clear(),
            *(
                Command.create(
                    {
                        "start": line.start,
                        "stop": line.stop,
                        "appointment_id": self.appointment_id.id,
                    }
                )
                for line in chosen
            ),
        ]
        self._ask_customer(case)
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS METHODS === #

    def _check_planning(self):
        """Let only those go on who may plan for the case, and move its appointment.

        :raise AccessError: for everybody else
        """
        self.ensure_one()
        finder = self.sudo(False)  # the times are computed as superuser, also of a new finder
        finder.activity_id._origin.check_access("write")
        if appointment := finder.appointment_id._origin:
            appointment._check_staff()

    def _find_slots(self):
        """Return the times to show, as the planner does.

        :rtype: list[dict]
        :raise AccessError: see `_check_planning`
        """
        self.ensure_one()
        case = self.activity_id
        if not case or not self.date_from or not 1 <= self.days <= 92:
            return []
        self._check_planning()
        if abs(self.date_from - fields.Date.today()) > FAR:
            return []
        planner = self.env["kundenportal.planner"]
        midnight = datetime.combine(
            self.date_from,
            time.min,
            planner._get_zone(case.company_id.sudo()),  # its settings
        )
        start = midnight.astimezone(UTC).replace(tzinfo=None)
        options = {"is_urgent": True, "ignore": self.appointment_id._origin}
        if self.resource_ids:
            # Whoever plans need not read resources.
            options["resources"] = self.resource_ids._origin.sudo().filtered(
                lambda one: one.company_id in (case.company_id, case.company_id.browse())
            )
        return planner._find_slots(
            case._origin, start, start + timedelta(days=self.days), limit=SHOWN, **options
        )

    def _ask_customer(self, case):
        """Write to the customer which times there are, and let the case wait for it."""
        partner = case.partner_id
        zone = partner.tz or case.company_id.sudo()._get_portal_zone()  # its settings
        localized = self.with_context(lang=partner.lang or self.env.lang)
        windows = Markup().join(
            Markup("<li>%s</li>")
            % localized.env["kundenportal.appointment"]._format_window(
                one.start, one.stop, localized.env.lang, zone
            )
            for one in case.appointment_proposal_ids
        )
        sentence = localized.env._("We offer these times for an appointment:")
        case.message_post(
            body=Markup("<p>%s</p><ul>%s</ul>") % (sentence, windows),
            partner_ids=partner.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        if case._can_change_state("waiting"):
            case._change_state("waiting")


class KundenportalSlotFinderLine(models.TransientModel):
    """A time at which somebody can come."""

    _name = "kundenportal.slot.finder.line"
    _description = "Time Found"
    _order = "is_recommended desc, start, id"

    finder_id = fields.Many2one("kundenportal.slot.finder", required=True, ondelete="cascade")
    start = fields.Datetime(readonly=True)
    stop = fields.Datetime(string="End", readonly=True)
    resource_ids = fields.Many2many("resource.resource", string="Who Comes", readonly=True)
    added_travel = fields.Integer(
        string="Added Travel (min)",
        readonly=True,
        help="By how much the way of all technicians gets longer.",
    )
    is_known = fields.Boolean(
        readonly=True, help="Off: the drive had to be guessed, since a place is not known."
    )
    is_recommended = fields.Boolean(string="Recommended", readonly=True)
    is_chosen = fields.Boolean(string="Offer")

    # === ACTION METHODS === #

    def action_book(self):
        """Book the time for the customer, or move the appointment there (button).

        :return: an action that closes the dialog
        :rtype: dict
        :raise AccessError: unless the acting user may write the case
        :raise UserError: if it is not to be had any more
        """
        self.ensure_one()
        finder = self.finder_id
        finder._check_planning()
        slot = {
            "start": self.start,
            "stop": self.stop,
            "resource_ids": self.resource_ids.ids,
            "added_travel": self.added_travel,
        }
        if finder.appointment_id:
            finder.appointment_id._move(slot)
        else:
            appointments = self.env["kundenportal.appointment"]
            appointments._book(finder.activity_id, slot, by_customer=False)
        return {"type": "ir.actions.act_window_close"}
