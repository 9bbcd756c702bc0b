import contextlib
from datetime import date

from werkzeug.exceptions import NotFound

from odoo.http import Response, content_disposition, request, route

from ..models.account_move_portal import OPEN_STATES
from ..tools.typed_text import clean
from ..tools.zip_stream import make_unique, stream_zip
from .portal import KundenportalPortal
from .routes import portal_page


class PortalInvoices(KundenportalPortal):
    """What stands beside Odoo's pages of invoices: open sums, and a month's files at once."""

    @route()
    def portal_my_documents(self, **kw):
        response = super().portal_my_documents(**kw)
        response.qcontext["invoices"] = request.env["account.move"]._prepare_portal_invoices()
        return response

    @route("/my/documents/invoices.zip", **portal_page())
    def portal_invoice_files(self, month="", **kw):
        """Hand out the files of a month's invoices, those that there are."""
        if not request.env.user._has_portal_function("documents"):
            raise NotFound()
        files_sudo = request.env["account.move"]._get_portal_month_files(self._read_month(month))
        # What is read while it is sent must not need the database any more.
        readers = self._get_file_readers(files_sudo)
        if not readers:
            raise NotFound()
        names = make_unique(name for name, _read in readers)
        pieces = stream_zip(zip(names, (read for _name, read in readers), strict=True))
        filename = f"{request.env._('Invoices')} {clean(month, 7)}.zip"
        headers = {
            "Content-Type": "application/zip",
            "Content-Disposition": content_disposition(filename),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(pieces, headers=headers, direct_passthrough=True)

    def _get_file_readers(self, files_sudo):
        """Return names of files, and functions that read them; without what the disk has lost.

        :rtype: list[tuple]
        """
        readers = []
        for file_sudo in files_sudo:
            with contextlib.suppress(FileNotFoundError):
                stream = request.env["ir.binary"]._get_stream_from(file_sudo, "raw")
                readers.append((file_sudo.name or "", stream.read))
        return readers

    def _read_month(self, text):
        """Return the first day of a month.

        :param str text: as the page's links have it, such as ``2027-03``
        :raise NotFound: for anything else
        """
        try:
            # The calendar's last month has no next one.
            return min(date.fromisoformat(f"{clean(text, 7)}-01"), date(9999, 11, 1))
        except ValueError:
            raise NotFound() from None

    def _get_account_searchbar_filters(self):
        invoices = request.env["account.move"]
        domain = invoices._get_portal_invoice_domain()
        is_open = [("payment_state", "in", OPEN_STATES)]
        return {
            **super()._get_account_searchbar_filters(),
            "open": {"label": request.env._("Open"), "domain": list(domain) + is_open},
            "paid": {"label": request.env._("Paid"), "domain": list(domain) + ["!", *is_open]},
        }
