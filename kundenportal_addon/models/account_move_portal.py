from odoo import api, fields, models
from odoo.fields import Domain

#: In these an invoice is still to be paid.
OPEN_STATES = ("not_paid", "partial", "blocked")


class AccountMove(models.Model):
    """What customers see of their invoices beside Odoo's pages: sums, and the files of a month.

    Whose invoices are found is the record rules' to say: all is searched as the acting customer.
    """

    _inherit = "account.move"

    # === BUSINESS METHODS === #

    @api.model
    def _get_portal_invoice_domain(self):
        """Return what a customer has been invoiced, and what it was credited.

        :rtype: Domain
        """
        return Domain("state", "=", "posted") & Domain(
            "move_type", "in", ("out_invoice", "out_refund", "out_receipt")
        )

    @api.model
    def _prepare_portal_balance(self):
        """Return what the acting customer still has to pay, credit notes taken off.

        :return: ``open_count``, ``paid_count``, and ``sums``: for each currency in which something
            is open a dict ``currency``, ``open`` and ``overdue``
        :rtype: dict
        """
        invoices = self._get_portal_invoice_domain()
        overdue = invoices & Domain("invoice_date_due", "<", fields.Date.context_today(self))
        open_count, open_sums = self._sum_portal_invoices(invoices)
        _count, overdue_sums = self._sum_portal_invoices(
            overdue & Domain("move_type", "!=", "out_refund")
        )
        return {
            "open_count": open_count,
            "paid_count": self.search_count(invoices) - open_count,
            "sums": [
                {"currency": currency, "open": amount, "overdue": overdue_sums.get(currency, 0.0)}
                for currency, amount in open_sums.items()
                if not currency.is_zero(amount) or overdue_sums.get(currency)
            ],
        }

    @api.model
    def _sum_portal_invoices(self, domain):
        """Return how many of some invoices are open, and what remains to be paid by currency.

        :rtype: tuple[int, dict]
        """
        groups = self._read_group(
            domain & Domain("payment_state", "in", OPEN_STATES),
            ["currency_id", "move_type"],
            ["__count", "amount_residual:sum"],
        )
        number, sums = 0, {}
        for currency, move_type, count, amount in groups:
            number += count
            sign = -1 if move_type == "out_refund" else 1
            sums[currency] = sums.get(currency, 0.0) + sign * amount
        return number, sums

    @api.model
    def _get_portal_file_months(self):
        """Return the months of which there are files to download, the latest first.

        :return: the first day of each
        :rtype: list[date]
        """
        invoices = self.search(self._get_portal_invoice_domain())
        with_file = invoices._find_portal_files().mapped("res_id")
        groups = self._read_group(
            [("id", "in", with_file)], ["invoice_date:month"], order="invoice_date:month desc"
        )
        return [month for (month,) in groups if month]

    @api.model
    def _get_portal_month_files(self, month):
        """Return the files of the acting customer's invoices of a month.

        :param date month: any day of it
        :return: attachments as superuser, by invoice
        """
        return self.search(
            self._get_portal_invoice_domain()
            & Domain("invoice_date", ">=", fields.Date.start_of(month, "month"))
            & Domain("invoice_date", "<=", fields.Date.end_of(month, "month")),
            order="invoice_date, id",
        )._find_portal_files()

    def _find_portal_files(self):
        """Return the documents that these invoices are: PDF, and e-invoices of whatever format.

        Only what stands in the fields that Odoo, and modules for e-invoices, keep for them: what
        else hangs on an invoice is the staff's. Nothing is made that is not there already.

        :return: attachments as superuser, in the order of the invoices
        """
        attachments_sudo = (
            self.env["ir.attachment"]
            .sudo()  # those of fields are nobody's to search; the invoices are the reader's
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_field", "in", self._get_fields_to_detach()),
                    ("res_id", "in", self.ids),
                    ("type", "=", "binary"),
                ]
            )
        )
        rank = {invoice_id: number for number, invoice_id in enumerate(self.ids)}
        return attachments_sudo.sorted(lambda one: (rank[one.res_id], one.id))
