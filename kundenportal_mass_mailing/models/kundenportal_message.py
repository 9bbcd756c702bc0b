from odoo import api, fields, models
from odoo.exceptions import UserError


class KundenportalMessage(models.Model):
    """A mailing among the messages: what it says stands with each copy, as the mail said it."""

    _inherit = "kundenportal.message"

    mailing_id = fields.Many2one(
        "mailing.mailing",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="Each recipient has the text that its mail had.",
    )

    _mailing_unique = models.UniqueIndex("(mailing_id) WHERE mailing_id IS NOT NULL")

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:  # not by a context's default either
            vals_list = [{"mailing_id": False, **vals} for vals in vals_list]
        return super().create(vals_list)

    def _check_own_fields(self, vals, author):
        """Let nobody put a message in a mailing's place: its recipients would get their copies."""
        if "mailing_id" in vals and self.mailing_id.ids != list(filter(None, [vals["mailing_id"]])):
            raise UserError(self.env._("Which mailing a message is follows from its sending."))
        return super()._check_own_fields(vals, author)

    def _add_mailing_copies(self, texts):
        """Give contacts their copies of a mailing; who has one already keeps it.

        :param dict texts: contact → ``(subject, body)`` of its mail
        """
        self.ensure_one()
        copies = self.env["kundenportal.message.recipient"]
        partners = self.env["res.partner"].union(*texts)
        known = copies.search([("message_id", "=", self.id), ("partner_id", "in", partners.ids)])
        copies.create(
            [
                {
                    "message_id": self.id,
                    "partner_id": partner.id,
                    "commercial_partner_id": (partner.commercial_partner_id or partner).id,
                    "company_id": self.company_id.id,
                    "is_to_company": partner.is_company,
                    "sent_on": fields.Datetime.now(),
                    "mailing_subject": texts[partner][0],
                    "mailing_body": texts[partner][1],
                }
                for partner in partners - known.partner_id
            ]
        )
        total = self.recipient_count + len(partners - known.partner_id)
        self.write({"recipient_count": total, "recipient_total": total})
