from odoo import SUPERUSER_ID, fields, models

from .res_partner_anonymise import DELETED_KIND
from .res_partner_edit import INNER


class ResUsers(models.Model):
    """What happens when a customer deletes its account (Odoo's own button)."""

    _inherit = "res.users"

    def _deactivate_portal_user(self, **post):
        """End the access of customers with all that hangs on it; the rest is Odoo's.

        Users without a level are Odoo's own matter.

        :param post: of Odoo's form
        """
        customers = self.filtered(lambda user: user.share and user._get_portal_level())
        result = None
        if others := self - customers:
            result = super(ResUsers, others)._deactivate_portal_user(**post)
        if customers:
            customers._begin_account_deletion()
            # Odoo archives the contact, which is no edit of its data; the mail about it is ours.
            quiet = customers.with_context(portal_edit=INNER)._without_security_mail()
            result = super(ResUsers, quiet)._deactivate_portal_user(**post)
            customers._finish_account_deletion()
        return result

    def _begin_account_deletion(self):
        """Take back what waits for somebody, and end all ways in, while the customers are known."""
        links = self.env["kundenportal.link"]
        for user_sudo in self.sudo():  # customers do not write what hangs on their logins
            partner_sudo = user_sudo.partner_id
            user_sudo._mail_account_deleted(partner_sudo._prepare_portal_deletion())
            partner_sudo._withdraw_portal_pending()
            partner_sudo._renew_grant_key()
            partner_sudo.signup_type = False
            links._revoke(None, user_sudo)
            links._revoke(None, partner_sudo)
            user_sudo._forget_portal_devices()

    def _finish_account_deletion(self):
        """Write down that the accounts are gone, and forget their owners as far as may be."""
        for user in self:
            self.env["kundenportal.protocol"]._log(
                DELETED_KIND, user.partner_id, company=user.sudo().company_id
            )
        # Not as the customers: what they write of contacts is an edit, which may wait.
        partners = self.with_user(SUPERUSER_ID).partner_id
        known = partners._filter_known_otherwise()
        known._keep_on_file()
        partners -= known
        partners.portal_deleted_on = fields.Datetime.now()
        partners._forget_history()
        partners._forget_persons()

    def _mail_account_deleted(self, deletion):
        """Tell the customer what has been deleted and what stays, as long as its address is known.

        :param dict deletion: what ``res.partner._prepare_portal_deletion`` returns
        """
        if self.email_normalized:
            template = self.env.ref("kundenportal_addon.mail_template_account_deleted")
            template._send_portal_mail(self, self.company_id, portal_deletion=deletion)
