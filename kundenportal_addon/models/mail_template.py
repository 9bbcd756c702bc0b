from odoo import SUPERUSER_ID, models

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
        template = self.with_company(company).with_context(lang=record.lang, **context)
        template._send_secret_mail(record)
        # Whoever caused the mail cannot start jobs; this one sends what is queued.
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _send_secret_mail(self, record, layout="kundenportal_addon.mail_layout"):
        """Queue a mail that nobody but its recipient, and who administers, may read.

        :param record: what the template is rendered for
        :param str layout: xml id of the frame; notices have one of their own
        """
        # Whoever creates a message may read it: a customer would ask for another's link and use it.
        self.with_user(SUPERUSER_ID).send_mail(
            record.id,
            email_layout_xmlid=layout,
            email_values=NO_DOCUMENT,
        )

    def _send_secret_mails(self, records, layout):
        """Queue a mail for each of many records, as `_send_secret_mail` does for one.

        :param records: what the template is rendered for
        :param str layout: xml id of the frame
        """
        self.with_user(SUPERUSER_ID).send_mail_batch(
            records.ids, email_layout_xmlid=layout, email_values=NO_DOCUMENT
        )
