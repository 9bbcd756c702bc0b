from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _hand_over_to(self, leaver, successor):
        """Make another contact of the same company the one for these quotations.

        What was offered stays as it is: prices, terms and addresses are not taken from the
        successor. Links that the one who leaves was sent stop working.

        :param res.partner leaver: as superuser
        :param res.partner successor: as superuser
        """
        # Odoo would compute them anew for another customer.
        offered = [
            field
            for field in self._fields.values()
            if field.store and field.compute and not field.readonly
        ]
        with self.env.protecting(offered, self):
            self.write({"partner_id": successor.id, "access_token": False})
        for name in ("partner_invoice_id", "partner_shipping_id"):
            self.filtered(lambda order, name=name: order[name] == leaver)[name] = successor
        self.message_unsubscribe(leaver.ids)
        self.message_subscribe(successor.ids)
