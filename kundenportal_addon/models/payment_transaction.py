from odoo import models

from .sale_order_release import PAID


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        """Confirm what has been paid, even if the customer's limit was lowered meanwhile.

        Nobody begins a payment that the limit does not allow; once the money is there, refusing
        helps nobody.
        """
        paid = self.with_context(portal_paid=PAID)
        return super(PaymentTransaction, paid)._check_amount_and_confirm_order()
