from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.typed_text import clean
from .kundenportal_action import Outcome
from .kundenportal_appointment import LIVE, SlotTaken

#: How the browser sends moments; UTC, so that an hour which exists twice is no riddle.
MOMENT = "%Y-%m-%dT%H:%M:%S"


class KundenportalActivityAction(models.Model):
    """That customers may choose an appointment, and move it."""

    _inherit = "kundenportal.activity.action"

    code = fields.Selection(
        selection_add=[("appointment", "Choose an appointment")],
        ondelete={"appointment": "cascade"},
    )

    # === BUSINESS METHODS === #

    @api.model
    def _find_for_appointments(self, case):
        """Return the action with which customers choose an appointment for a case.

        :param case: which the user may read
        :return: as superuser; one that is available, else one that says why not, else none
        """
        actions_sudo = case.sudo().type_id.action_ids.filtered(  # see `_find_for`
            lambda action: action.code == "appointment" and action._is_for_level()
        )
        return actions_sudo.filtered(lambda one: not one._get_refusal(case))[:1] or actions_sudo[:1]


class KundenportalActivityType(models.Model):
    """Whether customers choose appointments for cases of the type."""

    _inherit = "kundenportal.activity.type"

    def _offers_appointments(self):
        """Tell whether a portal action of the type does.

        :rtype: bool
        """
        return "appointment" in self.action_ids.mapped("code")


class KundenportalActionAppointment(models.AbstractModel):
    """Choose when somebody comes; or, where that is settled, another time.

    In two steps: a time that is chosen is kept for some minutes, and made sure of when the page
    that shows it once more is sent.
    """

    _name = "kundenportal.action.appointment"
    _inherit = "kundenportal.action"
    _description = "Customer Action: Choose an Appointment"

    _is_to_do = True
    _is_repeatable = True  # a second visit, or another one after a cancellation
    _states = ("new", "planned", "in_progress", "waiting")

    # === HOOKS === #

    @api.model
    def _get_refusal(self, action, case):
        if current := case._get_current_appointment():
            return current._get_change_refusal()
        if not action.type_id.active:
            return self.env._("Appointments are not offered here at the moment.")
        return ""

    @api.model
    def _get_url(self, action, case):
        current = case._get_current_appointment()
        if current and not case._get_open_proposals():
            return case._get_appointment_path(current)
        return case._get_appointment_path()

    @api.model
    def _get_label(self, action, case):
        if case._get_current_appointment() and not case._get_open_proposals():
            return self.env._("Move or cancel the appointment")
        return action.name

    @api.model
    def _get_to_do_domain(self, action):
        now = fields.Datetime.now()
        agreed = Domain("state", "in", LIVE) & Domain("stop", ">", now)
        offered = Domain("appointment_proposal_ids", "any", [("start", ">", now)])
        # One that has taken place needs no second, unless somebody offers it or waits for it.
        never = Domain("date_start", "=", False) & Domain(
            "appointment_ids", "not any", [("state", "in", (*LIVE, "done"))]
        )
        return offered | (
            Domain("appointment_ids", "not any", agreed) & (never | Domain("state", "=", "waiting"))
        )

    @api.model
    def _get_outcome(self, record):
        if record._name != "kundenportal.appointment":
            return Outcome(record)
        return Outcome(record, is_done=False, url=record.activity_id._get_appointment_path(record))

    @api.model
    def _submit(self, action, case, data, files):
        """Keep a time that was chosen, or make sure of the one that is kept.

        :raise SlotTaken: if it is not to be had; others can be shown by the next request only
        """
        if held_id := clean(data.get("confirm")):
            return self._confirm(case, held_id)
        held = self._hold(case, self._read_start(data), case._get_current_appointment())
        return Outcome(held, is_done=False, url=case._get_appointment_path(held))

    # === TOOLING === #

    @api.model
    def _confirm(self, case, held_id):
        held = case.appointment_ids.filtered(
            lambda one: str(one.id) == held_id and one.is_by_customer
        )
        if not held:
            raise SlotTaken(self.env._("The time is no longer kept. Please choose again."))
        is_done = held.state == "held"  # else it was before
        if is_done and held.hold_until <= fields.Datetime.now():
            # The page may have been open for days: is it still shown to anybody, lead time and all?
            held = self._hold(case, held.start, held.replaces_id)
        url = f"{case._get_portal_path()}?done=appointment"
        return Outcome(held._confirm(), is_done=is_done, url=url)

    @api.model
    def _read_start(self, data):
        """Return the moment that a button of the page stands for.

        :raise UserError: for what is no time of the page
        """
        try:
            return datetime.strptime(clean(data.get("start")), MOMENT)
        except ValueError:
            raise UserError(self.env._("Please choose one of the times.")) from None

    @api.model
    def _hold(self, case, start, replaces):
        """Keep the time that begins at a moment, if it is still to be had.

        :raise SlotTaken: if it is not
        """
        slot = self._find_chosen(case, start)
        return self.env["kundenportal.appointment"]._book(
            case, slot, by_customer=True, hold=True, replaces=replaces
        )

    @api.model
    def _find_chosen(self, case, start):
        """Return the slot that begins at a moment, asked again.

        :raise SlotTaken: if it is not to be had any more
        """
        planner, offered = self.env["kundenportal.planner"], case._get_open_proposals()
        first, last = planner._get_horizon(case)
        slot = None
        if start in offered.mapped("start") if offered else first <= start <= last:
            slot = planner._find_slot(
                case,
                start,
                ignore=case._get_ignored_appointments(),
                is_exact=bool(offered),
                is_urgent=bool(offered),
            )
        if not slot or (not offered and slot["stop"] > last):
            raise SlotTaken(self.env._("This time has just been taken. Please choose another one."))
        return slot
