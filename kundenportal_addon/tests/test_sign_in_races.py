from odoo.tests import tagged

from .common import PortalFixture
from .real_server import Browser, RealServerCase


@tagged("post_install", "-at_install")
class TestSignInRaces(PortalFixture, RealServerCase):
    """A link that is used by several at the same moment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_portal_fixture()
        cls.token = cls.env["kundenportal.link"]._issue(
            "sign_in", cls.user.user_ids, "uwe@nord.example"
        )
        cls.user_id = cls.user.id
        cls.start_server()

    def test_one_gets_in(self):
        path = f"/portal/link/{self.token}"
        browsers = [Browser(self) for _number in range(5)]
        tokens = [browser.token(path) for browser in browsers]
        results = self.at_once(
            [
                lambda browser=browser, token=token: browser.send(path, token)
                for browser, token in zip(browsers, tokens, strict=True)
            ]
        )
        pages = [getattr(result, "url", result) for result in results]
        self.assertEqual(len([page for page in pages if str(page).endswith("/my")]), 1, pages)
        self.assertEqual({result.status_code for result in results}, {200})
        used = self.query(
            """SELECT entry.id FROM kundenportal_protocol entry JOIN kundenportal_protocol_kind kind
                   ON kind.id = entry.kind_id WHERE partner_id = %s AND kind.code = 'link_used'""",
            self.user_id,
        )
        self.assertEqual(len(used), 1)
        self.assertServerLogClean()
