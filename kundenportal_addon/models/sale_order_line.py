from odoo import fields, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    portal_equipment_id = fields.Many2one(
        "maintenance.equipment",
        string="For Device",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        help="The customer's device that the supply was ordered for.",
    )
