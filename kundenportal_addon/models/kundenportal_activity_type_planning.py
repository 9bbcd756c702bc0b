from odoo import fields, models

#: Minutes at multiples of which, since midnight, appointments begin.
STEPS = [("15", "15 minutes"), ("30", "30 minutes"), ("60", "1 hour"), ("120", "2 hours")]


class KundenportalActivityType(models.Model):
    """Which times the planner looks for, for cases of the type."""

    _inherit = "kundenportal.activity.type"

    appointment_lead_hours = fields.Integer(
        string="At the Earliest in (hours)",
        default=24,
        help="Customers cannot choose an earlier time; staff can.",
    )
    appointment_days = fields.Integer(
        string="At the Latest in (days)", default=30, help="How far ahead customers can choose."
    )
    appointment_step = fields.Selection(
        STEPS, string="Begins Every", default="30", required=True, help="Since midnight."
    )
    appointment_break = fields.Integer(
        string="Goes On After a Break of (minutes)",
        help="The work may be interrupted by a break of up to so many minutes, such as lunch, "
        "which comes on top of its duration. 0: it is done in one go.",
    )

    _appointment_times = models.Constraint(
        "CHECK (COALESCE(appointment_lead_hours, 0) BETWEEN 0 AND 8760"
        " AND COALESCE(appointment_days, 1) BETWEEN 1 AND 366"
        " AND COALESCE(appointment_break, 0) BETWEEN 0 AND 720)",
        "Times can be chosen up to 366 days ahead, and a break takes 12 hours at most.",
    )
