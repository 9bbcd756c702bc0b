from lxml import html

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PortalCase
from .http_common import PortalHttpCase

KIND = "kundenportal_addon.notice_kind_"


@tagged("post_install", "-at_install")
class TestNotices(PortalCase):
    def choose(self, contact, by_mail, kind="data_change"):
        return self.env["kundenportal.notice.choice"].create(
            {"partner_id": contact.id, "kind_id": self.env.ref(KIND + kind).id, "by_mail": by_mail}
        )

    def test_default_and_choice(self):
        self.choose(self.user2, by_mail=False)
        self.choose(self.main, by_mail=True)
        contacts = self.user | self.user2 | self.main
        self.assertEqual(contacts._wants_notice("data_change"), self.user | self.main)
        kind = self.env.ref(KIND + "data_change")
        kind.by_mail = False
        self.assertEqual(contacts._wants_notice("data_change"), self.main)
        # The others' choices, and those of other kinds, stay what they are.
        self.assertEqual(contacts._wants_notice("message"), contacts)
        with self.assertRaises(ValueError):
            contacts._wants_notice("no such kind")

    def test_asked_by_anybody_in_one_query(self):
        self.choose(self.user2, by_mail=False)
        contacts = (self.user | self.user2 | self.main).with_user(self.stranger.user_ids)
        contacts._wants_notice("data_change")  # fills the cache of the kinds
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            self.assertEqual(contacts._wants_notice("data_change").ids, (self.user | self.main).ids)

    def test_merged_contacts_have_one_choice(self):
        self.choose(self.user, by_mail=True)
        latest = self.choose(self.user2, by_mail=False)
        other = self.choose(self.user2, by_mail=False, kind="message")
        twin = self._create_contact("Uta User", "ute@nord.example", self.nord)
        self.choose(twin, by_mail=True).write_date = "2020-01-01"
        self.env.cr.execute(
            "UPDATE kundenportal_notice_choice SET write_date = '2020-01-01' WHERE id NOT IN %s",
            [tuple((latest | other).ids)],
        )
        self.env.invalidate_all()
        self.user2.user_ids.unlink()  # Odoo merges no two logins
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((self.user | self.user2 | twin).ids, self.user)
        self.env.invalidate_all()
        self.assertEqual(self.user.portal_notice_choice_ids, latest | other)
        self.assertFalse(self.user._wants_notice("data_change"))

    def test_staff_choose_on_behalf(self):
        contact = self.user.with_user(self.officer)
        kind = self.env.ref(KIND + "data_change")
        contact.portal_notice_choice_ids = [Command.create({"kind_id": kind.id, "by_mail": False})]
        self.assertFalse(self.user._wants_notice("data_change"))
        with self.assertRaises(AccessError):
            self.user.with_user(self.main.user_ids).portal_notice_choice_ids.read()
        with self.assertRaises(AccessError):
            kind.with_user(self.officer).by_mail = False

    def test_rejection_is_a_notice(self):
        def reject(contact):
            change = self.env["kundenportal.data.change"].create(
                {
                    "partner_id": contact.id,
                    "commercial_partner_id": contact.commercial_partner_id.id,
                    "company_id": self.company.id,
                    "user_id": contact.user_ids.id,
                    "state": "pending",
                    "line_ids": [
                        Command.create(
                            {
                                "field_id": self.env["ir.model.fields"]
                                ._get("res.partner", "name")
                                .id,
                                "state": "pending",
                                "new_value": "X",
                            }
                        )
                    ],
                }
            )
            before = self.env["mail.mail"].search([])
            change.with_user(self.officer)._reject("No.")
            return self.env["mail.mail"].search([]) - before

        body = reject(self.user).body_html
        self.assertIn("/my/notices", body)
        self.assertIn("/my/account", body)
        self.choose(self.user, by_mail=False)
        self.assertFalse(reject(self.user))


@tagged("post_install", "-at_install")
class TestNoticesPage(PortalHttpCase):
    def checked(self, page):
        return page.xpath("//form[hasclass('kp_notices_form')]//input[@checked]/@value")

    def setUp(self):
        super().setUp()
        self.env.ref(KIND + "release").function_ids = self.functions["documents"]

    def test_choose(self):
        self.sign_in(self.user)
        page = self.get_page("/my/account")
        self.assertTrue(page.xpath("//a[@href='/my/notices']"))
        page = self.get_page("/my/notices")
        self.assertEqual(self.checked(page), ["release", "data_change"])
        for box in page.xpath("//input[@name='by_mail']"):
            self.assertTrue(page.xpath(f"//label[@for='{box.get('id')}']"))
            self.assertTrue(page.xpath(f"//*[@id='{box.get('aria-describedby')}']"))
        shown = ["release", "data_change"]
        response = self.submit("/my/notices", shown=shown, by_mail="release")
        self.assertEqual(response.headers["Location"].partition("/my")[2], "/notices?saved=1")
        page = self.get_page("/my/notices?saved=1")
        self.assertEqual(self.checked(page), ["release"])
        self.assertTrue(page.xpath("//*[@role='status'][hasclass('alert-success')]"))
        # None ticked: none by mail; again, and back.
        self.submit("/my/notices", shown=shown)
        self.assertEqual(self.checked(self.get_page("/my/notices")), [])
        self.submit("/my/notices", shown=shown, by_mail=shown)
        self.assertEqual(self.checked(self.get_page("/my/notices")), shown)
        choices = self.user.portal_notice_choice_ids
        self.assertEqual(choices.write_uid, self.user.user_ids)
        self.assertEqual(len(choices), 2)
        kind = self.env["kundenportal.protocol"].search([("partner_id", "=", self.user.id)]).kind_id
        self.assertIn("notices_chosen", kind.mapped("code"))
        # Others are not touched.
        self.assertFalse((self.main | self.user2).portal_notice_choice_ids)

    def test_page_offers_what_the_customer_has(self):
        def offered(contact):
            kinds = self.env["kundenportal.notice.kind"]
            return {row[1] for row in kinds._get_offered(contact.user_ids)}

        # A kind with a function is asked for once its function has a page, of those who have it.
        self.assertEqual(offered(self.user), {"data_change", "release"})
        self.user.portal_withheld_function_ids = self.functions["documents"]
        self.assertEqual(offered(self.user), {"data_change"})
        # One of several functions is enough.
        self.user.portal_extra_function_ids = self.functions["shop"]
        self.env.ref(KIND + "release").function_ids |= self.functions["shop"]
        self.assertEqual(offered(self.user), {"data_change", "release"})
        self.functions["shop"].url = "/my/nowhere"
        self.functions["documents"].url = "/my/nowhere"
        self.assertEqual(offered(self.main), {"data_change"})

    def test_bad_input_changes_nothing(self):
        self.sign_in(self.user)
        for values in (
            {},
            {"by_mail": "release"},
            {"shown": "message", "by_mail": "message"},
            {"shown": "release", "by_mail": "data_change"},
            {"shown": "x\x00<script>alert(1)</script>"},
            {"shown": "release" * 1000},
        ):
            with self.subTest(values=str(values)[:60]):
                response = self.submit("/my/notices", **values)
                self.assertEqual(response.status_code, 200)
                page = html.fromstring(response.content)
                self.assertTrue(page.xpath("//*[@role='alert'][hasclass('alert-danger')]"))
                self.assertNotIn("alert(1)", response.text)
        response = self.url_open(
            "/my/notices",
            data={"csrf_token": self.csrf_token()},
            files={"shown": ("a.txt", b"release")},
        )
        self.assertEqual(response.status_code, 200)
        self.assertFalse(self.user.portal_notice_choice_ids)

    def test_without_level(self):
        self.company.portal_active = False
        levelless = self.env["res.users"].create(
            {
                "name": "Lotte",
                "login": "lotte@else.example",
                "email": "lotte@else.example",
                "password": "lotte@else.example",
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        self.company.portal_active = True
        self.sign_in(levelless.partner_id)
        with mute_logger("odoo.http"):
            self.get_page("/my/notices", 404)
            self.assertEqual(self.submit("/my/notices", shown="release").status_code, 404)
        self.assertFalse(self.get_page("/my/account").xpath("//a[@href='/my/notices']"))
