from odoo import models
from odoo.fields import Domain

from ..tools.data_archive import Section


class ResPartner(models.Model):
    """Orders and invoices in a customer's copy of its own data."""

    _inherit = "res.partner"

    # === HOOKS === #

    def _get_portal_export_sections(self):
        return [
            *super()._get_portal_export_sections(),
            self._export_orders(),
            self._export_invoices(),
        ]

    # === BUSINESS METHODS === #

    def _export_orders(self):
        labels = {
            "number": self.env._("Number"),
            "date": self.env._("Date"),
            "state": self.env._("Status"),
            "reference": self.env._("Reference"),
            "note": self.env._("Note"),
            "delivery": self.env._("Delivery address"),
            "lines": self.env._("Lines"),
            "article": self.env._("Article"),
            "device": self.env._("Device"),
            "quantity": self.env._("Quantity"),
            "price": self.env._("Price"),
            "total": self.env._("Total"),
            "currency": self.env._("Currency"),
        }
        rows = self._iter_for_export(self._find_own_orders(), self._prepare_orders)
        return Section("orders", self.env._("Orders"), labels, rows)

    def _find_own_orders(self):
        """Return the orders that the portal shows the acting customer, and are its own.

        :return: as superuser
        """
        own, orders = Domain("partner_id", "=", self.id), self.env["sale.order"]
        sent_domain = self.env.user._portal_sent_order_domain()
        found_sudo = orders.sudo().search(own & sent_domain)  # what it has sent is its own to see
        if orders.has_access("read"):
            # Not what staff still work on, as Odoo's pages.
            found_sudo |= orders.search(own & Domain("state", "in", ("sent", "sale"))).sudo()
        return found_sudo

    def _prepare_orders(self, orders_sudo):
        stages = orders_sudo._get_sent_stages()
        for order_sudo in orders_sudo:
            shown = order_sudo._prepare_sent_order()
            totals = shown["totals"]
            yield {
                "number": shown["name"],
                "date": shown["date"] or None,
                "state": stages[order_sudo._get_sent_stage_code()],
                "reference": shown["reference"],
                "note": shown["note"],
                "delivery": shown["delivery"],
                "lines": [
                    {
                        "article": row["name"],
                        "device": row["device"],
                        "quantity": f"{row['quantity_text']} {row['unit'] or ''}".strip(),
                        "price": row.get("amount"),
                    }
                    for row in shown["rows"]
                ],
                "total": totals["total"] if totals else None,
                "currency": totals["currency"].name if totals else None,
            }

    def _export_invoices(self):
        labels = {
            "number": self.env._("Number"),
            "date": self.env._("Date"),
            "total": self.env._("Total"),
            "currency": self.env._("Currency"),
            "files": self.env._("Files"),
        }
        invoices = self.env["account.move"]
        found = invoices.browse()
        if invoices.has_access("read"):
            own = Domain("partner_id", "=", self.id) | Domain(
                "invoice_line_ids.sale_line_ids.order_id.partner_id", "=", self.id
            )
            found = invoices.search(own & invoices._get_portal_invoice_domain())

        def prepare(batch):
            files = batch._find_portal_files().grouped("res_id")
            for invoice_sudo in batch.sudo():  # read above
                yield {
                    "number": invoice_sudo.name,
                    "date": invoice_sudo.invoice_date or None,
                    "total": invoice_sudo.amount_total_in_currency_signed,
                    "currency": invoice_sudo.currency_id.name,
                    "files": self._export_files(files.get(invoice_sudo.id, ())),
                }

        rows = self._iter_for_export(found, prepare)
        return Section("invoices", self.env._("Invoices"), labels, rows)
