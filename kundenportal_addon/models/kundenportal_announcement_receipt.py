from odoo import api, fields, models
from odoo.tools import SQL


class KundenportalAnnouncementReceipt(models.Model):
    """What became of one revision of an announcement with one contact."""

    _name = "kundenportal.announcement.receipt"
    _description = "Receipt of an Announcement"
    _log_access = False
    _order = "read_on desc, id desc"
    _rec_name = "partner_id"

    announcement_id = fields.Many2one(
        "kundenportal.announcement", required=True, readonly=True, ondelete="cascade"
    )
    revision = fields.Integer(required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Company of the Customer"
    )
    is_current = fields.Boolean(
        string="Of the Present Text", compute="_compute_is_current", help="Not of an earlier text."
    )
    read_on = fields.Datetime(readonly=True)
    hidden_on = fields.Datetime(
        string="Not to Be Shown Again", readonly=True, help="When the contact said so."
    )
    mailed_on = fields.Datetime(string="Mail Queued", readonly=True)

    #: An index, not a constraint: Odoo's merge of contacts deletes rows that a constraint refuses.
    _contact_unique = models.UniqueIndex("(announcement_id, revision, partner_id)")

    # === COMPUTE METHODS === #

    @api.depends("revision", "announcement_id.revision")
    def _compute_is_current(self):
        for receipt in self:
            receipt.is_current = receipt.revision == receipt.announcement_id.revision

    # === BUSINESS METHODS === #

    @api.model
    def _note(self, announcement, partners, field_name):
        """Note something of the present revision of an announcement, once for each contact.

        By one statement; of two at once the first holds.

        :param str field_name: ``read_on``, ``hidden_on`` or ``mailed_on``
        :return: the receipts, as superuser, of those of whom it was not known before
        """
        self.flush_model()
        column = SQL.identifier(field_name)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO kundenportal_announcement_receipt AS known
                            (announcement_id, revision, partner_id, %(column)s)
                SELECT %(announcement)s, %(revision)s, contact, %(now)s
                  FROM unnest(%(contacts)s::int[]) contact
                    ON CONFLICT (announcement_id, revision, partner_id) DO UPDATE
                   SET %(column)s = EXCLUDED.%(column)s WHERE known.%(column)s IS NULL
             RETURNING id
                """,
                column=column,
                announcement=announcement.id,
                revision=announcement.revision,
                now=fields.Datetime.now(),
                contacts=list(partners.ids),
            )
        )
        ids = [row[0] for row in self.env.cr.fetchall()]
        self.invalidate_model()
        announcement.invalidate_recordset(["read_count"])
        return self.sudo().browse(ids)  # written for customers, who have no access

    @api.model
    def _merge_receipts(self, partners, destination):
        """Unite the receipts of contacts that are being merged: each keeps what was first.

        :param partners: all of them
        :param destination: the contact that remains
        """
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                WITH gone AS (
                    DELETE FROM kundenportal_announcement_receipt
                     WHERE partner_id = ANY(%(partners)s) AND partner_id != %(destination)s
                 RETURNING announcement_id, revision, read_on, hidden_on, mailed_on
                )
                INSERT INTO kundenportal_announcement_receipt AS known
                            (announcement_id, revision, partner_id, read_on, hidden_on, mailed_on)
                SELECT announcement_id, revision, %(destination)s,
                       MIN(read_on), MIN(hidden_on), MIN(mailed_on)
                  FROM gone
              GROUP BY announcement_id, revision
                    ON CONFLICT (announcement_id, revision, partner_id) DO UPDATE
                   SET read_on = LEAST(known.read_on, EXCLUDED.read_on),
                       hidden_on = LEAST(known.hidden_on, EXCLUDED.hidden_on),
                       mailed_on = LEAST(known.mailed_on, EXCLUDED.mailed_on)
                """,
                partners=list(partners.ids),
                destination=destination.id,
            )
        )
        self.invalidate_model()
