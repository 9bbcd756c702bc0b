from odoo import api, models
from odoo.exceptions import ValidationError

from .sale_order_limit import PAID


class PaymentTransaction(models.Model):
    """Nobody begins to pay for what a main user, or our staff, have to look at first."""

    _inherit = "payment.transaction"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        transactions = super().create(vals_list)
        for order in transactions.sale_order_ids:
            if refusal := order._get_payment_refusal():
                raise ValidationError(refusal)
        return transactions

    # === BUSINESS METHODS === #

    def _check_amount_and_confirm_order(self):
        """Confirm what has been paid, even if the customer's limit was lowered meanwhile.

        Once the money is there, refusing helps nobody.
        """
        paid = self.with_context(portal_paid=PAID)
        return super(PaymentTransaction, paid)._check_amount_and_confirm_order()
