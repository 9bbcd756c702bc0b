from odoo import models
from odoo.exceptions import UserError


class ResPartner(models.Model):
    """Asking a contact whether mail reaches it (double opt-in)."""

    _inherit = "res.partner"

    def _send_email_verification(self, text=None):
        """Queue a mail with a link that verifies the address; earlier links become useless.

        :param str text: what the mail says instead of our own sentence
        :raise UserError: after too many mails to the contact
        """
        self.ensure_one()
        refusal = self.env["kundenportal.throttle"]._get_refusal("verification", contact=self.id)
        if refusal:
            raise UserError(refusal)
        address = self.email_normalized
        token = self.env["kundenportal.link"]._issue("verify_email", self, address)
        self.env.ref("kundenportal_addon.mail_template_verification").sudo()._send_portal_mail(
            self.sudo(),
            self._get_portal_company(),
            portal_text=text,
            portal_link=f"{self.get_base_url()}/portal/verify/{token}",
        )  # sudo, both: the template looks at the company's settings
        self.env["kundenportal.protocol"]._log("verification_sent", self, note=address)
