from odoo import fields, models


class KundenportalAppointmentProposal(models.Model):
    """A time that staff offer a customer, who chooses one of several.

    Nothing is reserved by it: whether it is still to be had is asked when it is shown, and again
    when it is chosen. Once something is booked, the case's proposals have done their work.
    """

    _name = "kundenportal.appointment.proposal"
    _description = "Offered Time"
    _order = "start, id"
    _rec_name = "start"

    activity_id = fields.Many2one(
        "kundenportal.activity", string="Case", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="activity_id.company_id", store=True, index=True)
    appointment_id = fields.Many2one(
        "kundenportal.appointment",
        string="Instead of",
        index="btree_not_null",
        ondelete="cascade",
        help="The appointment that is moved to the time that is chosen. Empty: a further one is "
        "made.",
    )
    start = fields.Datetime(required=True)
    stop = fields.Datetime(string="End", required=True)

    _one_each = models.Constraint(
        "UNIQUE (activity_id, start)", "This time has been offered for the case already."
    )
    _is_long = models.Constraint("CHECK (stop > start)", "A time ends after it has begun.")


class KundenportalAppointment(models.Model):
    """What is offered has done its work once something is booked."""

    _inherit = "kundenportal.appointment"

    # === BUSINESS METHODS === #

    def _after_change(self, what, *, by_customer, old=None):
        if what != "cancelled":
            # What is offered for another visit still is when this one has only been moved.
            self.activity_id.appointment_proposal_ids.filtered(
                lambda one: one.appointment_id == self or not (old or one.appointment_id)
            ).unlink()
        return super()._after_change(what, by_customer=by_customer, old=old)
