"""Odoo's own lint tests (the addon `test_lint`), narrowed to our addons.

Odoo is sometimes packaged without its test addons; there is nothing to run then. The part that
needs pylint is in `make check`.
"""

from unittest.mock import patch

from odoo.modules import Manifest
from odoo.tests import BaseCase, TransactionCase, tagged

try:
    # Modules, not classes: the tests in them must not be collected a second time, for all of Odoo.
    from odoo.addons.test_lint.tests import (
        test_dunderinit,
        test_i18n,
        test_index,
        test_jstranslate,
        test_l10n,
        test_manifests,
        test_markers,
        test_naming,
        test_onchange_domains,
        test_orm_import,
        test_override_signatures,
        test_pofile,
        test_routes,
        test_test_holes,
    )
except ImportError:
    test_index = None


def our_manifests():
    return [m for m in Manifest.all_addon_manifests() if m.name.startswith("kundenportal_")]


def our_models(registry):
    """The models that our addons define or extend."""
    prefixes = tuple(f"odoo.addons.{manifest.name}." for manifest in our_manifests())
    return {
        name: model
        for name, model in registry.items()
        if any(base.__module__.startswith(prefixes) for base in model.mro())
    }


if test_index:

    class OursOnly(BaseCase):
        """Show Odoo's tests only our manifests; a warning is a finding, as in Odoo's CI."""

        def setUp(self):
            super().setUp()
            ours = our_manifests()
            self.enterContext(patch.object(Manifest, "all_addon_manifests", lambda: ours))
            self.enterContext(self.assertNoLogs("odoo.addons.test_lint", "WARNING"))

    class TestDunderinit(OursOnly, test_dunderinit.TestDunderinit):
        pass

    class TestI18n(OursOnly, test_i18n.TestI18n):
        pass

    class TestJsTranslations(OursOnly, test_jstranslate.TestJsTranslations):
        pass

    class TestL10n(OursOnly, test_l10n.L10nLinter):
        pass

    class TestManifests(OursOnly, test_manifests.ManifestLinter):
        pass

    class TestOnchangeDomains(OursOnly, test_onchange_domains.TestOnchangeDomains):
        pass

    class TestOrmImport(OursOnly, test_orm_import.TestDunderinit):
        pass

    class TestTestHoles(OursOnly, test_test_holes.TestTestHoles):
        pass

    class TestConflictMarkers(OursOnly, test_markers.TestConflictMarkers):
        def test_conflict_markers(self):
            # Odoo's walks through all of Odoo's files.
            for extension in test_markers.EXTENSIONS:
                for path in self.iter_module_files(f"*{extension}"):
                    self.check_file(path)

    class TestPoFiles(OursOnly, test_pofile.PotLinter):
        def setUp(self):
            super().setUp()
            names = [manifest.name for manifest in our_manifests()]
            self.enterContext(patch.object(test_pofile, "get_modules", lambda: names))

    @tagged("post_install", "-at_install")
    class TestIndex(test_index.TestIndex):
        pass

    @tagged("post_install", "-at_install")
    class TestNaming(TransactionCase, test_naming.TestNaming):
        def setUp(self):
            super().setUp()
            models = our_models(self.env.registry)
            self.enterContext(patch.object(test_naming, "Registry", lambda _name: models))

    @tagged("post_install", "-at_install")
    class TestOverrideSignatures(
        TransactionCase, test_override_signatures.TestLintOverrideSignatures
    ):
        def setUp(self):
            super().setUp()
            models = our_models(self.env.registry)
            target = (test_override_signatures, "Registry", lambda _name: models)
            self.enterContext(patch.object(*target))

    @tagged("post_install", "-at_install")
    class TestRoutes(test_routes.RoutesLinter):
        def test_routes_definition(self):
            # Odoo's own routes repeat themselves here and there; only ours are of interest.
            with self.assertLogs("odoo.addons.test_lint", "WARNING") as logs:
                test_routes._logger.warning("assertLogs wants at least one line")
                result = super().test_routes_definition()
            ours = [line for line in logs.output if "odoo.addons.kundenportal_" in line]
            self.assertFalse(ours, "\n".join(ours))
            return result
