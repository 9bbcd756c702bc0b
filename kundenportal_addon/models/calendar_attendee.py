from odoo import models


class CalendarAttendee(models.Model):
    """Customers among the guests of appointments: they get our mails, not those of the calendar."""

    _inherit = "calendar.attendee"

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "declined":
            for attendee in self:
                event_sudo = attendee.event_id.sudo()  # guests need not work with the portal
                event_sudo.portal_appointment_ids._question_refusal(attendee.partner_id)
        return result

    # === BUSINESS METHODS === #

    def _should_notify_attendee(self, notify_author=False):
        """Leave customers out: the calendar's mails, and the page behind them, name who comes."""
        event_sudo = self.event_id.sudo()  # whoever moves it need not work with the portal
        is_staff = any(user._is_internal() for user in self.partner_id.user_ids)
        if event_sudo.portal_appointment_ids and not is_staff:
            return False
        return super()._should_notify_attendee(notify_author)
