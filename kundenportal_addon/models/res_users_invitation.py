from odoo import api, models

#: In the context, silences Odoo's security mails: no remote call can bring this very object.
QUIET = object()


#: For mails with a link or a password in them: a mail that names a record can be read by everybody
#: who reads the record.
NO_DOCUMENT = {"model": False, "res_id": False}


class ResUsers(models.Model):
    """Mails with the link that leads a contact in."""

    _inherit = "res.users"

    @api.model
    def _get_signup_invitation_scope(self):
        """Admission is the portal's to decide: where it is active, nobody registers without a link.

        Several of Odoo's apps open the registration for all when they are installed.
        """
        if self.env.company.sudo().portal_active:  # visitors may not read companies
            return "b2b"
        return super()._get_signup_invitation_scope()

    def _send_portal_invitation(self, welcome_message=None, *, text=None):
        """Queue the invitation with its link, in the contact's language and form of address.

        :param str welcome_message: a personal text for the end of the mail
        :param str text: what the mail says instead of our own sentence
        """
        template = self.env.ref("kundenportal_addon.mail_template_invitation")
        for user in self:
            if not user.partner_id.portal_grant_key:
                user.partner_id._renew_grant_key()
            user.partner_id.signup_prepare()
            template.with_context(
                lang=user.lang, welcome_message=welcome_message, portal_text=text
            )._send_secret_mail(user)
            self.env["kundenportal.protocol"]._log(
                "invitation_sent",
                user.partner_id,
                note=user.email,
                company=user.company_id,
                # A visitor who asks for a link may be anybody.
                user=self.env.user.filtered(lambda acting: not acting._is_public()),
            )
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    # === TOOLING === #

    def _without_security_mail(self):
        """Return the users for changes that staff make to a login while granting or revoking.

        Odoo would tell the contact that its password or login was changed, of an access that it no
        longer has, or has not had yet.
        """
        return self.with_context(portal_security_mail=QUIET)

    def _notify_security_setting_update(self, subject, content, mail_values=None, **kwargs):
        if self.env.context.get("portal_security_mail") is QUIET:
            return
        super()._notify_security_setting_update(subject, content, mail_values, **kwargs)
