from odoo import fields, models
from odoo.exceptions import UserError

from .kundenportal_appointment_event import OWN_EVENT

#: What says who takes part.
GUEST_FIELDS = {"attendee_ids", "partner_ids"}

#: What says when an event is, and whether; other changes do not concern its appointment.
TIME_FIELDS = {
    "active",
    "allday",
    "duration",
    "recurrency",
    "rrule",
    "rrule_type",
    "rrule_type_ui",
    "start",
    "start_date",
    "stop",
    "stop_date",
}


class CalendarEvent(models.Model):
    """Events of appointments: what is done to them by hand or by a synchronisation is checked.

    A copy of an event is an event like any other; its appointment stays with the first.
    """

    _inherit = "calendar.event"

    portal_appointment_ids = fields.One2many(
        "kundenportal.appointment",
        "event_id",
        string="Appointments",
        readonly=True,
        groups="kundenportal_addon.group_officer",
    )

    # === CRUD METHODS === #

    def write(self, vals):
        """Let the appointment follow its event; what it cannot follow is refused.

        :raise UserError: if the event moves to where a technician is not free, or becomes what no
            appointment can be; not if a synchronisation does it
        """
        is_own = self.env.context.get("appointment_event") is OWN_EVENT
        if is_own or (TIME_FIELDS | GUEST_FIELDS).isdisjoint(vals):
            return super().write(vals)
        appointments_sudo = self._get_coming_appointments()
        foreign_sudo = self._get_foreign_appointments(appointments_sudo)
        is_moved = not TIME_FIELDS.isdisjoint(vals)  # they are no more afterwards
        result = super().write(vals)
        if not self.env.context.get("dont_notify"):
            appointments_sudo._check_guests()
        if not is_moved:
            return result
        foreign_sudo._set_conflicts()
        appointments_sudo -= foreign_sudo
        archived_sudo = appointments_sudo.filtered(lambda one: not one.event_id.active)
        archived_sudo._cancel_with_event()
        if self.env.context.get("dont_notify"):
            (appointments_sudo - archived_sudo)._follow_synchronisation()
        else:
            (appointments_sudo - archived_sudo)._follow_event()
        return result

    def unlink(self):
        appointments_sudo = self._get_coming_appointments()
        foreign_sudo = self._get_foreign_appointments(appointments_sudo)
        result = super().unlink()
        appointments_sudo.invalidate_recordset(["event_id"])
        foreign_sudo._set_conflicts()
        (appointments_sudo - foreign_sudo)._cancel_with_event()
        return result

    # === BUSINESS METHODS === #

    def _get_foreign_appointments(self, appointments_sudo):
        """Return the appointments that the acting user may neither move nor cancel.

        Those may who come to them, or work on the cases. Odoo lets every employee change every
        event, those of our other companies among them.

        :return: as superuser; what a synchronisation does to them, the staff decide
        :raise UserError: if there are some and it is no synchronisation
        """
        foreign_sudo = appointments_sudo.browse()
        if self.env.su:
            return foreign_sudo
        for appointment_sudo in appointments_sudo:
            comes = self.env.user in appointment_sudo.technician_ids.resource_id.user_id
            if not comes and not appointment_sudo.sudo(False).has_access("write"):
                foreign_sudo |= appointment_sudo
        if foreign_sudo and not self.env.context.get("dont_notify"):
            raise UserError(
                self.env._(
                    "“%s” is an appointment with a customer: only those can change it who come to "
                    "it or work on the case.",
                    foreign_sudo[0].event_id.name,
                )
            )
        return foreign_sudo

    def _get_coming_appointments(self):
        """Return the appointments of the events that are not over, as superuser.

        :rtype: recordset
        """
        # Whoever has the event in the calendar need not work with the portal.
        return (
            self.env["kundenportal.appointment"]
            .sudo()
            .search(
                [
                    ("event_id", "in", self.ids),
                    ("state", "in", ("booked", "conflict")),
                    ("stop", ">", fields.Datetime.now()),
                ]
            )
        )
