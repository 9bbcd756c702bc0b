from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import human_size, is_html_empty, plaintext2html

#: Longer conversations are shown from their end.
SHOWN_MESSAGES = 50


class KundenportalActivity(models.Model):
    """The customers' page of a case; called for cases that the acting customer may read.

    Of the conversation they see the messages whose subtype is for them, and of the files those of
    these messages. Internal notes have files of the same record: no file is shown for being there.
    """

    _inherit = "kundenportal.activity"

    # Odoo searches them past their rights: whoever may ask would find out what notes say.
    message_ids = fields.One2many(groups="base.group_user")
    website_message_ids = fields.One2many(groups="base.group_user")

    # === HOOKS OF ODOO'S MAIL === #

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """Let customers read the conversation on their page only.

        Odoo lets whoever reads a record read each of its messages by id, internal ones among them
        unless they are comments.
        """
        if message_operation == "read" and self.env.user.share:  # Odoo's pages ask as superuser
            return dict.fromkeys(self, "write")  # which no customer has
        return super()._mail_get_operation_for_mail_message_operation(message_operation)

    # === BUSINESS METHODS: WHAT IS SHOWN === #

    def _prepare_portal_page(self, is_complete=False):
        """Return what the page shows to the acting customer.

        :param bool is_complete: whether the conversation is shown from its beginning
        :return: the row of the list and ``company``, ``description``, ``progress``, ``facts``,
            ``answer_expected``, ``actions``, ``files``, ``messages``, ``earlier_url`` and
            ``may_write``
        :rtype: dict
        """
        self.ensure_one()
        case_sudo = self.sudo()  # staff, devices and types are not customers' to read
        messages_sudo = self._get_portal_messages()
        shown_sudo = messages_sudo if is_complete else messages_sudo[-SHOWN_MESSAGES:]
        row = self._prepare_portal_rows()[0]
        return {
            **row,
            "company": case_sudo.company_id.name,
            "description": self._get_portal_description(),
            "progress": self._prepare_portal_progress(),
            "facts": self._prepare_portal_facts(),
            "answer_expected": self._get_expected_answer(),
            "actions": self._prepare_portal_actions(),
            "files": self._prepare_portal_files(self._get_portal_files()),
            "messages": self._prepare_portal_messages(shown_sudo),
            "earlier_url": f"{row['url']}?all=1#conversation"
            if len(shown_sudo) < len(messages_sudo)
            else None,
            "may_write": self._takes_comments(),
        }

    def _get_portal_description(self):
        """Return the type's text, and below it what the customer wrote, as safe HTML."""
        text = self._render_portal_texts(("portal_description",))[self.id]["portal_description"]
        own = self.description
        parts = [plaintext2html(text)] if text else []
        return parts[0] + own if parts and not is_html_empty(own) else (parts or [own])[0]

    def _prepare_portal_facts(self):
        """Return the lines of what is known, with a kind each: ``text`` or ``moment``.

        :rtype: list[dict]
        """
        case_sudo = self.sudo()  # see `_prepare_portal_page`
        device = case_sudo.equipment_id
        place = case_sudo.location_id
        facts = [
            ("moment", self.env._("Received on"), case_sudo.create_date),
            ("text", self.env._("Contact"), case_sudo.partner_id.name),
            (
                "text",
                self.env._("Participants"),
                ", ".join(case_sudo.participant_ids.mapped("name")),
            ),
            ("text", self.env._("Responsible"), case_sudo.user_id.name),
            ("moment", self.env._("Start"), case_sudo.date_start),
            ("moment", self.env._("End"), case_sudo.date_stop),
            (
                "text",
                self.env._("Location"),
                " ".join((place.contact_address_inline or "").split()),
            ),
            (
                "text",
                self.env._("Device"),
                ", ".join(filter(None, (device.name, device.serial_no))),
            ),
            ("moment", self.env._("Answer expected by"), self._get_expected_answer()),
            ("moment", self.env._("Closed on"), case_sudo.closed_on),
        ]
        return [
            {"kind": kind, "label": label, "value": value} for kind, label, value in facts if value
        ]

    def _get_expected_answer(self):
        """Return when the first answer is due, as long as there is none.

        :rtype: datetime | bool
        """
        case_sudo = self.sudo()  # staff's fields
        is_waited_for = not case_sudo.first_answered_on and not case_sudo.closed_on
        return is_waited_for and case_sudo.first_answer_deadline

    def _prepare_portal_actions(self):
        """Return what the acting customer can do with the case now.

        :return: dicts ``name``, ``explanation``, ``icon`` and ``url``
        :rtype: list[dict]
        """
        actions = self.env["kundenportal.activity.action"]
        return [
            {
                "name": action_sudo._get_label(self),
                "explanation": action_sudo.explanation,
                "icon": action_sudo.icon or "fa-hand-o-right",
                "url": action_sudo._get_url(self),
            }
            for action_sudo in actions._find_for(self)
        ]

    # === BUSINESS METHODS: CONVERSATION AND FILES === #

    def _get_portal_messages(self):
        """Return the messages that the customer sees, the oldest first, as superuser.

        :rtype: recordset
        """
        self.ensure_one()
        messages_sudo = self.env["mail.message"].sudo()  # asked for through the case
        found_sudo = messages_sudo.search(
            Domain("model", "=", self._name)
            & Domain("res_id", "=", self.id)
            & Domain("message_type", "!=", "user_notification")
            & messages_sudo._get_search_domain_share(),
            order="id",
        )
        return found_sudo.filtered(
            lambda message: not is_html_empty(message.body) or message.attachment_ids
        )

    def _prepare_portal_messages(self, messages_sudo):
        return [
            {
                "author": message.author_id.name or message.email_from or message.record_name,
                "is_staff": any(not user.share for user in message.author_id.user_ids),
                "date": message.date,
                "body": message.body,
                "files": self._prepare_portal_files(message.attachment_ids),
            }
            for message in messages_sudo
        ]

    def _get_portal_files(self):
        """Return the files that stand beside the conversation, as superuser; hook for features.

        Whatever is returned is handed out to whoever reads the case in the portal.

        :rtype: recordset
        """
        self.ensure_one()
        return self.env["ir.attachment"].sudo()

    def _prepare_portal_files(self, attachments_sudo):
        return [
            {
                "url": f"{self._get_portal_path()}/attachment/{file.id}",
                "name": file.name,
                "size": human_size(file.file_size),
            }
            for file in attachments_sudo
            if file.type != "url"  # leads elsewhere
        ]

    def _find_portal_attachment(self, attachment_id):
        """Return a file that the page shows.

        :param int attachment_id: as the browser sent it
        :return: the attachment as superuser, empty if it is none of these
        :rtype: recordset
        """
        files_sudo = self._get_portal_files() | self._get_portal_messages().attachment_ids
        return files_sudo.filtered(lambda file: file.id == attachment_id and file.type != "url")
