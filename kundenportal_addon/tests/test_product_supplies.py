import csv
import io

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import file_open, mute_logger

from .common import PortalCase
from .printer_common import PrinterFixture


@tagged("post_install", "-at_install")
class TestCatalogue(PortalCase):
    """What is in the online shop, company by company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.products = cls.env["product.template"].create(
            [{"name": "Locher"}, {"name": "Tacker"}, {"name": "Alt", "sale_ok": False}]
        )

    def test_switched_for_many_and_per_company(self):
        other = self.env["res.company"].create({"name": "Zweite GmbH"})
        notice = self.products.with_user(self.manager).action_portal_shop_on()
        self.assertEqual(notice["params"]["type"], "warning", "one of them cannot be sold")
        self.assertEqual(self.products.mapped("portal_shop_ok"), [True] * 3)
        self.assertFalse(any(self.products.with_company(other).mapped("portal_shop_ok")))
        found = self.env["product.template"].search(
            [("portal_shop_ok", "=", True), ("id", "in", self.products.ids)]
        )
        self.assertEqual(found, self.products)
        self.assertTrue(self.products[0].product_variant_id.portal_shop_ok)
        notice = self.products[:2].with_user(self.manager).action_portal_shop_off()
        self.assertEqual(notice["params"]["type"], "success")
        self.assertEqual(self.products.mapped("portal_shop_ok"), [False, False, True])

    def test_whoever_may_not_write_products_does_not_switch_them(self):
        for user in (self.internal, self.user.user_ids):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.products.with_user(user).action_portal_shop_on()

    def test_sellable(self):
        other = self.env["res.company"].create({"name": "Zweite GmbH"})
        foreign = self.env["product.template"].create({"name": "Fremd", "company_id": other.id})
        archived = self.env["product.template"].create({"name": "Weg", "active": False})
        everything = self.products | foreign | archived
        self.assertEqual(everything._get_portal_sellable(self.company), self.products[:2])
        self.assertEqual(everything._get_portal_sellable(other), self.products[:2] | foreign)

    def test_quantities_are_not_negative(self):
        for name in ("portal_min_quantity", "portal_step_quantity"):
            self.products[0][name] = 0
            self.env.flush_all()
            with (
                self.subTest(field=name),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
                self.env.cr.savepoint(),
            ):
                self.products[0][name] = -1
                self.env.flush_all()


@tagged("post_install", "-at_install")
class TestSupplies(PrinterFixture, PortalCase):
    """Printer models and what fits them."""

    def test_both_sides_are_one_relation(self):
        self.assertEqual(
            self.copier.supply_ids, (self.black | self.cyan | self.waste).product_tmpl_id
        )
        self.laser.supply_ids = [Command.link(self.waste.product_tmpl_id.id)]
        self.assertEqual(self.waste.printer_ids, self.copier | self.laser)
        self.waste.product_tmpl_id.printer_ids = [Command.unlink(self.laser.id)]
        self.assertNotIn(self.waste.product_tmpl_id, self.laser.supply_ids)

    def test_only_printer_models_have_supplies(self):
        plain = self.env["product.template"].create({"name": "Locher"})
        with self.assertRaisesRegex(ValidationError, "Locher"):
            self.black.product_tmpl_id.printer_ids = [Command.link(plain.id)]
        with self.assertRaisesRegex(ValidationError, "Locher"):
            plain.supply_ids = self.black.product_tmpl_id
        with self.assertRaises(ValidationError):
            self.copier.is_printer = False
        with self.assertRaises(ValidationError):
            self.copier.supply_ids = [Command.link(self.copier.id)]

    def test_form_of_the_catalogue(self):
        view = "product.product_template_only_form_view"
        with Form(self.env["product.template"].with_user(self.manager), view=view) as form:
            form.name = "Drucker D3"
            form.is_printer = True
            form.supply_ids.add(self.black.product_tmpl_id)
        model = form.save()
        self.assertIn(model, self.black.printer_ids)

    def test_what_fits_a_device_in_the_order_of_the_page(self):
        extra = self.env["product.product"].create(
            {"name": "Heftklammern", "printer_ids": [Command.set(self.copier.ids)]}
        )
        self.cyan.active = False
        discontinued = self.env["product.product"].create(
            {"name": "Alt", "sale_ok": False, "printer_ids": [Command.set(self.copier.ids)]}
        )
        devices = self.printer | self.printer2
        supplies = devices._get_portal_supplies(self.company)
        self.assertEqual(supplies[self.printer.id], self.black | self.waste | extra)
        self.assertNotIn(discontinued, supplies[self.printer.id])
        self.assertEqual(supplies[self.printer2.id], self.black)
        self.assertEqual(list(supplies[self.printer.id].mapped("name"))[-1], "Heftklammern")

    def test_variants_of_a_supply(self):
        attribute = self.env["product.attribute"].create(
            {
                "name": "Reichweite",
                "value_ids": [Command.create({"name": "Standard"}), Command.create({"name": "XL"})],
            }
        )
        toner = self.env["product.template"].create(
            {
                "name": "Toner",
                "printer_ids": [Command.set(self.laser.ids)],
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": [Command.set(attribute.value_ids.ids)],
                        }
                    )
                ],
            }
        )
        found = self.printer2._get_portal_supplies(self.company)[self.printer2.id]
        self.assertLessEqual(toner.product_variant_ids, found)
        self.assertEqual(len(toner.product_variant_ids), 2)


@tagged("post_install", "-at_install")
class TestSupplyImport(PrinterFixture, PortalCase):
    """CSV files of models, supplies and devices, by Odoo's own import."""

    def load(self, model, fields, *rows, user=None):
        """Import rows; return the records."""
        records = self.env[model].with_user(user or self.manager)
        result = records.with_context(import_file=True).load(fields, [list(row) for row in rows])
        self.assertFalse(
            [message for message in result["messages"] if message["type"] == "error"],
            result["messages"],
        )
        return records.browse(result["ids"]).sudo()

    def test_supplies_by_external_id_by_number_and_by_name(self):
        self.env["ir.model.data"].create(
            {
                "module": "__import__",
                "name": "modell_k2",
                "model": "product.template",
                "res_id": self.copier.id,
            }
        )
        by_id = self.load(
            "product.template",
            ["name", "default_code", "supply_kind", "supply_color", "printer_ids/id"],
            ("Toner Magenta", "T-M", "toner", "magenta", "__import__.modell_k2"),
        )
        by_number, by_name = self.load(
            "product.template",
            ["id", "name", "default_code", "supply_kind", "supply_color", "printer_ids"],
            ("__import__.t_y", "Toner Gelb", "T-Y", "toner", "yellow", "K2,L1"),
            ("__import__.trommel", "Trommel", "DR", "drum", "", "Kopierer K2"),
        )
        self.assertEqual(by_id.printer_ids, self.copier)
        self.assertEqual((by_id.supply_kind, by_id.supply_color), ("toner", "magenta"))
        self.assertEqual(by_number.printer_ids, self.copier | self.laser)
        self.assertEqual(by_name.printer_ids, self.copier)
        again = self.load("product.template", ["id", "printer_ids"], ("__import__.t_y", "L1"))
        self.assertEqual(again, by_number, "a second file changes what the first has made")
        self.assertEqual(by_number.printer_ids, self.laser)

    def test_models_with_their_supplies(self):
        model = self.load(
            "product.template",
            ["name", "default_code", "is_printer", "supply_ids"],
            ("Drucker D4", "D4", "1", "T-K,T-C"),
        )
        self.assertTrue(model.is_printer)
        self.assertEqual(model.supply_ids, (self.black | self.cyan).product_tmpl_id)

    def test_what_is_no_printer_model_is_said(self):
        self.env["product.template"].create({"name": "Locher", "default_code": "LO"})
        result = self.env["product.template"].load(["name", "printer_ids"], [["Toner", "LO"]])
        self.assertFalse(result["ids"])
        self.assertIn("Locher", result["messages"][0]["message"])

    def test_devices(self):
        device = self.load(
            "maintenance.equipment",
            ["name", "serial_no", "customer_id", "printer_model_id", "location"],
            ("Drucker Labor", "KP-300", "Nord GmbH", "K2", "Keller"),
            user=self.officer,
        )
        self.assertEqual((device.customer_id, device.printer_model_id), (self.nord, self.copier))
        self.assertTrue(device.is_printer)

    def test_templates_can_be_imported_as_they_are(self):
        self.env["res.partner"].create({"name": "Example Customer", "is_company": True})
        for model, count in (("product.template", 2), ("maintenance.equipment", 1)):
            offered = self.env[model].get_import_templates()
            ours = [one["template"] for one in offered if "kundenportal" in one["template"]]
            self.assertEqual(len(ours), count)
            for path in ours:
                with self.subTest(path=path):
                    with file_open(path.lstrip("/"), "r") as file:
                        header, *rows = csv.reader(io.StringIO(file.read()))
                    self.assertEqual(len(self.load(model, header, *rows)), len(rows))

    def test_products_are_the_managers(self):
        with self.assertRaises(AccessError):
            self.black.with_user(self.officer).supply_kind = "ink"
        self.black.with_user(self.manager).supply_kind = "ink"
