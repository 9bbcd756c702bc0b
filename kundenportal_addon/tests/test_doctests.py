import doctest
import importlib
import pkgutil

from odoo.tests import BaseCase, tagged

from .. import tools


@tagged("post_install", "-at_install")
class TestDoctests(BaseCase):
    """What tools/ promises in its docstrings."""

    def test_every_module(self):
        names = [module.name for module in pkgutil.iter_modules(tools.__path__)]
        self.assertTrue(names)
        for name in names:
            with self.subTest(module=name):
                module = importlib.import_module(f"{tools.__name__}.{name}")
                results = doctest.testmod(module)
                self.assertFalse(results.failed)
                self.assertTrue(
                    results.attempted, "pure functions show what they do: write a doctest"
                )
