from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

#: What a message says and to whom; fixed once it is on its way.
CONTENT_FIELDS = {
    "subject",
    "body",
    "partner_ids",
    "group_ids",
    "attachment_ids",
    "is_confidential",
    "send_on",
    "company_id",
}
#: What the portal itself keeps; no remote call writes it.
OWN_FIELDS = {
    "state",
    "author_id",
    "sent_on",
    "delivered_up_to",
    "recipient_total",
    "recipient_count",
    "recipient_ids",
    "has_placeholders",
    "is_mass",
}
#: Values that a context could bring as defaults otherwise.
OWN_DEFAULTS = {
    "state": "draft",
    "sent_on": False,
    "delivered_up_to": 0,
    "recipient_total": 0,
    "recipient_count": 0,
    "recipient_ids": [],
}


class KundenportalMessage(models.Model):
    """What staff write to chosen contacts, stored once however many get it.

    The topics have files of their own: what it says (``…_content.py``), how it gets to its
    recipients (``…_delivery.py``), the mails about it (``…_notice.py``).
    """

    _name = "kundenportal.message"
    _description = "Message to Customers"
    _order = "id desc"
    _rec_name = "subject"

    subject = fields.Char(
        required=True, help="Placeholders may be used here, such as {{ object.name }}."
    )
    # Placeholders are elements that a stricter sanitiser drops; what is shown is sanitised again.
    body = fields.Html(
        string="Text",
        sanitize="email_outgoing",
        help="Placeholders are filled in when the message is read, with the rights of its sender.",
    )
    author_id = fields.Many2one(
        "res.users",
        string="Sender",
        readonly=True,
        copy=False,
        index=True,
        ondelete="set null",
        default=lambda self: self.env.user,
        help="Placeholders show what this person may see, and nothing else.",
    )
    company_id = fields.Many2one(
        "res.company",
        string="Our Company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    partner_ids = fields.Many2many(
        "res.partner",
        "kundenportal_message_partner_rel",
        "message_id",
        "partner_id",
        string="To",
        help="Contacts, each of whom alone reads its copy; or companies, whose main users read it, "
        "also those who become one later.",
    )
    group_ids = fields.Many2many(
        "res.partner.category",
        "kundenportal_message_group_rel",
        "message_id",
        "category_id",
        string="Customer Groups",
        domain=[("is_portal_group", "=", True)],
        help="Everybody who has the tag at the time of sending; whoever is chosen twice gets it "
        "once.",
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "kundenportal_message_attachment_rel",
        "message_id",
        "attachment_id",
        string="Attachments",
        copy=False,
        bypass_search_access=True,
    )
    is_confidential = fields.Boolean(
        string="Confidential",
        help="The mail about the message says that there is one, not what it is about.",
    )
    allow_reply = fields.Boolean(string="Replies Allowed", default=True)
    send_on = fields.Datetime(string="Send at", copy=False, help="Empty: as soon as it is sent.")
    sent_on = fields.Datetime(readonly=True, copy=False)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("scheduled", "Scheduled"),
            ("sending", "Being sent"),
            ("sent", "Sent"),
        ],
        string="Status",
        required=True,
        readonly=True,
        copy=False,
        default="draft",
    )
    recipient_ids = fields.One2many(
        "kundenportal.message.recipient", "message_id", string="Recipients", readonly=True
    )
    delivered_up_to = fields.Integer(
        readonly=True,
        copy=False,
        help="Id of the last contact that has its copy; an interrupted delivery continues there.",
    )
    recipient_total = fields.Integer(string="To Deliver", readonly=True, copy=False)
    recipient_count = fields.Integer(string="Delivered", readonly=True, copy=False)
    progress = fields.Float(compute="_compute_progress", help="Percent of the recipients.")
    read_count = fields.Integer(string="Read", compute="_compute_read_count")
    unread_count = fields.Integer(string="Unread", compute="_compute_read_count")
    is_mass = fields.Boolean(
        string="Mass Message", compute="_compute_is_mass", store=True, help="To more than one."
    )
    # What the field with the placeholders asks for; the one who reads.
    render_model = fields.Char(compute="_compute_render_model")
    has_placeholders = fields.Boolean(compute="_compute_has_placeholders", store=True)
    is_author_lost = fields.Boolean(compute="_compute_is_author_lost")

    _to_do_idx = models.Index("(state, id) WHERE state IN ('scheduled', 'sending')")

    # === COMPUTE METHODS === #

    @api.depends("recipient_count", "recipient_total", "state")
    def _compute_progress(self):
        for message in self:
            total = message.recipient_total
            done = 100 if message.state == "sent" else 0
            message.progress = min(100 * message.recipient_count / total, 100) if total else done

    @api.depends("recipient_ids.read_on")
    def _compute_read_count(self):
        counts = dict(
            self.env["kundenportal.message.recipient"]._read_group(
                [("message_id", "in", self.ids), ("read_on", "!=", False)],
                ["message_id"],
                ["__count"],
            )
        )
        for message in self:
            message.read_count = counts.get(message._origin, 0)
            message.unread_count = message.recipient_count - message.read_count

    @api.depends("recipient_total", "recipient_count")
    def _compute_is_mass(self):
        for message in self:
            message.is_mass = max(message.recipient_total, message.recipient_count) > 1

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                self._check_own_fields(vals, self.env.user)
            vals_list = [{**vals, **OWN_DEFAULTS, "author_id": self.env.uid} for vals in vals_list]
        messages = super().create(vals_list)
        messages._check_content()
        return messages

    def write(self, vals):
        if not self.env.su:
            self._check_own_fields(vals, self.author_id)
            if not CONTENT_FIELDS.isdisjoint(vals):
                self._check_draft()
                # Placeholders are filled in with the rights of who wrote them, for whom it chose.
                self.check_access("write")
                others = self.filtered(lambda message: message.author_id != self.env.user)
                others.sudo().author_id = self.env.user  # nobody chooses another sender
        result = super().write(vals)
        if not CONTENT_FIELDS.isdisjoint(vals):
            self._check_content()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_if_not_sent(self):
        """Keep what customers have received; only managers may take it back.

        :raise UserError: unless the messages are drafts or a manager deletes them
        """
        if self.env.su or self.env.user.has_group("kundenportal_addon.group_manager"):
            return
        if any(message.state not in ("draft", "scheduled") for message in self):
            raise UserError(
                self.env._("Messages that were sent can be deleted by managers of the portal only.")
            )

    # === ACTION METHODS === #

    def action_view_recipients(self):
        """Open the copies of the message.

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kundenportal_addon.kundenportal_message_recipient_action"
        )
        return {**action, "domain": [("message_id", "=", self.id)], "context": {}}

    def action_view_unread(self):
        """Open the copies of the message that nobody has read.

        :return: an action
        :rtype: dict
        """
        return {**self.action_view_recipients(), "context": {"search_default_unread": 1}}

    # === BUSINESS METHODS === #

    def _check_own_fields(self, vals, author):
        """Refuse what only the portal itself writes.

        :param author: the sender, which a form may send back
        :raise UserError: if ``vals`` names one of these fields
        """
        own = OWN_FIELDS & vals.keys()
        if own - {"author_id"} or (own and author.ids != [vals["author_id"]]):
            raise UserError(self.env._("Status and sender of a message follow from its sending."))

    def _check_draft(self):
        """Refuse to change what is on its way.

        :raise UserError: for messages that are not drafts
        """
        if any(message.state != "draft" for message in self):
            raise UserError(
                self.env._("A message that was sent cannot be changed; send another one.")
            )

    def _check_content(self):
        """Check what was written and attached, as whoever writes.

        What modules write is checked when it is shown.
        """
        for message in self:
            if not self.env.su:
                message._check_placeholders(self.env.user)
            message._own_attachments()

    def _own_attachments(self):
        """Make the attachments the message's own, so that they are for its recipients only.

        What belongs to another record is copied: its own readers must not lose it.

        :raise AccessError: for attachments that the acting user may not read
        """
        self.ensure_one()
        foreign = self.attachment_ids.filtered(
            lambda file: (file.res_model, file.res_id) != (self._name, self.id)
        )
        if not foreign:
            return
        foreign.check_access("read")
        own = {"res_model": self._name, "res_id": self.id, "res_field": False}
        own |= {"public": False, "access_token": False}  # no other way to it
        commands = []
        for file in foreign:
            if not file.res_id and file.create_uid == self.env.user:
                file.write(own)
            else:
                copy = file.copy({**own, "name": file.name})
                commands += [Command.unlink(file.id), Command.link(copy.id)]
        if commands:
            # The copies were made just now; what may be attached was checked above.
            self.sudo().attachment_ids = commands
