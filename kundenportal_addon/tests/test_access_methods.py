import inspect

from psycopg2.errors import ReadOnlySqlTransaction

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from .access_matrix import ROLES, VALUES
from .matrix_common import OUR_MODULES, MatrixFixture

#: The access matrix tries these on every model.
CRUD = {"create", "read", "write", "unlink"}

#: Public methods that everybody may call, with the reason. What refuses, and what merely returns an
#: action without writing anything, need not be here.
HARMLESS = {
    ("ir.attachment", "generate_access_token"): "Odoo's own; ours leaves out writing",
    ("kundenportal.activity", "mail_allowed_qweb_expressions"): "Odoo's own; names of placeholders",
    ("maintenance.equipment", "get_import_templates"): "paths of public files",
    ("mail.template", "send_mail"): "Odoo's own; asks for the record, ours leaves one mail out",
    ("product.template", "get_import_templates"): "Odoo's own; paths of public files",
    ("res.partner", "mail_allowed_qweb_expressions"): "Odoo's own; names of placeholders",
    ("res.users", "authenticate"): "Odoo's own; asks for the password, ours only records",
    ("res.users", "signup"): "Odoo's own; asks for a valid link, ours only records",
}

STAFF = ("officer", "manager")


@tagged("post_install", "-at_install")
class TestPublicMethods(MatrixFixture, TransactionCase):
    """Whoever is signed in can call any method without a leading underscore, by RPC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_portal_fixture()

    def test_strangers_get_nothing_out_of_public_methods(self):
        for model, name in self.public_methods():
            if (model._name, name) in HARMLESS:
                continue
            record = self.subject(model)
            for role in ROLES:
                if role in STAFF:
                    continue
                with self.subTest(method=f"{model._name}.{name}", role=role):
                    self.assertHarmless(record.with_user(self.roles[role]), name)

    def test_list_of_harmless_methods_is_no_longer_than_needed(self):
        known = {(model._name, name) for model, name in self.public_methods()}
        self.assertFalse(set(HARMLESS) - known, "these methods are gone")

    def public_methods(self):
        """Return model and name of each method that our addons define and RPC lets through."""
        for model_name in sorted(self.env.registry):
            model_class = self.env.registry[model_name]
            names = {
                name
                for base in model_class.__mro__
                if base.__module__.startswith(OUR_MODULES)
                for name, method in vars(base).items()
                if not name.startswith("_") and inspect.isroutine(method)
            }
            for name in sorted(names - CRUD):
                if not model_class._abstract and not self.is_private(model_class, name):
                    yield self.env[model_name], name

    def is_private(self, model_class, name):
        """Tell whether Odoo refuses remote calls of the method (``@api.private``)."""
        return any(
            getattr(getattr(base, name, None), "_api_private", False)
            for base in model_class.__mro__
        )

    def subject(self, model):
        """Return a record that a stranger may want to call the method of."""
        if model._name == "res.company":
            return self.company
        if model._name in ("portal.wizard", "portal.wizard.user"):
            wizard = (
                self.env["portal.wizard"]
                .with_user(self.officer)
                .create({"partner_ids": [Command.set(self.user.ids)]})
            )
            return wizard if model._name == "portal.wizard" else wizard.user_ids
        if model._transient:
            values = VALUES.get(model._name, lambda _case, _partner: {})
            return model.with_user(self.manager).sudo().create(values(self, self.user))
        return self.record_for(model, self.user)

    def assertHarmless(self, record, name):  # noqa: N802 (named like unittest's)
        """Check that the call is refused, or writes nothing and returns no more than an action."""
        method = getattr(type(record), name)
        ids = [] if getattr(method, "_api_model", False) else [record.ids]
        wanted = [
            parameter
            for parameter in list(inspect.signature(method).parameters.values())[1:]
            if parameter.default is parameter.empty
            and parameter.kind == parameter.POSITIONAL_OR_KEYWORD
        ]
        self.env.flush_all()
        self.env.invalidate_all()  # a remote call comes with an empty cache
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint() as savepoint:
                self.env.cr.execute("SET TRANSACTION READ ONLY")
                result = call_kw(
                    record.browse(), name, [*ids, *(None for _parameter in wanted)], {}
                )
                self.env.flush_all()
                savepoint.rollback()
        except AccessError:
            return
        except ReadOnlySqlTransaction:
            self.fail(
                "writes before anybody asks who calls: check access first, or make it @api.private"
            )
        finally:
            self.env.invalidate_all(flush=False)
        is_action = isinstance(result, dict) and result.get("type", "").startswith("ir.actions.")
        self.assertTrue(is_action or result in (None, True, False), f"tells a stranger {result!r}")
