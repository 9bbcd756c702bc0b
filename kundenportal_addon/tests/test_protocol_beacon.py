from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from .http_common import BrowserCase
from .test_protocol_sign_in import ProtocolHttpCase

WAIT_FOR_REPORTS = """
    (async () => {
        const sent = () => performance.getEntriesByType("resource")
            .filter((entry) => entry.name.endsWith("/my/beacon")).length;
        const until = async (count) => {
            for (let i = 0; i < 400 && sent() < count; i++) {
                await new Promise((resolve) => setTimeout(resolve, 50));
            }
            if (sent() !== count) {
                throw new Error(`${sent()} reports instead of ${count}`);
            }
        };
        await until(1);
        CODE
        console.log("test successful");
    })();
"""
CLICK_DOWNLOAD = """
        const documentEl = document.querySelector("[data-kundenportal-document]");
        const link = documentEl.querySelector("a[href*='report_type=pdf']");
        link.addEventListener("click", (ev) => ev.preventDefault());
        link.click();
        await until(2);
"""


@tagged("post_install", "-at_install")
class TestProtocolBeacon(BrowserCase, ProtocolHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_order(cls.user)
        cls.invoice = cls._create_invoice(cls.order)
        cls.foreign = cls._create_order(cls.stranger)
        cls.colleague = cls._create_order(cls.user2)

    def beacon(self, document=None, event="opened", **params):
        if document is not None:
            params.update(event=event, document_model=document._name, document_id=document.id)
        return self.make_jsonrpc_request("/my/beacon", params)

    def test_active_once_a_day(self):
        self.authenticate("uwe@nord.example", "uwe@nord.example")
        self.assertIsNone(self.beacon())
        self.beacon()
        self.assertEqual(self.codes(), ["active_today"])
        self.assertEqual(self.entries().partner_id, self.user)
        self.authenticate("mia@nord.example", "mia@nord.example")
        self.beacon()
        self.assertEqual(self.entries().partner_id, self.user | self.main, "once per person")

    def test_documents(self):
        self.authenticate("uwe@nord.example", "uwe@nord.example")
        self.beacon(self.order)
        self.beacon(self.order)
        self.beacon(self.order, "downloaded")
        self.beacon(self.invoice)
        self.assertEqual(
            self.codes(),
            ["active_today", "document_opened", "document_downloaded", "document_opened"],
        )
        opened = self.entries("document_opened")
        self.assertEqual(opened.mapped("note"), [self.order.name, self.invoice.display_name])
        self.assertEqual(
            [(e.res_model, e.res_id) for e in opened],
            [("sale.order", self.order.id), ("account.move", self.invoice.id)],
        )
        self.assertEqual(opened.user_id, self.login)
        self.authenticate("mia@nord.example", "mia@nord.example")
        self.beacon(self.order)
        self.assertEqual(len(self.entries("document_opened")), 3, "once per person")

    def test_what_is_not_ones_own_is_ignored(self):
        self.authenticate("uwe@nord.example", "uwe@nord.example")
        missing = self.order.browse(2**31 - 1)
        for document in (self.foreign, self.colleague, missing):
            self.assertIsNone(self.beacon(document), "and the answer tells nothing")
        self.beacon(self.user)
        self.beacon(self.login)
        self.beacon(event="opened", document_model="no.such.model", document_id=1)
        self.beacon(event="opened", document_model="sale.order", document_id="1 OR 1")
        self.beacon(event="opened", document_model=["sale.order"], document_id={"a": 1})
        self.beacon(event=["opened"], document_model="sale.order", document_id=True)
        self.beacon(self.order, event="signed_in")
        self.beacon(self.order, event=["opened"])
        self.assertEqual(self.codes(), ["active_today"])

    def test_main_user_reads_colleagues_documents(self):
        self.authenticate("mia@nord.example", "mia@nord.example")
        self.beacon(self.colleague)
        self.assertEqual(self.entries("document_opened").res_id, self.colleague.id)

    def test_without_function_nothing_is_opened(self):
        self.user.portal_withheld_function_ids = self.functions["documents"]
        self.authenticate("uwe@nord.example", "uwe@nord.example")
        self.beacon(self.order)
        self.assertEqual(self.codes(), ["active_today"])

    @mute_logger("odoo.http")
    def test_only_signed_in_portal_users(self):
        self.officer.password = "staffpassword"
        self.authenticate(self.officer.login, "staffpassword")
        self.beacon(self.order)
        self.assertFalse(self.codes())
        self.authenticate(None, None)
        with self.assertRaises(JsonRpcException):
            self.beacon(self.order)
        self.assertFalse(self.codes())
        self.assertEqual(self.url_open("/my/beacon").status_code, 405, "never by a GET")

    def test_pages_report_themselves(self):
        """The browser's side: order page and download link, then an ordinary page."""
        for url in (f"/my/orders/{self.order.id}", f"/my/invoices/{self.invoice.id}"):
            self.run_in_browser(url, CLICK_DOWNLOAD)
        self.assertEqual(
            self.codes(), ["active_today"] + ["document_opened", "document_downloaded"] * 2
        )
        self.env.cr.execute("DELETE FROM kundenportal_protocol WHERE id > %s", [self.last_id])
        self.run_in_browser("/my", "")
        self.assertEqual(self.codes(), ["active_today"])

    def run_in_browser(self, url, code):
        """Open a page, wait for its report, run the code."""
        ready = "document.readyState === 'complete'"
        code = WAIT_FOR_REPORTS.replace("CODE", code)
        self.browser_js(url, code, ready, login="uwe@nord.example")
