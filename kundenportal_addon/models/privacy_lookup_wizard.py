from odoo import models
from odoo.exceptions import UserError

from .kundenportal_appointment import OWN


class PrivacyLookupWizardLine(models.TransientModel):
    """Odoo's search for somebody's personal data, which finds ours by their links to contacts."""

    _inherit = "privacy.lookup.wizard.line"

    # === ACTION METHODS === #

    def action_unlink(self):
        """Delete the record; of what must not be deleted, what tells whose it is (button).

        :return: what Odoo returns
        :raise UserError: if it has been deleted already, or is an appointment that is still to come
        """
        self.ensure_one()
        forget = {
            "kundenportal.protocol": self._forget_portal_entry,
            "kundenportal.appointment": self._forget_portal_appointment,
        }.get(self.res_model)
        if self.is_unlinked or not forget:
            return super().action_unlink()
        # As Odoo does: whoever may use the wizard may delete whatever it finds.
        forget(self.env[self.res_model].sudo().browse(self.res_id).exists())
        self.is_unlinked = True
        return None

    # === BUSINESS METHODS === #

    def _forget_portal_entry(self, entry_sudo):
        """Keep that something happened, and when, but not to whom."""
        entry_sudo._anonymise_these()
        self.execution_details = self.env._(
            "Anonymised %(model)s #%(id)s", model=self.res_model_id.name, id=self.res_id
        )

    def _forget_portal_appointment(self, appointment_sudo):
        """Delete what is over; what is to come has to be cancelled, since somebody would go."""
        if appointment_sudo.filtered_domain(appointment_sudo._get_next_domain()):
            raise UserError(
                self.env._("“%s” is still to come: cancel it first.", appointment_sudo.display_name)
            )
        appointment_sudo.with_context(appointment_write=OWN).unlink()
        self.execution_details = self.env._(
            "Deleted %(model)s #%(id)s", model=self.res_model_id.name, id=self.res_id
        )
