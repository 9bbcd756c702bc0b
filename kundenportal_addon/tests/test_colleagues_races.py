from odoo.tests import tagged

from .common import PortalFixture
from .real_server import Browser, RealServerCase


@tagged("post_install", "-at_install")
class TestColleagueRaces(PortalFixture, RealServerCase):
    """Two main users of a company, or two of the staff, at the same moment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_portal_fixture()
        cls.companies = {}
        cls.ids = {}
        for key in ("demote", "leave", "revoke", "click", "ask"):
            company = cls._create_company(f"{key} GmbH")
            contacts = [
                cls._create_contact(f"{key} {n}", f"{key}{n}@race.example", company, "main_user")
                for n in range(2)
            ]
            contacts.append(cls._create_contact(f"{key} 2", f"{key}2@race.example", company))
            cls.companies[key] = company.id
            cls.ids[key] = [contact.id for contact in contacts]
        requester, _other, partner = cls.env["res.partner"].browse(cls.ids["ask"])
        requests = cls.env["kundenportal.access.request"].with_user(requester.user_ids)
        cls.request_id = requests._open_for(partner, "user").id
        cls.start_server()

    def browsers(self, key):
        return [
            Browser(self, f"{key}{number}@race.example", f"{key}{number}@race.example")
            for number in range(2)
        ]

    def main_users(self, key):
        """Return how many main users are left in the company."""
        return self.query(
            """SELECT count(*) FROM res_users u JOIN res_partner p ON p.id = u.partner_id
                 JOIN res_groups_users_rel r ON r.uid = u.id
                 JOIN ir_model_data d ON d.res_id = r.gid AND d.model = 'res.groups'
                  AND d.module = 'kundenportal_addon' AND d.name = 'group_portal_main_user'
                WHERE u.active AND p.commercial_partner_id = %s""",
            self.companies[key],
        )[0][0]

    def each_other(self, key, action, values):
        """Let two main users do something to each other; return the statuses."""
        browsers = self.browsers(key)
        pages = [f"/my/colleagues/{self.ids[key][1 - number]}" for number in range(2)]
        tokens = [
            browser.token(f"/my/colleagues/{self.ids[key][number]}")
            for number, browser in enumerate(browsers)
        ]
        results = self.at_once(
            [
                lambda browser=browser, page=page, token=token: browser.send(
                    f"{page}/{action}", token, **values
                )
                for browser, page, token in zip(browsers, pages, tokens, strict=True)
            ]
        )
        self.assertServerLogClean()
        return sorted(result.status_code for result in results)

    def test_demote_each_other(self):
        self.assertEqual(self.each_other("demote", "level", {"level": "user"}), [200, 404])
        self.assertEqual(self.main_users("demote"), 1)

    def test_revoke_each_other(self):
        statuses = self.each_other("revoke", "revoke", {})
        self.assertIn(200, statuses)
        self.assertEqual(self.main_users("revoke"), 1)

    def test_both_step_down(self):
        browsers = self.browsers("leave")
        pages = [f"/my/colleagues/{self.ids['leave'][number]}" for number in range(2)]
        tokens = [b.token(page) for b, page in zip(browsers, pages, strict=True)]
        self.at_once(
            [
                lambda b=b, page=page, token=token: b.send(f"{page}/level", token, level="user")
                for b, page, token in zip(browsers, pages, tokens, strict=True)
            ]
        )
        self.assertEqual(self.main_users("leave"), 1)
        self.assertServerLogClean()

    def test_double_click_on_add(self):
        browser = self.browsers("click")[0]
        token = browser.token("/my/colleagues/new")
        values = {
            "name": "Karl Kollege",
            "email": "karl@race.example",
            "access": "user",
            "form_key": "the same in all three",
        }
        results = self.at_once(
            [lambda: browser.send("/my/colleagues/new", token, **values) for _click in range(3)]
        )
        self.assertEqual({result.status_code for result in results}, {200})
        self.assertEqual(len({result.url for result in results}), 1, "all show the same contact")
        found = self.query("SELECT id FROM res_partner WHERE email = 'karl@race.example'")
        self.assertEqual(len(found), 1)
        self.assertServerLogClean()

    def test_two_deciders(self):
        staff = [Browser(self, login, login) for login in ("kp_officer", "kp_manager")]
        results = self.at_once(
            [
                lambda browser=browser: browser.call(
                    "kundenportal.access.request", "action_approve", [self.request_id]
                )
                for browser in staff
            ]
        )
        refused = [result for result in results if isinstance(result, RuntimeError)]
        self.assertEqual([result for result in results if result not in refused], [True])
        self.assertIn("odoo.exceptions.UserError", str(refused[0]))
        granted = self.query(
            """SELECT 1 FROM kundenportal_protocol e JOIN kundenportal_protocol_kind k
                   ON k.id = e.kind_id WHERE e.partner_id = %s AND k.code = 'access_granted'""",
            self.ids["ask"][2],
        )
        self.assertEqual(len(granted), 1)
        self.assertServerLogClean()
