from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: What a supply is, in the order in which pages show them.
SUPPLY_KINDS = [
    ("toner", "Toner"),
    ("ink", "Ink"),
    ("drum", "Drum"),
    ("waste", "Waste Toner Box"),
    ("paper", "Paper and Labels"),
    ("staples", "Staples"),
    ("other", "Other"),
]
#: In the order in which printers name them.
SUPPLY_COLORS = [
    ("black", "Black"),
    ("cyan", "Cyan"),
    ("magenta", "Magenta"),
    ("yellow", "Yellow"),
    ("photo", "Photo Black"),
    ("gray", "Gray"),
    ("multi", "Several Colours"),
]


class ProductTemplate(models.Model):
    """The catalogue of the two shops: what is offered, and which supplies fit which printers."""

    _inherit = "product.template"

    portal_shop_ok = fields.Boolean(
        string="In the Online Shop",
        company_dependent=True,
        help="Customers find the product in the online shop of this company, as long as it can be "
        "sold.",
    )
    portal_min_quantity = fields.Float(
        string="Minimum Quantity",
        digits="Product Unit",
        default=1.0,
        help="The least that customers can order in the portal. 0: one step.",
    )
    portal_step_quantity = fields.Float(
        string="Quantity Step",
        digits="Product Unit",
        default=1.0,
        help="Customers order the minimum quantity, or more in such steps: a minimum of 10 and a "
        "step of 5 allow 10, 15, 20 …",
    )
    is_printer = fields.Boolean(
        string="Printer Model",
        index=True,
        help="Devices of customers can be of this model, and supplies fit it.",
    )
    supply_ids = fields.Many2many(
        "product.template",
        "kundenportal_printer_supply_rel",
        "printer_id",
        "supply_id",
        string="Supplies",
        check_company=True,
        help="What is ordered for printers of this model.",
    )
    printer_ids = fields.Many2many(
        "product.template",
        "kundenportal_printer_supply_rel",
        "supply_id",
        "printer_id",
        string="Fits Printer Models",
        check_company=True,
        domain=[("is_printer", "=", True)],
        help="Customers who have such a printer can order this product for it.",
    )
    supply_kind = fields.Selection(SUPPLY_KINDS, string="Kind of Supply")
    supply_color = fields.Selection(SUPPLY_COLORS, string="Colour of Supply")

    _portal_quantities_positive = models.Constraint(
        "CHECK (COALESCE(portal_min_quantity, 0) >= 0 AND COALESCE(portal_step_quantity, 0) >= 0)",
        "The minimum quantity and the quantity step cannot be negative.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("is_printer", "supply_ids", "printer_ids")
    def _check_printer_supplies(self):
        for product in self:
            if product in product.supply_ids:
                raise ValidationError(
                    self.env._("%s cannot be a supply of itself.", product.display_name)
                )
            # One company's user need not see all that another has linked.
            product_sudo = product.sudo().with_context(active_test=False)
            others = product_sudo.printer_ids.filtered(lambda model: not model.is_printer)
            if product_sudo.supply_ids and not product_sudo.is_printer:
                others |= product_sudo
            if others:
                raise ValidationError(
                    self.env._(
                        "Supplies fit printer models only. Not marked as such: %s",
                        ", ".join(others.mapped("display_name")),
                    )
                )

    # === ACTION METHODS === #

    def action_portal_shop_on(self):
        """Offer products in the online shop of the current company (list).

        :return: a notice how many there are
        :rtype: dict
        :raise AccessError: unless the acting user may write products
        """
        return self._switch_portal_shop(True)

    def action_portal_shop_off(self):
        """Take products out of the online shop of the current company (list).

        :return: a notice how many there are
        :rtype: dict
        :raise AccessError: unless the acting user may write products
        """
        return self._switch_portal_shop(False)

    def _switch_portal_shop(self, is_offered):
        self.check_access("write")
        self.portal_shop_ok = is_offered
        if is_offered:
            message = self.env._("%s products are in the online shop now.", len(self))
        else:
            message = self.env._("%s products are no longer in the online shop.", len(self))
        unsaleable = self.filtered(lambda product: is_offered and not product.sale_ok)
        if unsaleable:
            message += " " + self.env._(
                "%s of them cannot be sold, and are not shown.", len(unsaleable)
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if unsaleable else "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # === BUSINESS METHODS === #

    @api.model
    def get_import_templates(self):
        """Offer files to begin with for printer models and their supplies, too.

        :return: dicts ``label`` and ``template``, the path of a file
        :rtype: list[dict]
        """
        path = "/kundenportal_addon/static/import"
        return [
            *super().get_import_templates(),
            {
                "label": self.env._("Import Template for Printer Models"),
                "template": f"{path}/printer_models.csv",
            },
            {
                "label": self.env._("Import Template for Printer Supplies"),
                "template": f"{path}/printer_supplies.csv",
            },
        ]

    def _get_supply_rank(self):
        """Return what sorts supplies as pages show them: by kind, then by colour.

        :return: to compare with those of others
        :rtype: tuple[int, int, str]
        """
        self.ensure_one()
        kinds = [kind for kind, _label in SUPPLY_KINDS]
        colors = [False, *(color for color, _label in SUPPLY_COLORS)]
        kind = self.supply_kind or "other"
        return kinds.index(kind), colors.index(self.supply_color), self.name or ""

    def _get_portal_sellable(self, company):
        """Return which of these products the company can sell to customers of the portal.

        :param company: our company
        :rtype: recordset
        """
        return self.filtered(
            lambda product: (
                product.active
                and product.sale_ok
                and product.type != "combo"  # has no price or stock of its own
                and (not product.company_id or product.company_id in company.parent_ids)
            )
        )
