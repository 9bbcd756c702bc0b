import re

from odoo.tests import tagged

from .cart_common import CartFixture
from .common import PortalFixture
from .real_server import Browser, RealServerCase


@tagged("post_install", "-at_install")
class TestCartRaces(CartFixture, PortalFixture, RealServerCase):
    """What happens when the same cart is sent, filled or released twice at the same moment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_portal_fixture()
        cls.second_main = cls._create_contact("Max Main", "max@nord.example", cls.nord, "main_user")
        cls.start_server()
        # The same person on two devices.
        cls.devices = [Browser(cls, cls.user.email, cls.user.email) for _device in range(2)]
        cls.mains = [
            Browser(cls, contact.email, contact.email) for contact in (cls.main, cls.second_main)
        ]

    def add(self, browser, quantity=1, **values):
        token = browser.token("/my/notices")
        values = {"channel": "shop", "product_id": self.article.id, "quantity": quantity, **values}
        return browser.send("/my/cart/add", token, **values)

    def form_in(self, browser):
        """Return the token and the hidden fields of the cart's form."""
        page = browser.session.get(self.url("/my/cart"), timeout=60).text
        names = ("csrf_token", "form_key", "channel", "mode", "seen")
        found = {
            name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page).group(1) for name in names
        }
        return found.pop("csrf_token"), found

    def orders(self):
        return self.query(
            "SELECT id FROM sale_order WHERE partner_id = %s ORDER BY id", self.user.id
        )

    def kinds_of(self, order_id):
        return self.query(
            """SELECT kind.code FROM kundenportal_protocol entry
                 JOIN kundenportal_protocol_kind kind ON kind.id = entry.kind_id
                WHERE res_model = 'sale.order' AND res_id = %s ORDER BY entry.id""",
            order_id,
        )

    def set_limit(self, mode):
        self.query(
            "UPDATE res_company SET portal_order_limit_mode = %s WHERE id = %s RETURNING id",
            mode,
            self.company.id,
        )

    def test_filling_and_sending(self):
        before = len(self.orders())
        browser = self.devices[0]
        results = self.at_once([lambda device=device: self.add(device) for device in self.devices])
        self.assertEqual({getattr(result, "status_code", result) for result in results}, {200})
        lines = self.query(
            "SELECT quantity FROM kundenportal_cart_line WHERE partner_id = %s", self.user.id
        )
        self.assertEqual([float(row[0]) for row in lines], [2], "both count, in one row")
        # A double click.
        token, form = self.form_in(browser)
        pages = self.at_once([lambda: browser.send("/my/cart/send", token, **form)] * 3)
        self.assertEqual(len({page.url for page in pages}), 1, pages)
        self.assertEqual(len(self.orders()), before + 1)
        self.assertEqual(self.kinds_of(self.orders()[-1][0]), [("order_sent",)])
        # The same cart on two devices, each with its own form.
        self.add(browser)
        forms = [(device, *self.form_in(device)) for device in self.devices]
        pages = self.at_once(
            [
                lambda device=device, token=token, form=form: device.send(
                    "/my/cart/send", token, **form
                )
                for device, token, form in forms
            ]
        )
        self.assertEqual({getattr(page, "status_code", page) for page in pages}, {200})
        self.assertEqual(len(self.orders()), before + 2)
        told = [page for page in pages if "kp_form_error" in page.text]
        self.assertEqual(len(told), 1, "the slower one is told")
        self.assertServerLogClean()

    def test_two_main_users_decide(self):
        self.set_limit("release")
        self.addCleanup(self.set_limit, "free")
        browser = self.devices[0]
        self.add(browser)
        token, form = self.form_in(browser)
        browser.send("/my/cart/send", token, **form)
        order_id = self.orders()[-1][0]
        url = f"/my/cart/release/{order_id}"
        tokens = [main.token(url) for main in self.mains]
        decisions = ({"decision": "release"}, {"decision": "refuse", "reason": "nein"})
        pages = self.at_once(
            [
                lambda main=main, token=token, values=values: main.send(url, token, **values)
                for main, token, values in zip(self.mains, tokens, decisions, strict=True)
            ]
        )
        self.assertEqual({getattr(page, "status_code", page) for page in pages}, {200})
        told = [page for page in pages if "kp_form_error" in page.text]
        self.assertEqual(len(told), 1, "the slower one is told")
        kinds = [row[0] for row in self.kinds_of(order_id)]
        self.assertIn(
            kinds,
            (
                ["release_requested", "order_released", "order_sent"],
                ["release_requested", "release_refused"],
            ),
        )
        self.assertServerLogClean()
