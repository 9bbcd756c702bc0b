from odoo import api, models
from odoo.tools import email_normalize


class ResUsers(models.Model):
    """Mails with the link that leads a contact in, and the contact that asks for one itself."""

    _inherit = "res.users"

    def _send_portal_invitation(self, welcome_message=None):
        """Queue the invitation with its link, in the contact's language and form of address.

        :param str welcome_message: a personal text for the end of the mail
        """
        template = self.env.ref("kundenportal_addon.mail_template_invitation")
        for user in self:
            if not user.partner_id.portal_grant_key:
                user.partner_id._renew_grant_key()
            user.partner_id.signup_prepare()
            template.with_context(lang=user.lang, welcome_message=welcome_message).send_mail(
                user.id, email_layout_xmlid="mail.mail_notification_light"
            )
            self.env["kundenportal.protocol"]._log(
                "invitation_sent", user.partner_id, note=user.email, company=user.company_id
            )
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    @api.model
    def _request_portal_access(self, identifier):
        """Answer whoever asks for a link, known or not; what happens is never told to the asker.

        A contact with a login gets a link to set its password; one that may have access but has no
        login yet gets one, as User. Anything ambiguous goes to the staff by way of the protocol.

        :param str identifier: e-mail address or telephone number, in any spelling
        """
        contacts_sudo = self.env["res.partner"]._find_access_seekers(identifier)
        protocol = self.env["kundenportal.protocol"]
        if len(contacts_sudo) > 1:
            note = self.env._("Several contacts share this address or number; no link was sent.")
            protocol._log("access_requested", contacts_sudo[0], note=note)
        if len(contacts_sudo) != 1:
            return
        if contacts_sudo.portal_access == "none":
            contacts_sudo._grant_portal_access("user")
            protocol._log("access_requested", contacts_sudo)
        elif email_normalize(contacts_sudo.email):
            contacts_sudo.portal_user_id._send_portal_invitation()
