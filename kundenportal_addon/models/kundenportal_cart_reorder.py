from odoo import api, models

from ..tools.quantity import find_problem, get_limits


class KundenportalCart(models.Model):
    """What was ordered before, once more."""

    _inherit = "kundenportal.cart"

    # === BUSINESS METHODS === #

    @api.model
    def _reorder_order(self, order):
        """Put what an order has into the acting customer's carts.

        :param order: as superuser, which the customer may see
        :return: how many articles were put in, and the names of those that could not be
        :rtype: tuple[int, list[str]]
        """
        lines_sudo = order.order_line.filtered(
            lambda line: line.product_id and not line.display_type and not line.is_downpayment
        )
        return self._reorder_lines(lines_sudo)

    @api.model
    def _reorder_device(self, device):
        """Put what was last ordered for a printer into the acting customer's cart.

        :param device: a printer, which the customer may read
        :return: as `_reorder_order`
        """
        orders = device._get_last_orders()
        if not orders:
            return 0, []
        latest = max(orders.values(), key=lambda order: (order["date"], order["order_id"]))
        lines_sudo = (
            self.env["sale.order.line"]
            .sudo()  # what was ordered for a printer is told to all who see it
            .search(
                [
                    ("order_id", "=", latest["order_id"]),
                    ("portal_equipment_id", "=", device.id),
                    ("product_id", "!=", False),
                ]
            )
        )
        return self._reorder_lines(lines_sudo)

    @api.model
    def _reorder_lines(self, order_lines):
        """Put lines of an order into the carts: supplies for their printer, the rest is shop's."""
        self._lock()
        # What was only offered with it was not ordered.
        order_lines = order_lines.filtered(lambda line: line.product_uom_qty > 0)
        channels = self._get_channels()
        missed, added = order_lines.browse(), 0
        for channel in ("shop", "printers"):
            lines = order_lines.filtered(
                lambda line, channel=channel: (
                    bool(line.portal_equipment_id) == (channel == "printers")
                )
            )
            rows = [
                (line.product_id, self._adjust_quantity(line), line.portal_equipment_id)
                for line in lines
            ]
            if channel not in channels:
                missed |= lines
                continue
            refusals = self._find_refusals(channel, rows)
            fine = [row for row, text in zip(rows, refusals, strict=True) if not text]
            if not self._has_room(channel, fine):
                missed |= lines
                continue
            if fine:
                self._put_in(channel, fine)
            added += len(fine)
            for line, text in zip(lines, refusals, strict=True):
                missed |= line if text else line.browse()
        return added, [line.product_id.display_name for line in missed]

    @api.model
    def _adjust_quantity(self, line):
        """Return the quantity of an order's line in the product's unit, as it can be ordered today.

        Packs may be others than they were; too much is left to be refused.
        """
        product = line.product_id
        quantity = line.product_uom_id._compute_quantity(line.product_uom_qty, product.uom_id)
        limits = product.portal_min_quantity, product.portal_step_quantity
        least, step = get_limits(*limits)
        problem = find_problem(quantity, *limits)
        if problem in ("number", "minimum"):
            return least
        if problem == "step":
            return least + (quantity - least) // step * step
        return quantity
