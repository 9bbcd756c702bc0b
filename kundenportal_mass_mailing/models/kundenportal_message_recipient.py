from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.sql import escape_psql


class KundenportalMessageRecipient(models.Model):
    """The copy of a mailing that a contact has in its portal."""

    _inherit = "kundenportal.message.recipient"

    mailing_subject = fields.Char(readonly=True, help="Subject of the mail to this recipient.")
    mailing_body = fields.Html(
        readonly=True,
        sanitize_style=True,
        help="Text of the mail to this recipient, without the frame of mails.",
    )

    @api.model
    def _get_portal_domain(self, search=""):
        domain = super()._get_portal_domain(search)
        words = [f"%{escape_psql(word)}%" for word in search.split()[:10]]
        return domain | Domain.AND(
            Domain("mailing_subject", "=ilike", word) | Domain("mailing_body", "=ilike", word)
            for word in words
        )

    def _get_portal_subjects(self, readings):
        subjects = super()._get_portal_subjects(readings)
        mailed = {copy.id: copy.mailing_subject for copy in self.sudo() if copy.mailing_subject}
        return subjects | mailed

    def _get_content(self):
        content = super()._get_content()
        copy_sudo = self.sudo()  # whoever reads the copy was asked for above
        if copy_sudo.mailing_subject:
            content.update(
                subject=copy_sudo.mailing_subject,
                body=copy_sudo.message_id._sanitize(copy_sudo.mailing_body),
                is_failed=False,
            )
        return content
