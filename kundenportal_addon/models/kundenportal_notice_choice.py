from odoo import fields, models


class KundenportalNoticeChoice(models.Model):
    """Whether a contact wants mail of one kind; without a row the kind's default holds."""

    _name = "kundenportal.notice.choice"
    _description = "Choice of Notices"
    _order = "partner_id, kind_id"

    partner_id = fields.Many2one(
        "res.partner", string="Contact", required=True, index=True, ondelete="cascade"
    )
    kind_id = fields.Many2one(
        "kundenportal.notice.kind", string="Notice", required=True, index=True, ondelete="cascade"
    )
    by_mail = fields.Boolean(help="Otherwise it lies in the portal only.")

    _partner_kind_unique = models.Constraint(
        "UNIQUE (partner_id, kind_id)", "A contact chooses once for each kind of notice."
    )

    # === BUSINESS METHODS === #

    def _keep_latest(self, partners):
        """Leave one choice of each kind among all of some contacts, before these become one.

        :param partners: the contacts
        """
        choices = self.search(
            [("partner_id", "in", partners.ids)], order="write_date DESC, id DESC"
        )
        for same_kind in choices.grouped("kind_id").values():
            same_kind[1:].unlink()
