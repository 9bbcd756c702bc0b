from odoo import api, fields, models


class MaintenanceEquipment(models.Model):
    """Devices that stand at a customer's."""

    _inherit = "maintenance.equipment"
    _rec_names_search = ["name", "serial_no"]

    customer_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        ondelete="set null",
        tracking=True,
        help="The company, or person, that has the device.",
    )
    case_count = fields.Integer(
        string="Cases", compute="_compute_case_count", groups="kundenportal_addon.group_officer"
    )

    # === COMPUTE METHODS === #

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_case_count(self):
        counts = dict(
            self.env["kundenportal.activity"]._read_group(
                [("equipment_id", "in", self.ids)], ["equipment_id"], ["__count"]
            )
        )
        for equipment in self:
            equipment.case_count = counts.get(equipment._origin, 0)

    # === ACTION METHODS === #

    def action_view_cases(self):
        """Open the cases about the device (smart button).

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kundenportal_addon.kundenportal_activity_action"
        )
        context = {"default_equipment_id": self.id, "default_partner_id": self.customer_id.id}
        return {**action, "domain": [("equipment_id", "=", self.id)], "context": context}
