import io
import json
import zipfile
from datetime import timedelta
from unittest.mock import patch

from lxml import html
from psycopg2.errors import UniqueViolation
from werkzeug.datastructures import MultiDict

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .activity_common import ActivityFixture
from .cart_common import CartFixture
from .common import PortalCase
from .form_common import FormFixture
from .http_common import PortalHttpCase
from .message_common import MessageFixture

MODEL = "odoo.addons.kundenportal_addon.models.kundenportal_data_export"
SCRIPT = "<script>alert(1)</script>"


class ExportFixture(MessageFixture, FormFixture, ActivityFixture, CartFixture):
    """Mixin: everybody has all functions, the user a case with a form."""

    def ask(self, contact, key="k"):
        """Ask for a copy as the page does; the job has not run."""
        exports = self.env["kundenportal.data.export"].with_user(contact.user_ids)
        export, refusal = exports._request_by_customer(key)
        self.assertFalse(refusal)
        self.env.invalidate_all()
        return export.with_env(self.env)

    def made(self, contact):
        export = self.ask(contact)
        export._make_or_fail()
        self.env.flush_all()
        return export

    def content(self, export):
        parts = export.attachment_ids.sorted("id")
        return zipfile.ZipFile(io.BytesIO(b"".join(part.raw for part in parts)))

    def data(self, contact):
        return json.loads(self.content(self.made(contact)).read("data.json"))


@tagged("post_install", "-at_install")
class TestDataExport(ExportFixture, PortalCase):
    """What is in a copy, and who gets at it."""

    def test_own_and_nothing_else(self):
        self.user.phone = "+49 421 1234"
        self._send_message(self.user, subject="Nur für Uwe", body="<p>Hallo <b>Uwe</b></p>")
        self._send_message(self.main, subject="Nur für Mia")
        self._create_case(self.user2, "Utes Fall")
        order, other = self._create_order(self.user), self._create_order(self.user2)
        invoice = self._create_invoice(order)
        self.case.description = f"Kaputt {SCRIPT}"
        self.case.message_post(
            body="Öffentlich", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.case.message_post(body="Intern: Querulant", subtype_xmlid="mail.mt_note")
        text = self.data_text(self.user)
        data = json.loads(text)
        self.assertEqual(data["contact"][0]["phone"], "+49 421 1234")
        self.assertEqual([row["subject"] for row in data["messages"]], ["Nur für Uwe"])
        self.assertEqual(data["messages"][0]["text"].split(), ["Hallo", "*Uwe*"])
        self.assertEqual([row["number"] for row in data["activities"]], [self.case.number])
        conversation = data["activities"][0]["conversation"]
        self.assertEqual([row["text"] for row in conversation], ["Öffentlich"])
        self.assertEqual([row["number"] for row in data["orders"]], [order.name])
        self.assertEqual(data["orders"][0]["total"], order.amount_total)
        self.assertEqual([row["number"] for row in data["invoices"]], [invoice.name])
        self.assertTrue(data["protocol"])
        for foreign in ("Nur für Mia", "Utes Fall", other.name, "Querulant", "mia@nord.example"):
            self.assertNotIn(foreign, text)

    def data_text(self, contact):
        return self.content(self.made(contact)).read("data.json").decode()

    def test_answers_and_files(self):
        user = self.user.user_ids
        typed = {**self.typed(device=self.printer, serial="4711"), "save": "done"}
        files = MultiDict([(self._name(self.photo), self.upload(content=b"FOTO"))])
        outcome = self.form.with_user(user)._submit(self.case.with_user(user), typed, files, "")
        self.assertFalse(outcome.errors)
        upload = self.env["ir.attachment"].with_user(self.officer)
        upload = upload.create({"name": "../bö se.txt", "raw": b"GEHEIM"})
        self._send_message(self.user, attachment_ids=[Command.set(upload.ids)])
        archive = self.content(self.made(self.user))
        data = json.loads(archive.read("data.json"))
        answers = {row["label"]: row for row in data["activities"][0]["forms"][0]["answers"]}
        self.assertEqual(answers["Seriennummer"]["value"], "4711")
        self.assertEqual(archive.read(answers["Fotos"]["files"][0]["path"]), b"FOTO")
        file = data["messages"][0]["files"][0]
        self.assertEqual(archive.read(file["path"]), b"GEHEIM")
        self.assertEqual(file["path"].count("/"), 2)
        links = html.fromstring(archive.read("index.html")).xpath("//a/@href")
        self.assertEqual(len(links), 2)

    def test_page_is_escaped_and_in_the_persons_language(self):
        self.case.name = self.user.function = SCRIPT
        page = html.fromstring(self.content(self.made(self.user)).read("index.html").decode())
        self.assertFalse(page.xpath("//script"))
        self.assertIn(SCRIPT, page.text_content())
        self.assertEqual(page.get("lang"), self.user.user_ids.lang.replace("_", "-"))

    def test_hidden_prices_stay_hidden(self):
        self.company.portal_shop_show_prices = False
        self.put(self.user)
        order, errors = self.send(self.user)
        self.assertFalse(errors)
        row = self.data(self.user)["orders"][0]
        self.assertEqual(row["number"], order.name)
        self.assertIsNone(row["total"])
        self.assertFalse([line for line in row["lines"] if line["price"]])

    def test_without_a_function_there_is_none_of_it(self):
        self.user.portal_withheld_function_ids = [
            Command.set([function.id for function in self.functions.values()])
        ]
        self._send_message(self.user2)
        self._create_order(self.user)
        data = self.data(self.user)
        for section in ("messages", "activities", "appointments", "orders", "invoices"):
            self.assertEqual(data[section], [], section)
        self.assertTrue(data["contact"])

    def test_one_is_made_at_a_time(self):
        export = self.ask(self.user, "a")
        self.assertEqual(self.ask(self.user, "b"), export)
        self.assertEqual(self.ask(self.user, "a"), export)
        self.assertNotEqual(self.ask(self.user2, "a"), export)
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            export.copy({"partner_id": self.user.id, "user_id": self.user.user_ids.id})
            self.env.flush_all()

    def test_double_click_after_it_was_made(self):
        export = self.ask(self.user, "a")
        export._make_or_fail()
        self.assertEqual(self.ask(self.user, "a"), export)
        later = self.ask(self.user, "b")
        self.assertNotEqual(later, export)
        later._make_or_fail()
        self.assertFalse(export.exists(), "the later one takes its place")

    def test_nobody_else_gets_at_it(self):
        with patch(f"{MODEL}.PART_BYTES", 500):
            export = self.made(self.user)
        self.assertGreater(len(export.attachment_ids), 1)
        self.assertIn("data.json", self.content(export).namelist())
        admin = self.env.ref("base.user_admin")
        for user in (self.main.user_ids, self.user.user_ids, self.manager, admin):
            with self.subTest(user=user.name):
                with self.assertRaises(AccessError):
                    export.with_user(user).read(["state"])
                with self.assertRaises(AccessError):
                    export.attachment_ids.with_user(user).read(["raw"])
                with self.assertRaises(AccessError):
                    export.attachment_ids.with_user(user).search([("res_model", "=", export._name)])
        exports = self.env["kundenportal.data.export"]
        self.assertEqual(exports.with_user(self.user.user_ids)._find_own(), export)
        self.assertFalse(exports.with_user(self.main.user_ids)._find_own())

    def test_the_job_makes_them_mails_and_tidies_up(self):
        self.user.form_of_address = "informal"
        over = self.made(self.user2)
        over.valid_until = fields.Datetime.now() - timedelta(minutes=1)
        files = over.attachment_ids
        exports = self.env["kundenportal.data.export"]
        self.assertFalse(exports.with_user(self.user2.user_ids)._find_own())
        export = self.ask(self.user)
        before = self.env["mail.mail"].search([])
        with self.enter_registry_test_mode():
            self.env.ref("kundenportal_addon.ir_cron_data_export").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(export.state, "ready")
        self.assertFalse(over.exists() or files.exists())
        mail = self.env["mail.mail"].search([]) - before
        self.assertEqual(len(mail), 1)
        self.assertIn("uwe@nord.example", mail.email_to)
        self.assertIn("/my/data", mail.body_html)
        self.assertNotIn("ir.attachment", mail.body_html)
        self.assertFalse(mail.attachment_ids)

    @mute_logger(MODEL)
    def test_failure_is_told_and_holds_nobody_up(self):
        export = self.ask(self.user)
        broken = self.registry["res.partner"]
        with patch.object(broken, "_export_contact", side_effect=ValueError("broken")):
            export._make_or_fail()
        self.assertEqual(export.state, "failed")
        self.assertFalse(export.attachment_ids)
        other = self.made(self.user2)
        self.assertEqual(other.state, "ready")

    def test_who_has_lost_access_gets_none(self):
        export = self.ask(self.user)
        self.user._revoke_portal_access()
        export._make_or_fail()
        self.assertFalse(export.exists())

    @mute_logger("odoo.models.unlink")
    def test_files_of_deleted_people_go_too(self):
        fresh = self._create_contact("Kurz Da", "kurz@nord.example", self.nord, "user")
        files = self.made(fresh).attachment_ids
        kept = self.made(self.user).attachment_ids
        fresh.user_ids.unlink()
        self.env["kundenportal.data.export"]._delete_orphans()
        self.assertFalse(files.exists())
        self.assertTrue(kept.exists())

    def test_merged_contacts(self):
        twin = self._create_contact("Uwe Doppelt", "doppelt@nord.example", self.nord, "user")
        exports = self.ask(self.user) | self.ask(twin)
        twin.user_ids.unlink()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        with mute_logger("odoo.models.unlink", "odoo.addons.base.wizard.base_partner_merge"):
            wizard._merge((twin | self.user).ids, self.user)
        self.assertFalse(exports.exists())

    def test_many_rows_are_read_in_batches(self):
        for number in range(7):
            self._create_case(self.user, f"Fall {number}")
        module = "odoo.addons.kundenportal_addon.models.res_partner_export"
        with patch(f"{module}.BATCH", 3):
            data = self.data(self.user)
        self.assertEqual(len(data["activities"]), 8)


@tagged("post_install", "-at_install")
class TestDataExportPages(ExportFixture, PortalHttpCase):
    """/my/data: ask, wait, download."""

    def test_from_the_button_to_the_file(self):
        self.sign_in(self.user)
        page = self.get_page("/my/data")
        key = page.xpath("//input[@name='form_key']/@value")[0]
        self.assertEqual(self.url_open("/my/data/download").status_code, 404)
        for _click in range(2):
            response = self.submit("/my/data", form_key=key)
            self.assertEqual(response.headers["Location"].rpartition("/my/")[2], "data")
        export = self.env["kundenportal.data.export"].search([])
        self.assertEqual(export.partner_id, self.user)
        page = self.get_page("/my/data")
        self.assertTrue(page.find_class("kp_export_pending"))
        self.assertFalse(page.find_class("kp_export_form"))
        with patch(f"{MODEL}.PART_BYTES", 500):
            export._make_or_fail()
        self.env.flush_all()
        self.assertTrue(self.get_page("/my/data").find_class("kp_export_ready"))
        response = self.url_open("/my/data/download")
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        archive = zipfile.ZipFile(io.BytesIO(response.content))
        self.assertFalse(archive.testzip())
        self.assertIn(self.case.number, archive.read("data.json").decode())
        files = export.attachment_ids
        for other in (self.main, self.user2, self.stranger):
            self.sign_in(other)
            self.assertEqual(self.url_open("/my/data/download").status_code, 404)
            self.assertEqual(self.url_open(f"/web/content/{files[0].id}").status_code, 404)
        self.authenticate("admin", "admin")
        self.assertEqual(self.url_open("/my/data/download").status_code, 404)
        self.assertEqual(self.url_open(f"/web/content/{files[0].id}").status_code, 404)
        self.sign_in(self.user)
        export.valid_until = fields.Datetime.now()
        self.env.flush_all()
        self.assertEqual(self.url_open("/my/data/download").status_code, 404)
        self.assertFalse(self.get_page("/my/data").find_class("kp_export_ready"))

    def test_refusal_and_failure_are_shown(self):
        self.sign_in(self.user)
        export = self.ask(self.user)
        export.state = "failed"
        self.env.flush_all()
        self.assertTrue(self.get_page("/my/data").find_class("kp_export_failed"))
        throttle = self.registry["kundenportal.throttle"]
        with patch.object(throttle, "_get_refusal", lambda self, scope, **keys: "Zu oft."):
            response = self.submit("/my/data", form_key="x")
        page = html.fromstring(response.content)
        self.assertEqual(page.xpath("//div[@role='alert'][1]")[0].text_content(), "Zu oft.")
