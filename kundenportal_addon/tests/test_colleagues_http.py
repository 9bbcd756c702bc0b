import re

from lxml import html

from odoo.tests import tagged
from odoo.tools import mute_logger

from .http_common import BrowserCase, PortalHttpCase

#: What being signed in leaves behind.
PRESENCE = ("active_today", "signed_in", "signed_out")
MISTAKES = (
    ("name", "   "),
    ("name", "x" * 10000),
    ("email", "keine Adresse"),
    ("phone", "abc"),
)


class ColleaguesHttpCase(PortalHttpCase):
    @classmethod
    def _extend_portal_fixture(cls):
        # The words on the pages are compared.
        cls.env["res.lang"]._activate_lang("en_US")
        cls.env["ir.default"].set("res.partner", "lang", "en_US")
        if "website" in cls.env:
            cls.env["website"].search([]).default_lang_id = cls.env.ref("base.lang_en")
        people = cls.main + cls.user + cls.user2 + cls.stranger + cls.person
        people.lang = "en_US"
        cls.company.portal_colleague_approval = False
        cls.main2 = cls._create_contact("Max Main", "max@nord.example", cls.nord, "main_user")
        cls.new = cls._create_contact("Nora Neu", "nora@nord.example", cls.nord)

    @classmethod
    def _create_contact(cls, name, email, parent=None, level=None):
        contact = super()._create_contact(name, email, parent, level)
        contact.lang = "en_US"
        return contact

    def url(self, contact, *parts):
        return "/".join(["/my/colleagues", str(contact.id), *parts])

    def text(self, response):
        return " ".join(html.fromstring(response.content).xpath("string(//main)").split())

    def alert(self, response):
        return html.fromstring(response.content).xpath("string(//*[@role='alert'])").strip()

    def listed(self, url="/my/colleagues"):
        """Return the names on a page of the list."""
        return self.get_page(url).xpath(
            "//ul[contains(@class, 'kp_colleagues')]//a[contains(@class, 'fw-bold')]/text()"
        )

    def follow(self, response):
        """Follow the redirect after a form and return the page."""
        self.assertEqual(response.status_code, 303, self.alert(response) if response.text else "")
        page = self.url_open(response.headers["Location"])
        self.assertEqual(page.status_code, 200)
        return page


@tagged("post_install", "-at_install")
class TestColleagueList(ColleaguesHttpCase):
    def test_who_is_listed(self):
        self.env["res.partner"].create(
            {"name": "Lager Süd", "type": "delivery", "parent_id": self.nord.id}
        )
        self.sign_in(self.main)
        self.assertEqual(
            self.listed(), ["Max Main", "Mia Main", "Nora Neu", "Ute User", "Uwe User"]
        )
        row = self.get_page("/my/colleagues").xpath("//li[.//a[text()='Nora Neu']]")[0]
        self.assertIn("Without access", row.text_content())
        self.user.user_ids._set_portal_level("main_user")
        self.new._grant_portal_access("user")
        row = self.get_page("/my/colleagues").xpath("//li[.//a[text()='Nora Neu']]")[0]
        self.assertIn("Never signed in", row.text_content())
        self.assertIn(self.functions["documents"].name, row.text_content())

    def test_search(self):
        self.user2.write({"function": "Buchhaltung", "phone": "+49 421 987 653"})
        self.sign_in(self.main)
        for words, names in (
            ("ute@", ["Ute User"]),
            ("buchh", ["Ute User"]),
            ("987", ["Ute User"]),
            ("USER", ["Ute User", "Uwe User"]),
            ("Sven", []),
            ("%", []),
            ("x" * 5000, []),
            ("\x00Uwe", ["Uwe User"]),
            ("<script>alert(1)</script>", []),
        ):
            with self.subTest(words=words[:20]):
                response = self.url_open("/my/colleagues", params={"search": words})
                self.assertEqual(response.status_code, 200)
                self.assertNotIn("<script>alert(1)", response.text)
                found = html.fromstring(response.content).xpath(
                    "//ul[contains(@class, 'kp_colleagues')]//a[contains(@class, 'fw-bold')]/text()"
                )
                self.assertEqual(found, names)

    def test_pages(self):
        self.env["res.partner"].create(
            [{"name": f"Kollege {number:02}", "parent_id": self.nord.id} for number in range(45)]
        )
        self.sign_in(self.main)
        self.assertEqual(len(self.listed()), 20)
        self.assertEqual(len(self.listed("/my/colleagues/page/3")), 10)
        self.assertEqual(len(self.listed("/my/colleagues/page/99")), 10, "the last page")
        pages = self.get_page("/my/colleagues?search=Kollege").xpath(
            "//nav[@aria-label='Pages']//a/@href"
        )
        self.assertTrue(all("search=Kollege" in page for page in pages if page))

    def test_queries(self):
        self.sign_in(self.main)
        few = self.count_page_queries("/my/colleagues")
        for number in range(50):
            contact = self._create_contact(
                f"Kollege {number:02}", f"kollege{number}@nord.example", self.nord
            )
            if number < 15:
                contact._grant_portal_access("user")
        self.assertPageQueries("/my/colleagues", few)

    def test_queries_of_a_colleague(self):
        self.sign_in(self.main)
        self.assertPageQueries(self.url(self.user), 45)

    def test_persons_have_no_colleagues(self):
        self.sign_in(self.person)
        page = self.get_page("/my/colleagues")
        self.assertFalse(page.xpath("//a[@href='/my/colleagues/new']"))
        with mute_logger("odoo.http"):
            self.get_page("/my/colleagues/new", 404)
            self.assertEqual(self.submit("/my/colleagues/new", name="Kind").status_code, 404)

    def test_tile(self):
        self.sign_in(self.main)
        self.assertTrue(self.get_page("/my").xpath("//a[@href='/my/colleagues']"))
        self.sign_in(self.user)
        self.assertFalse(self.get_page("/my").xpath("//a[@href='/my/colleagues']"))


@tagged("post_install", "-at_install")
class TestColleaguePages(ColleaguesHttpCase):
    def test_others_do_not_exist(self):
        """Whatever is posted with a foreign id is answered 404, and nothing happens."""
        forms = {
            "invite": {"level": "main_user"},
            "remind": {},
            "level": {"level": "main_user"},
            "functions": {},
            "withdraw": {},
            "revoke": {},
            "leave": {"successor_id": self.main.id},
        }
        contact = self._create_contact("Sara Süd", "sara@sued.example", self.sued)
        attempts = [
            (self.main, target)
            for target in (self.stranger, contact, self.sued, self.nord, self.manager.partner_id)
        ]
        attempts += [(self.user, self.user2), (self.stranger, self.user)]
        victims = [target.id for _actor, target in attempts]
        about = [("partner_id", "in", victims), ("kind_id.code", "not in", PRESENCE)]
        before = self.env["kundenportal.protocol"].search_count(about)
        for actor, target in attempts:
            self.sign_in(actor)
            for action, values in forms.items():
                with (
                    self.subTest(actor=actor.name, target=target.name, action=action),
                    mute_logger("odoo.http"),
                ):
                    response = self.submit(self.url(target, action), **values)
                    self.assertEqual(response.status_code, 404)
            for page in ((), ("revoke",), ("leave",)):
                with mute_logger("odoo.http"):
                    self.get_page(self.url(target, *page), 404)
        with mute_logger("odoo.http"):
            self.get_page("/my/colleagues/999999999999999999999999", 404)
        self.env.invalidate_all()
        self.assertEqual(self.env["kundenportal.protocol"].search_count(about), before)
        self.assertEqual(self.stranger.portal_access, "main_user")
        self.assertEqual((contact.portal_access, self.user.portal_access), ("none", "user"))

    def test_looking_changes_nothing(self):
        self.sign_in(self.main)
        with mute_logger("odoo.http"):
            for action in ("invite", "remind", "level", "functions", "withdraw"):
                self.assertIn(
                    self.url_open(self.url(self.user, action)).status_code, (404, 405), action
                )
        self.get_page(self.url(self.user, "revoke"))
        self.get_page(self.url(self.user, "leave"))
        self.assertEqual(self.user.portal_access, "user")

    def test_without_token_nothing_happens(self):
        self.sign_in(self.main)
        with mute_logger("odoo.http"):
            response = self.url_open(self.url(self.user, "revoke"), data={"x": "1"})
        self.assertEqual(response.status_code, 400)
        self.assertEqual(self.user.portal_access, "user")

    def test_invite_tick_revoke(self):
        self.sign_in(self.main)
        page = self.follow(self.submit(self.url(self.new, "invite"), level="user"))
        self.assertIn("invitation is on its way", self.text(page))
        master_data = str(self.functions["master_data"].id)
        page = self.follow(self.submit(self.url(self.new, "functions"), function_ids=master_data))
        self.assertIn("functions have been changed", self.text(page))
        self.assertEqual(
            html.fromstring(page.content).xpath("//input[@name='function_ids'][@checked]/@value"),
            [master_data],
        )
        page = self.follow(self.submit(self.url(self.new, "revoke")))
        self.assertIn("taken away", self.text(page))
        self.env.invalidate_all()
        self.assertEqual(self.new.portal_access, "none")

    def test_strange_functions(self):
        self.sign_in(self.main)
        for value in (
            "abc",
            "-1",
            "999999999",
            "9" * 30,
            "1 OR 1=1",
            str(self.functions["shop"].id),
        ):
            with self.subTest(value=value[:12]):
                self.follow(self.submit(self.url(self.user, "functions"), function_ids=value))
                self.assertFalse(self.user.portal_function_ids.filtered("has_page"))

    def test_refusals_keep_what_was_typed(self):
        contact = self._create_contact("Otto Ohne", False, self.nord)
        self.sign_in(self.main)
        for email in ("keine Adresse", "sven@sued.example", "<script>alert(1)</script>", ""):
            with self.subTest(email=email):
                response = self.submit(self.url(contact, "invite"), level="main_user", email=email)
                self.assertEqual(response.status_code, 200)
                self.assertTrue(self.alert(response))
                self.assertNotIn("<script>alert(1)", response.text)
                page = html.fromstring(response.content)
                self.assertEqual(page.xpath("string(//input[@name='email']/@value)"), email)
                self.assertEqual(
                    page.xpath("//input[@name='level'][@checked]/@value"), ["main_user"]
                )
        for level in ("", "admin", "x" * 10000, "\x00"):
            response = self.submit(self.url(self.user, "level"), level=level)
            self.assertTrue(self.alert(response))
        response = self.url_open(
            self.url(self.user, "level"),
            data={"csrf_token": self.csrf_token()},
            files={"level": ("level.txt", b"main_user")},
        )
        self.assertTrue(self.alert(response), "a file in the field's place")
        self.assertEqual(self.user.portal_access, "user")

    def test_last_main_user(self):
        self.main2._revoke_portal_access()
        self.sign_in(self.main)
        self.assertIn(
            "last main user", self.alert(self.submit(self.url(self.main, "level"), level="user"))
        )
        self.assertTrue(self.alert(self.submit(self.url(self.main, "revoke"))))
        self.env.invalidate_all()
        self.assertEqual(self.main.portal_access, "main_user")

    def test_stepping_down(self):
        self.sign_in(self.main)
        response = self.submit(self.url(self.main, "level"), level="user")
        self.assertTrue(response.headers["Location"].endswith("/my"))
        with mute_logger("odoo.http"):
            self.get_page("/my/colleagues", 404)

    def test_leave(self):
        self._create_order(self.user, "sent")
        self.sign_in(self.main)
        page = self.get_page(self.url(self.user, "leave"))
        self.assertIn("Open quotations: 1", " ".join(page.text_content().split()))
        options = page.xpath("//select[@name='successor_id']/option/text()")
        self.assertEqual(options, ["Max Main", "Mia Main", "Ute User"])
        for successor in ("", "abc", str(self.stranger.id), "9" * 40):
            response = self.submit(self.url(self.user, "leave"), successor_id=successor)
            self.assertTrue(self.alert(response), successor)
        response = self.submit(self.url(self.user, "leave"), successor_id=str(self.user2.id))
        self.assertIn("no longer listed", self.text(self.follow(response)))
        self.assertNotIn("Uwe User", self.listed())
        with mute_logger("odoo.http"):
            self.get_page(self.url(self.user), 404)

    def test_blocked(self):
        self.user.portal_switch = "blocked"
        self.sign_in(self.main)
        page = self.get_page(self.url(self.user))
        self.assertFalse(page.xpath("//input[@name='level'] | //input[@name='function_ids']"))
        self.assertTrue(self.alert(self.submit(self.url(self.user, "level"), level="main_user")))

    def test_throttle(self):
        self.sign_in(self.main)
        for _number in range(30):
            self.env["kundenportal.throttle"]._get_refusal(
                "colleague_invitation", user=self.main.user_ids.id
            )
        response = self.submit(self.url(self.new, "invite"), level="user")
        self.assertIn("Too many", self.alert(response))
        response = self.submit("/my/colleagues/new", name="Karl Kollege", email="k@nord.example")
        self.assertIn("Too many", self.alert(response))
        page = html.fromstring(response.content)
        self.assertEqual(page.xpath("//input[@name='email']/@value"), ["k@nord.example"])
        self.assertFalse(self.env["res.partner"].search([("name", "=", "Karl Kollege")]))


@tagged("post_install", "-at_install")
class TestNewColleaguePage(ColleaguesHttpCase):
    def form(self, **values):
        page = self.get_page("/my/colleagues/new")
        key = page.xpath("string(//input[@name='form_key']/@value)")
        self.assertGreater(len(key), 15)
        return {"form_key": key, "name": "Karl Kollege", "email": "karl@nord.example", **values}

    def found(self):
        return self.env["res.partner"].search([("email", "=", "karl@nord.example")])

    def test_add_and_double_click(self):
        self.sign_in(self.main)
        values = self.form(phone="0421 550", function="Lager", access="none")
        first, second = (self.submit("/my/colleagues/new", **values) for _click in range(2))
        self.assertEqual(first.headers["Location"], second.headers["Location"])
        self.assertIn("has been added", self.text(self.follow(first)))
        self.assertEqual(len(self.found()), 1)
        self.assertEqual(self.found().parent_id, self.nord)
        self.assertEqual(self.found().portal_access, "none")

    def test_add_with_access(self):
        self.sign_in(self.main)
        self.follow(self.submit("/my/colleagues/new", **self.form(access="main_user")))
        self.assertEqual(self.found().portal_access, "main_user")

    def test_mistakes_keep_what_was_typed(self):
        self.sign_in(self.main)
        for field, value in MISTAKES:
            with self.subTest(field=field, value=value[:10]):
                values = {**self.form(function="Lager"), field: value}
                response = self.submit("/my/colleagues/new", **values)
                self.assertEqual(response.status_code, 200)
                page = html.fromstring(response.content)
                wrong = page.xpath("//input[@aria-invalid='true']")
                self.assertEqual([node.get("name") for node in wrong], [field])
                error = page.get_element_by_id(wrong[0].get("aria-describedby"))
                self.assertTrue(error.text_content().strip())
                for name in ("function", field):
                    self.assertEqual(
                        page.xpath(f"string(//input[@name='{name}']/@value)"), values[name]
                    )
                self.assertEqual(
                    page.xpath("string(//input[@name='form_key']/@value)"), values["form_key"]
                )
                self.assertFalse(self.found())

    def test_strange_input(self):
        self.sign_in(self.main)
        response = self.submit("/my/colleagues/new")
        self.assertTrue(self.alert(response), "no field at all")
        data = {"csrf_token": self.csrf_token()}
        response = self.url_open("/my/colleagues/new", data=data, files={"name": ("x", b"Karl")})
        self.assertTrue(self.alert(response))
        name = "Karl\x00 <script>alert(1)</script>"
        page = self.follow(self.submit("/my/colleagues/new", name=name, access="x" * 999))
        self.assertNotIn("<script>alert(1)", page.text)
        self.assertIn("Karl <script>", self.text(page))

    def test_address_of_another_company(self):
        self.sign_in(self.main)
        response = self.submit(
            "/my/colleagues/new", **self.form(email="sven@sued.example", access="user")
        )
        self.assertIn("cannot be used here", self.alert(response))
        self.assertNotIn("Sven", response.text)
        self.assertFalse(self.nord.child_ids.filtered(lambda c: c.name == "Karl Kollege"))


@tagged("post_install", "-at_install")
class TestApprovalPages(ColleaguesHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.portal_colleague_approval = True

    def test_waiting_withdrawn_declined_approved(self):
        self.sign_in(self.main)
        page = self.follow(self.submit(self.url(self.new, "invite"), level="user"))
        self.assertIn("Waiting for approval", self.text(page))
        self.assertIn("Waiting for approval", self.text(self.url_open("/my/colleagues")))
        page = self.follow(self.submit(self.url(self.new, "withdraw")))
        self.assertNotIn("Waiting for approval", self.text(page))

        self.submit(self.url(self.new, "invite"), level="user")
        self.latest().with_user(self.officer)._decline("Nicht <b>so</b>.")
        page = self.url_open(self.url(self.new))
        self.assertIn("Nicht <b>so</b>.", self.text(page))

        self.submit(self.url(self.new, "invite"), level="user")
        self.latest().with_user(self.officer).action_approve()
        page = self.get_page(self.url(self.new))
        self.assertEqual(page.xpath("//input[@name='level'][@checked]/@value"), ["user"])

    def latest(self):
        return self.env["kundenportal.access.request"].search([], limit=1)

    def test_function_ticked_again_is_shown_as_waiting(self):
        self.sign_in(self.main)
        self.submit(
            self.url(self.user, "functions"), function_ids=str(self.functions["documents"].id)
        )
        data = [("csrf_token", self.csrf_token())] + [
            ("function_ids", str(self.functions[code].id)) for code in ("documents", "master_data")
        ]
        page = self.url_open(self.url(self.user, "functions"), data=data)
        self.assertEqual(
            len(html.fromstring(page.content).xpath("//input[@name='function_ids'][@checked]")), 2
        )
        self.assertEqual(len(re.findall(r"\(waiting for approval\)", page.text)), 1)

    def test_new_colleague_waits(self):
        self.sign_in(self.main)
        page = self.follow(
            self.submit(
                "/my/colleagues/new", name="Karl", email="karl@nord.example", access="main_user"
            )
        )
        self.assertIn("Waiting for approval", self.text(page))
        self.assertEqual(self.latest().partner_id.portal_access, "none")


@tagged("post_install", "-at_install")
class TestColleaguesTour(BrowserCase, ColleaguesHttpCase):
    def test_tour(self):
        self.start_portal_tour("kundenportal_colleagues", self.main)
        self.env.invalidate_all()
        contact = self.env["res.partner"].search([("email", "=", "karla@nord.example")])
        self.assertEqual(contact.portal_access, "none")
        kinds = (
            self.env["kundenportal.protocol"]
            .search([("partner_id", "=", contact.id)])
            .mapped("kind_id.code")
        )
        for code in ("contact_added", "access_granted", "functions_changed", "access_revoked"):
            self.assertIn(code, kinds)
