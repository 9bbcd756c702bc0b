from odoo import fields, models
from odoo.tools import SQL


class ResPartner(models.Model):
    """The number in a person's cart, and who leaves its cart behind."""

    _inherit = "res.partner"

    # A column of the row that every page of the portal reads anyway.
    portal_cart_count = fields.Integer(
        string="Articles in the Cart",
        readonly=True,
        copy=False,
        groups="kundenportal_addon.group_officer",
        help="Kept by the portal itself.",
    )

    # === BUSINESS METHODS === #

    def _recount_portal_cart(self):
        """Note how many articles lie in the persons' carts."""
        self.env["kundenportal.cart.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE res_partner partner
                   SET portal_cart_count = (
                       SELECT COUNT(*) FROM kundenportal_cart_line WHERE partner_id = partner.id
                       )
                 WHERE id = ANY(%s)
                """,
                list(self.ids),
            )
        )
        self.invalidate_recordset(["portal_cart_count"])

    def _forget_former_colleagues(self):
        """Leave behind what the contacts wanted to order for their former company."""
        result = super()._forget_former_colleagues()
        for model_name in ("kundenportal.cart.line", "kundenportal.cart"):
            # Whoever moves a contact need not see carts.
            self.env[model_name].sudo().search([("partner_id", "in", self.ids)]).unlink()
        deputies_sudo = self.env["kundenportal.release.deputy"].sudo()  # as above
        deputies_sudo._get_of(self).unlink()
        return result
