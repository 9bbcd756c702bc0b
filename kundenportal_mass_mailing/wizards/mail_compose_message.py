from odoo import models


class MailComposeMessage(models.TransientModel):
    """Where Odoo makes the mails of a mailing, batch by batch."""

    _inherit = "mail.compose.message"

    def _prepare_mail_values_dynamic(self, res_ids):
        """Keep the text as it is before it is wrapped in the frame of mails."""
        mail_values_all = super()._prepare_mail_values_dynamic(res_ids)
        if self._is_for_portal():
            for mail_values in mail_values_all.values():
                mail_values["portal_body"] = mail_values["body"]
        return mail_values_all

    def _manage_mail_values(self, mail_values_all):
        """Put into the portals what is mailed; what Odoo cancels is not."""
        bodies = {
            res_id: mail_values.pop("portal_body", None)
            for res_id, mail_values in mail_values_all.items()
        }
        results = super()._manage_mail_values(mail_values_all)
        if self._is_for_portal():
            recipients = self._get_recipients_data(results)
            mails = {
                res_id: (addresses, mail_values["subject"], bodies[res_id])
                for res_id, mail_values in results.items()
                if (addresses := recipients[res_id]["mail_to_normalized"])
            }
            self.mass_mailing_id._deliver_to_portal(self.model, mails)
        return results

    def _is_for_portal(self):
        return self._is_mass_mailing() and self.mass_mailing_id.is_in_portal
