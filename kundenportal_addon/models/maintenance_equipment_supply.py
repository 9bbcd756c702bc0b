from odoo import api, fields, models
from odoo.tools import SQL


class MaintenanceEquipment(models.Model):
    """What fits customers' printers, and what was ordered for them when."""

    _inherit = "maintenance.equipment"

    supply_line_count = fields.Integer(
        string="Ordered Supplies",
        compute="_compute_supply_line_count",
        groups="sales_team.group_sale_salesman",
    )

    # === COMPUTE METHODS === #

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_supply_line_count(self):
        counts = dict(
            self.env["sale.order.line"]._read_group(
                [("portal_equipment_id", "in", self.ids)], ["portal_equipment_id"], ["__count"]
            )
        )
        for device in self:
            device.supply_line_count = counts.get(device._origin, 0)

    # === ACTION METHODS === #

    def action_view_supply_lines(self):
        """Open what was ordered for the device, whoever had it (smart button).

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kundenportal_addon.sale_order_line_supply_action"
        )
        return {**action, "domain": [("portal_equipment_id", "=", self.id)], "context": {}}

    # === BUSINESS METHODS === #

    def _get_portal_supplies(self, company):
        """Return what customers can order for these printers, in the order in which it is shown.

        :param company: our company that sells
        :return: per id of a device the products (variants), as superuser
        :rtype: dict[int, recordset]
        """
        devices_sudo = self.sudo()  # customers read no products
        # Archived ones are sorted out below; Odoo would read them once more for that.
        models_sudo = devices_sudo.printer_model_id.with_context(active_test=False)
        templates_sudo = models_sudo | models_sudo.supply_ids
        templates_sudo.mapped("name")  # all at once, not one after the other
        products_sudo = self.env["product.product"].sudo()
        variants = products_sudo.search_fetch(
            [("product_tmpl_id", "in", models_sudo.supply_ids.ids)],
            ["product_tmpl_id", "active", "default_code", "combination_indices"],
        ).grouped("product_tmpl_id")
        found = {
            model.id: products_sudo.union(
                *(
                    variants.get(supply, products_sudo)
                    for supply in model.supply_ids._get_portal_sellable(company).sorted(
                        lambda supply: supply._get_supply_rank()
                    )
                )
            )
            for model in models_sudo
        }
        return {
            device.id: found.get(device.printer_model_id.id, products_sudo)
            for device in devices_sudo
        }

    def _get_last_orders(self):
        """Return when which supply was last ordered for these devices, by who has them now.

        What was sent from the portal counts as soon as it was sent, everything else when it is
        confirmed.

        :return: by the ids of a device and of a product: ``order_id``, ``date`` (UTC), ``quantity``
            (in ``uom_id``)
        :rtype: dict[tuple[int, int], dict]
        """
        if not self.ids:
            return {}
        for model, names in (
            (
                "sale.order",
                ("state", "date_order", "portal_channel", "portal_commercial_partner_id"),
            ),
            ("sale.order.line", ("portal_equipment_id", "product_id", "product_uom_qty")),
            ("maintenance.equipment", ("customer_id",)),
        ):
            self.env[model].flush_model(names)
        query = SQL(
            """
            SELECT DISTINCT ON (line.portal_equipment_id, line.product_id)
                   line.portal_equipment_id, line.product_id, sale.id, sale.date_order,
                   line.product_uom_qty, line.product_uom_id
              FROM sale_order_line line
              JOIN sale_order sale ON sale.id = line.order_id
              JOIN maintenance_equipment device ON device.id = line.portal_equipment_id
             WHERE device.id = ANY(%s)
               AND sale.portal_commercial_partner_id = device.customer_id
               AND (sale.state = 'sale'
                    OR sale.portal_channel IS NOT NULL AND sale.state != 'cancel')
          ORDER BY line.portal_equipment_id, line.product_id, sale.date_order DESC, sale.id DESC
            """,
            list(self.ids),
        )
        keys = ("order_id", "date", "quantity", "uom_id")
        return {
            (device_id, product_id): dict(zip(keys, values, strict=True))
            for device_id, product_id, *values in self.env.execute_query(query)
        }
