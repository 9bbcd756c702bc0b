from odoo import api, models
from odoo.exceptions import UserError

#: What becomes of an order that has been dealt with.
SETTLED_STATES = ("sent", "sale", "cancel")


class SaleOrder(models.Model):
    """Orders from the portal wait in the inbox until somebody confirms, quotes or cancels them."""

    _name = "sale.order"
    _inherit = ["sale.order", "kundenportal.inbox.mixin"]
    _inbox_step_methods = {"answer": "action_open_portal_order"}

    # === CRUD METHODS === #

    def write(self, vals):
        """Close the entries of orders that have been dealt with, whatever way it was done."""
        state = vals.get("state")
        waiting = self.browse()
        if state in SETTLED_STATES:
            waiting = self.filtered(lambda order: order.portal_channel and order.state == "draft")
        if state in ("sent", "sale"):
            waiting._check_is_released()
        result = super().write(vals)
        if state in ("sale", "cancel"):
            self._forget_release()
        if waiting:
            states = dict(self._fields["state"]._description_selection(self.env))
            self.env["kundenportal.protocol"]._close_for(waiting, states[state])
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_from_portal_inbox(self):
        """Let no entry wait for what is gone."""
        sent = self.filtered("portal_channel")
        if sent:
            self.env["kundenportal.protocol"]._close_for(sent, self.env._("Deleted"))

    # === ACTION METHODS === #

    def action_open_portal_order(self):
        """Open the order (button in the row of the inbox).

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    # === HOOKS OF THE INBOX === #

    def _get_inbox_steps(self):
        return {order.id: ("answer",) if order.state == "draft" else () for order in self}

    def _check_inbox_done(self):
        self.ensure_one()
        if self.state == "draft":
            raise UserError(
                self.env._(
                    "“%s” waits for an answer: confirm it, send the quotation or cancel it. The "
                    "entry then closes by itself.",
                    self.display_name,
                )
            )

    def _check_inbox_reopen(self):
        self.ensure_one()
        if self.state != "draft":
            raise UserError(
                self.env._(
                    "“%s” has been dealt with; taking the entry back would not change that.",
                    self.display_name,
                )
            )

    # === BUSINESS METHODS === #

    def _enter_portal_inbox(self):
        """Write the entry with which an order waits for the staff."""
        self.ensure_one()
        kind = "quote_requested" if self.is_quote_request else "order_sent"
        # It is the customer who causes it, and the staff who read it.
        lang = self.company_id._get_staff_lang(self.company_id.id) or self.env.lang
        staff_env = self.with_context(lang=lang).env
        repeated = staff_env._("ordered again shortly after") if self.portal_repeat_count else ""
        self.env["kundenportal.protocol"]._log(
            kind,
            self.partner_id,
            note=", ".join(filter(None, (self.name, self.client_order_ref, repeated))),
            record=self,
            company=self.company_id,
            responsible=self.user_id,
        )
