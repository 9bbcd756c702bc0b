from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: What another customer does not get with a device.
LEFT_BEHIND = ("contact_id", "site_id", "location")


class MaintenanceEquipment(models.Model):
    """Devices that stand at a customer's: whose, where, which model.

    What customers see of their printers is in ``…_portal.py``, what is ordered for them in
    ``…_supply.py``, the label with the QR code in ``…_label.py``.
    """

    _inherit = "maintenance.equipment"
    _rec_names_search = ["name", "serial_no"]

    customer_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        ondelete="set null",
        tracking=True,
        help="The company, or private person, that has the device. Another one starts anew: what "
        "was ordered and reported for the device stays with the customer who had it.",
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Contact at the Customer",
        index="btree_not_null",
        ondelete="set null",
        tracking=True,
        domain="[('id', 'child_of', customer_id), ('is_company', '=', False)]",
        help="Who looks after the device there.",
    )
    # Not `location_id`, which is a place in a warehouse of ours once Odoo's inventory is installed.
    site_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        ondelete="set null",
        tracking=True,
        domain="[('id', 'child_of', customer_id)]",
        help="Address of the customer at which the device stands; empty for its main address.",
    )
    location = fields.Char(
        string="Where Exactly", help="As people there say it: floor, room, department."
    )
    printer_model_id = fields.Many2one(
        "product.template",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain=[("is_printer", "=", True)],
        tracking=True,
        help="Says which supplies fit.",
    )
    is_printer = fields.Boolean(
        string="Customers See It in the Portal",
        compute="_compute_is_printer",
        store=True,
        readonly=False,
        help="The customer finds the device among its printers, orders supplies for it and "
        "reports problems with it.",
    )
    case_count = fields.Integer(
        string="Cases", compute="_compute_case_count", groups="kundenportal_addon.group_officer"
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("customer_id", "contact_id", "site_id")
    def _check_is_at_customer(self):
        for device_sudo in self.sudo():  # whoever writes devices need not read all contacts
            strangers = (device_sudo.contact_id | device_sudo.site_id).filtered(
                lambda one, device=device_sudo: not device._is_at_customer(one)
            )
            if strangers:
                raise ValidationError(
                    self.env._(
                        "%(who)s does not belong to the customer who has %(device)s.",
                        who=strangers[0].display_name,
                        device=device_sudo.display_name,
                    )
                )

    # === COMPUTE METHODS === #

    @api.depends("printer_model_id")
    def _compute_is_printer(self):
        for device in self:
            # One whose model is taken away is still a printer.
            device.is_printer = device.is_printer or bool(device.printer_model_id)

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_case_count(self):
        counts = dict(
            self.env["kundenportal.activity"]._read_group(
                [("equipment_id", "in", self.ids)], ["equipment_id"], ["__count"]
            )
        )
        for equipment in self:
            equipment.case_count = counts.get(equipment._origin, 0)

    # === ONCHANGE METHODS === #

    @api.onchange("printer_model_id")
    def _onchange_printer_model_id(self):
        self.name = self.name or self.printer_model_id.name

    @api.onchange("customer_id")
    def _onchange_customer_id(self):
        self.update(self._prepare_customer({"customer_id": self.customer_id.id}))
        for name in ("contact_id", "site_id"):
            chosen_sudo = self[name].sudo()  # see `_prepare_customer`
            if chosen_sudo and not self._is_at_customer(chosen_sudo):
                self[name] = False

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._prepare_customer(vals) for vals in vals_list])

    def write(self, vals):
        if "customer_id" not in vals:
            return super().write(vals)
        vals = self._prepare_customer(vals)
        moved = self.filtered(
            lambda device: device.customer_id and device.customer_id.id != vals["customer_id"]
        )
        if not moved:
            return super().write(vals)
        followers = moved._get_customer_followers()
        result = super(MaintenanceEquipment, self - moved).write(vals)
        super(MaintenanceEquipment, moved).write({**dict.fromkeys(LEFT_BEHIND, False), **vals})
        moved._after_move(followers)
        return result

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

    # === BUSINESS METHODS === #

    @api.model
    def get_import_templates(self):
        """Offer a file to begin with.

        :return: dicts ``label`` and ``template``, the path of a file
        :rtype: list[dict]
        """
        return [
            {
                "label": self.env._("Import Template for Devices of Customers"),
                "template": "/kundenportal_addon/static/import/devices.csv",
            }
        ]

    @api.model
    def _prepare_customer(self, vals):
        """Complete values where somebody was named instead of the company that has the device.

        A contact looks after it, an address is where it stands.

        :param dict vals: as for ``create``
        :rtype: dict
        """
        if not vals.get("customer_id"):
            return vals
        # Whoever writes devices need not read all contacts.
        named_sudo = self.env["res.partner"].sudo().browse(vals["customer_id"])
        customer_sudo = named_sudo.commercial_partner_id
        vals = {**vals, "customer_id": customer_sudo.id}
        if named_sudo != customer_sudo:
            field_name = "contact_id" if named_sudo.type == "contact" else "site_id"
            vals[field_name] = vals.get(field_name) or named_sudo.id
        return vals

    def _is_at_customer(self, partner):
        """Tell whether a contact or an address is the customer's; contacts move on.

        :param partner: as superuser
        :rtype: bool
        """
        self.ensure_one()
        return self.customer_id in partner | partner.commercial_partner_id

    def _get_customer_followers(self):
        """Return per id of a device the ids of those of its customer's who follow it."""
        return {
            device.id: device.message_partner_ids.filtered(
                lambda one, device=device: device._is_at_customer(one)
            ).ids
            for device in self.sudo()  # followers are no business of whoever writes
        }

    def _after_move(self, followers):
        """Leave nothing of the device to the customer who had it, and nothing of that to the next.

        Orders and cases say themselves whose they are; what lies in a cart has not been ordered.

        :param dict followers: as `_get_customer_followers` returned them
        """
        for device in self:
            device.message_unsubscribe(followers[device.id])
        lines_sudo = self.env["kundenportal.cart.line"].sudo()  # carts are their customers'
        lines_sudo.search([("equipment_id", "in", self.ids)]).unlink()
