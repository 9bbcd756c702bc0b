from odoo import api, fields, models

from ..hooks import create_btree_gist
from .kundenportal_appointment import BLOCKING


class KundenportalAppointmentTechnician(models.Model):
    """A technician's part in an appointment, for which the database keeps the time free.

    Rows follow their appointment; nobody writes them. Of two that would overlap the database
    refuses the later one, whatever came into being how: people who book at the same moment do not
    see each other.
    """

    _name = "kundenportal.appointment.technician"
    _description = "Technician of an Appointment"
    _order = "appointment_id, id"
    _rec_name = "resource_id"

    appointment_id = fields.Many2one(
        "kundenportal.appointment", required=True, readonly=True, index=True, ondelete="cascade"
    )
    resource_id = fields.Many2one(
        "resource.resource", string="Technician", required=True, readonly=True, ondelete="restrict"
    )
    start = fields.Datetime(compute="_compute_time", store=True, precompute=True)
    stop = fields.Datetime(compute="_compute_time", string="End", store=True, precompute=True)
    blocks = fields.Boolean(
        compute="_compute_time",
        store=True,
        precompute=True,
        help="Nobody else can have the technician then.",
    )

    _one_place = models.Constraint(
        "EXCLUDE USING gist (resource_id WITH =, tsrange(start, stop) WITH &&) WHERE (blocks)",
        "This time has just been taken.",
    )
    _resource_unique = models.Constraint(
        "UNIQUE (appointment_id, resource_id)", "A technician comes to an appointment once."
    )
    # How the planner asks: who has what to do in these weeks.
    _busy_idx = models.Index("(resource_id, stop) INCLUDE (start) WHERE blocks")

    # === COMPUTE METHODS === #

    @api.depends(
        "appointment_id.start",
        "appointment_id.stop",
        "appointment_id.state",
        "appointment_id.replaces_id.start",
        "appointment_id.replaces_id.stop",
    )
    def _compute_time(self):
        """Keep the appointment's time; of one that is to be moved a little what is not kept yet."""
        for row in self:
            appointment = row.appointment_id
            times = [(appointment.start, appointment.stop)]
            if row.resource_id in appointment.replaces_id.technician_ids.resource_id:
                times = row._get_times_around(appointment.replaces_id)
            row.start, row.stop = max(
                times,
                key=lambda time: time[1] - time[0],
                default=(appointment.start, appointment.stop),
            )
            row.blocks = appointment.state in BLOCKING and bool(times)

    # === BUSINESS METHODS === #

    def _get_times_around(self, other):
        """Return the parts of the appointment's time that are not another one's.

        :param other: an appointment
        :rtype: list[tuple]
        """
        start, stop = self.appointment_id.start, self.appointment_id.stop
        parts = (start, min(stop, other.start)), (max(start, other.stop), stop)
        return [(first, last) for first, last in parts if first < last]

    # === TOOLING === #

    def _auto_init(self):
        """Make what the constraint needs; databases that are updated never ran the hook."""
        create_btree_gist(self.env)
        return super()._auto_init()
