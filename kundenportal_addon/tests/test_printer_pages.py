from lxml import html

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .http_common import PortalHttpCase
from .printer_common import PrinterFixture

#: A picture of one pixel.
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
    "rkJggg=="
)


@tagged("post_install", "-at_install")
class TestPrinterPages(PrinterFixture, PortalHttpCase):
    """/my/printers as customers see it."""

    def names(self, page):
        return [
            one.text_content() for one in page.xpath("//*[contains(@class,'kp_printer')]//h2/a")
        ]

    def test_list(self):
        self._order_supply(self.user2, self.black, self.printer, date_order="2026-03-05 10:00:00")
        self.copier.image_1920 = PIXEL
        self.printer.location = "Raum <204>"
        for contact in (self.main, self.user):
            self.sign_in(contact)
            page = self.get_page("/my/printers")
            self.assertEqual(self.names(page), ["Empfang", "Packplatz"])
        [first, second] = page.xpath("//li[@data-printer]")
        text = first.text_content()
        for word in ("KP-100", "Raum <204>", "Kopierer K2"):
            self.assertIn(word, text)
        self.assertEqual(
            first.xpath(".//*[contains(@class,'kp_color')]/@class"),
            ["kp_color kp_color_black", "kp_color kp_color_cyan"],
        )
        self.assertTrue(first.xpath(".//*[contains(@class,'kp_last_order')]"))
        self.assertFalse(second.xpath(".//*[contains(@class,'kp_last_order')]"))
        again = [
            one.xpath(".//form[@action='/my/cart/reorder']/input/@value") for one in (first, second)
        ]
        self.assertEqual((again[0][-1], again[1]), (str(self.printer.id), []))
        self.assertIn("Lager", second.text_content())
        [picture] = first.xpath(".//img/@src")
        response = self.url_open(picture)
        self.assertEqual(response.headers["Content-Type"], "image/png")
        self.assertIn("immutable", response.headers["Cache-Control"])
        self.assertTrue(page.xpath("//a[@href='/my/cart']"))
        self.sign_in(self.stranger)
        page = self.get_page("/my/printers")
        self.assertEqual(self.names(page), ["Setzerei"])

    def test_search_and_pages(self):
        self.env["maintenance.equipment"].create(
            [
                {"name": f"Etage {number:02}", "customer_id": self.nord.id, "is_printer": True}
                for number in range(30)
            ]
        )
        self.sign_in(self.user)
        self.assertEqual(len(self.names(self.get_page("/my/printers"))), 20)
        page = self.get_page("/my/printers/page/2")
        self.assertEqual(len(self.names(page)), 12)
        for words, found in (
            ("kp-100", ["Empfang"]),
            ("achim", ["Packplatz"]),
            ("kopierer", ["Empfang"]),
            ("laser lager", ["Packplatz"]),
            ("etage 07", ["Etage 07"]),
            ("setzerei", []),
            ("%", []),
        ):
            with self.subTest(words=words):
                page = self.get_page(f"/my/printers?search={words.replace('%', '%25')}")
                self.assertEqual(self.names(page), found)
        for nonsense in ("x" * 10000, "<script>", "_", "%00<b>"):
            page = self.get_page(f"/my/printers?search={nonsense}")
            self.assertFalse(self.names(page))
        self.assertEqual(self.url_open("/my/printers/page/999999").status_code, 200)
        self.printer.unlink()
        self.env["maintenance.equipment"].search([("customer_id", "=", self.nord.id)]).unlink()
        page = self.get_page("/my/printers")
        self.assertTrue(page.xpath("//*[contains(@class,'kp_empty')]"))

    def test_a_printer(self):
        self._order_supply(
            self.user2, self.black, self.printer, 7, date_order="2026-03-05 10:00:00"
        )
        self.printer.contact_id = self.user2
        self.black.write({"portal_min_quantity": 10, "portal_step_quantity": 5})
        self.cyan.product_tmpl_id.image_1920 = PIXEL
        self.sign_in(self.user)
        page = self.get_page(f"/my/printers/{self.printer.id}")
        self.assertIn(self.user2.name, page.text_content())
        rows = page.xpath("//li[@data-product]")
        self.assertEqual(
            [int(row.get("data-product")) for row in rows],
            [self.black.id, self.cyan.id, self.waste.id],
        )
        self.assertEqual(len(page.xpath("//section[contains(@class,'kp_supplies')]")), 2)
        black, cyan, _waste = rows
        [quantity] = black.xpath(".//input[@name='quantity']")
        self.assertEqual(
            [quantity.get(name) for name in ("value", "min", "step")], ["10", "10", "5"]
        )
        hidden = {
            one.get("name"): one.get("value") for one in black.xpath(".//input[@type='hidden']")
        }
        self.assertEqual(hidden["product_id"], str(self.black.id))
        self.assertEqual(hidden["equipment_id"], str(self.printer.id))
        self.assertEqual(hidden["channel"], "printers")
        self.assertIn("7", black.xpath("string(.//*[contains(@class,'kp_last_order')])"))
        [picture] = cyan.xpath(".//img/@src")
        self.assertEqual(self.url_open(picture).headers["Content-Type"], "image/png")
        foreign = picture.replace(
            f"supply={self.cyan.id}", f"supply={self.laser.product_variant_id.id}"
        )
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open(foreign).status_code, 404)

    def test_prices_shown_or_hidden(self):
        url = f"/my/printers/{self.printer.id}"
        self.sign_in(self.user)
        self.company.portal_printers_show_prices = True
        self.assertEqual(len(self.get_page(url).xpath("//*[contains(@class,'kp_price')]")), 3)
        self.company.portal_printers_show_prices = False
        for path in (url, "/my/printers"):
            text = self.url_open(path).text
            for number in ("4711", "4.711", "4,711", "4712", "4713"):
                self.assertNotIn(number, text)

    def test_without_a_model(self):
        self.printer.printer_model_id = False
        self.sign_in(self.user)
        page = self.get_page(f"/my/printers/{self.printer.id}")
        self.assertTrue(page.xpath("//*[contains(@class,'kp_no_supplies')]"))
        self.assertFalse(page.xpath("//form[@action='/my/cart/add']"))

    def test_label_leads_to_the_printer_after_signing_in(self):
        url = f"/my/printers/{self.printer.id}"
        self.leave()
        response = self.url_open(url)
        self.assertAtLogin(response)
        response = self.url_open(
            response.url,
            data={
                "login": self.user.user_ids.login,
                "password": self.user.email,
                "redirect": url,
                "csrf_token": self.token_in(response),
            },
        )
        self.assertTrue(response.url.endswith(url))
        self.assertIn("KP-100", response.text)

    def test_strangers_learn_nothing(self):
        missing = self.foreign_printer.id + 1000
        self.sign_in(self.stranger)
        for path in ("", "/image"):
            with mute_logger("odoo.http"):
                foreign = self.url_open(f"/my/printers/{self.printer.id}{path}")
                nothing = self.url_open(f"/my/printers/{missing}{path}")
            self.assertEqual((foreign.status_code, nothing.status_code), (404, 404))
            texts = [
                html.fromstring(one.text).xpath("string(//main)") for one in (foreign, nothing)
            ]
            self.assertEqual(*texts)
            self.assertNotIn("KP-100", foreign.text)
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open(f"/my/printers/{2**31}").status_code, 404)
            self.assertEqual(self.url_open("/my/printers/abc").status_code, 404)

    def test_what_staff_keep_with_it_stays_theirs(self):
        file = self.env["ir.attachment"].create(
            {
                "name": "vertrag.txt",
                "raw": b"GEHEIM",
                "res_model": "maintenance.equipment",
                "res_id": self.printer.id,
            }
        )
        self.printer.message_post(body="GEHEIM", subtype_xmlid="mail.mt_comment")
        self.printer.partner_id = self.env["res.partner"].create(
            {"name": "GEHEIM AG", "email": "geheim@GEHEIM.example"}
        )
        self.sign_in(self.user)
        thread = {"thread_model": "maintenance.equipment", "thread_id": self.printer.id}
        routes = {
            "/mail/chatter_fetch": thread,
            "/mail/thread/messages": thread,
            "/mail/thread/recipients": thread,
            "/mail/message/post": {**thread, "post_data": {"body": "GEHEIM"}},
        }
        before = len(self.printer.message_ids)
        with mute_logger("odoo.http", "odoo.orm.models"):
            for url in (f"/web/content/{file.id}", f"/web/content/ir.attachment/{file.id}/raw"):
                self.assertNotIn("GEHEIM", self.url_open(url).text)
            for url, values in routes.items():
                with self.subTest(url=url):
                    response = self.url_open(url, json=self.build_rpc_payload(values))
                    self.assertEqual(response.status_code, 200)
                    self.assertNotIn("GEHEIM", response.text)
        self.printer.invalidate_recordset()
        self.assertEqual(len(self.printer.message_ids), before)

    def test_staff_are_led_to_the_device(self):
        for user, code in ((self.officer, 303), (self.internal, 404)):
            self.authenticate(user.login, user.login)
            with self.subTest(user=user.login), mute_logger("odoo.http"):
                response = self.url_open(f"/my/printers/{self.printer.id}", allow_redirects=False)
                self.assertEqual(response.status_code, code)

    def test_own_location(self):
        self.company.portal_printers_own_location = True
        self.sign_in(self.user)
        self.assertEqual(self.names(self.get_page("/my/printers")), ["Empfang"])
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open(f"/my/printers/{self.printer2.id}").status_code, 404)


@tagged("post_install", "-at_install")
class TestReportAPrinter(PrinterFixture, PortalHttpCase):
    """ "Report a problem" leads to a new case with the device chosen."""

    def chosen(self, page):
        return page.xpath("//select[@name='equipment']/option[@selected]/@value")

    def test_the_device_is_chosen(self):
        ticket = self.env.ref("kundenportal_addon.activity_type_ticket")
        ticket.is_problem_report = True
        self.sign_in(self.user)
        page = self.get_page(f"/my/printers/{self.printer.id}")
        [url] = page.xpath("//a[contains(@class,'kp_report_printer')]/@href")
        form = self.get_page(url)
        self.assertEqual(self.chosen(form), [str(self.printer.id)])
        draft = form.xpath("string(//form/@data-draft)")
        self.assertTrue(draft.endswith(f"new-{ticket.id}-{self.printer.id}"), draft)
        self.assertFalse(self.chosen(self.get_page(f"/my/activities/new?type={ticket.id}")))
        foreign = f"/my/activities/new?type={ticket.id}&equipment="
        for value in (str(self.foreign_printer.id), "abc", "%00", "9" * 30, "-1"):
            with self.subTest(value=value):
                self.assertFalse(self.chosen(self.get_page(foreign + value)))

    def test_kept_where_the_kind_is_chosen_first(self):
        types = self.env["kundenportal.activity.type"].search([("customers_may_create", "=", True)])
        types.is_problem_report = False
        self.sign_in(self.user)
        page = self.get_page(f"/my/printers/{self.printer.id}")
        [url] = page.xpath("//a[contains(@class,'kp_report_printer')]/@href")
        self.assertEqual(url, f"/my/activities/new?equipment={self.printer.id}")
        page = self.get_page(url)
        if links := page.xpath("//a[contains(@class,'kp_new_type')]/@href"):
            self.assertTrue(links[0].endswith(f"equipment={self.printer.id}"))
            page = self.get_page(links[0])
        self.assertEqual(self.chosen(page), [str(self.printer.id)])

    def test_chosen_however_many_there_are(self):
        self.env["maintenance.equipment"].create(
            [{"name": f"A {number}", "customer_id": self.nord.id} for number in range(210)]
        )
        ticket = self.env.ref("kundenportal_addon.activity_type_ticket")
        self.sign_in(self.user)
        url = f"/my/activities/new?type={ticket.id}&equipment={self.printer.id}"
        self.assertEqual(self.chosen(self.get_page(url)), [str(self.printer.id)])

    def test_not_offered_without_requests(self):
        self.user.portal_withheld_function_ids = self.functions["activities"]
        self.sign_in(self.user)
        page = self.get_page(f"/my/printers/{self.printer.id}")
        self.assertFalse(page.xpath("//a[contains(@class,'kp_report_printer')]"))


@tagged("post_install", "-at_install")
class TestPrinterNumbers(PrinterFixture, PortalHttpCase):
    """500 printers of a customer: few queries, and no more than for few."""

    def test_queries(self):
        self.sign_in(self.user)
        few = self.count_page_queries("/my/printers")
        models = self.env["product.template"].create(
            [{"name": f"M {number}", "is_printer": True} for number in range(10)]
        )
        self.env["product.product"].create(
            [
                {
                    "name": f"S {number}",
                    "supply_kind": "toner",
                    "supply_color": "black",
                    "printer_ids": [Command.set(models.ids)],
                }
                for number in range(40)
            ]
        )
        self.env["maintenance.equipment"].create(
            [
                {
                    "name": f"A {number:03}",
                    "serial_no": f"S {number}",
                    "customer_id": self.nord.id,
                    "printer_model_id": models[number % 10].id,
                    "site_id": self.site.id,
                    "contact_id": self.user2.id,
                }
                for number in range(500)
            ]
        )
        device = self.env["maintenance.equipment"].search([("name", "=", "A 007")])
        self.assertPageQueries("/my/printers", min(few + 2, 30))
        self.assertPageQueries("/my/printers?search=A+0", 30)
        self.assertPageQueries(f"/my/printers/{device.id}", 30)
        page = html.fromstring(self.url_open(f"/my/printers/{device.id}").content)
        self.assertEqual(len(page.xpath("//li[@data-product]")), 40)
