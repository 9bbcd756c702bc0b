"""The customers, staff and records that the access matrix is tried with."""

from odoo.fields import Command
from odoo.tests import new_test_user

from .access_matrix import ODOO_MODELS, RECORDS, VALUES, kind_of
from .common import PortalFixture

OUR_MODULES = "odoo.addons.kundenportal_"


class MatrixFixture(PortalFixture):
    """Mixin: a login for each role, all functions unlocked."""

    @classmethod
    def _extend_portal_fixture(cls):
        all_functions = [Command.set([function.id for function in cls.functions.values()])]
        cls.company.portal_default_function_ids = all_functions
        foreign_user = cls._create_contact("Susi Süd", "susi@sued.example", cls.sued, "user")
        functionless = cls._create_contact(
            "Falk Funktionslos", "falk@nord.example", cls.nord, "main_user"
        )
        functionless.portal_withheld_function_ids = all_functions
        cls.company.portal_active = False
        levelless = new_test_user(
            cls.env,
            "kp_levelless",
            "base.group_portal",
            email="lotte@else.example",
            name="Lotte Level",
        )
        cls.company.portal_active = True
        cls.roles = {
            "anonymous": cls.env.ref("base.public_user"),
            "user": cls.user.user_ids,
            "colleague": cls.user2.user_ids,
            "main": cls.main.user_ids,
            "foreign_user": foreign_user.user_ids,
            "foreign_main": cls.stranger.user_ids,
            "functionless": functionless.user_ids,
            "levelless": levelless,
            "internal": cls.internal,
            "officer": cls.officer,
            "manager": cls.manager,
        }

    def setUp(self):
        super().setUp()
        self._records = {}  # made in the test, gone with it

    def order_of(self, partner):
        """Return an order of the contact, the same throughout the test."""
        key = "an order", partner
        if key not in self._records:
            self._records[key] = self._create_order(partner)
        return self._records[key]

    def invoice_of(self, partner):
        """Return a posted invoice of the contact, the same throughout the test."""
        key = "an invoice", partner
        if key not in self._records:
            self._records[key] = self._create_invoice(self.order_of(partner))
        return self._records[key]

    def sent_order_of(self, partner):
        """Return an order that the contact has sent from the shop and that waits for a release."""
        key = "a sent order", partner
        if key not in self._records:
            order = self._create_order(partner, "sent")
            order.write(
                {
                    "state": "draft",
                    "portal_channel": "shop",
                    "portal_release_state": "waiting",
                    "portal_release_asked_id": partner.id,
                }
            )
            self._records[key] = order
        return self._records[key]

    def message_file_of(self, partner):
        """Return a file of the contact's copy of a message."""
        copy = self.record_for(self.env["kundenportal.message.recipient"], partner)
        if not copy.message_id.attachment_ids:
            copy.message_id.attachment_ids = self.env["ir.attachment"].create(
                {"name": "plan.txt", "raw": b"GEHEIM"}
            )
        return copy.message_id.attachment_ids

    def case_type(self):
        """Return a type of cases for which customers choose appointments."""
        case_type = self.env.ref("kundenportal_addon.activity_type_ticket")
        if not case_type.sudo()._offers_appointments():
            values = {"name": "Termin", "code": "appointment", "sequence": 99}
            case_type.sudo().action_ids = [Command.create(values)]
        return case_type

    def case_action_of(self, partner):
        """Return something that can be done with the contact's case."""
        case = self.record_for(self.env["kundenportal.activity"], partner)
        return case.type_id.action_ids[:1] or case.type_id.action_ids.create(
            {"name": "Ergänzen", "code": "comment", "type_id": case.type_id.id}
        )

    def company_action(self):
        """Return something that every customer can do without a case."""
        case_type = self.env["kundenportal.activity.type"].search([], limit=1)
        values = {"name": "Rückruf", "code": "request", "request_type_id": case_type.id}
        return self.env["kundenportal.activity.action"].create(values)

    def printer_of(self, partner):
        """Return a printer that the contact looks after, where users see no others."""
        self.company.portal_printers_own_location = True
        device = self.record_for(self.env["maintenance.equipment"], partner)
        if not device.site_id:
            device.site_id = device.site_id.create(
                {"name": "Lager", "type": "other", "parent_id": device.customer_id.id}
            )
        return device

    def shop_article(self):
        """Return an article of the online shop."""
        if "an article" not in self._records:
            self._records["an article"] = self.env["product.template"].create(
                {"name": "Tastatur", "portal_shop_ok": True}
            )
        return self._records["an article"]

    @classmethod
    def our_models(cls):
        """Return the models that our addons define, as empty recordsets."""
        return [
            cls.env[name] for name in sorted(cls.env.registry) if name.startswith("kundenportal.")
        ]

    @classmethod
    def matrix_models(cls):
        """Return every model that the matrix holds for."""
        return [*cls.our_models(), *(cls.env[name] for name in ODOO_MODELS)]

    def record_for(self, model, partner):
        """Return the record of the model that was made for the contact.

        Configuration is there already; any record will do.
        """
        key = model._name, partner
        if key not in self._records:
            self._records[key] = self._make_record(model, partner)
        return self._records[key]

    def _make_record(self, model, partner):
        if model._name in RECORDS:
            return RECORDS[model._name](self, partner).sudo()
        if model._name in VALUES:
            return model.sudo().create(VALUES[model._name](self, partner))
        existing = model.sudo().with_context(active_test=False).search([], limit=1)
        if kind_of(model) == "configuration" and existing:
            return existing
        return self.fail(
            f"Nobody knows how to make a record of {model._name} for a contact: add the values of "
            "one to VALUES in tests/access_matrix.py."
        )
