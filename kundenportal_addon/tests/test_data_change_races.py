from odoo.tests import tagged

from .common import PortalFixture
from .real_server import Browser, RealServerCase


@tagged("post_install", "-at_install")
class TestDataChangeRaces(PortalFixture, RealServerCase):
    """Two of the staff decide the same change at once, and one decides while it is withdrawn."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_portal_fixture()
        cls.changes = [
            cls._request_change("first@nord.example"),
            cls._request_change("second@nord.example"),
        ]
        cls.start_server()
        cls.staff = [Browser(cls, login, login) for login in ("kp_officer", "kp_manager")]

    @classmethod
    def _request_change(cls, email):
        contact = cls._create_contact("Nora Neu", f"old-{email}", cls.nord, "user")
        contact.with_user(contact.user_ids).sudo().email = email
        return cls.env["kundenportal.data.change"].search(
            [("partner_id", "=", contact.id), ("state", "=", "pending")]
        )

    def decide_at_once(self, *calls):
        results = self.at_once(
            [
                lambda browser=browser, call=call: browser.call("kundenportal.data.change", *call)
                for browser, call in zip(self.staff, calls, strict=True)
            ]
        )
        refused = [str(result) for result in results if isinstance(result, RuntimeError)]
        self.assertEqual(len(refused), 1, results)
        self.assertIn("odoo.exceptions.UserError", refused[0])
        self.assertServerLogClean()
        return refused[0]

    def test_two_approve_at_once(self):
        change = self.changes[0]
        sentence = self.decide_at_once(*[("action_approve", [change.id])] * 2)
        self.assertRegex(sentence, "kp_officer|kp_manager", "says who decided")
        self.assertEqual(
            self.query("SELECT email FROM res_partner WHERE id = %s", change.partner_id.id),
            [("first@nord.example",)],
        )
        entries = self.query(
            "SELECT review_state FROM kundenportal_protocol WHERE res_model = %s AND res_id = %s "
            "ORDER BY id",
            "kundenportal.data.change",
            change.id,
        )
        self.assertEqual(entries, [("done",), ("none",)], "one request, one approval")
