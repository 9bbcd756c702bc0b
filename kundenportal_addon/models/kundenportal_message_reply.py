from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..tools.typed_text import clean
from ..tools.upload import FileTooLarge, read_upload

#: How long a reply may be, in characters.
TEXT_LENGTH = 5000

MAX_FILES = 5
MAX_FILE_MEGABYTES = 10


class KundenportalMessageReply(models.Model):
    """What was written below a message, by a customer or in answer to one; never changed later.

    It belongs to the recipient's copy: replies to a message for a company are its main users' to
    read, replies to a person that person's. Customers have no access to the model, their page looks
    it up for them (``kundenportal.message.recipient._prepare_replies``).
    """

    _name = "kundenportal.message.reply"
    _description = "Reply to a Message"
    _inherit = ["kundenportal.inbox.mixin"]
    _order = "id"
    _inbox_step_methods = {"answer": "action_answer"}

    recipient_id = fields.Many2one(
        "kundenportal.message.recipient",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    message_id = fields.Many2one(related="recipient_id.message_id", store=True, index=True)
    partner_id = fields.Many2one(related="recipient_id.partner_id", string="Customer")
    company_id = fields.Many2one(
        "res.company",
        string="Our Company",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    author_id = fields.Many2one(
        "res.users", string="Written by", readonly=True, ondelete="set null"
    )
    author_name = fields.Char(
        string="Name of the Author", readonly=True, help="Kept for when the login is deleted."
    )
    is_staff = fields.Boolean(string="From Us", readonly=True)
    body = fields.Text(string="Text", required=True, readonly=True)
    attachment_ids = fields.One2many(
        "ir.attachment",
        "res_id",
        string="Attachments",
        domain=[("res_model", "=", "kundenportal.message.reply")],
        readonly=True,
    )
    conversation_ids = fields.One2many(related="recipient_id.reply_ids", string="Conversation")
    protocol_id = fields.Many2one(
        "kundenportal.protocol", string="Protocol Entry", readonly=True, ondelete="set null"
    )
    review_state = fields.Selection(related="protocol_id.review_state", string="Inbox")
    responsible_id = fields.Many2one(related="protocol_id.responsible_id")
    create_date = fields.Datetime(string="Written on", readonly=True)

    # === COMPUTE METHODS === #

    @api.depends("message_id", "author_name")
    def _compute_display_name(self):
        for reply in self:
            parts = (reply.sudo().message_id.display_name, reply.author_name)
            reply.display_name = " – ".join(filter(None, parts))

    # === ACTION METHODS === #

    def action_answer(self):
        """Ask what to answer (button, also in the row of the inbox).

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kundenportal_addon.kundenportal_message_answer_action"
        )
        return {**action, "context": {"default_recipient_id": self.recipient_id.id}}

    def action_mark_done(self):
        """Mark the replies as dealt with, by way of their protocol entries (button).

        :return: what the protocol's own button returns
        :raise UserError: if none is waiting
        """
        return self.protocol_id.action_mark_reviewed()

    # === HOOKS OF THE INBOX === #

    def _get_inbox_steps(self):
        return {reply.id: () if reply.is_staff else ("answer",) for reply in self}

    def _check_inbox_done(self):
        """Not every reply wants an answer: it may be ticked off."""

    def _check_inbox_reopen(self):
        """An answer does not keep anybody from looking at the reply again."""

    # === BUSINESS METHODS: THE CUSTOMER === #

    @api.model
    def _submit(self, recipient, text, files, form_key):
        """Take what the acting customer wrote below a message; sent twice, it gives the first.

        :param recipient: the copy of the message, which the customer may read
        :param text: as the browser sent it
        :param list files: uploads, as the browser sent them
        :param str form_key: one-time key of the form
        :return: the reply as superuser, empty if there are errors; and a sentence per wrong field,
            ``text`` or ``files``
        :rtype: tuple
        :raise AccessError: unless the customer may read the message and reply to it
        """
        recipient.ensure_one().check_access("read")
        recipient_sudo = recipient.sudo()  # the message itself is not the customer's to read
        if not recipient_sudo.message_id.allow_reply:
            raise AccessError(self.env._("This message takes no replies."))
        self._lock(recipient_sudo)
        form_keys = self.env["kundenportal.form.key"]
        if earlier_sudo := form_keys._find(form_key):
            return earlier_sudo, {}
        text, errors = clean(text), {}
        if not text:
            errors["text"] = self.env._("Please enter a text.")
        elif len(text) > TEXT_LENGTH:
            errors["text"] = self.env._("Please enter at most %s characters.", TEXT_LENGTH)
        uploads, error = self._read_files(files)
        if error:
            errors["files"] = error
        if not errors and (
            refusal := self.env["kundenportal.throttle"]._get_refusal(
                "message_reply", user=self.env.uid
            )
        ):
            errors["text"] = refusal
        if errors:
            return self.sudo().browse(), errors
        reply_sudo = self._write_down(recipient_sudo, text)
        reply_sudo._attach(uploads)
        form_keys._remember(form_key, reply_sudo)
        reply_sudo._enter_inbox()
        recipient._mark_read()  # for those whose browser has not said so
        return reply_sudo, {}

    @api.model
    def _lock(self, recipient):
        """Let one at a time write below a message; see ``res.partner._lock_colleagues``."""
        self.env.cr.execute(
            SQL(
                "UPDATE kundenportal_message_recipient SET message_id = message_id WHERE id = %s",
                recipient.id,
            ),
            log_exceptions=False,
        )

    @api.model
    def _read_files(self, files):
        """Read uploads.

        :return: pairs of a safe name and the content, and a sentence if something is wrong
        :rtype: tuple[list, str | None]
        """
        if len(files) > MAX_FILES:
            return [], self.env._("Please choose no more than %s files.", MAX_FILES)
        uploads = []
        for upload in files:
            try:
                name, content = read_upload(upload, MAX_FILE_MEGABYTES * 2**20)
            except FileTooLarge as error:
                return [], self.env._(
                    "“%(name)s” is too large; a file may have %(size)s MB.",
                    name=str(error),
                    size=MAX_FILE_MEGABYTES,
                )
            if not content:
                return [], self.env._("“%s” is empty.", name)
            uploads.append((name, content))
        return uploads, None

    def _attach(self, uploads):
        """Keep uploads with the reply.

        :param list uploads: pairs of a name and the content
        """
        self.env["ir.attachment"].create(
            [
                {"name": name, "raw": content, "res_model": self._name, "res_id": self.id}
                for name, content in uploads
            ]
        )

    def _enter_inbox(self):
        """Let the reply wait for whoever sent the message."""
        message = self.recipient_id.message_id
        self.protocol_id = self.env["kundenportal.protocol"]._log(
            "message_reply",
            self.env.user.partner_id,
            note=self._get_note(),
            record=self,
            company=self.company_id,
            responsible=message.author_id.filtered(lambda user: user.active and not user.share),
        )

    def _get_note(self):
        """Return what the protocol says of the reply; of confidential ones just the subject."""
        message, subject = self.message_id, self.recipient_id._get_content()["subject"]
        if message.is_confidential:
            return subject
        text = " ".join(self.body.split())
        return f"{subject}: {text[:200]}{'…' if len(text) > 200 else ''}"

    # === BUSINESS METHODS: STAFF === #

    @api.model
    def _answer(self, recipient, text, attachments):
        """Write an answer below a message; what waits in the inbox of its replies is done by that.

        :param recipient: the copy of the message, which the acting user may read
        :param str text: plain text
        :param attachments: which the acting user may read; the answer gets copies
        :return: the answer
        :raise UserError: without a text
        """
        recipient.ensure_one().check_access("read")
        attachments.check_access("read")
        text = clean(text)
        if not text:
            raise UserError(self.env._("Please enter a text."))
        recipient_sudo = recipient.sudo()  # rows are written by methods only
        self._lock(recipient_sudo)
        answer_sudo = self._write_down(recipient_sudo, text, is_staff=True)
        for attachment_sudo in attachments.sudo():  # read was checked above
            own = {"res_model": self._name, "res_id": answer_sudo.id, "res_field": False}
            # No other way to it than the page of the message.
            own |= {"public": False, "access_token": False, "name": attachment_sudo.name}
            attachment_sudo.copy(own)
        recipient_sudo._mark_unread()
        recipient_sudo.notice_due = "answer"
        recipient_sudo.message_id._trigger_delivery()
        protocol = self.env["kundenportal.protocol"]
        protocol._close_for(recipient_sudo.reply_ids, self.env._("Answered"))
        protocol._log(
            "message_answered",
            recipient_sudo.partner_id,
            note=answer_sudo._get_note(),
            record=answer_sudo,
            company=answer_sudo.company_id,
        )
        return answer_sudo.sudo(False)

    @api.model
    def _write_down(self, recipient_sudo, text, *, is_staff=False):
        return self.sudo().create(  # rows are written by methods only
            {
                "recipient_id": recipient_sudo.id,
                "company_id": recipient_sudo.company_id.id,
                "author_id": self.env.uid,
                "author_name": self.env.user.name,
                "is_staff": is_staff,
                "body": text,
            }
        )
