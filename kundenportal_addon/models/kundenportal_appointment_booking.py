from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.case_state import RUNNING
from .kundenportal_appointment import LIVE, SlotTaken

#: State → the states that may follow it; each may stay, with another time.
STEPS = {
    "held": {"requested", "booked"},
    "requested": {"booked", "cancelled"},
    "booked": {"requested", "conflict", "done", "cancelled"},
    "conflict": {"requested", "booked", "done", "cancelled"},
    "done": set(),
    "cancelled": set(),
}


class KundenportalAppointment(models.Model):
    """How an appointment is made, moved and cancelled: by these methods, and no other way.

    Callers have checked that the acting user may (staff: write access to the case; customers: the
    door to it). A slot is a dict as ``kundenportal.planner._find_slots`` returns it: ``start`` and
    ``stop`` (UTC, without a time zone), ``resource_ids``, and ``added_travel`` (minutes) if known.
    Whether somebody is free is asked again each time, after waiting for everybody else who books
    the same technicians (``…_time.py``).

    Locks are taken in one order: case, technicians, appointment.
    """

    _inherit = "kundenportal.appointment"

    # === BUSINESS METHODS: WHAT CALLERS NEED === #

    @api.model
    def _book(self, case, slot, *, by_customer, hold=False, replaces=None):
        """Make an appointment, or keep the time for it while it is being confirmed.

        :param case: the case
        :param dict slot: see above
        :param bool by_customer: whether a customer does it
        :param bool hold: keep the time for some minutes, until `_confirm`; of one case, the time
            that was chosen before is let go, and of one customer all but a few
        :param replaces: the appointment that is to be moved to the time, if it is held
        :return: the appointment, as superuser
        :raise SlotTaken: if the time is not to be had
        :raise UserError: if the case takes no appointments any more
        """
        case_sudo = case.ensure_one().sudo()  # customers book by methods only
        self_sudo = self.browse().sudo()
        replaces_sudo = replaces.sudo() if replaces else self_sudo
        slot = self_sudo._read_slot(slot)
        case_sudo._lock_state()
        self_sudo._check_bookable(case_sudo, slot, by_customer=by_customer)
        self_sudo._reserve(slot, ignore=replaces_sudo, case=case_sudo)
        if hold:
            self_sudo._limit_holds()
        with self_sudo._refusing_overlap():
            appointment_sudo = self_sudo.create(
                {
                    **self_sudo._prepare_time(slot),
                    "activity_id": case_sudo.id,
                    "technician_ids": self_sudo._prepare_technicians(slot),
                    "is_by_customer": by_customer,
                    "hold_until": hold and case_sudo.company_id._get_appointment_hold_until(),
                    "replaces_id": replaces_sudo.id,
                }
            )
        if not hold:
            appointment_sudo._settle()
        return appointment_sudo

    def _confirm(self):
        """Make an appointment of a time that is held, or of what a customer has asked for.

        What is held is checked again: a leave or the end of the case may have come between. What
        a customer has chosen waits for the staff where the type says so. Confirmed twice, it is
        done once.

        :return: the appointment, as superuser; the moved one if it was to replace that
        :raise SlotTaken: if the time is not to be had any more
        :raise UserError: if the case takes no appointments any more, or it is too late to move
        """
        self_sudo = self.ensure_one().sudo()  # customers confirm by methods only
        if not self_sudo._lock():
            raise SlotTaken(self.env._("The time is no longer kept. Please choose again."))
        if self_sudo.state == "held":
            return self_sudo._confirm_held()
        if self_sudo.state == "requested" and self.env.user._is_internal():
            self_sudo._reserve(self_sudo._get_slot(), ignore=self_sudo)
            self_sudo._settle()
        elif self_sudo.state not in ("requested", "booked"):
            raise UserError(self_sudo._get_over_sentence())
        return self_sudo

    def _confirm_held(self):
        slot, by_customer = self._get_slot(), self.is_by_customer
        if replaces := self.replaces_id:
            self.unlink()
            replaces._move(slot, by_customer=by_customer)
            return replaces
        self._check_bookable(self.activity_id, slot, by_customer=by_customer)
        self._reserve(slot, ignore=self)
        self._settle()
        return self

    def _move(self, slot, *, by_customer=False):
        """Give an appointment another time, and technicians who are free then.

        :param dict slot: see above
        :param bool by_customer: whether a customer does it, who may no more shortly before
        :raise SlotTaken: if the time is not to be had
        :raise UserError: if it cannot be moved any more
        """
        self_sudo = self.ensure_one().sudo()  # customers move by methods only
        slot = self_sudo._read_slot(slot)
        self_sudo._lock(slot["resource_ids"])
        if self_sudo.state not in LIVE:
            raise UserError(self_sudo._get_over_sentence())
        if by_customer and (refusal := self_sudo._get_change_refusal()):
            raise UserError(refusal)
        self_sudo._check_bookable(self_sudo.activity_id, slot, by_customer=by_customer)
        self_sudo._reserve(slot, ignore=self_sudo, case=self_sudo.activity_id)
        self_sudo._change_time(slot, by_customer=by_customer)

    def _cancel(self, reason=None, *, by_customer=False, is_late_allowed=False):
        """Cancel appointments.

        :param str reason: why; the customer reads it
        :param bool by_customer: whether a customer does it, who may no more shortly before
        :param bool is_late_allowed: the customer may all the same
        :raise UserError: if one of them cannot be cancelled any more
        """
        for appointment_sudo in self.sudo():  # customers cancel by methods only
            if not appointment_sudo._lock() or appointment_sudo.state == "cancelled":
                continue
            if by_customer and not is_late_allowed:
                if refusal := appointment_sudo._get_change_refusal():
                    raise UserError(refusal)
            appointment_sudo._update_state(
                "cancelled",
                reason=(reason or "").strip() or False,
                remind_on=False,
                revision=appointment_sudo.revision + 1,
            )
            appointment_sudo._after_change("cancelled", by_customer=by_customer)

    def _finish(self):
        """Note that appointments have taken place."""
        for appointment in self:
            appointment._lock()
            appointment._update_state("done", remind_on=False)
            self.env["kundenportal.protocol"]._close_for(appointment, appointment._get_state_name())

    def _get_change_refusal(self):
        """Say why customers can neither move nor cancel the appointment now.

        :return: a sentence; empty if they can
        :rtype: str
        """
        self_sudo = self.ensure_one().sudo()  # settings are not customers' to read
        if self_sudo.state not in LIVE or self_sudo.activity_id.state not in RUNNING:
            return self._get_over_sentence()
        actions_sudo = self_sudo.type_id.action_ids.filtered(lambda one: one.code == "appointment")
        if actions_sudo and not any(action._is_for_level() for action in actions_sudo):
            return self.env._("This is for main users only.")
        if fields.Datetime.now() < self._get_change_until():
            return ""
        hours = self_sudo._get_change_hours()
        if not hours:
            return self.env._("The appointment has begun and cannot be changed here any more.")
        return self.env._(
            "An appointment can be moved or cancelled here until %s hours before. Please call us.",
            hours,
        )

    def _get_change_until(self):
        """Return until when customers can move or cancel the appointment, in UTC.

        :rtype: datetime.datetime
        """
        return self.start - timedelta(hours=self._get_change_hours())

    def _get_change_hours(self):
        """Return until how many hours before customers may; 0 while we offer other times."""
        self_sudo = self.sudo()  # see above
        if self_sudo in self_sudo.activity_id._get_open_proposals().appointment_id:
            return 0
        return self_sudo.company_id.portal_appointment_change_hours

    # === BUSINESS METHODS: STEPS === #

    def _settle(self):
        """Make sure of a time that has been kept, or asked for."""
        by_customer = self.state == "held" and self.is_by_customer
        is_request = by_customer and self.type_id.appointment_confirmation
        state = "requested" if is_request else "booked"
        self._update_state(state, hold_until=False, remind_on=self._plan_reminder(self.start))
        self._after_change(state, by_customer=by_customer)

    def _change_time(self, slot, *, by_customer):
        """Write another time that has been reserved, and do what follows.

        What a customer moves waits for the staff where the type says so.

        :param dict slot: see the class
        """
        old = self._get_staff_window()
        is_request = by_customer and self.type_id.appointment_confirmation
        values = {
            **self._prepare_time(slot),
            "technician_ids": self._prepare_technicians(slot),
            "remind_on": self._plan_reminder(slot["start"]),
            "revision": self.revision + 1,
        }
        with self._refusing_overlap():
            self._update_state("requested" if is_request else "booked", **values)
        self._after_change("requested" if is_request else "moved", by_customer=by_customer, old=old)

    def _update_state(self, state, **values):
        """Bring an appointment into another state; the one method that does.

        :param str state: a key of ``STEPS``
        :param values: of other fields, written with it
        :raise UserError: if the step is not allowed
        """
        self.ensure_one()
        if state != self.state and state not in STEPS[self.state]:
            raise UserError(self._get_over_sentence())
        self._own_write({"state": state, **values})

    def _after_change(self, what, *, by_customer, old=None):
        """Do what follows: calendars, case, protocol and inbox, mail; hook for features.

        :param str what: ``requested``, ``booked``, ``moved`` or ``cancelled``
        :param bool by_customer: whether a customer did it
        :param str old: the window before, if it was moved
        """
        self._sync_event()
        self._log_change(what, by_customer=by_customer, old=old)
        self.activity_id._follow_appointments(self, by_customer=by_customer)
        self._mail_change(what)

    def _get_over_sentence(self):
        return self.env._(
            "This appointment is “%s” and cannot be changed any more.", self._get_state_name()
        )

    def _get_state_name(self):
        """Return the name of the state in the reader's language."""
        self.ensure_one()
        return dict(self._fields["state"]._description_selection(self.env)).get(self.state, "")
