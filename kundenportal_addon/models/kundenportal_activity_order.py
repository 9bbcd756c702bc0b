from odoo import fields, models


class KundenportalActivity(models.Model):
    """Quotations and orders that came of a case."""

    _inherit = "kundenportal.activity"

    sale_order_ids = fields.One2many(
        "sale.order",
        "portal_activity_id",
        string="Quotations and Orders",
        readonly=True,
        groups="sales_team.group_sale_salesman",
    )
    sale_order_count = fields.Integer(
        string="Orders",
        compute="_compute_sale_order_count",
        groups="sales_team.group_sale_salesman",
    )

    # === COMPUTE METHODS === #

    def _compute_sale_order_count(self):
        counts = dict(
            self.env["sale.order"]._read_group(
                [("portal_activity_id", "in", self.ids)], ["portal_activity_id"], ["__count"]
            )
        )
        for case in self:
            case.sale_order_count = counts.get(case._origin, 0)

    # === ACTION METHODS === #

    def action_new_quotation(self):
        """Open a new quotation for the customer of the case (button).

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Quotation"),
            "res_model": "sale.order",
            "views": [(False, "form")],
            "context": {
                "default_portal_activity_id": self.id,
                "default_partner_id": self.partner_id.id,
                "default_company_id": self.company_id.id,
                "default_origin": self.number,
                "default_client_order_ref": self.name,
            },
        }

    def action_view_orders(self):
        """Open the quotations and orders of the case (smart button).

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Quotations and Orders"),
            "res_model": "sale.order",
            "views": [(False, "list"), (False, "form")],
            "domain": [("portal_activity_id", "=", self.id)],
            "context": {
                "default_portal_activity_id": self.id,
                "default_partner_id": self.partner_id.id,
            },
        }
