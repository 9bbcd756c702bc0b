import base64

from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.misc import file_path

from .common import PortalCase
from .http_common import PortalHttpCase


class MemberFixture:
    """Mixin: a company and a person that are listed; neither's other data may be seen."""

    @classmethod
    def _extend_portal_fixture(cls):
        with open(file_path("base/static/img/logo_white.png"), "rb") as image:
            cls.logo = base64.b64encode(image.read())
        # The demo data list some as well.
        cls.env["res.partner"].search([("is_listed_member", "=", True)]).is_listed_member = False
        cls.company.portal_member_list = True
        cls.nord.write(
            {
                "is_listed_member": True,
                "city": "Bremen",
                "website": "https://www.nord.example/team",
                "image_1920": cls.logo,
                "street": "GEHEIM Straße 1",
                "phone": "+49 421 GEHEIM",
                "email": "geheim@nord.example",
                "vat": False,
                "ref": "GEHEIM-4711",
                "comment": "<p>GEHEIM</p>",
            }
        )
        cls.person.write({"is_listed_member": True, "city": "Ulm", "website": False})


@tagged("post_install", "-at_install")
class TestMemberDomain(MemberFixture, PortalCase):
    """Who is listed."""

    def listed(self, text=""):
        contacts = self.nord | self.sued | self.person | self.user
        domain = self.env["res.partner"]._get_member_domain(self.company, text)
        return contacts.filtered_domain(domain).sorted("name")

    def test_only_flagged_ones(self):
        self.assertEqual(self.listed(), self.nord | self.person)

    def test_switches(self):
        for name in ("portal_member_list", "portal_active"):
            with self.subTest(setting=name):
                self.company[name] = False
                self.assertFalse(self.listed())
                self.company[name] = True
        self.assertTrue(self.listed())

    def test_blocked_ones_are_not_shown_off(self):
        self.user.is_listed_member = True
        self.nord.portal_switch = "blocked"
        self.assertEqual(self.listed(), self.person)
        self.user.portal_switch = "allowed"
        self.assertEqual(self.listed(), self.person | self.user, "its own switch beats it")

    def test_of_another_company_of_ours(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.sued.is_listed_member = True
        west = self._create_company("West AG")
        west.write({"is_listed_member": True, "company_id": other.id})
        Partner = self.env["res.partner"]
        self.assertNotIn(west, Partner.search(Partner._get_member_domain(self.company)))
        self.assertFalse(Partner.search(Partner._get_member_domain(other)), "its list is off")
        other.write({"portal_active": True, "portal_member_list": True})
        found = Partner.search(Partner._get_member_domain(other))
        self.assertIn(west, found)
        self.assertIn(self.sued, found, "belongs to all of our companies")

    def test_archived_ones_are_gone(self):
        self.nord.active = False
        domain = self.env["res.partner"]._get_member_domain(self.company)
        self.assertNotIn(self.nord, self.env["res.partner"].search(domain))

    def test_what_is_shown_is_all_there_is(self):
        (row,) = self.nord._prepare_members()
        self.assertEqual(
            row,
            {
                "name": "Nord GmbH",
                "city": "Bremen",
                "website": ("https://www.nord.example/team", "nord.example"),
                "logo_url": f"/members/{self.nord.id}/logo",
            },
        )

    def test_index_serves_the_page(self):
        # A handful of rows is sorted faster than looked up; what matters is that the index can.
        for way in ("seqscan", "sort", "bitmapscan"):
            self.env.cr.execute(f"SET LOCAL enable_{way} = off")
        self.env.cr.execute(
            "EXPLAIN SELECT id FROM res_partner WHERE is_listed_member ORDER BY name, id LIMIT 24"
        )
        plan = "\n".join(row[0] for row in self.env.cr.fetchall())
        self.assertIn("listed_member", plan)
        self.assertNotIn("Sort", plan)


@tagged("post_install", "-at_install")
class TestMemberPage(MemberFixture, PortalHttpCase):
    """/members, for everybody."""

    def names(self, url="/members"):
        page = self.get_page(url)
        return page.xpath("//div[contains(@class, 'kp_member ')]//div[@class='fw-bold']/text()")

    def test_list_and_nothing_else(self):
        self.leave()
        response = self.url_open("/members")
        self.assertEqual(response.status_code, 200)
        self.assertEqual(self.names(), ["Nord GmbH", "Pia Privat"])
        self.assertIn("Bremen", response.text)
        for word in ("GEHEIM", "geheim@", "pia@private.example", "Süd KG", "Uwe User"):
            self.assertNotIn(word, response.text)
        page = self.get_page("/members")
        (link,) = page.xpath("//a[@href='https://www.nord.example/team']")
        self.assertEqual(link.get("rel"), "noopener nofollow")

    def test_off_is_not_found(self):
        self.leave()
        for name in ("portal_member_list", "portal_active"):
            self.company[name] = False
            for url in ("/members", "/members/page/2", f"/members/{self.nord.id}/logo"):
                with self.subTest(url=url, off=name), mute_logger("odoo.http"):
                    self.assertEqual(self.url_open(url).status_code, 404)
            self.company[name] = True
        self.assertEqual(self.url_open("/members").status_code, 200)

    def test_logo_of_listed_members_only(self):
        self.leave()
        response = self.url_open(f"/members/{self.nord.id}/logo")
        self.assertEqual(response.status_code, 200)
        self.assertTrue(response.headers["Content-Type"].startswith("image/"))
        self.sued.image_1920 = self.logo
        for member_id in (self.sued.id, self.person.id, 0, 10**9, 10**20):
            with self.subTest(id=member_id), mute_logger("odoo.http"):
                url = f"/members/{member_id}/logo"
                self.assertEqual(self.url_open(url).status_code, 404)
        for broken in ("x", "-1", "1.5"):
            with self.subTest(id=broken), mute_logger("odoo.http"):
                self.assertEqual(self.url_open(f"/members/{broken}/logo").status_code, 404)

    def test_search(self):
        self.leave()
        for text, expected in (
            ("nord", ["Nord GmbH"]),
            ("ULM", ["Pia Privat"]),
            ("nirgends", []),
            ("GEHEIM", []),
            ("pia@private", []),
            ("  ", ["Nord GmbH", "Pia Privat"]),
        ):
            with self.subTest(text=text):
                self.assertEqual(self.names(f"/members?search={text}"), expected)

    def test_bad_input(self):
        self.leave()
        for query in (
            "search=%00",
            "search=" + "x" * 5_000,
            "search=<script>alert(1)</script>",
            "search=a&search=b",
            "page=abc",
            "search='; DROP TABLE res_partner; --",
        ):
            with self.subTest(query=query[:20]):
                response = self.url_open(f"/members?{query}")
                self.assertEqual(response.status_code, 200)
                self.assertNotIn("<script>alert(1)", response.text)
        self.assertEqual(self.url_open("/members/page/99999999").status_code, 200)
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open("/members/page/x").status_code, 404)

    def test_dangerous_data(self):
        self.nord.write({"name": "<script>alert(1)</script>", "city": "<b>x</b>"})
        self.env.cr.execute(
            "UPDATE res_partner SET website = 'javascript:alert(1)' WHERE id = %s", [self.nord.id]
        )
        self.nord.invalidate_recordset(["website"])
        self.leave()
        response = self.url_open("/members")
        for text in ("<script>alert(1)", "<b>x</b>", "javascript:alert"):
            self.assertNotIn(text, response.text)

    def test_nobody_listed(self):
        (self.nord | self.person).is_listed_member = False
        self.leave()
        page = self.get_page("/members")
        self.assertFalse(page.xpath("//main//ul"))
        self.assertTrue(page.xpath("string(//main//p)").strip(), "says so")

    def test_pages_and_queries(self):
        self.env["res.partner"].create(
            [
                {"name": f"Mitglied {number:03}", "is_listed_member": True, "city": "Köln"}
                for number in range(10)
            ]
        )
        self.leave()
        few = self.count_page_queries("/members")
        self.env["res.partner"].create(
            [
                {
                    "name": f"Verein {number:03}",
                    "is_listed_member": True,
                    "image_1920": self.logo,
                    "website": f"https://v{number}.example",
                }
                for number in range(40)
            ]
        )
        self.assertLessEqual(self.count_page_queries("/members"), few)
        first, second, third = (self.names(f"/members/page/{page}") for page in (1, 2, 3))
        self.assertEqual([len(first), len(second), len(third)], [24, 24, 4])
        names = first + second + third
        self.assertEqual(names, sorted(names))
        self.assertEqual(len(set(names)), 52)
        page = self.get_page("/members?search=Verein")
        self.assertTrue(page.xpath("//a[contains(@href, '/members/page/2?search=Verein')]"))

    def test_customers_and_staff_see_the_same(self):
        for contact in (self.user, self.stranger):
            self.sign_in(contact)
            self.assertEqual(self.names(), ["Nord GmbH", "Pia Privat"])
        user = new_test_user(self.env, "kp_plain_portal", "base.group_portal")
        self.authenticate(user.login, user.login)
        self.assertEqual(self.names(), ["Nord GmbH", "Pia Privat"])
