from odoo import api, fields, models

from ..tools.case_state import RUNNING


class KundenportalActivity(models.Model):
    """Times that staff have offered for a case, and where it is on the map."""

    _inherit = "kundenportal.activity"

    appointment_proposal_ids = fields.One2many(
        "kundenportal.appointment.proposal",
        "activity_id",
        string="Offered Times",
        groups="base.group_user",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        cases = super().create(vals_list)
        cases._locate_soon()
        return cases

    # === ACTION METHODS === #

    def action_find_slot(self):
        """Look for a time at which somebody can come (button).

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        return self._open_slot_finder()

    # === BUSINESS METHODS === #

    def _open_slot_finder(self, **defaults):
        """Return the action that opens the dialog in which a time is found."""
        context = {"default_activity_id": self.id, "dialog_size": "extra-large", **defaults}
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Find a Time"),
            "res_model": "kundenportal.slot.finder",
            "views": [(False, "form")],
            "target": "new",
            "context": context,
        }

    def _locate_soon(self):
        """Have the addresses looked up in the background where somebody is to come."""
        cases_sudo = self.sudo()  # customers open cases, too
        places = self.env["res.partner"].sudo()  # may be a colleague's
        for case in cases_sudo.filtered(lambda case: case.type_id._offers_appointments()):
            places |= case.location_id._get_located()
        if places.filtered(lambda place: not place._get_point() and not place.portal_located_on):
            # Jobs are the administrators'.
            self.env.ref("kundenportal_addon.ir_cron_locate").sudo()._trigger()

    def _get_open_proposals(self):
        """Return the times that are offered for the case and still lie ahead, as superuser.

        On the page on which an appointment is moved, those that are offered for this one.
        """
        self.ensure_one()
        moved_id = self.env.context.get("appointment_moved")
        if self.state not in RUNNING:
            return self.env["kundenportal.appointment.proposal"].sudo()  # see below
        now = fields.Datetime.now()
        # Customers see what is offered, not how it was found.
        return self.sudo().appointment_proposal_ids.filtered(
            lambda one: one.start > now and moved_id in (None, one.appointment_id.id)
        )


class KundenportalAppointment(models.Model):
    """Another time for an appointment."""

    _inherit = "kundenportal.appointment"

    # === ACTION METHODS === #

    def action_find_slot(self):
        """Look for another time (button).

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        return self.activity_id._open_slot_finder(default_appointment_id=self.id)
