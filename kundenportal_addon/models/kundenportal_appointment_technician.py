from odoo import api, fields, models
from odoo.fields import Domain

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
    start = fields.Datetime(related="appointment_id.start", store=True, precompute=True)
    stop = fields.Datetime(related="appointment_id.stop", string="End", store=True, precompute=True)
    blocks = fields.Boolean(
        compute="_compute_blocks",
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

    @api.depends("appointment_id.state")
    def _compute_blocks(self):
        for row in self:
            row.blocks = row.appointment_id.state in BLOCKING

    # === BUSINESS METHODS === #

    @api.model
    def _get_busy_domain(self):
        """Return which rows keep their technician from other work now.

        Times that were being chosen and not confirmed in time count no more; they are deleted by
        the next booking that needs them.

        :rtype: Domain
        """
        return Domain("blocks", "=", True) & (
            Domain("appointment_id.hold_until", "=", False)
            | Domain("appointment_id.hold_until", ">", fields.Datetime.now())
        )

    # === TOOLING === #

    def _auto_init(self):
        """Make what the constraint needs; databases that are updated never ran the hook."""
        create_btree_gist(self.env.cr)
        return super()._auto_init()
