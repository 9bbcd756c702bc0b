from odoo import api, fields, models
from odoo.fields import Domain

#: In these an invoice is still to be paid.
OPEN_STATES = ("not_paid", "partial", "blocked")


class AccountMove(models.Model):
    """What customers see of their invoices beside Odoo's pages: sums, and the files of a month.

    Whose invoices are found is the record rules' to say: they are searched as the acting customer.
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
    def _prepare_portal_invoices(self):
        """Return what the acting customer has been invoiced, in sums, and of when there are files.

        :return: ``open_count``, ``paid_count``; ``sums``: for each currency in which something is
            open a dict ``currency``, ``open`` (credit notes taken off) and ``overdue``; and
            ``file_months``: the first days of months with files, the latest first
        :rtype: dict
        """
        # Odoo's rules look the customer's contacts up for every search; so it is done once.
        found = self.search(self._get_portal_invoice_domain())
        invoices_sudo = found.sudo()  # the customer's, as was just found out
        today = fields.Date.context_today(self)
        open_count, sums = invoices_sudo._sum_open([])
        _count, overdue = invoices_sudo._sum_open(
            [("invoice_date_due", "<", today), ("move_type", "!=", "out_refund")]
        )
        return {
            "open_count": open_count,
            "paid_count": len(found) - open_count,
            "sums": [
                {"currency": currency, "open": amount, "overdue": overdue.get(currency, 0.0)}
                for currency, amount in sums.items()
                if not currency.is_zero(amount) or overdue.get(currency)
            ],
            "file_months": invoices_sudo._get_file_months(),
        }

    def _sum_open(self, domain):
        """Return how many of these invoices are open, and what remains to be paid by currency.

        :param list domain: further conditions
        :rtype: tuple[int, dict]
        """
        groups = self._read_group(
            [("id", "in", self.ids), ("payment_state", "in", OPEN_STATES), *domain],
            ["currency_id", "move_type"],
            ["__count", "amount_residual:sum"],
        )
        number, sums = 0, {}
        for currency, move_type, count, amount in groups:
            number += count
            sign = -1 if move_type == "out_refund" else 1
            sums[currency] = sums.get(currency, 0.0) + sign * amount
        return number, sums

    def _get_file_months(self):
        """Return the months of which these invoices have files, the latest first.

        :return: the first day of each
        :rtype: list[date]
        """
        with_file = self.env["ir.attachment"]._read_group(self._get_file_domain(), ["res_id"])
        groups = self._read_group(
            [("id", "in", [res_id for (res_id,) in with_file])],
            ["invoice_date:month"],
            order="invoice_date:month desc",
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
        # Those of fields are nobody's to search; the invoices are the reader's.
        attachments_sudo = self.env["ir.attachment"].sudo().search(self._get_file_domain())
        rank = {invoice_id: number for number, invoice_id in enumerate(self.ids)}
        return attachments_sudo.sorted(lambda one: (rank[one.res_id], one.id))

    def _get_file_domain(self):
        return [
            ("res_model", "=", self._name),
            ("res_field", "in", self._get_fields_to_detach()),
            ("res_id", "in", self.ids),
            ("type", "=", "binary"),
        ]
