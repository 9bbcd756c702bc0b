from odoo import models

from .res_users_invitation import NO_DOCUMENT

#: Sent by Odoo after whoever was invited has chosen a password.
WELCOME = "auth_signup.mail_template_user_signup_account_created"


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def send_mail(self, res_id, *args, **kwargs):
        """Leave out Odoo's "Welcome": customers are in already, and it leads them to the backend.

        :param int res_id: id of the record, as in Odoo
        :return: what Odoo returns; False for the mail that is left out
        """
        # The page that signs them up asks as the superuser.
        if self.env.su and self.id == self.env["ir.model.data"]._xmlid_to_res_id(WELCOME):
            user = self.env["res.users"].browse(res_id)
            if user._is_portal() and user._portal_is_open():
                return False
        return super().send_mail(res_id, *args, **kwargs)

    def _send_portal_mail(self, record, company, **context):
        """Queue a mail with a link or a password, in the language and frame of the portal's mails.

        :param record: contact or login that the mail is for
        :param company: our company that writes
        :param context: what the template shows beside the record
        """
        self.with_company(company).with_context(lang=record.lang, **context).send_mail(
            record.id,
            email_layout_xmlid="kundenportal_addon.mail_layout",
            email_values=NO_DOCUMENT,
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
