from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from ..const import FUNCTION_CODES
from .access_matrix import (
    COMPANY_BOUND,
    MATRIX,
    NOTHING,
    OPERATIONS,
    ROLES,
    VALUES,
    is_customer_model,
    kind_of,
)
from .matrix_common import MatrixFixture


@tagged("post_install", "-at_install")
class TestAccessMatrix(MatrixFixture, TransactionCase):
    """Every model of ours, and those of Odoo that levels hold for, tried as everybody."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_portal_fixture()

    def test_every_model_has_an_expectation(self):
        for model in self.our_models():
            with self.subTest(model=model._name):
                self.assertIsNotNone(
                    kind_of(model),
                    f"{model._name} names contacts, but no rule says whose its records are. "
                    "Give it a stored commercial_partner_id, hang it below a model with one, or "
                    "put it into EXCEPTIONAL_KINDS in tests/access_matrix.py, with the reason.",
                )

    def test_every_model_as_every_role(self):
        for model in self.matrix_models():
            kind = kind_of(model)
            if kind and not model._abstract:
                for role in ROLES:
                    with self.subTest(model=model._name, kind=kind, role=role):
                        self.assertCell(model, role, MATRIX[kind].get(role, NOTHING))

    def test_contact_moves_with_warm_caches(self):
        """Whoever leaves a company takes nothing along and brings nothing: no worker remembers."""
        models = [model for model in self.matrix_models() if kind_of(model) in COMPANY_BOUND]
        expected = {"user": "r", "main": "r"}
        self.assertReaders(models, expected)
        self.user.parent_id = self.sued
        self.assertReaders(models, {"main": "r"})
        self.user.parent_id = self.nord
        self.assertReaders(models, expected)

    def test_level_changes_with_warm_caches(self):
        models = [model for model in self.matrix_models() if kind_of(model) in COMPANY_BOUND]
        self.assertReaders(models, {"user": "r", "main": "r"})
        self.main._grant_portal_access("user")
        self.assertReaders(models, {"user": "r"})
        self.user2._grant_portal_access("main_user")
        self.assertReaders(models, {"user": "r", "colleague": "r"})
        self.user2._revoke_portal_access()
        self.assertReaders(models, {"user": "r"})

    def test_function_is_taken_with_warm_caches(self):
        models = [model for model in self.matrix_models() if kind_of(model) in COMPANY_BOUND]
        self.assertReaders(models, {"user": "r", "main": "r"})
        self.main.portal_withheld_function_ids = [
            Command.set([function.id for function in self.functions.values()])
        ]
        self.assertReaders(models, {"user": "r"})

    def assertCell(self, model, role, cell):  # noqa: N802 (named like unittest's)
        """Check that the role can do what it must, and nothing that it may not."""
        for letter, operation in OPERATIONS.items():
            if letter in cell.must:
                self.assertTrue(
                    self.can(role, operation, model), f"{role} must be able to {operation}"
                )
            elif letter not in cell.may:
                self.assertFalse(
                    self.can(role, operation, model), f"{role} must not be able to {operation}"
                )

    def assertReaders(self, models, cells):  # noqa: N802 (named like unittest's)
        """Check which of the portal's roles can read the records made for the user."""
        for model in models:
            for role in ROLES[: ROLES.index("internal")]:
                with self.subTest(model=model._name, role=role):
                    self.assertEqual(self.can(role, "read", model), "r" in cells.get(role, ""))

    def can(self, role, operation, model):
        """Try an operation in earnest, then take it back.

        Only a refusal for lack of rights counts as no; whatever else stops it comes after them.

        :param str operation: create, read, write or unlink
        :rtype: bool
        """
        own_model = model.with_user(self.roles[role])
        if model._transient:
            # Whoever made a dialog owns it; what counts is who can make one.
            record, values = own_model, {}
        else:
            record = self.record_for(model, self.user).with_user(self.roles[role])
            values = VALUES[model._name](self, self.user) if model._name in VALUES else {}
        self.env.flush_all()
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint() as savepoint:
                getattr(self, f"_try_{operation}")(record, values)
                self.env.flush_all()
                savepoint.rollback()
        except AccessError:
            return False
        except MissingError:
            raise
        except (UserError, IntegrityError):
            return True  # past the rights, whatever stops it then
        finally:
            self.env.invalidate_all(flush=False)
        return True

    def _try_create(self, record, values):
        record.check_access("create")
        record.browse().create(values)

    def _try_read(self, record, _values):
        found = record.search([("id", "in", record.ids)])
        self.assertEqual(found, record._filtered_access("read"), "search and read must agree")
        record.check_access("read")
        record.read(["display_name"])

    def _try_write(self, record, _values):
        record.check_access("write")
        writable = [
            field
            for field in record._fields.values()
            if field.store
            and not (field.readonly or field.groups or field.compute)
            and field.type
            in ("char", "text", "boolean", "integer", "date", "datetime", "selection")
        ]
        for field in writable[:1]:  # of what only methods write, all is read-only
            record.write({field.name: record.sudo()[:1][field.name]})

    def _try_unlink(self, record, _values):
        record.check_access("unlink")
        record.unlink()


@tagged("post_install", "-at_install")
class TestAccessDeclarations(MatrixFixture, TransactionCase):
    """What the tables of rights and rules say, beside what comes of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_portal_fixture()
        cls.function_groups = cls.env["res.groups"].union(
            *(cls.env.ref(f"kundenportal_addon.group_function_{code}") for code in FUNCTION_CODES)
        )

    def is_for_customers(self, group):
        outside = self.env.ref("base.group_portal") | self.env.ref("base.group_public")
        return bool(outside & group.all_implied_ids) or group.share

    def customer_rights(self, model):
        rights = self.env["ir.model.access"].search([("model_id.model", "=", model._name)])
        return rights.filtered(lambda right: self.is_for_customers(right.group_id))

    def test_rights_of_customers_hang_on_functions(self):
        for model in self.our_models():
            rights = self.env["ir.model.access"].search([("model_id.model", "=", model._name)])
            for right in rights:
                with self.subTest(right=right.name):
                    self.assertTrue(
                        right.group_id, "a right without a group is everybody's, strangers included"
                    )
                    if self.is_for_customers(right.group_id):
                        self.assertIn(
                            right.group_id,
                            self.function_groups,
                            "rights of customers go to group_function_<code>: see DESIGN.md",
                        )

    def test_wizards_have_users(self):
        for model in self.our_models():
            if kind_of(model) == "wizard":
                with self.subTest(model=model._name):
                    self.assertFalse(self.customer_rights(model), "dialogs are for staff")
                    self.assertTrue(
                        any(
                            model.with_user(self.roles[role]).has_access("create")
                            for role in ("officer", "manager")
                        )
                    )

    def test_rules_keep_customers_apart(self):
        """With no rule of a group that matches, Odoo shows everything: each level needs one."""
        levels = {
            level: self.env.ref(f"kundenportal_addon.group_portal_{level}")
            for level in ("user", "main_user")
        }
        for model in self.our_models():
            if kind_of(model) != "customer" or not self.customer_rights(model):
                continue
            rules = self.env["ir.rule"].search([("model_id.model", "=", model._name)])
            for level, group in levels.items():
                with self.subTest(model=model._name, level=level):
                    self.assertIn(group, rules.groups, "needs a record rule for this level")

    def test_records_stay_with_the_company_they_were_made_for(self):
        bound = set(self.env["res.partner"]._get_company_bound_fields())
        for model in self.our_models():
            field = model._fields.get("commercial_partner_id")
            if kind_of(model) not in ("customer", "protocol") or not field:
                continue
            if field.related and self.is_of_whole(model, field):
                continue
            with self.subTest(model=model._name):
                self.assertTrue(field.store)
                self.assertFalse(field.related or field.compute, "written once, at creation")
                self.assertIn(
                    (model._name, field.name), bound, "extend res.partner._get_company_bound_fields"
                )

    def is_of_whole(self, model, field):
        """Tell whether a field repeats whose the record is that this one is a part of."""
        name, _dot, path = field.related.partition(".")
        whole = model._fields[name]
        is_part = whole.required and whole.ondelete == "cascade"
        return is_part and path == field.name and is_customer_model(self.env[whole.comodel_name])

    def test_functions_never_come_without_a_level(self):
        level = self.env.ref("kundenportal_addon.group_portal_user")
        for group in self.function_groups:
            with self.subTest(group=group.name):
                self.assertIn(level, group.all_implied_ids)

    def test_internal_users_are_no_customers(self):
        for group in self.function_groups | self.env.ref(
            "kundenportal_addon.group_portal_main_user"
        ):
            with self.subTest(group=group.name), self.assertRaises(ValidationError):
                self.internal.group_ids = [Command.link(group.id)]
