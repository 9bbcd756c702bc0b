import io
import re
import zipfile
from datetime import timedelta
from pathlib import Path

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .http_common import PortalHttpCase

URL = "/my/documents/invoices.zip"


@tagged("post_install", "-at_install")
class TestInvoices(PortalHttpCase):
    """What /my/documents says of invoices: open sums, and a month's files."""

    @classmethod
    def _extend_portal_fixture(cls):
        result = super()._extend_portal_fixture()
        cls.january = cls._create_dated_invoice(cls.user, "2026-01-31")
        cls.february = cls._create_dated_invoice(cls.user, "2026-02-01")
        cls.colleagues = cls._create_dated_invoice(cls.main, "2026-01-15")
        cls.foreign = cls._create_dated_invoice(cls.stranger, "2026-01-15")
        return result

    @classmethod
    def _create_dated_invoice(cls, partner, day):
        invoice = cls._create_order(partner)._create_invoices()
        invoice.write({"invoice_date": day, "invoice_date_due": day})
        invoice.action_post()
        return invoice

    def attach(self, invoice, name, content=b"%PDF-1.4 x", field="invoice_pdf_report_file"):
        """Give an invoice its file, as Odoo does when it is sent."""
        return self.env["ir.attachment"].create(
            {
                "name": name,
                "raw": content,
                "res_model": "account.move",
                "res_field": field,
                "res_id": invoice.id,
            }
        )

    def open_zip(self, month):
        response = self.url_open(f"{URL}?month={month}")
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Content-Type"], "application/zip")
        self.assertIn("attachment", response.headers["Content-Disposition"])
        archive = zipfile.ZipFile(io.BytesIO(response.content))
        self.assertIsNone(archive.testzip())
        return {name: archive.read(name) for name in archive.namelist()}

    def test_the_files_of_a_month(self):
        self.attach(self.january, "RE/2026/1.pdf", b"%PDF one")
        self.attach(self.colleagues, "RE_2026_1.pdf", b"%PDF two")
        self.attach(self.february, "later.pdf")
        self.attach(self.foreign, "foreign.pdf")
        fields_of_files = [*type(self.january)._get_fields_to_detach(self.january), "kp_e_invoice"]
        self.patch(
            self.registry["account.move"],
            "_get_fields_to_detach",
            lambda move: fields_of_files,
        )
        self.attach(self.january, "xrechnung.xml", b"<Invoice/>", "kp_e_invoice")
        # What staff hung on it, and what is no document of it any more.
        self.attach(self.january, "intern.pdf", field=False)
        self.sign_in(self.user)
        self.assertEqual(
            self.open_zip("2026-01"),
            {"RE_2026_1.pdf": b"%PDF one", "xrechnung.xml": b"<Invoice/>"},
        )
        self.sign_in(self.main)
        self.assertEqual(
            self.open_zip("2026-01"),
            {
                "RE_2026_1.pdf": b"%PDF two",
                "RE_2026_1 (2).pdf": b"%PDF one",
                "xrechnung.xml": b"<Invoice/>",
            },
        )
        self.assertEqual(set(self.open_zip("2026-02")), {"later.pdf"})

    def test_what_the_disk_has_lost(self):
        lost = self.attach(self.february, "lost.pdf", b"%PDF lost 4711")
        self.attach(self.february, "there.pdf")
        Path(lost._full_path(lost.store_fname)).unlink()
        self.sign_in(self.user)
        self.assertEqual(set(self.open_zip("2026-02")), {"there.pdf"})

    def test_months_to_choose_from(self):
        self.sign_in(self.user)
        page = self.get_page("/my/documents")
        self.assertFalse(page.xpath("//select[@name='month']"), "there are no files")
        self.attach(self.january, "a.pdf")
        self.attach(self.february, "b.pdf")
        self.attach(self._create_dated_invoice(self.stranger, "2026-03-01"), "c.pdf")
        page = self.get_page("/my/documents")
        self.assertEqual(
            page.xpath("//select[@name='month']/option/@value"), ["2026-02", "2026-01"]
        )

    def test_nothing_to_hand_out(self):
        self.attach(self.foreign, "foreign.pdf")
        draft = self._create_order(self.user)._create_invoices()
        draft.invoice_date = "2026-05-05"
        self.attach(draft, "draft.pdf")
        self.sign_in(self.user)
        months = ("2026-01", "2026-05", "", "2026", "2026-13", "2026-1", "abc", "0000-00", "²")
        with mute_logger("odoo.http"):
            for month in (*months, "../../etc", "9999-12", "2026-01-01", "x" * 10000):
                with self.subTest(month=month[:20]):
                    self.get_page(f"{URL}?month={month}", 404)
            self.attach(self.january, "own.pdf")
            self.assertEqual(set(self.open_zip("2026-01")), {"own.pdf"})
            self.user.portal_withheld_function_ids = self.functions["documents"]
            self.get_page(f"{URL}?month=2026-01", 404)
            self.authenticate("kp_internal", "kp_internal")
            self.get_page(f"{URL}?month=2026-01", 404)
        self.leave()
        self.assertAtLogin(self.url_open(f"{URL}?month=2026-01"))

    def balance(self, contact):
        invoices = self.env["account.move"].with_user(contact.user_ids)
        values = invoices._prepare_portal_invoices()
        self.assertEqual(values.pop("file_months"), [])
        return values

    def test_what_is_open(self):
        total, currency = self.january.amount_total, self.company.currency_id
        not_due = self._create_dated_invoice(self.user, fields.Date.today() + timedelta(days=60))
        self.assertEqual(
            self.balance(self.user),
            {
                "open_count": 3,
                "paid_count": 0,
                "sums": [{"currency": currency, "open": 3 * total, "overdue": 2 * total}],
            },
        )
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.january.ids
        ).create({})._create_payments()
        paid = self.balance(self.user)
        self.assertEqual((paid["open_count"], paid["paid_count"]), (2, 1))
        self.assertEqual(paid["sums"][0]["open"], 2 * total)
        refund = not_due._reverse_moves([{"invoice_date": fields.Date.today()}])
        # Odoo would settle it with the invoice.
        refund.write({"reversed_entry_id": False})
        refund.invoice_line_ids.quantity = 0.5
        refund.action_post()
        self.assertGreater(refund.amount_residual, 0)
        main = self.balance(self.main)
        self.assertAlmostEqual(
            main["sums"][0]["open"], 3 * total - refund.amount_residual, 2, "credit counts"
        )
        self.assertEqual(self.balance(self.person)["sums"], [])

    def test_page(self):
        self.sign_in(self.user)
        page = self.get_page("/my/documents")
        total = 2 * self.january.amount_total
        shown = re.sub(r"\D", "", page.xpath("string(//*[contains(@class, 'kp_open_sum')])"))
        self.assertEqual(shown, f"{total:.2f}".replace(".", ""))
        self.assertTrue(page.xpath("//*[contains(@class, 'kp_overdue_sum')]"))
        for state, expected in (("open", {self.january, self.february}), ("paid", set())):
            listed = self.get_page(f"/my/invoices?filterby={state}").text_content()
            found = {one for one in (self.january, self.february) if one.name in listed}
            self.assertEqual(found, expected)
        self.sign_in(self.person)
        page = self.get_page("/my/documents")
        self.assertFalse(page.xpath("//*[contains(@class, 'kp_balance')]"))

    def test_queries_do_not_grow(self):
        self.attach(self.january, "a.pdf")
        self.sign_in(self.user)
        few = self.count_page_queries("/my/documents")
        for day in ("2026-03-01", "2026-04-01", "2026-04-02"):
            self.attach(self._create_dated_invoice(self.user, day), "x.pdf")
        self.assertPageQueries("/my/documents", few)
        self.assertPageQueries("/my/documents", 30)
