from datetime import timedelta

from odoo import fields, models


class ResCompany(models.Model):
    """What customers may do with their appointments, and what they are told."""

    _inherit = "res.company"

    portal_appointment_change_hours = fields.Integer(
        string="Move or Cancel until (hours)",
        default=24,
        groups="base.group_user",
        help="Customers move or cancel an appointment themselves until so many hours before it "
        "begins. 0: until it begins.",
    )
    portal_appointment_hold_minutes = fields.Integer(
        string="Keep a Chosen Time (minutes)",
        default=15,
        groups="base.group_user",
        help="How long a time that a customer has chosen is kept until it is confirmed.",
    )
    portal_appointment_reminder_hours = fields.Integer(
        string="Remind before (hours)",
        default=24,
        groups="base.group_user",
        help="Customers get a mail so many hours before an appointment. 0: none.",
    )
    portal_appointment_show_technician = fields.Boolean(
        string="Customers See Who Comes",
        groups="base.group_user",
        help="Names of the technicians stand on the appointment's page and in its mails.",
    )

    _portal_appointment_positive = models.Constraint(
        "CHECK (COALESCE(portal_appointment_change_hours, 0) BETWEEN 0 AND 8760"
        " AND COALESCE(portal_appointment_hold_minutes, 1) BETWEEN 1 AND 1440"
        " AND COALESCE(portal_appointment_reminder_hours, 0) BETWEEN 0 AND 8760)",
        "Hours before an appointment are 0 to 8760; a chosen time is kept for 1 to 1440 minutes.",
    )

    # === BUSINESS METHODS === #

    def _get_appointment_hold_until(self):
        """Return until when a time that is chosen now is kept, in UTC.

        :rtype: datetime.datetime
        """
        self.ensure_one()
        minutes = self.sudo().portal_appointment_hold_minutes or 15  # no customer's to read
        return fields.Datetime.now() + timedelta(minutes=minutes)
