from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import PortalCase
from .printer_common import PrinterFixture


@tagged("post_install", "-at_install")
class TestDevices(PrinterFixture, PortalCase):
    """Whose devices are, and what staff do with them."""

    def test_officers_see_and_edit_customers_devices(self):
        device = self.printer.with_user(self.officer)
        device.write({"location": "2. OG", "contact_id": self.user.id})
        made = device.create({"name": "Neu", "customer_id": self.nord.id, "serial_no": "KP-9"})
        self.assertEqual(made.customer_id, self.nord)
        found = device.search([("customer_id", "=", self.nord.id)])
        self.assertEqual(found, self.printer | self.printer2 | made)
        with self.assertRaises(AccessError):
            device.unlink()
        ours = self.env["maintenance.equipment"].create({"name": "Unser Server"})
        self.assertFalse(ours.with_user(self.officer).has_access("read"), "no customer's device")
        with self.assertRaises(AccessError):
            self.printer.with_user(self.internal).check_access("read")

    def test_of_other_companies_nothing(self):
        other = self.env["res.company"].create({"name": "Zweite GmbH"})
        self.printer.company_id = other
        self.assertFalse(self.printer.with_user(self.officer).has_access("read"))
        self.assertEqual(self.readable(self.main, self.printer | self.printer2), self.printer2)

    def test_a_contact_or_an_address_stands_for_its_company(self):
        device = self._create_printer("x", self.user, self.laser)
        self.assertEqual((device.customer_id, device.contact_id), (self.nord, self.user))
        device = self._create_printer("y", self.site, self.laser)
        self.assertEqual((device.customer_id, device.site_id), (self.nord, self.site))
        device.customer_id = self.person
        self.assertEqual((device.customer_id, device.contact_id), (self.person, device.contact_id))
        self.assertFalse(device.site_id | device.contact_id)

    def test_contact_and_location_are_the_customers(self):
        for name, partner in (("contact_id", self.stranger), ("site_id", self.sued)):
            with self.subTest(field=name), self.assertRaises(ValidationError):
                self.printer[name] = partner

    def test_form(self):
        with Form(self.env["maintenance.equipment"].with_user(self.officer)) as form:
            form.customer_id = self.user
            self.assertEqual((form.customer_id, form.contact_id), (self.nord, self.user))
            form.printer_model_id = self.copier
            self.assertEqual(form.name, "Kopierer K2")
            self.assertTrue(form.is_printer)
            form.site_id = self.site
            form.customer_id = self.sued
            self.assertFalse(form.contact_id | form.site_id)

    def test_one_that_loses_its_model_is_still_a_printer(self):
        self.printer.printer_model_id = False
        self.assertTrue(self.printer.is_printer)
        self.assertEqual(self.readable(self.user, self.printer), self.printer)
        self.printer.is_printer = False
        self.assertFalse(self.readable(self.user, self.printer))

    def test_counted_on_contacts(self):
        self.printer.contact_id = self.user
        for partner, count in ((self.nord, 2), (self.user, 1), (self.site, 1), (self.main, 0)):
            with self.subTest(partner=partner.name):
                partner = partner.with_user(self.officer)
                self.assertEqual(partner.device_count, count)
                action = partner.action_view_devices()
                self.assertEqual(
                    self.env["maintenance.equipment"].search_count(action["domain"]), count
                )

    def test_whoever_rings_up_says_a_serial_number(self):
        self.printer.contact_id = self.user
        partners = self.env["res.partner"].with_user(self.officer).with_context(portal_call=True)
        found = {partner_id for partner_id, _name in partners.name_search("KP-100")}
        self.assertEqual(found, set((self.nord | self.user).ids))

    def test_label(self):
        self.company.portal_hotline = "+49 421 550"
        label = self.printer._prepare_label()
        self.assertTrue(label["url"].endswith(f"/my/printers/{self.printer.id}"))
        report = self.env["ir.actions.report"].with_user(self.officer)
        page, kind = report._render_qweb_html(
            "kundenportal_addon.report_equipment_label", (self.printer | self.printer2).ids
        )
        self.assertEqual(kind, "html")
        text = page.decode()
        self.assertEqual(text.count("data:image/svg+xml;base64,"), 2)
        for word in ("Empfang", "KP-200", "+49 421 550", label["url"]):
            self.assertIn(word, text)
        self.assertNotIn("Nord GmbH", text, "a label tells nobody whose the device is")

    def test_who_leaves_hands_over_its_devices(self):
        self.printer.contact_id = self.user
        self.assertIn(1, [number for _label, number in self.user._get_handover_counts()])
        self.user._hand_over_to(self.user2)
        self.assertEqual(self.printer.contact_id, self.user2)

    def test_company_that_becomes_part_of_another_brings_its_devices(self):
        part = self._create_company("Nord Service GmbH")
        device = self._create_printer("z", part, self.laser)
        part.write({"parent_id": self.nord.id, "is_company": False})
        self.assertEqual(device.customer_id, self.nord)
        self.assertEqual(self.readable(self.main, device), device)


@tagged("post_install", "-at_install")
class TestDeviceMoves(PrinterFixture, PortalCase):
    """A device that another customer gets takes nothing along."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.printer.write(
            {"contact_id": cls.user.id, "site_id": cls.site.id, "location": "Tresorraum"}
        )
        cls.printer.message_subscribe([cls.user.id, cls.officer.partner_id.id])

    def test_what_stays_behind(self):
        order = self._order_supply(self.user, self.black, self.printer)
        case = self.env["kundenportal.activity"].create(
            {
                "name": "Streifen",
                "type_id": self.env.ref("kundenportal_addon.activity_type_ticket").id,
                "partner_id": self.user.id,
                "equipment_id": self.printer.id,
            }
        )
        self.assertIn((self.printer.id, self.black.id), self.printer._get_last_orders())
        self.printer.with_user(self.officer).customer_id = self.sued
        self.assertFalse(self.printer.contact_id | self.printer.site_id)
        self.assertFalse(self.printer.location)
        self.assertEqual(self.printer.message_partner_ids, self.officer.partner_id)
        self.assertEqual(self.readable(self.stranger, self.printer), self.printer)
        self.assertFalse(self.readable(self.main, self.printer))
        self.assertFalse(self.printer._get_last_orders(), "what another customer had ordered")
        self.assertFalse(self.readable(self.stranger, case))
        self.assertFalse(self.readable(self.stranger, order))
        self.assertEqual(self.readable(self.main, case), case)
        self.assertEqual(case.equipment_id, self.printer)
        self.assertEqual(order.order_line.portal_equipment_id, self.printer)

    def test_what_lies_in_a_cart_goes(self):
        lines = self.env["kundenportal.cart.line"]
        for device in (self.printer, self.printer2):
            lines._add(self.user, self.company, "printers", [(self.black, 1, device)])
        self.printer.customer_id = self.sued
        left = lines.search([("partner_id", "=", self.user.id)])
        self.assertEqual(left.equipment_id, self.printer2)

    def test_a_first_customer_keeps_what_is_known(self):
        device = self.env["maintenance.equipment"].create({"name": "x", "location": "Keller"})
        device.customer_id = self.nord
        self.assertEqual(device.location, "Keller")

    def test_the_same_customer_again_changes_nothing(self):
        self.printer.write({"customer_id": self.nord.id})
        self.assertEqual(self.printer.location, "Tresorraum")
        self.assertEqual(self.printer.contact_id, self.user)


@tagged("post_install", "-at_install")
class TestDeviceAccess(PrinterFixture, PortalCase):
    """Which printers customers read, and what of them, by whatever way."""

    def all_printers(self):
        return self.printer | self.printer2 | self.foreign_printer

    def test_all_of_the_company_for_both_levels(self):
        for contact in (self.main, self.user, self.user2):
            with self.subTest(contact=contact.name):
                own = self.printer | self.printer2
                self.assertEqual(self.readable(contact, self.all_printers()), own)
        self.assertEqual(self.readable(self.stranger, self.all_printers()), self.foreign_printer)
        self.assertFalse(self.readable(self.person, self.all_printers()))

    def test_only_with_the_function(self):
        self.user.portal_withheld_function_ids = self.functions["printers"]
        with self.assertRaises(AccessError):
            self.printer.with_user(self.user.user_ids).check_access("read")

    def test_own_location(self):
        self.readable(self.user, self.all_printers())  # warm caches
        self.company.portal_printers_own_location = True
        everything = self.all_printers()
        self.assertEqual(self.readable(self.main, everything), self.printer | self.printer2)
        self.assertEqual(self.readable(self.user, everything), self.printer, "the main address")
        self.user.portal_site_id = self.site
        self.assertEqual(self.readable(self.user, everything), self.printer2)
        self.printer.contact_id = self.user
        self.assertEqual(self.readable(self.user, everything), self.printer | self.printer2)
        self.user.portal_site_id = False
        self.user.parent_id = self.site
        self.printer.contact_id = False
        self.assertEqual(self.readable(self.user, everything), self.printer2)
        self.company.portal_printers_own_location = False
        self.assertEqual(self.readable(self.user, everything), self.printer | self.printer2)

    def test_contact_moves_with_warm_caches(self):
        self.assertEqual(
            self.readable(self.user, self.all_printers()), self.printer | self.printer2
        )
        self.user.portal_site_id = self.site
        self.company.portal_printers_own_location = True
        self.user.parent_id = self.sued
        self.assertEqual(self.readable(self.user, self.all_printers()), self.foreign_printer)

    def test_private_persons_printer_is_its_own(self):
        device = self._create_printer("Zuhause", self.person, self.laser)
        self.person.portal_extra_function_ids = self.functions["printers"]
        self.assertEqual(self.readable(self.person, device), device)
        self.person.parent_id = self.nord
        self.assertEqual(self.readable(self.person, device), device)
        self.assertFalse(self.readable(self.main, device))

    def test_archived_and_other_devices_are_not_shown(self):
        self.printer.active = False
        server = self._create_printer("Server", self.nord)
        everything = (self.all_printers() | server).with_context(active_test=False)
        self.assertEqual(self.readable(self.main, everything), self.printer2)

    def test_what_of_a_printer_is_told(self):
        self.printer.write({"cost": 4711, "note": "<p>GEHEIM</p>", "contact_id": self.user2.id})
        self.printer.message_post(body="GEHEIM", subtype_xmlid="mail.mt_comment")
        self.env.invalidate_all()
        device = self.printer.with_user(self.user.user_ids)
        values = device.read()[0]
        self.assertEqual(values["serial_no"], "KP-100")
        for name in ("cost", "note", "contact_id", "message_ids", "create_uid"):
            with self.subTest(field=name):
                self.assertNotIn(name, values)
                with mute_logger("odoo.orm.models"), self.assertRaises(AccessError):
                    device.read([name])
                with mute_logger("odoo.orm.models"), self.assertRaises(AccessError):
                    device.search([(name, "!=", False)])
        self.assertNotIn("GEHEIM", str(values))
        with self.assertRaises(AccessError):
            self.printer.message_ids.with_user(self.user.user_ids).read(["body"])
        with self.assertRaises(AccessError):
            device.search([("printer_model_id.list_price", ">", 1)])
        with self.assertRaises(AccessError):
            device.write({"name": "x"})


@tagged("post_install", "-at_install")
class TestLastOrders(PrinterFixture, PortalCase):
    def test_last_of_each_supply(self):
        first = self._order_supply(
            self.user, self.black, self.printer, 2, date_order="2026-01-05 10:00:00"
        )
        last = self._order_supply(
            self.user2, self.black, self.printer, 3, date_order="2026-03-05 10:00:00"
        )
        self._order_supply(self.user, self.cyan, self.printer, date_order="2026-02-05 10:00:00")
        self._order_supply(self.user, self.black, self.printer2, date_order="2026-04-05 10:00:00")
        orders = self.printer._get_last_orders()
        self.assertEqual(set(orders), {(self.printer.id, p.id) for p in self.black | self.cyan})
        found = orders[self.printer.id, self.black.id]
        self.assertEqual((found["order_id"], found["quantity"]), (last.id, 3))
        last._action_cancel()
        found = self.printer._get_last_orders()[self.printer.id, self.black.id]
        self.assertEqual(found["order_id"], first.id)

    def test_what_was_sent_counts_and_drafts_of_staff_do_not(self):
        order = self._order_supply(self.user, self.black, self.printer)
        order._action_cancel()
        order.action_draft()
        self.assertFalse(self.printer._get_last_orders())
        order.portal_channel = "printers"
        self.assertTrue(self.printer._get_last_orders())

    def test_history_of_staff(self):
        self._order_supply(self.user, self.black, self.printer)
        seller = self.officer
        seller.group_ids = [
            Command.link(self.env.ref("sales_team.group_sale_salesman_all_leads").id)
        ]
        device = self.printer.with_user(seller)
        self.assertEqual(device.supply_line_count, 1)
        action = device.action_view_supply_lines()
        lines = self.env["sale.order.line"].search(action["domain"])
        self.assertEqual(lines.product_id, self.black)
