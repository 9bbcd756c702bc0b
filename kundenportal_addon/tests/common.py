"""Customers, staff and documents that most tests need.

The people are made once per database and stay in it: to make them anew for each of more than a
hundred classes took a sixth of the whole run. What a test changes of them is rolled back.
"""

import json
import threading
from unittest.mock import patch

from passlib.context import CryptContext

from odoo import SUPERUSER_ID, api
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tests import TransactionCase, get_db_name, new_test_user

#: Where the database keeps who they are: ``{name: [model, id]}``.
FIXTURE_KEY = "kundenportal_addon.test_fixture"
CRYPT_CONTEXT = "odoo.addons.base.models.res_users.ResUsersPatchedInTest._crypt_context"


class PortalFixture:
    """Mixin: two customer companies with portal users, a private person, and staff."""

    @classmethod
    def setUpClass(cls):
        # Before the test's own transaction begins, which would not see them.
        cls._commit_portal_people()
        # Odoo's own runner does so; the routing map asks for it.
        threading.current_thread().dbname = get_db_name()
        super().setUpClass()

    @classmethod
    def _commit_portal_people(cls):
        with Registry(get_db_name()).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            parameters = env["ir.config_parameter"]
            if parameters.get_param(FIXTURE_KEY):
                return
            company = env.company
            names = ["portal_active", "portal_admission", "portal_default_function_ids"]
            settings = {
                name: company._fields[name].convert_to_write(company[name], company)
                for name in names
            }
            company.write({"portal_active": True, "portal_admission": "invited"})
            # As Odoo's own test cases do: hashing is slow on purpose.
            cheap = CryptContext(["pbkdf2_sha512", "plaintext"], pbkdf2_sha512__rounds=1)
            with patch(CRYPT_CONTEXT, lambda self: cheap):
                people = cls._create_portal_people(env)
            company.write(settings)
            ids = {name: [record._name, record.id] for name, record in people.items()}
            parameters.set_param(FIXTURE_KEY, json.dumps(ids))

    @classmethod
    def _create_portal_people(cls, env):
        """Create staff, companies and contacts.

        :return: records by the names under which tests know them
        :rtype: dict
        """

        def staff(login, group):
            address = f"{login.removeprefix('kp_')}@staff.example"
            return new_test_user(env, login, group, email=address)

        def company(name):
            return env["res.partner"].create({"name": name, "is_company": True})

        def contact(name, email, parent, level):
            # Not what a subclass makes of it: the people are the same for all.
            return PortalFixture._create_contact(name, email, parent, level, env=env)

        nord, sued = company("Nord GmbH"), company("Süd KG")
        return {
            "officer": staff("kp_officer", "kundenportal_addon.group_officer"),
            "manager": staff("kp_manager", "kundenportal_addon.group_manager"),
            "internal": staff("kp_internal", "base.group_user"),
            "nord": nord,
            "sued": sued,
            "main": contact("Mia Main", "mia@nord.example", nord, "main_user"),
            "user": contact("Uwe User", "uwe@nord.example", nord, "user"),
            "user2": contact("Ute User", "ute@nord.example", nord, "user"),
            "stranger": contact("Sven Süd", "sven@sued.example", sued, "main_user"),
            "person": contact("Pia Privat", "pia@private.example", None, "main_user"),
        }

    @classmethod
    def _create_portal_fixture(cls):
        """Open the portal with some functions, and give the test the people."""
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
        ids = json.loads(cls.env["ir.config_parameter"].get_param(FIXTURE_KEY))
        for name, (model, record_id) in ids.items():
            setattr(cls, name, cls.env[model].browse(record_id))
        cls._extend_portal_fixture()

    @classmethod
    def _extend_portal_fixture(cls):
        """Add what only some tests need; for mixins."""

    @classmethod
    def _create_company(cls, name):
        return cls.env["res.partner"].create({"name": name, "is_company": True})

    @classmethod
    def _create_contact(cls, name, email, parent=None, level=None, env=None):
        """Create a contact; with a level also its login, whose password is its e-mail address."""
        partner = (env or cls.env)["res.partner"].create(
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
