from odoo import fields, models


class KundenportalMessageReading(models.Model):
    """That one person has read a copy of a message, and what it said to that person.

    Written by the POST of the page only (``kundenportal.message.recipient._mark_read``).
    """

    _name = "kundenportal.message.reading"
    _description = "Reading of a Message"
    _order = "id desc"
    _log_access = False

    recipient_id = fields.Many2one(
        "kundenportal.message.recipient",
        string="Copy",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Read by",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    read_on = fields.Datetime(required=True, readonly=True)
    subject = fields.Char(
        readonly=True, help="As it read then; empty if it reads the same for everybody."
    )
    body = fields.Html(
        readonly=True, sanitize_attributes=True, help="As it read then; see the subject."
    )

    # Also answers what a person has read.
    _partner_recipient_unique = models.UniqueIndex("(partner_id, recipient_id)")
