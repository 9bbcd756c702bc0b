from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

#: Of each list beside the form; more would not be read during a call.
SHOWN = 15


class KundenportalActivityCall(models.TransientModel):
    """A case while the customer is on the telephone: who it is, what it has, what is open already.

    The customer is found by name, number, telephone or serial number
    (``res.partner._search_display_name``), or by its device.
    """

    _name = "kundenportal.activity.call"
    _description = "Case from a Telephone Call"

    partner_id = fields.Many2one(
        "res.partner", string="Customer", help="Name, customer number, telephone or serial number."
    )
    equipment_id = fields.Many2one("maintenance.equipment", string="Device")
    type_id = fields.Many2one(
        "kundenportal.activity.type",
        default=lambda self: self.env["kundenportal.activity.type"].search([], limit=1),
    )
    name = fields.Char(string="What Is It About")
    description = fields.Text(string="Details")
    priority = fields.Selection(lambda self: self._get_priorities(), default="1")
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        domain=lambda self: self.env["kundenportal.deputy"]._get_staff_domain(),
        help="Empty: as the type says.",
    )
    send_receipt = fields.Boolean(
        string="Receipt by Mail", help="The customer gets the number and the expected answer."
    )
    is_solved = fields.Boolean(string="Solved on the Telephone")

    # Beside it
    commercial_partner_id = fields.Many2one(related="partner_id.commercial_partner_id")
    phone = fields.Char(related="partner_id.phone", string="Telephone")
    mobile = fields.Char(related="partner_id.mobile")
    email = fields.Char(related="partner_id.email")
    reachable_now = fields.Boolean(related="partner_id.reachable_now")
    reachability_summary = fields.Char(related="partner_id.reachability_summary")
    portal_access = fields.Selection(related="partner_id.portal_access")
    equipment_ids = fields.Many2many(
        "maintenance.equipment", string="Devices", compute="_compute_beside"
    )
    case_ids = fields.Many2many(
        "kundenportal.activity", string="Open Cases", compute="_compute_beside"
    )

    # === DEFAULTS === #

    @api.model
    def _get_priorities(self):
        return (
            self.env["kundenportal.activity"]._fields["priority"]._description_selection(self.env)
        )

    # === COMPUTE METHODS === #

    @api.depends("partner_id")
    def _compute_beside(self):
        for call in self:
            partner = call.partner_id._origin
            company = partner.commercial_partner_id
            call.equipment_ids = call.equipment_ids.search(
                [("customer_id", "in", (partner | company).ids)], limit=SHOWN
            )
            call.case_ids = call.case_ids.search(
                [("commercial_partner_id", "in", company.ids), ("list_rank", "=", 0)], limit=SHOWN
            )

    # === ONCHANGE METHODS === #

    @api.onchange("equipment_id")
    def _onchange_equipment_id(self):
        """Take the customer that has the device."""
        customer = self.equipment_id.customer_id
        if customer and customer not in self.partner_id | self.commercial_partner_id:
            self.partner_id = customer

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """Take the device if the customer has just one, and leave another customer's alone."""
        if self.equipment_id.customer_id not in self.partner_id | self.commercial_partner_id:
            self.equipment_id = self.equipment_ids if len(self.equipment_ids) == 1 else False
        self.send_receipt = bool(self.partner_id.email_normalized)

    # === ACTION METHODS === #

    def action_create_case(self):
        """Open the case and show it (button).

        :return: an action
        :rtype: dict
        :raise UserError: without a customer, a type or a title
        """
        return self._create_case().action_open_case()

    def action_create_next(self):
        """Open the case and wait for the next call (button).

        :return: an action
        :rtype: dict
        :raise UserError: see `action_create_case`
        """
        case = self._create_case()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kundenportal_addon.kundenportal_activity_call_action"
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": case.display_name,
                "next": action,
            },
        }

    # === BUSINESS METHODS === #

    def _create_case(self):
        """Open the case with the rights of whoever is on the telephone.

        :return: the case
        """
        self.ensure_one()
        self.check_access("write")
        for name in ("partner_id", "type_id", "name"):
            if not self[name]:
                label = self._fields[name]._description_string(self.env)
                raise UserError(self.env._("Please fill in “%s”.", label))
        values = {
            "type_id": self.type_id.id,
            "partner_id": self.partner_id.id,
            "equipment_id": self.equipment_id.id,
            "name": self.name,
            "description": plaintext2html(self.description) if self.description else False,
            "priority": self.priority,
            "channel": "phone",
        }
        if self.user_id or self.is_solved:
            values["user_id"] = (self.user_id or self.env.user).id
        case = self.env["kundenportal.activity"].create(values)
        if self.is_solved:
            case._note_answer_on_phone()
        elif self.send_receipt:
            case._send_receipt()
        return case
