import doctest

from odoo.tests import BaseCase, tagged

from ..tools import color


@tagged("post_install", "-at_install")
class TestDoctests(BaseCase):
    """What tools/ promises in its docstrings."""

    def test_color(self):
        self.assertFalse(doctest.testmod(color).failed)
