from unittest.mock import patch

from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .announcement_common import AnnouncementFixture
from .http_common import BrowserCase, PortalHttpCase

BANNERS = "//section[contains(@class, 'kp_announcements ')]//*[@data-announcement-key]"
PANEL = "//*[@id='kp_announcement_panel']"


class AnnouncementHttpCase(AnnouncementFixture, PortalHttpCase):
    def banners(self, url="/my/account"):
        """Return the ids of the banners on a page, in their order."""
        found = self.get_page(url).xpath(f"{BANNERS}/@data-announcement-id")
        return [int(announcement_id) for announcement_id in found]

    def on_home(self):
        """Return the ids of what the home lists beside its banners."""
        found = self.get_page("/my").xpath(
            "//section[contains(@class, 'kp_announcements_home')]"
            "//li[not(contains(@class, 'd-none'))]/@data-announcement-id"
        )
        return [int(announcement_id) for announcement_id in found]

    def post(self, announcement, action, **values):
        # Signing in has given the session another token than the test knows.
        token = self.token_in(self.url_open("/my/security"))
        return self.url_open(
            f"/my/announcements/{announcement.id}/{action}",
            data={**values, "csrf_token": token},
            allow_redirects=False,
        )


@tagged("post_install", "-at_install")
class TestAnnouncementPages(AnnouncementHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls._announce("First of all", importance="urgent")
        cls.second = cls._announce("Second")

    def test_banner_until_closed_or_read(self):
        self.sign_in_by_form(self.user.user_ids.login, self.user.email)
        order = self._create_order(self.user)
        for url in ("/my", "/my/account", "/my/announcements", f"/my/orders/{order.id}"):
            self.assertEqual(self.banners(url), [self.first.id, self.second.id], url)
        page = self.get_page("/my")
        self.assertEqual(
            len(page.xpath(f"{BANNERS}[not(ancestor::details)]")), 1, "the others wait"
        )
        self.assertEqual(page.xpath("string(//*[contains(@class, 'kp_announcements_count')])"), "1")
        self.assertEqual(self.on_home(), [], "each once")

        answer = self.post(self.first, "hide", back="/my/account")
        self.assertTrue(answer.headers["Location"].endswith("/my/account"))
        self.assertEqual(self.banners(), [self.second.id])
        self.assertEqual(self.on_home(), [self.first.id], "it stays on the home page")
        answer = self.post(self.second, "read")
        self.assertIn("All about: Second", answer.text)
        self.assertNotIn("<html", answer.text)
        self.assertEqual(self.banners(), [])
        self.assertEqual(self.on_home(), [self.first.id, self.second.id])
        listed = self.get_page("/my/announcements").xpath("//li/@data-announcement-id")
        self.assertEqual(listed, [str(self.first.id), str(self.second.id)])

        # Whoever signs in again sees them again, signed out meanwhile or not.
        for leave in (True, False):
            if leave:
                self.sign_in_by_form(self.user.user_ids.login, self.user.email)
            else:
                data = {
                    "login": self.user.user_ids.login,
                    "password": self.user.email,
                    "csrf_token": self.token_in(self.url_open("/my/security")),
                }
                self.url_open("/web/login", data=data)
            self.assertEqual(self.banners(), [self.first.id, self.second.id])
            self.post(self.first, "hide")
            self.assertEqual(self.banners(), [self.second.id])

    def test_not_to_be_shown_again(self):
        self.sign_in_by_form(self.user.user_ids.login, self.user.email)
        self.post(self.first, "hide", forever="1")
        self.assertEqual(self.banners(), [self.second.id])
        self.sign_in_by_form(self.user.user_ids.login, self.user.email)
        self.assertEqual(self.banners(), [self.second.id])
        self.assertEqual(self.on_home(), [self.first.id])
        self.sign_in_by_form(self.user2.user_ids.login, self.user2.email)
        self.assertEqual(self.banners(), [self.first.id, self.second.id], "it is the person's")

        self.sign_in_by_form(self.user.user_ids.login, self.user.email)
        self.first.write({"title": "First, in other words", "is_correction": True})
        self.assertEqual(self.banners(), [self.second.id])
        self.first.body = "<p>Really new</p>"
        page = self.get_page("/my/account")
        changed = page.xpath(f"{BANNERS}[.//*[contains(@class, 'kp_announcement_changed')]]")
        self.assertEqual([e.get("data-announcement-id") for e in changed], [str(self.first.id)])
        self.assertEqual(self.banners(), [self.first.id, self.second.id])

    def test_link_signs_in_with_what_was_hidden(self):
        self.first.with_user(self.user.user_ids).sudo()._hide_for_good()
        token = self.env["kundenportal.link"]._issue(
            "sign_in", self.user.user_ids, self.user.email_normalized
        )
        self.leave()
        self.submit(f"/portal/link/{token}")
        asked = patch.object(
            type(self.env["res.users"]), "_get_hidden_announcements", side_effect=AssertionError
        )
        with asked:  # the session knows already
            self.assertEqual(self.banners(), [self.second.id])

    def test_pages_cost_no_query_more(self):
        self.sign_in(self.user)
        for announcement in self.first | self.second:
            announcement.is_published = False
        for url in ("/my/account", "/my/documents"):
            without = self.count_page_queries(url)
            (self.first | self.second).action_publish()
            self.assertPageQueries(url, without)
            self.assertEqual(len(self.banners(url)), 2)
            (self.first | self.second).action_withdraw()

    def test_only_portal_users_on_portal_pages(self):
        self.leave()
        for url in ("/web/login", "/portal/access"):
            page = self.get_page(url)
            self.assertFalse(page.xpath(BANNERS) or page.xpath(PANEL), url)
        self.sign_in(self.user)
        self.assertTrue(self.banners("/my"))
        if "website" in self.env:
            page = self.get_page("/")
            self.assertFalse(page.xpath(BANNERS) or page.xpath(PANEL), "a page of the website")
        self.user.portal_withheld_function_ids = self.functions["announcements"]
        self.assertEqual(self.banners("/my"), [])
        self.assertEqual(self.url_open("/my/announcements").status_code, 404)
        self.authenticate("kp_internal", "kp_internal")
        self.assertEqual(self.banners("/my"), [])
        self.company.portal_active = False
        new_test_user(self.env, "kp_plain", "base.group_portal", email="plain@else.example")
        self.authenticate("kp_plain", "kp_plain")
        self.assertEqual(self.banners("/my"), [])

    def test_gone_is_said_kindly(self):
        self.sign_in(self.user)
        foreign = self._announce_to(partner_ids=self.sued.ids)
        deleted = self._announce("Gone")
        self.assertEqual(len(self.banners()), 3)
        deleted.unlink()
        self.assertEqual(len(self.banners()), 2)
        with mute_logger("odoo.http"):
            answers = [
                *(self.url_open(f"/my/announcements/{a.id}") for a in (foreign, deleted)),
                *(self.post(a, action) for a in (foreign, deleted) for action in ("read", "hide")),
                self.url_open("/my/announcements/99999999999999999999"),
            ]
        self.assertEqual({answer.status_code for answer in answers}, {404})
        for answer in answers[:-1]:
            self.assertIn("/my/announcements", answer.text)
            self.assertNotIn(foreign.title, answer.text)
        self.assertFalse(self.receipts_of(foreign))

    def test_strange_input(self):
        self.sign_in(self.user)
        for back in (
            "https://evil.example/my",
            "//evil.example",
            "/web",
            "\x00",
            "",
            "/my\r\nX: y",
        ):
            target = self.post(self.first, "hide", back=back).headers["Location"]
            self.assertEqual(target.removeprefix(self.base_url()), "/my")
        self._announce("<img src=x onerror=alert(1)>", body="<p>x</p>")
        for url in ("/my", "/my/announcements"):
            self.assertNotIn("<img src=x", self.url_open(url).text)
        self.assertEqual(self.get_page("/my/announcements/page/999").tag, "html")

    def test_page_of_one(self):
        self.sign_in(self.user)
        page = self.get_page(f"/my/announcements/{self.first.id}")
        self.assertEqual(page.xpath("string(//h1)"), "First of all")
        self.assertIn("All about", page.xpath("string(//article)"))
        self.assertEqual(
            page.xpath("//article/@data-announcement-read"),
            [f"/my/announcements/{self.first.id}/read"],
        )
        self.assertEqual(self.banners(f"/my/announcements/{self.first.id}"), [self.second.id])
        self.assertFalse(self.receipts_of(self.first), "a GET leaves nothing behind")
        self.leave()
        answer = self.url_open(f"/my/announcements/{self.first.id}", allow_redirects=False)
        self.assertAtLogin(answer)
        self.assertIn(f"announcements%2F{self.first.id}", answer.headers["Location"])


@tagged("post_install", "-at_install")
class TestAnnouncementTour(BrowserCase, AnnouncementHttpCase):
    def test_panel_and_banners(self):
        first = self._announce("First of all", importance="urgent")
        self._announce("Second")
        self._announce("Third")
        self.start_portal_tour("kundenportal_announcements", self.user, url="/my/account")
        self.assertEqual(self.receipts_of(first).partner_id, self.user)
        self.assertTrue(self.receipts_of(first).read_on)
        hidden = self.env["kundenportal.announcement.receipt"].search([("hidden_on", "!=", False)])
        self.assertEqual(hidden.announcement_id.mapped("title"), ["Third"])
