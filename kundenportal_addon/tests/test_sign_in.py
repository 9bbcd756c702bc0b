from unittest.mock import patch

from lxml import html

from odoo.exceptions import AccessDenied
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common import PortalCase
from .http_common import BrowserCase


class SignInFixture:
    """Mixin: contacts with numbers, of a company in Germany."""

    @classmethod
    def _extend_portal_fixture(cls):
        germany = cls.env.ref("base.de")
        (cls.company.partner_id | cls.nord | cls.sued).country_id = germany
        cls.env["res.partner"].search([("parent_id", "in", (cls.nord.id, cls.sued.id))]).write(
            {"country_id": germany.id}
        )
        cls.nord.phone = "+49 89 9990"
        cls.user.write({"phone": "+49 89 1234567", "mobile": "0170 1234567"})
        cls.main.phone = "+49 89 9990"
        cls.user2.phone = "089/9990"
        cls.stranger.mobile = "+43 664 1234567"


@tagged("post_install", "-at_install")
class TestResolveLogin(SignInFixture, PortalCase):
    """Whose login it is that somebody types."""

    def assertMeans(self, typed, contact):  # noqa: N802 (named like unittest's)
        login = contact.user_ids.login if contact else typed
        self.assertEqual(self.env["res.users"]._resolve_login(typed), login, repr(typed))

    def test_spellings(self):
        for typed in (
            "uwe@nord.example",
            "UWE@Nord.Example",
            " uwe@nord.example ",
            "+49 89 1234567",
            "+49891234567",
            "0049 89 1234567",
            "0049891234567",
            "089/1234567",
            "089 1234-567",
            "(089) 1234567",
            "+49 (0)89 1234567",
            "089 1234\u2011567",
            "0170 1234567",
            "+49 170 1234567",
            "00491701234567",
        ):
            self.assertMeans(typed, self.user)
        self.assertMeans("+43 664 1234567", self.stranger)
        self.assertMeans("0043 664 1234567", self.stranger)

    def test_what_stands_for_nobody(self):
        for typed in (
            "nobody@nord.example",
            "089 7654321",
            "0664 1234567",
            "+49",
            "0",
            "abc",
            "call 089 1234567",
            "",
            "   ",
            "%",
            "uwe%",
            "<script>alert(1)</script>",
            "x" * 10_000,
            "+49" + "1" * 10_000,
        ):
            self.assertMeans(typed, None)
        for wrong in (None, 7, b"uwe@nord.example", "uwe@nord.example\x00"):
            self.assertEqual(self.env["res.users"]._resolve_login(wrong), "")

    def test_switchboard_is_nobody(self):
        self.assertMeans("+49 89 9990", None)
        self.user2.phone = False
        self.assertMeans("+49 89 9990", self.main)
        self.main.phone = False
        self.assertMeans("+49 89 9990", None)

    def test_contacts_that_share_an_address(self):
        self.user2.user_ids.login = "ute.user"
        self.user2.email = "uwe@nord.example"
        self.assertMeans("uwe@nord.example", self.user)
        self.assertMeans("UWE@nord.example", self.user)
        self.assertMeans("Ute.User", self.user2)
        self.user.user_ids.login = "uwe.user"
        self.assertMeans("uwe@nord.example", None)
        self.assertMeans("uwe.user", self.user)

    def test_logins_that_differ_in_case_only(self):
        self.user.user_ids.login = "Box@nord.example"
        self.user2.user_ids.login = "box@nord.example"
        self.assertMeans("Box@nord.example", self.user)
        self.assertMeans("box@nord.example", self.user2)
        self.assertMeans("BOX@nord.example", None)

    def test_login_that_is_a_number(self):
        self.user2.write({"phone": False, "mobile": "+49 171 7654321"})
        self.user2.user_ids.login = "+491717654321"
        self.user.mobile = "+49 171 7654321"
        for typed in ("0171 7654321", "0049171/7654321", "+491717654321"):
            self.assertMeans(typed, self.user2)

    def test_exact_login_comes_first(self):
        self.user2.user_ids.login = "089 1234567"
        self.assertMeans("089 1234567", self.user2)
        self.assertMeans("089/1234567", self.user)

    def test_address_of_the_contact_if_the_login_is_another(self):
        self.user.email = "uwe.neu@nord.example"
        self.assertMeans("Uwe.Neu@nord.example", self.user)
        self.assertMeans("uwe@nord.example", self.user)

    def test_internal_users_are_found_by_their_login_only(self):
        self.internal.partner_id.write({"phone": "+49 89 5555555", "mobile": "0170 5555555"})
        self.assertMeans("kp_internal", self.internal.partner_id)
        for typed in (
            "KP_Internal",
            "internal@staff.example",
            "+49 89 5555555",
            "089/5555555",
            "0170 5555555",
        ):
            self.assertMeans(typed, None)

    def test_no_other_way_into_a_portal_that_is_closed(self):
        self.user.with_user(self.officer).portal_switch = "blocked"
        self.assertMeans("UWE@nord.example", None)
        self.assertMeans("089/1234567", None)
        self.assertMeans("uwe@nord.example", self.user)
        self.user.with_user(self.officer).portal_switch = False
        self.assertMeans("089/1234567", self.user)
        self.company.portal_active = False
        self.assertMeans("089/1234567", None)
        self.company.portal_active = True
        self.user._revoke_portal_access()
        self.assertMeans("089/1234567", None)

    def test_archived_contact_leaves_its_number_to_another(self):
        self.user2.phone = "+49 89 1234567"
        self.assertMeans("089/1234567", None)
        self.user.action_archive()
        self.assertMeans("089/1234567", self.user2)

    def test_every_way_is_indexed(self):
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        plans = []
        execute_query = self.env.execute_query
        owner = type(self.env)

        def explain(env, query):
            if "JOIN res_partner p" in query.code:
                env.cr.execute(SQL("EXPLAIN %s", query))
                plans.append("\n".join(row[0] for row in env.cr.fetchall()))
            return execute_query(query)

        with patch.object(owner, "execute_query", explain):
            self.env["res.users"]._find_portal_users("nobody@nord.example")
            self.env["res.users"]._find_portal_users("089 7654321")
        self.assertEqual(len(plans), 5)
        for plan in plans:
            self.assertNotIn("Seq Scan", plan)
        self.assertIn("res_users_lower_login_idx", plans[0])
        self.assertIn("res_partner_email_normalized_idx", plans[1])
        self.assertIn("res_partner__phone_e164_index", plans[4])
        self.assertIn("res_partner__mobile_e164_index", plans[4])

    def test_programs_sign_in_the_same_way(self):
        users = self.env(user=None, su=False)["res.users"]
        for typed in ("UWE@nord.example", "0049 89 1234567", "0170/1234567"):
            credential = {"type": "password", "login": typed, "password": "uwe@nord.example"}
            info = users.authenticate(credential, {"interactive": False})
            self.assertEqual(info["uid"], self.user.user_ids.id, typed)
        with mute_logger("odoo.addons.base.models.res_users"), self.assertRaises(AccessDenied):
            users.authenticate(
                {"type": "password", "login": "089 9990", "password": "mia@nord.example"},
                {"interactive": False},
            )


@tagged("post_install", "-at_install")
class TestSignInPage(SignInFixture, BrowserCase):
    """The page, as customers see it."""

    def error_of(self, login, password="wrong"):
        response = self.sign_in_by_form(login, password)
        self.assertEqual(response.status_code, 200)
        page = html.fromstring(response.content)
        return page.xpath("normalize-space(string(//*[@role='alert']))")

    def test_label_and_links(self):
        self.leave()
        page = self.get_page("/web/login")
        labels = page.xpath("//label[@for='login']/text()")
        self.assertEqual(len(labels), 1)
        self.assertRegex(labels[0], "telephone number|Telefonnummer")
        field = page.xpath("//input[@name='login']")[0]
        self.assertEqual(field.get("type"), "text")
        self.assertEqual(field.get("autocomplete"), "username")
        self.assertIsNone(field.get("placeholder"))
        links = page.xpath("//div[contains(@class, 'o_kundenportal_sign_in_links')]//a/@href")
        self.assertIn("/portal/access", links)
        self.assertEqual(len(page.xpath("//a[contains(@href, '/web/reset_password')]")), 1)

    def test_inactive_portal_leaves_odoos_page_as_it_is(self):
        self.company.portal_active = False
        self.leave()
        page = self.get_page("/web/login")
        self.assertIn(page.xpath("normalize-space(//label[@for='login'])"), ("Email", "E-Mail"))
        self.assertTrue(page.xpath("//input[@name='login']/@placeholder"))
        self.assertFalse(page.xpath("//*[contains(@class, 'o_kundenportal_sign_in_links')]"))
        self.assertTrue(page.xpath("//a[contains(@href, '/web/reset_password')]"))

    def test_signing_in_by_number(self):
        for typed in ("089/1234567", "UWE@NORD.example"):
            page = self.sign_in_by_form(typed, "uwe@nord.example")
            self.assertTrue(page.url.endswith("/my"), page.url)
            self.assertIn("Uwe User", page.text)

    @mute_logger("odoo.addons.base.models.res_users")
    def test_the_answer_does_not_tell_why(self):
        self.env["ir.config_parameter"].set_param("base.login_cooldown_after", 0)
        self.internal.partner_id.phone = "+49 89 5555555"
        answers = {
            self.error_of(*attempt)
            for attempt in (
                ("uwe@nord.example",),
                ("nobody@nord.example",),
                ("089 9990", "mia@nord.example"),
                ("089 1234567",),
                ("089 7654321",),
                ("089 5555555", "kp_internal"),
            )
        }
        self.assertEqual(len(answers), 1, answers)
        self.assertTrue(answers.pop())

    @mute_logger("odoo.addons.base.models.res_users", "odoo.http")
    def test_bad_input(self):
        self.env["ir.config_parameter"].set_param("base.login_cooldown_after", 0)
        for login in ("\x00", "uwe@nord.example\x00", "x" * 10_000, "<script>alert(1)</script>"):
            with self.subTest(login=login[:20]):
                response = self.sign_in_by_form(login, "wrong")
                self.assertEqual(response.status_code, 200)
                self.assertNotIn("<script>alert(1)", response.text)
        self.leave()
        response = self.url_open(
            "/web/login",
            data={"password": "x", "csrf_token": self.csrf_token()},
            files={"login": ("x.txt", b"x")},
        )
        self.assertEqual(response.status_code, 200)

    @mute_logger("odoo.addons.base.models.res_users")
    def test_cool_down_counts_every_spelling(self):
        config = self.env["ir.config_parameter"]
        config.set_param("base.login_cooldown_after", 4)
        self.addCleanup(self.env.registry._login_failures.clear)
        self.env.registry._login_failures.clear()
        wrong = {
            self.error_of(login)
            for login in ("089 1234567", "+49 89 1234567", "UWE@nord.example", "0170/1234567")
        }
        self.assertEqual(len(wrong), 1)
        self.assertNotIn(self.error_of("0049 89 1234567", "uwe@nord.example"), wrong)

    @mute_logger("odoo.addons.base.models.res_users")
    def test_every_spelling_is_one_login_to_whoever_counts(self):
        """Also for modules that count per login, and for the protocol."""
        self.env["ir.config_parameter"].set_param("base.login_cooldown_after", 0)
        counted = []
        users = type(self.env["res.users"])
        log = users._log_sign_in_failed
        with patch.object(
            users,
            "_log_sign_in_failed",
            lambda model, login: (counted.append(login), log(model, login)),
        ):
            for typed in ("089 1234567", "UWE@nord.example", "089 9990"):
                self.error_of(typed)
        self.assertEqual(counted, ["uwe@nord.example", "uwe@nord.example", "089 9990"])
        entries = self.env["kundenportal.protocol"].search(
            [("kind_id.code", "=", "sign_in_failed")]
        )
        self.assertEqual(entries.partner_id, self.user)

    def test_tour_on_a_phone(self):
        self.browser_size = "360x740"
        self.touch_enabled = True
        self.start_tour("/web/login", "kundenportal_sign_in_by_number")
