from odoo import models

from ..tools.data_archive import Section


class ResPartner(models.Model):
    """The messages in a customer's copy of its own data."""

    _inherit = "res.partner"

    # === HOOKS === #

    def _get_portal_export_sections(self):
        return [*super()._get_portal_export_sections(), self._export_messages()]

    # === BUSINESS METHODS === #

    def _export_messages(self):
        copies = self.env["kundenportal.message.recipient"]
        labels = {
            "date": self.env._("Date"),
            "subject": self.env._("Subject"),
            "from": self.env._("From"),
            "text": self.env._("Text"),
            "files": self.env._("Files"),
            "replies": self.env._("Replies"),
        }
        # Those to the company are its main users', whoever they are, not the person's.
        found = copies.browse()
        if copies.has_access("read"):
            found = copies.search([("partner_id", "=", self.id)])

        def prepare(batch):
            return (self._export_message(copy) for copy in batch)

        rows = self._iter_for_export(found, prepare)
        return Section("messages", self.env._("Messages"), labels, rows)

    def _export_message(self, copy):
        content, copy_sudo = copy._get_content(), copy.sudo()  # as the page of the copy does
        return {
            "date": copy_sudo.sent_on,
            "subject": content["subject"],
            "from": copy_sudo.message_id.author_id.name or copy_sudo.company_id.name,
            "text": self._export_text(content["body"]),
            "files": self._export_files(copy._get_attachments()),
            "replies": [
                {
                    "date": reply.create_date,
                    "from": reply.author_name,
                    "text": reply.body,
                    "files": self._export_files(reply.attachment_ids),
                }
                for reply in copy_sudo.reply_ids
            ],
        }
