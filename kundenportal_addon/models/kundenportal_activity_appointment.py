from odoo import api, fields, models

from ..tools.case_state import RUNNING
from .kundenportal_appointment import LIVE


class KundenportalActivity(models.Model):
    """The appointments of a case; the next of them is the case's date."""

    _inherit = "kundenportal.activity"

    appointment_ids = fields.One2many(
        "kundenportal.appointment", "activity_id", string="Appointments", readonly=True
    )
    appointment_count = fields.Integer(
        string="Appointments to Come",
        compute="_compute_appointment_count",
        groups="base.group_user",
    )

    # === COMPUTE METHODS === #

    @api.depends("appointment_ids.state", "appointment_ids.stop")
    def _compute_appointment_count(self):
        for case in self:
            case.appointment_count = len(case._get_appointments("coming"))

    # === CRUD METHODS === #

    def _write_case(self, vals):
        result = super()._write_case(vals)
        if not {"name", "partner_id", "location_id", "is_confidential"}.isdisjoint(vals):
            # Whoever comes reads in the calendar where, and to whom.
            self.sudo()._get_appointments("coming").filtered("event_id")._sync_event()
        return result

    @api.ondelete(at_uninstall=False)
    def _cancel_before_unlink(self):
        """Tell customers and technicians before the appointments go with their case."""
        cases_sudo = self.sudo()  # written by methods only
        cases_sudo._get_appointments("coming")._cancel()
        cases_sudo.appointment_ids._forget_customers()

    # === ACTION METHODS === #

    def action_view_appointments(self):
        """Open the appointments of the case (smart button).

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kundenportal_addon.kundenportal_appointment_action"
        )
        return {**action, "domain": [("activity_id", "=", self.id)], "context": {}}

    # === BUSINESS METHODS === #

    @api.model
    def _get_case_bound_fields(self):
        return [*super()._get_case_bound_fields(), ("kundenportal.appointment", "activity_id")]

    def _take_over_records(self, duplicates):
        result = super()._take_over_records(duplicates)
        # They were moved by SQL; whose they are follows from the case.
        self.appointment_ids.modified(["activity_id"])
        self.appointment_ids.filtered("event_id")._sync_event()
        self._follow_appointments(self.appointment_ids.browse(), by_customer=False)
        return result

    def _get_appointments(self, which):
        """Return appointments of the cases, the earliest first.

        :param str which: ``coming``, or ``past`` for those that have begun; of both what the
            customer has
        :rtype: recordset
        """
        now = fields.Datetime.now()
        return self.appointment_ids.filtered(
            lambda one: one.state in LIVE and (one.start > now) == (which == "coming")
        ).sorted("start")

    def _follow_appointments(self, changed, *, by_customer):
        """Let date and state of the case follow its appointments, after one of them has changed.

        :param changed: the appointment, as superuser
        :param bool by_customer: whether a customer changed it
        """
        self.ensure_one()
        if self.state not in RUNNING:
            return
        coming = self._get_appointments("coming")
        if coming:
            first = coming[0]
            if (self.date_start, self.date_stop) != (first.start, first.stop):
                self.write({"date_start": first.start, "date_stop": first.stop})
            self._step_to("planned", ("new", "waiting"), by_customer=by_customer)
        elif changed.state == "cancelled":
            if self.date_start == changed.start:
                self.write({"date_start": False, "date_stop": False})
            self._step_to("in_progress", ("planned",), by_customer=by_customer)

    def _step_to(self, state, from_states, *, by_customer):
        """Change the state of a case if that is where it stands, and can go."""
        if (
            self.state in from_states
            and self.type_id._get_stage(state)
            and self._can_change_state(state, by_customer=by_customer)
        ):
            self._change_state(state, by_customer=by_customer)

    def _after_state(self, state, *, by_customer, note):
        result = super()._after_state(state, by_customer=by_customer, note=note)
        if state not in RUNNING:
            self._close_appointments(by_customer=by_customer)
        return result

    def _close_appointments(self, *, by_customer):
        """Cancel what is to come for a case that is closed; what has begun has taken place.

        Of cases that are done as well: nobody drives to a case on which there is nothing to do.
        Whoever wants a visit afterwards closes it after the visit; the customer is told, and the
        case can be taken up again.
        """
        if not self.appointment_ids:
            return
        self.appointment_ids.filtered(lambda one: one.state == "held").unlink()
        past = self._get_appointments("past").filtered(lambda one: one.state != "requested")
        past._finish()
        (self._get_appointments("past") | self._get_appointments("coming"))._cancel(
            self._get_state_name(self.state), by_customer=by_customer, is_late_allowed=True
        )
        self.env["kundenportal.protocol"]._close_for(
            self.appointment_ids, self._get_state_name(self.state)
        )
