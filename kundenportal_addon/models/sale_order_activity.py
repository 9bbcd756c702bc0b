from odoo import api, fields, models


class SaleOrder(models.Model):
    """The case that a quotation came of."""

    _inherit = "sale.order"

    portal_activity_id = fields.Many2one(
        "kundenportal.activity",
        string="Case",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        groups="kundenportal_addon.group_officer",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        for order_sudo in orders.sudo():  # who sells need not deal with cases
            if order_sudo.portal_activity_id:
                order_sudo.portal_activity_id._message_log(
                    body=self.env._("Quotation %s was made.", order_sudo._get_html_link())
                )
        return orders
