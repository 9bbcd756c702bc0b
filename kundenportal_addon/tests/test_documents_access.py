from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PortalCase


@tagged("post_install", "-at_install")
class TestDocuments(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order_main = cls._create_order(cls.main)
        cls.order_user = cls._create_order(cls.user)
        cls.order_user2 = cls._create_order(cls.user2, "sent")
        cls.order_company = cls._create_order(cls.nord)
        cls.order_sued = cls._create_order(cls.stranger)
        cls.orders = (
            cls.order_main | cls.order_user | cls.order_user2 | cls.order_company | cls.order_sued
        )
        invoice_address = cls.env["res.partner"].create(
            {"name": "Rechnungen", "type": "invoice", "parent_id": cls.nord.id}
        )
        cls.order_user.partner_invoice_id = invoice_address
        cls.invoice_user = cls._create_invoice(cls.order_user)
        cls.invoice_main = cls._create_invoice(cls.order_main)
        cls.invoice_sued = cls._create_invoice(cls.order_sued)
        cls.invoices = cls.invoice_user | cls.invoice_main | cls.invoice_sued

    def test_levels(self):
        nord = self.orders - self.order_sued
        self.assertEqual(self.readable(self.main, self.orders), nord.sorted())
        self.assertEqual(self.readable(self.user, self.orders), self.order_user)
        self.assertEqual(self.readable(self.stranger, self.orders), self.order_sued)
        self.assertFalse(self.readable(self.person, self.orders))

    def test_lines_follow(self):
        lines = self.orders.order_line
        self.assertEqual(self.readable(self.user, lines), self.order_user.order_line)
        self.assertEqual(self.readable(self.stranger, lines), self.order_sued.order_line)
        move_lines = self.invoices.line_ids
        self.assertEqual(self.readable(self.user, move_lines), self.invoice_user.line_ids.sorted())

    def test_invoice_is_own_by_its_order(self):
        self.assertNotEqual(self.invoice_user.partner_id, self.user)
        self.assertEqual(self.readable(self.user, self.invoices), self.invoice_user)
        self.assertFalse(self.readable(self.user2, self.invoices))
        self.assertEqual(
            self.readable(self.main, self.invoices),
            (self.invoice_user | self.invoice_main).sorted(),
        )

    def test_without_function_nothing(self):
        self.main.portal_withheld_function_ids = self.functions["documents"]
        for records in (self.orders, self.orders.order_line, self.invoices, self.invoices.line_ids):
            self.assertFalse(self.readable(self.main, records))

    def test_setting_of_the_documents_company(self):
        self.company.portal_restrict_documents = False
        self.assertEqual(
            self.readable(self.user, self.orders), (self.orders - self.order_sued).sorted()
        )
        self.company.portal_restrict_documents = True
        self.assertEqual(self.readable(self.user, self.orders), self.order_user)

    def test_contact_moves_with_warm_caches(self):
        nord = self.orders - self.order_sued
        self.assertEqual(self.readable(self.user, self.orders), self.order_user)
        self.assertEqual(self.readable(self.stranger, self.orders), self.order_sued)
        self.user.parent_id = self.sued
        self.assertFalse(self.readable(self.user, self.orders), "its old order stays with Nord")
        self.assertFalse(self.readable(self.user, self.invoices))
        self.assertEqual(self.readable(self.stranger, self.orders), self.order_sued)
        self.assertEqual(self.readable(self.main, self.orders), nord.sorted(), "Nord keeps it")
        self.assertEqual(
            self.readable(self.main, self.order_user.order_line), self.order_user.order_line
        )
        new = self._create_order(self.user)
        self.assertEqual(self.readable(self.user, self.orders | new), new)
        self.assertEqual(
            self.readable(self.stranger, self.orders | new), (self.order_sued | new).sorted()
        )

    def test_documents_follow_a_company_that_becomes_a_child(self):
        holding = self._create_company("Holding AG")
        boss = self._create_contact("Bea Boss", "bea@holding.example", holding, "main_user")
        self.assertFalse(self.readable(boss, self.orders))
        self.nord.write({"parent_id": holding.id, "is_company": False})
        nord = self.orders - self.order_sued
        self.assertEqual(self.readable(boss, self.orders), nord.sorted())
        self.assertEqual(self.readable(self.user, self.orders), self.order_user)
        self.assertEqual(
            self.readable(boss, self.invoices), (self.invoices - self.invoice_sued).sorted()
        )

    def test_a_persons_own_documents_stay_its_own(self):
        private = self._create_order(self.person)
        self.person.parent_id = self.nord
        at_work = self._create_order(self.person)
        orders = self.orders | private | at_work
        self.assertNotIn(private, self.readable(self.main, orders))
        self.assertIn(at_work, self.readable(self.main, orders))
        self.person._grant_portal_access("user")
        self.assertEqual(self.readable(self.person, orders), (private | at_work).sorted())

    def test_merge_leaves_no_foreign_rights(self):
        self.assertEqual(self.readable(self.user, self.orders), self.order_user)
        target = self._create_contact("Uwe bei Süd", "uwe@nord.example", self.sued)
        self.env["base.partner.merge.automatic.wizard"]._merge((self.user | target).ids, target)
        user = target.user_ids
        self.assertEqual(user.commercial_partner_id, self.sued)
        self.assertFalse(self.readable(target, self.orders))
        self.assertEqual(target.portal_access, "user")

    def test_contacts_by_level_and_function(self):
        partners = self.nord | self.main | self.user | self.user2 | self.sued | self.stranger
        address = self.env["res.partner"].create(
            {"name": "Lager", "type": "delivery", "parent_id": self.nord.id}
        )
        partners |= address
        self.assertEqual(
            self.readable(self.main, partners),
            (self.nord | self.main | self.user | self.user2 | address).sorted(),
        )
        self.assertEqual(
            self.readable(self.user, partners), (self.nord | self.user | address).sorted()
        )
        self.user.portal_withheld_function_ids = self.functions["master_data"]
        self.assertEqual(self.readable(self.user, partners), self.user)

    def test_portal_user_does_not_see_staffs_switches(self):
        own = self.user.with_user(self.user.user_ids)
        for field in (
            "portal_switch",
            "portal_extra_function_ids",
            "portal_grant_key",
            "portal_state",
        ):
            with self.subTest(field=field), self.assertRaises(AccessError):
                own.read([field])
