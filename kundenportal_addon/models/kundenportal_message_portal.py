from odoo import fields, models
from odoo.tools import human_size


class KundenportalMessageReading(models.Model):
    _inherit = "kundenportal.message.reading"

    has_news = fields.Boolean(
        readonly=True, help="An answer was written since; the person is shown it as unread again."
    )


class KundenportalMessageRecipient(models.Model):
    """What customers see of their copies on pages, and that an answer makes them unread again."""

    _inherit = "kundenportal.message.recipient"

    reply_ids = fields.One2many(
        "kundenportal.message.reply",
        "recipient_id",
        string="Replies",
        readonly=True,
        groups="kundenportal_addon.group_officer",
    )

    # === BUSINESS METHODS: READ AND UNREAD === #

    def _mark_read(self):
        """Note the answers as read, too."""
        result = super()._mark_read()
        readings_sudo = self.env["kundenportal.message.reading"].sudo()  # written by methods only
        readings_sudo.search(
            [
                ("recipient_id", "in", self.ids),
                ("partner_id", "=", self.env.user.partner_id.id),
                ("has_news", "=", True),
            ]
        ).has_news = False
        return result

    def _mark_unread(self):
        """Show the copies as unread again to everybody who has read them."""
        self.env["kundenportal.message.reading"].search(
            [("recipient_id", "in", self.ids), ("has_news", "!=", True)]
        ).has_news = True

    # === BUSINESS METHODS: WHAT PAGES SHOW === #

    def _prepare_portal_rows(self):
        """Return what the list shows of each copy to the acting customer.

        :return: ``url``, ``subject``, ``sender``, ``company``, ``date``, ``is_unread``,
            ``is_to_company``, ``has_attachments`` and ``has_replies``
        :rtype: list[dict]
        """
        replies_sudo = self.env["kundenportal.message.reply"].sudo()  # asked for through the copy
        counts = dict(
            replies_sudo._read_group(
                [("recipient_id", "in", self.ids)], ["recipient_id"], ["__count"]
            )
        )
        readings = self._get_own_readings()
        subjects = self._get_portal_subjects(readings)
        return [
            {
                "url": f"/my/messages/{recipient.id}",
                "subject": subjects[recipient.id],
                "sender": recipient.message_id.author_id.name or recipient.company_id.name,
                "company": recipient.company_id.name,
                "date": recipient.sent_on,
                "is_unread": recipient not in readings or readings[recipient].has_news,
                "is_to_company": recipient.is_to_company,
                "has_attachments": bool(recipient.message_id.attachment_ids),
                "has_replies": bool(counts.get(recipient)),
            }
            for recipient in self.sudo()  # the message and its sender are not customers' to read
        ]

    def _prepare_portal_page(self):
        """Return what the page of a copy shows to the acting customer.

        :return: ``portal_message``: the row of the list and ``body``, ``attachments``, ``replies``,
            ``may_reply``
        :rtype: dict
        """
        self.ensure_one()
        self_sudo = self.sudo()  # see `_prepare_portal_rows`
        content = self._get_content()
        return {
            "portal_message": {
                **self._prepare_portal_rows()[0],
                "subject": content["subject"],
                "body": content["body"],
                "has_attachments": False,  # they are listed
                "has_replies": False,
                "attachments": self._prepare_portal_files(self_sudo.message_id.attachment_ids),
                "replies": [
                    {
                        "author": reply.author_name,
                        "is_staff": reply.is_staff,
                        "date": reply.create_date,
                        "text": reply.body,
                        "attachments": self._prepare_portal_files(reply.attachment_ids),
                    }
                    for reply in self_sudo.reply_ids
                ],
                "may_reply": self_sudo.message_id.allow_reply,
            }
        }

    def _prepare_portal_files(self, attachments_sudo):
        return [
            {
                "url": f"/my/messages/{self.id}/attachment/{file.id}",
                "name": file.name,
                "size": human_size(file.file_size),
            }
            for file in attachments_sudo
            if file.type != "url"  # leads elsewhere
        ]

    def _find_portal_attachment(self, attachment_id):
        """Return a file of the copy: of the message or of one of the replies.

        :param int attachment_id: as the browser sent it
        :return: the attachment as superuser, empty if it is none of these
        """
        self_sudo = self.sudo()  # the copy is the reader's, so its files are
        files_sudo = self._get_attachments() | self_sudo.reply_ids.attachment_ids
        return files_sudo.filtered(lambda file: file.id == attachment_id and file.type != "url")

    def _get_own_readings(self):
        """Return the acting customer's readings, by copy (as superuser)."""
        readings_sudo = self.env["kundenportal.message.reading"].sudo()  # its own only
        return {
            reading.recipient_id: reading
            for reading in readings_sudo.search(
                [
                    ("recipient_id", "in", self.ids),
                    ("partner_id", "=", self.env.user.partner_id.id),
                ]
            )
        }

    def _get_portal_subjects(self, readings):
        """Return the subjects as the acting customer reads them; what it has read, as it read then.

        :param dict readings: as `_get_own_readings` returns them
        :return: by id of the copy
        :rtype: dict[int, str]
        """
        read = {copy.id: reading.subject for copy, reading in readings.items() if reading.subject}
        copies_sudo = self.sudo()  # the message is not the customer's to read
        others_sudo = copies_sudo.filtered(lambda copy: copy.id not in read)
        subjects = others_sudo.message_id._render_subjects(self.env.user.partner_id)
        return read | {copy.id: subjects[copy.message_id.id] for copy in others_sudo}
