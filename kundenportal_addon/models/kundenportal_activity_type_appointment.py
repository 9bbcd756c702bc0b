from odoo import fields, models


class KundenportalActivityType(models.Model):
    """What an appointment for cases of the type needs."""

    _inherit = "kundenportal.activity.type"

    appointment_minutes = fields.Integer(
        string="Duration (minutes)",
        default=60,
        required=True,
        help="How long the work of one appointment takes, without the drive.",
    )
    appointment_technicians = fields.Integer(
        string="Technicians",
        default=1,
        required=True,
        help="How many come at once.",
    )
    appointment_before = fields.Integer(
        string="Buffer Before (minutes)", help="Free time before the work, after the drive."
    )
    appointment_after = fields.Integer(
        string="Buffer After (minutes)", help="Free time after the work, before the next drive."
    )
    appointment_confirmation = fields.Boolean(
        string="We Confirm First",
        help="What customers choose is reserved for them until you have confirmed it.",
    )

    _appointment_positive = models.Constraint(
        "CHECK (appointment_minutes > 0 AND appointment_technicians > 0"
        " AND COALESCE(appointment_before, 0) >= 0 AND COALESCE(appointment_after, 0) >= 0)",
        "An appointment takes time and somebody who comes; a buffer cannot be negative.",
    )
