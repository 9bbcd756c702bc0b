"""Customers, staff and documents that most tests need, made once per class."""

from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user


class PortalFixture:
    """Mixin: two customer companies with portal users, a private person, and staff."""

    @classmethod
    def _create_portal_fixture(cls):
        cls.company = cls.env.company
        cls.functions = {f.code: f for f in cls.env["kundenportal.function"].search([])}
        cls.company.write(
            {
                "portal_active": True,
                "portal_admission": "invited",
                "portal_restrict_documents": True,
                "portal_default_function_ids": [
                    Command.set(
                        [
                            cls.functions[code].id
                            for code in ("documents", "master_data", "colleagues")
                        ]
                    )
                ],
            }
        )
        cls.officer = new_test_user(
            cls.env, "kp_officer", "kundenportal_addon.group_officer", email="officer@staff.example"
        )
        cls.manager = new_test_user(
            cls.env, "kp_manager", "kundenportal_addon.group_manager", email="manager@staff.example"
        )
        cls.internal = new_test_user(
            cls.env, "kp_internal", "base.group_user", email="internal@staff.example"
        )
        cls.nord = cls._create_company("Nord GmbH")
        cls.sued = cls._create_company("Süd KG")
        cls.main = cls._create_contact("Mia Main", "mia@nord.example", cls.nord, "main_user")
        cls.user = cls._create_contact("Uwe User", "uwe@nord.example", cls.nord, "user")
        cls.user2 = cls._create_contact("Ute User", "ute@nord.example", cls.nord, "user")
        cls.stranger = cls._create_contact("Sven Süd", "sven@sued.example", cls.sued, "main_user")
        cls.person = cls._create_contact("Pia Privat", "pia@private.example", None, "main_user")
        cls._extend_portal_fixture()

    @classmethod
    def _extend_portal_fixture(cls):
        """Add what only some tests need; for mixins."""

    @classmethod
    def _create_company(cls, name):
        return cls.env["res.partner"].create({"name": name, "is_company": True})

    @classmethod
    def _create_contact(cls, name, email, parent=None, level=None):
        """Create a contact; with a level also its login, whose password is its e-mail address."""
        partner = cls.env["res.partner"].create(
            {"name": name, "email": email, "parent_id": parent and parent.id}
        )
        if level:
            results = partner._grant_portal_access(level)
            assert results == {partner: "granted"}, results
            partner.user_ids.password = email
        return partner

    @classmethod
    def _create_order(cls, partner, state="sale"):
        """Create an order of one line over 100."""
        product = cls.env["product.product"].search(
            [("name", "=", "KP test service")], limit=1
        ) or cls.env["product.product"].create(
            {
                "name": "KP test service",
                "type": "service",
                "list_price": 100,
                "invoice_policy": "order",
            }
        )
        order = cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [Command.create({"product_id": product.id, "product_uom_qty": 1})],
            }
        )
        if state == "sale":
            order.action_confirm()
        else:
            order.action_quotation_sent()
        return order

    @classmethod
    def _create_invoice(cls, order):
        """Invoice an order and post the invoice."""
        invoice = order._create_invoices()
        invoice.action_post()
        return invoice


class PortalCase(PortalFixture, TransactionCase):
    """Base of the model tests."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_portal_fixture()

    def readable(self, contact, records):
        """Return which of the records the contact's login can read, found and opened alike."""
        records = records.with_user(contact.user_ids)
        found = records.search([("id", "in", records.ids)])
        self.assertEqual(records._filtered_access("read"), found, "search and read must agree")
        return found.sudo()
