from odoo import fields, models


class SaleOrderLine(models.Model):
    """For which of the customer's devices something was ordered."""

    _inherit = "sale.order.line"

    portal_equipment_id = fields.Many2one(
        "maintenance.equipment",
        string="For Device",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        help="The customer's device that the supply was ordered for.",
    )
    portal_repeated_on = fields.Date(
        string="Ordered Before on",
        copy=False,
        readonly=True,
        help="The same was ordered for the same device shortly before; the customer was asked and "
        "said that it is meant.",
    )

    # === BUSINESS METHODS === #

    def _prepare_sent_row(self, shows_prices):
        """Return what a customer's page shows of a line; called as superuser.

        :param bool shows_prices: whether it shows what the line costs
        :rtype: dict
        """
        self.ensure_one()
        row = {
            "name": self.product_id.with_context(display_default_code=False).display_name,
            "code": self.product_id.default_code or "",
            "device": self._describe_device(),
            "quantity": self.product_uom_qty,
            "quantity_text": self.env["kundenportal.cart"]._show_number(self.product_uom_qty),
            "unit": self.product_uom_id.name,
            "repeated_on": self.portal_repeated_on,
        }
        if shows_prices:
            row |= self.env["kundenportal.cart"]._prepare_price(self)
        return row

    def _describe_device(self):
        """Return what tells the device from others; what it is called, only to who has it."""
        device = self.portal_equipment_id
        is_still_there = device.customer_id == self.order_id.portal_commercial_partner_id
        name = device.name if is_still_there else ""
        return ", ".join(filter(None, (name, device.serial_no)))
