from odoo import api, fields, models
from odoo.exceptions import AccessError

PORTAL_FIELDS = {"is_portal_group", "portal_function_ids", "portal_withheld_function_ids"}


class ResPartnerCategory(models.Model):
    """Customer groups are tags that unlock functions, or withhold them."""

    _inherit = "res.partner.category"

    is_portal_group = fields.Boolean(
        string="Customer Group",
        index="btree_not_null",
        help="The tag unlocks functions of the customer portal. Only managers of the portal may "
        "then edit it or put it on contacts.",
    )
    portal_function_ids = fields.Many2many(
        "kundenportal.function",
        "kundenportal_category_function_rel",
        "category_id",
        "function_id",
        string="Unlocks",
    )
    portal_withheld_function_ids = fields.Many2many(
        "kundenportal.function",
        "kundenportal_category_withheld_rel",
        "category_id",
        "function_id",
        string="Withholds",
        help="Taken from the contacts of this group, even if another group unlocks it.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        categories = super().create(vals_list)
        flagged = categories.filtered("is_portal_group")  # also by a default from the context
        if flagged:
            self._check_portal_manager()
        if flagged.partner_ids:
            self.env["res.users"]._sync_portal_functions()
        return categories

    def write(self, vals):
        # Flagged for everybody, also for who may not see it.
        flagged = self.sudo().filtered("is_portal_group")
        if flagged or vals.get("is_portal_group"):
            self._check_portal_manager()
        result = super().write(vals)
        if not (PORTAL_FIELDS | {"active", "partner_ids"}).isdisjoint(vals):
            self.env["res.users"]._sync_portal_functions()
        return result

    def unlink(self):
        # The database deletes tags below them as well, and tells nobody.
        flagged = (
            self.sudo()
            .with_context(active_test=False)
            .search([("id", "child_of", self.ids), ("is_portal_group", "=", True)])
        )
        if flagged:
            self._check_portal_manager()
        result = super().unlink()
        if flagged:
            self.env["res.users"]._sync_portal_functions()
        return result

    @api.model
    def _check_portal_manager(self):
        """Only managers of the portal change who is in a customer group and what it unlocks.

        :raise AccessError: if the acting user is not one
        """
        if not self.env.su and not self.env.user.has_group("kundenportal_addon.group_manager"):
            raise AccessError(
                self.env._(
                    "Only managers of the customer portal may edit customer groups "
                    "or put them on contacts."
                )
            )
