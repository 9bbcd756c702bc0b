from odoo import api, models

#: In the context, silences Odoo's security mails: no remote call can bring this very object.
QUIET = object()


class ResUsers(models.Model):
    """Mails with the link that leads a contact in, and the contact that asks for one itself."""

    _inherit = "res.users"

    @api.model
    def _get_signup_invitation_scope(self):
        """Admission is the portal's to decide: where it is active, nobody registers without a link.

        Several of Odoo's apps open the registration for all when they are installed.
        """
        if self.env.company.sudo().portal_active:  # visitors may not read companies
            return "b2b"
        return super()._get_signup_invitation_scope()

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
                user.id, email_layout_xmlid="kundenportal_addon.mail_layout"
            )
            self.env["kundenportal.protocol"]._log(
                "invitation_sent",
                user.partner_id,
                note=user.email,
                company=user.company_id,
                # A visitor who asks for a link may be anybody.
                user=self.env.user.filtered(lambda acting: not acting._is_public()),
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
        if not contacts_sudo:
            return
        contact_sudo = contacts_sudo[0]
        # A number can be typed in many ways; its owner's inbox counts them as one.
        if self.env["kundenportal.throttle"]._get_refusal("access_mail", contact=contact_sudo.id):
            return
        note = None
        if len(contacts_sudo) > 1:
            note = self.env._("Several contacts share this address or number; no link was sent.")
        elif not contact_sudo.email_normalized:
            note = self.env._("The contact has no e-mail address; no link was sent.")
        elif contact_sudo.portal_access != "none":
            contact_sudo.portal_user_id._send_portal_invitation()
        elif contact_sudo._grant_portal_access("user")[contact_sudo] != "granted":
            note = self.env._("The contact could not be given a login; no link was sent.")
        if note:
            # What was answered stands in the protocol as an invitation; this is work for the staff.
            # Nobody acted whom we know: the visitor may be anybody.
            self.env["kundenportal.protocol"]._log(
                "access_requested", contact_sudo, note=note, user=self.browse()
            )

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
