from odoo.tests import tagged

from .common import PortalFixture
from .real_server import Browser, RealServerCase


@tagged("post_install", "-at_install")
class TestRaces(PortalFixture, RealServerCase):
    """What happens when two do the same at the same moment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_portal_fixture()
        cls.company.portal_admission = "all"
        cls.contacts = {
            key: cls._create_contact(f"{key} Neu", f"{key}@nord.example", cls.nord)
            for key in ("asked", "granted", "clicked", "known")
        }
        cls.contacts["known"]._grant_portal_access("user")
        cls.env["kundenportal.protocol.kind"].search(
            [("code", "=", "access_requested")]
        ).is_review_required = True
        cls.entry = cls.env["kundenportal.protocol"]._log("access_requested", cls.user)
        cls.start_server()
        cls.ids = {key: contact.id for key, contact in cls.contacts.items()}
        cls.staff = [Browser(cls, login, login) for login in ("kp_officer", "kp_manager")]
        cls.admin = Browser(cls, "admin", "admin")
        cls.cron_id = cls.env.ref("kundenportal_addon.ir_cron_link_requests").id

    def logins_of(self, key):
        return self.query("SELECT id, active FROM res_users WHERE partner_id = %s", self.ids[key])

    def entries_about(self, key, code):
        return self.query(
            """SELECT entry.id FROM kundenportal_protocol entry JOIN kundenportal_protocol_kind kind
                   ON kind.id = entry.kind_id WHERE partner_id = %s AND kind.code = %s""",
            self.ids[key],
            code,
        )

    def invitations_to(self, key):
        return self.entries_about(key, "invitation_sent")

    def test_two_reviewers(self):
        """The first counts, the second is told."""
        results = self.at_once(
            [
                lambda browser=browser: browser.call(
                    "kundenportal.protocol", "action_mark_reviewed", [self.entry.id], "gesehen"
                )
                for browser in self.staff
            ]
        )
        refused = [result for result in results if isinstance(result, RuntimeError)]
        self.assertEqual([result for result in results if result not in refused], [True])
        self.assertIn("odoo.exceptions.UserError", str(refused[0]))
        state, reviewer = self.query(
            "SELECT review_state, reviewer_id FROM kundenportal_protocol WHERE id = %s",
            self.entry.id,
        )[0]
        self.assertEqual(state, "done")
        self.assertIn(reviewer, (self.officer.id, self.manager.id))
        self.assertServerLogClean()

    def test_two_staff_grant_the_same_contact(self):
        wizards = [
            browser.call("res.partner", "action_portal_grant", [self.ids["granted"]])["res_id"]
            for browser in self.staff
        ]
        results = self.at_once(
            [
                lambda browser=browser, wizard=wizard: browser.call(
                    "portal.wizard", "action_grant_all", [wizard]
                )
                for browser, wizard in zip(self.staff, wizards, strict=True)
            ]
        )
        self.assertTrue(all(isinstance(result, dict) for result in results), results)
        self.assertEqual(len(self.logins_of("granted")), 1)
        self.assertEqual(len(self.entries_about("granted", "access_granted")), 1)
        self.assertEqual(len(self.invitations_to("granted")), 1)
        self.assertServerLogClean()

    def test_double_click_on_give_access(self):
        officer = self.staff[0]
        wizard = officer.call("res.partner", "action_portal_grant", [self.ids["clicked"]])["res_id"]
        row = officer.call("portal.wizard", "read", [wizard], ["user_ids"])[0]["user_ids"]
        click = lambda: officer.call("portal.wizard.user", "action_grant_access", row)  # noqa: E731
        results = self.at_once([click, click, click])
        self.assertTrue(any(isinstance(result, dict) for result in results), results)
        self.assertEqual(len(self.logins_of("clicked")), 1)
        self.assertEqual(len(self.entries_about("clicked", "access_granted")), 1)
        self.assertEqual(len(self.invitations_to("clicked")), 1)
        self.assertServerLogClean()

    def ask_ten_times(self, key):
        """Let ten visitors ask for the link of a contact at the same moment."""
        visitors = [Browser(self) for _number in range(10)]
        tokens = [visitor.token("/portal/access") for visitor in visitors]
        results = self.at_once(
            [
                lambda visitor=visitor, token=token: visitor.send(
                    "/portal/access", token, identifier=f"{key}@nord.example"
                )
                for visitor, token in zip(visitors, tokens, strict=True)
            ]
        )
        self.assertEqual({getattr(result, "status_code", result) for result in results}, {200})
        # This server has no thread for what is scheduled.
        self.admin.call("ir.cron", "method_direct_trigger", [self.cron_id])
        self.assertEqual(len(self.logins_of(key)), 1)
        self.assertServerLogClean()

    def test_ten_requests_for_the_first_link(self):
        self.ask_ten_times("asked")
        self.assertEqual(len(self.entries_about("asked", "access_granted")), 1)
        self.assertIn(len(self.invitations_to("asked")), (1, 2, 3))

    def test_ten_requests_for_another_link(self):
        before = len(self.invitations_to("known"))
        self.ask_ten_times("known")
        self.assertIn(
            len(self.invitations_to("known")) - before, (1, 2, 3), "the throttle counts them all"
        )
