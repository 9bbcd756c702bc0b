from odoo import api, fields, models


class KundenportalOwnedMixin(models.AbstractModel):
    """An Odoo document that stays with the company it was made for.

    Follows the document's own customer only: when a contact moves to another company, its old
    documents stay behind (``res.partner`` moves them only if the company itself becomes a child).
    """

    _name = "kundenportal.owned.mixin"
    _description = "Document of a Portal Customer"

    portal_commercial_partner_id = fields.Many2one(
        "res.partner",
        string="Customer Company (Portal)",
        index=True,
        ondelete="restrict",
        compute="_compute_portal_commercial_partner_id",
        store=True,
        compute_sudo=True,
        help="The company that the document was made for.",
    )

    @api.depends("partner_id")
    def _compute_portal_commercial_partner_id(self):
        for document in self:
            document.portal_commercial_partner_id = document.partner_id.commercial_partner_id
