from odoo import api, fields, models
from odoo.tools import SQL


class KundenportalMessageRecipient(models.Model):
    """One copy of a message: whose it is, and whether it was read.

    Written by the delivery in one statement per batch, so without the columns of ``_log_access``.
    """

    _name = "kundenportal.message.recipient"
    _description = "Recipient of a Message"
    _order = "id desc"
    _log_access = False

    message_id = fields.Many2one(
        "kundenportal.message", required=True, readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Recipient", required=True, readonly=True, ondelete="cascade"
    )
    commercial_partner_id = fields.Many2one(
        "res.partner",
        string="Company of the Customer",
        required=True,
        readonly=True,
        ondelete="cascade",
        help="The company that the recipient belonged to when the message was sent.",
    )
    company_id = fields.Many2one(
        "res.company", string="Our Company", required=True, readonly=True, ondelete="cascade"
    )
    is_to_company = fields.Boolean(
        readonly=True, help="Its main users read it, also those who become one later."
    )
    sent_on = fields.Datetime(string="Sent on", required=True, readonly=True)
    read_on = fields.Datetime(
        readonly=True,
        help="When somebody it was sent to opened it for the first time; staff never count.",
    )
    notice_due = fields.Selection(
        [("message", "New message"), ("reminder", "Reminder"), ("answer", "Answer")],
        readonly=True,
        help="The mail that is still to be queued.",
    )
    notified_on = fields.Datetime(string="Mail Sent on", readonly=True)
    reminded_on = fields.Datetime(string="Reminded on", readonly=True)
    reading_ids = fields.One2many(
        "kundenportal.message.reading", "recipient_id", string="Read by", readonly=True
    )
    is_read = fields.Boolean(compute="_compute_is_read", search="_search_is_read")
    portal_access = fields.Selection(related="partner_id.portal_access")
    author_id = fields.Many2one(related="message_id.author_id", string="Sender")
    is_mass = fields.Boolean(related="message_id.is_mass")

    # Also answers what a contact was sent.
    _partner_message_unique = models.UniqueIndex("(partner_id, message_id)")
    _commercial_partner_idx = models.Index("(commercial_partner_id, id)")
    _company_idx = models.Index("(company_id, id)")
    _unread_idx = models.Index("(company_id, sent_on) WHERE read_on IS NULL")
    _notice_due_idx = models.Index("(id) WHERE notice_due IS NOT NULL")

    # === COMPUTE METHODS === #

    @api.depends("message_id.display_name")
    @api.depends_context("uid")
    def _compute_display_name(self):
        for recipient in self:
            recipient.display_name = recipient.sudo().message_id.display_name  # for readers, too

    @api.depends("read_on")
    def _compute_is_read(self):
        for recipient in self:
            recipient.is_read = bool(recipient.read_on)

    def _search_is_read(self, operator, value):
        if operator != "in":
            return NotImplemented
        if len(set(value)) != 1:
            return [(1, "=", 1)] if value else [(0, "=", 1)]
        return [("read_on", "!=" if True in value else "=", False)]

    # === ACTION METHODS === #

    def action_open_message(self):
        """Open the message that this is a copy of.

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        self.message_id.check_access("read")
        return self.message_id._get_records_action(context={})

    # === BUSINESS METHODS === #

    @api.model
    def _merge_copies(self, partners, partner):
        """Leave each message one copy among contacts that become one; nothing read gets lost.

        :param partners: all the contacts, also the one that remains
        :param partner: the contact that remains
        """
        self.flush_model()
        self.env["kundenportal.message.reading"].flush_model()
        self.env["kundenportal.message.reply"].flush_model()
        values = {"ids": list(partners.ids), "dst": partner.id}
        for statement in MERGE_STATEMENTS:
            self.env.cr.execute(SQL(statement, **values))
        self.env["kundenportal.message.reading"].invalidate_model()
        self.env["kundenportal.message.reply"].invalidate_model()
        self.invalidate_model()


#: Copies of one message among the contacts, the one that remains first.
TWINS = """
    WITH twin AS (
        SELECT id, first_value(id) OVER (
                   PARTITION BY message_id ORDER BY (partner_id = %(dst)s) DESC, id
               ) AS kept_id
          FROM kundenportal_message_recipient WHERE partner_id = ANY(%(ids)s)
    )
"""
MERGE_STATEMENTS = (
    # What one person read of one copy in two persons' names.
    """
    DELETE FROM kundenportal_message_reading r
     USING kundenportal_message_reading earlier
     WHERE r.recipient_id = earlier.recipient_id AND r.id > earlier.id
       AND r.partner_id = ANY(%(ids)s) AND earlier.partner_id = ANY(%(ids)s)
    """,
    # Readings of copies that go, where the copy that stays has one of the same person.
    TWINS
    + """
    DELETE FROM kundenportal_message_reading r
     USING twin
     WHERE r.recipient_id = twin.id AND twin.id <> twin.kept_id
       AND EXISTS (
           SELECT 1 FROM kundenportal_message_reading other
             JOIN twin sibling ON sibling.id = other.recipient_id
            WHERE sibling.kept_id = twin.kept_id AND other.id <> r.id
              AND (other.partner_id = r.partner_id
                   OR (other.partner_id = ANY(%(ids)s) AND r.partner_id = ANY(%(ids)s)))
              AND (sibling.id = sibling.kept_id OR other.id < r.id)
       )
    """,
    TWINS
    + """
    UPDATE kundenportal_message_reading r
       SET recipient_id = twin.kept_id
      FROM twin
     WHERE r.recipient_id = twin.id AND twin.id <> twin.kept_id
    """,
    TWINS
    + """
    UPDATE kundenportal_message_reply r
       SET recipient_id = twin.kept_id
      FROM twin
     WHERE r.recipient_id = twin.id AND twin.id <> twin.kept_id
    """,
    TWINS
    + """
    UPDATE kundenportal_message_recipient kept
       SET read_on = merged.read_on, notified_on = merged.notified_on,
           notice_due = CASE WHEN merged.notified_on IS NULL THEN kept.notice_due END
      FROM (
           SELECT twin.kept_id, min(r.read_on) AS read_on, min(r.notified_on) AS notified_on
             FROM twin JOIN kundenportal_message_recipient r ON r.id = twin.id
         GROUP BY twin.kept_id HAVING count(*) > 1
           ) merged
     WHERE kept.id = merged.kept_id
    """,
    TWINS
    + """
    DELETE FROM kundenportal_message_recipient r
     USING twin
     WHERE r.id = twin.id AND twin.id <> twin.kept_id
    """,
)
