from odoo import api, models
from odoo.fields import Domain


class ResourceCalendarLeaves(models.Model):
    """Absences and public holidays that come after somebody has been booked."""

    _inherit = "resource.calendar.leaves"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._question_appointments()
        return leaves

    def write(self, vals):
        result = super().write(vals)
        if not {"calendar_id", "date_from", "date_to", "resource_id", "time_type"}.isdisjoint(vals):
            self._question_appointments()
        return result

    # === BUSINESS METHODS === #

    def _question_appointments(self):
        """Let the staff decide what becomes of the appointments in the time of the leaves."""
        # Whoever is ill need not work with the portal.
        rows_sudo = self.env["kundenportal.appointment.technician"].sudo()
        for leave_sudo in self.sudo().filtered(lambda one: one.time_type == "leave"):
            time = Domain("start", "<", leave_sudo.date_to) & Domain(
                "stop", ">", leave_sudo.date_from
            )
            whose = Domain("resource_id", "=", leave_sudo.resource_id.id)
            if not leave_sudo.resource_id:
                whose = Domain("resource_id.company_id", "in", (False, leave_sudo.company_id.id))
            found = rows_sudo.search(Domain("blocks", "=", True) & time & whose)
            found.appointment_id._question_absence()
