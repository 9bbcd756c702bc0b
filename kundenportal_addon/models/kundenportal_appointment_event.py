import logging

from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

_logger = logging.getLogger(__name__)

#: Opens ``calendar.event.write`` for us: no remote call can bring this very object.
OWN_EVENT = object()

#: Customers get mails of ours in their language; technicians see it in their calendar. Whoever
#: acts need not be the one to whom Google or Outlook let the event be changed.
QUIET = {
    "appointment_event": OWN_EVENT,
    "mail_notrack": True,
    "no_mail_to_attendees": True,
    "skip_attendee_notification": True,
    "skip_contact_description": True,
    "skip_event_permission": True,
}


class KundenportalAppointment(models.Model):
    """The event in the calendars of technicians and customer, and what is done to it there."""

    _inherit = "kundenportal.appointment"

    # === ACTION METHODS === #

    def action_restore(self):
        """Put the event back to the time that was agreed with the customer (button).

        :return: True
        :raise AccessError: unless the acting user may write the cases
        """
        self._check_staff()
        for appointment_sudo in self.sudo():  # written by methods only
            appointment_sudo._lock()
            appointment_sudo._end_conflict()
        return True

    def action_follow(self):
        """Move the appointment to where its event is, and tell the customer (button).

        :return: True
        :raise AccessError: unless the acting user may write the cases
        :raise SlotTaken: if a technician is not free then
        :raise UserError: if the event is no longer one that an appointment can have
        """
        self._check_staff()
        self.sudo()._follow_event()  # written by methods only
        return True

    # === BUSINESS METHODS: FROM THE APPOINTMENT TO ITS EVENT === #

    def _sync_event(self):
        """Make the event what the appointment says; there is one as long as it is booked."""
        events = self.env["calendar.event"].with_user(SUPERUSER_ID).with_context(**QUIET)
        for appointment in self:
            event = events.browse(appointment.event_id.id)
            if appointment.state == "booked":
                values = appointment._prepare_event()
                if event:
                    event.write(appointment._prepare_event_change(event, values))
                else:
                    event = events.create(values)
                    appointment._own_write({"event_id": event.id})
            elif appointment.state in ("requested", "cancelled") and event.active:
                # Not deleted: the calendars that Odoo syncs with would not get to know of it.
                event.write({"active": False})

    def _prepare_event(self):
        """Return the values of a new event. The customer takes part in it: nothing in it is secret.

        :rtype: dict
        """
        self.ensure_one()
        case = self.activity_id
        users = self.technician_ids.resource_id.user_id
        guests = users.partner_id | case.partner_id
        # Google lets all guests change an event unless told otherwise: customers, too, any time.
        is_synchronised = "guests_readonly" in self.env["calendar.event"]._fields
        return {
            **({"guests_readonly": True} if is_synchronised else {}),
            "name": " – ".join(
                filter(None, (case.display_name, self.commercial_partner_id.display_name))
            ),
            "start": self.start,
            "stop": self.stop,
            "allday": False,
            "active": True,
            "location": self._get_place(),
            "description": case.description or False,
            # Of these only whoever takes part is to know; others see that somebody is busy.
            "privacy": "private" if case.is_confidential else False,
            "user_id": users[:1].id or case.user_id.id,
            "partner_ids": [Command.set(guests.ids)],
            "attendee_ids": [
                Command.create({"partner_id": guest.id, "state": "accepted"}) for guest in guests
            ],
        }

    def _prepare_event_change(self, event, values):
        """Return what of the values an event does not have yet; its attendees are not made anew."""
        guest_ids = values["partner_ids"][0][2]
        changed = {name: values[name] for name in ("start", "stop")}  # one goes with the other
        for name in ("name", "location", "allday", "active", "privacy"):
            if (event[name] or False) != (values[name] or False):
                changed[name] = values[name]
        if set(event.partner_ids.ids) != set(guest_ids):
            changed["partner_ids"] = values["partner_ids"]
            changed["user_id"] = values["user_id"]
        return changed

    def _forget_customers(self):
        """Take customers out of the events, which stay when the appointments are deleted.

        Until then the appointment keeps its event from them: it says who comes.
        """
        events = self.env["calendar.event"].with_user(SUPERUSER_ID).with_context(**QUIET)
        for appointment in self.filtered("event_id"):
            event = events.browse(appointment.event_id.id)
            event.write({"partner_ids": [Command.unlink(appointment.partner_id.id)]})

    # === BUSINESS METHODS: FROM THE EVENT TO THE APPOINTMENT === #

    def _follow_event(self):
        """Move appointments to where somebody has put their events by hand.

        :raise SlotTaken: if a technician is not free then
        :raise UserError: if an event has become what no appointment can be
        """
        for appointment in self:
            appointment._check_event()
            if not appointment._is_at_event():
                event = appointment.event_id
                slot = {**appointment._get_slot(), "start": event.start, "stop": event.stop}
                appointment._move(slot)
            elif appointment.state == "conflict" and appointment._is_still_free():
                appointment._end_conflict()

    def _follow_synchronisation(self):
        """Move appointments to where Google or Outlook have put their events, if that is possible.

        If it is not, the appointment stays as it was agreed, and the staff decide. Nothing is
        raised: it would roll back everything that comes with the same synchronisation.
        """
        for appointment in self:
            try:
                with self.env.cr.savepoint():
                    appointment._follow_event()
            except Exception as error:  # whatever it is, see above
                _logger.info("Appointment %s was moved elsewhere: %s", appointment.id, error)
                appointment._set_conflict()

    def _cancel_with_event(self):
        """Cancel appointments whose events were archived or deleted, whoever did it."""
        for appointment in self:
            try:
                with self.env.cr.savepoint():
                    appointment._cancel()
            except Exception as error:
                if not self.env.context.get("dont_notify"):
                    raise
                _logger.info("Appointment %s was deleted elsewhere: %s", appointment.id, error)
                appointment._set_conflict()

    def _check_event(self):
        """Refuse what no appointment can be.

        :raise UserError: with the sentence for whoever changes the event
        """
        event = self.event_id
        if event.allday or event.recurrency or event.recurrence_id:
            raise UserError(
                self.env._(
                    "“%s” is an appointment with a customer: it has a time, and is not repeated.",
                    event.name,
                )
            )

    def _check_guests(self):
        """Refuse that technicians are taken out of the event: who comes says the appointment.

        :raise UserError: with the sentence for whoever changes the event
        """
        for appointment in self:
            people = appointment.technician_ids.resource_id.user_id.partner_id
            if appointment.event_id.active and people - appointment.event_id.partner_ids:
                raise UserError(
                    self.env._(
                        "Who comes to an appointment is changed there, by “Find another time”: %s.",
                        appointment.activity_id.display_name,
                    )
                )

    def _is_at_event(self):
        event = self.event_id
        return (event.start, event.stop) == (self.start, self.stop)

    def _is_still_free(self):
        """Tell whether those who come have nothing else to do then, and are not absent."""
        slot = self._get_slot()
        return self.env["kundenportal.planner"]._is_free(
            slot["resource_ids"], slot["start"], slot["stop"], ignore=self
        )

    def _question_absence(self):
        """Let the staff decide about what is booked while somebody who comes is absent."""
        for appointment in self._filter_booked():
            if not appointment._is_still_free():
                appointment._set_conflict(
                    self.env._("%s: somebody who comes is absent then", appointment._describe())
                )

    def _question_refusal(self, guest):
        """Let the staff decide about what a guest has declined in the calendar.

        :param guest: a contact: the customer, or one of those who come
        """
        for appointment in self._filter_booked():
            people = appointment.technician_ids.resource_id.user_id.partner_id
            if guest in people | appointment.partner_id:
                appointment._set_conflict(
                    self.env._(
                        "%(appointment)s: declined in the calendar by %(guest)s",
                        appointment=appointment._describe(),
                        guest=guest.sudo().name,  # a name in the staff's note only
                    )
                )

    def _filter_booked(self):
        now = fields.Datetime.now()
        return self.filtered(lambda one: one.state == "booked" and one.stop > now)

    def _set_conflicts(self):
        for appointment in self:
            appointment._set_conflict()

    def _set_conflict(self, entry=None):
        """Let the staff decide between the agreed time and that of the event.

        :param str entry: what stands in the inbox; by default when the event is now
        """
        self.ensure_one()
        event = self.event_id
        if self.state == "conflict":
            return
        self._update_state("conflict")
        entry = entry or self.env._(
            "%(appointment)s: in the calendar it is now %(event)s",
            appointment=self._describe(),
            event=self._get_staff_window(event.start, event.stop) if event else "–",
        )
        self._log("appointment_conflict", entry)

    def _end_conflict(self):
        """Keep the agreed time, and put the event there."""
        self._update_state("booked")
        self._sync_event()
        self.env["kundenportal.protocol"]._close_for(
            self, self.env._("The appointment stays as it was agreed")
        )
