from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools.reachability import HOURS, from_choices
from .common import PortalCase
from .http_common import BrowserCase

OFFICE = from_choices(f"{day}-{hour}" for day in range(5) for hour in range(8, 18))
URL = "/my/account/reachability"


@tagged("post_install", "-at_install")
class TestReachability(PortalCase):
    """When contacts can be reached."""

    def reachable(self, moment, value=True):
        """Return who of the fixture's contacts is found as reachable at a time in UTC."""
        contacts = self.main | self.user | self.user2 | self.stranger
        with freeze_time(moment):
            self.env.invalidate_all()
            found = (
                self.env["res.partner"]
                .with_user(self.officer)
                .search([("id", "in", contacts.ids), ("reachable_now", "=", value)])
            )
            computed = contacts.filtered(lambda contact: contact.reachable_now == value)
            self.assertEqual(found.sudo(), computed.sorted(), "search and value must agree")
        return computed

    def test_each_in_its_time_zone(self):
        self.user.write({"reachability": OFFICE, "tz": "Europe/Berlin"})
        self.user2.write({"reachability": OFFICE, "tz": "America/New_York"})
        self.main.write({"reachability": OFFICE, "tz": "Asia/Kolkata"})  # five and a half hours
        self.assertEqual(self.reachable("2026-01-06 08:30"), self.user | self.main)
        self.assertEqual(self.reachable("2026-01-06 16:30"), self.user | self.user2)
        self.assertEqual(self.reachable("2026-01-06 12:29"), self.user | self.main)
        self.assertEqual(self.reachable("2026-01-06 12:31"), self.user)
        self.assertEqual(self.reachable("2026-01-06 23:30"), self.env["res.partner"])
        self.assertEqual(self.reachable("2026-01-10 10:00"), self.env["res.partner"], "Saturday")
        self.assertEqual(
            self.reachable("2026-01-06 12:31", value=False),
            self.main | self.user2 | self.stranger,
            "who said nothing is not reachable",
        )

    def test_clock_changes(self):
        self.user.write({"reachability": from_choices(["0-8", "6-2"]), "tz": "Europe/Berlin"})
        # Monday 8 to 9 o'clock in winter is an hour later in UTC than in summer.
        for moment, expected in (
            ("2026-01-05 07:00", True),
            ("2026-01-05 06:59", False),
            ("2026-07-06 06:00", True),
            ("2026-07-06 07:00", False),
            # Sunday 2 to 3 o'clock does not exist in March and exists twice in October.
            ("2026-03-29 00:59", False),
            ("2026-03-29 01:00", False),
            ("2026-10-25 00:30", True),
            ("2026-10-25 01:30", True),
            ("2026-10-25 02:00", False),
        ):
            with self.subTest(moment=moment):
                self.assertEqual(self.user in self.reachable(moment), expected)

    def test_week_begins_at_the_contacts_midnight(self):
        self.user.write({"reachability": from_choices(["0-0"]), "tz": "Pacific/Auckland"})
        self.assertTrue(self.reachable("2026-01-04 11:00"), "Monday there, Sunday in UTC")
        self.assertFalse(self.reachable("2026-01-04 10:59"))
        self.user.write({"reachability": from_choices(["6-23"]), "tz": "America/Los_Angeles"})
        self.assertTrue(self.reachable("2026-01-05 07:59"), "Sunday there, Monday in UTC")

    def test_without_a_time_zone_it_is_the_companys(self):
        self.user.write({"reachability": OFFICE, "tz": False})
        self.company.partner_id.tz = False
        self.assertTrue(self.reachable("2026-01-06 07:00"), "Europe/Berlin")
        self.company.partner_id.tz = "America/New_York"
        self.assertFalse(self.reachable("2026-01-06 07:00"))
        self.assertTrue(self.reachable("2026-01-06 22:00"))

    @freeze_time("2026-01-06 09:00")
    def test_search_does_not_read_the_contacts(self):
        zones = ["Europe/Berlin", "America/New_York", "Asia/Tokyo", False]
        for count in (4, 40):
            self.env["res.partner"].create(
                [
                    {"name": f"{number}", "reachability": OFFICE, "tz": zones[number % 4]}
                    for number in range(count)
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertQueryCount(4):  # the company and its zone, all zones, the contacts
                self.env["res.partner"].search_count([("reachable_now", "=", True)])

    def test_both_answers_and_none(self):
        Partner = self.env["res.partner"]
        # The demo data know when some can be reached.
        Partner.search([("reachability", "!=", False)]).reachability = False
        everybody = Partner.search_count([])
        self.user.reachability = OFFICE
        self.assertEqual(Partner.search_count([("reachable_now", "in", [True, False])]), everybody)
        with freeze_time("2026-01-06 09:00"):
            self.assertEqual(Partner.search_count([("reachable_now", "!=", True)]), everybody - 1)

    def test_what_is_no_week_is_refused(self):
        for value in ("1", "x" * 168, "1" * 169, "2" * 168, "<script>", "0" * 10_000):
            with self.subTest(value=value[:10]), self.assertRaises(ValidationError):
                self.user.reachability = value
                self.env.flush_all()
            self.env.invalidate_all(flush=False)
        self.user.reachability = "0" * 168
        self.assertFalse(self.user.reachability, "never is as good as unknown")

    def test_summary_is_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.user.reachability = OFFICE
        self.assertEqual(self.user.with_context(lang="en_US").reachability_summary, "Mon–Fri 8–18")
        german = self.user.with_context(lang="de_DE").reachability_summary
        self.assertTrue(german.startswith("Mo–Fr 8–18"), german)
        self.user.reachability = "1" * 168
        self.assertEqual(self.user.with_context(lang="en_US").reachability_summary, "any time")
        self.user.reachability = False
        self.assertFalse(self.user.reachability_summary)

    def test_customers_do_not_write_it_by_remote_calls(self):
        for contact in (self.user, self.user2):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                contact.with_user(self.user.user_ids).write({"reachability": OFFICE})


@tagged("post_install", "-at_install")
class TestReachabilityPage(BrowserCase):
    """Customers choose their own hours, without a script too."""

    def checked(self):
        page = self.get_page(URL)
        return page.xpath("//input[@name='hours'][@checked]/@value")

    def submit_hours(self, hours):
        return self.submit(URL, hours=hours)

    def test_choosing(self):
        for contact in (self.main, self.user, self.person):
            with self.subTest(contact=contact.name):
                self.sign_in(contact)
                self.assertEqual(self.checked(), [])
                response = self.submit_hours(["0-8", "0-9", "6-23"])
                self.assertEqual(response.status_code, 303)
                self.assertEqual(contact.reachability, from_choices(["0-8", "0-9", "6-23"]))
                self.assertCountEqual(self.checked(), ["0-8", "0-9", "6-23"])
                self.submit_hours([])
                self.assertFalse(contact.reachability)
        self.assertFalse(self.user2.reachability)

    def test_page_says_what_is_what(self):
        self.user.tz = "Asia/Tokyo"
        self.sign_in(self.user)
        page = self.get_page(URL)
        labels = page.xpath("//input[@type='checkbox'][@name='hours']/@aria-label")
        self.assertEqual(len(set(labels)), 7 * HOURS)
        (label,) = page.xpath("//input[@value='0-22']/@aria-label")
        self.assertRegex(label, r"\b22\b.*\b23\b")
        self.assertIn("Asia/Tokyo", page.xpath("string(//main)"))
        self.user.reachability = OFFICE
        self.assertIn("8–18", self.get_page(URL).xpath("string(//main)"))
        account = self.get_page("/my/account")
        self.assertTrue(account.xpath(f"//main//a[@href='{URL}']"))
        self.assertIn("8–18", account.xpath("string(//main)"))

    def test_bad_input_changes_nothing(self):
        self.sign_in(self.user)
        self.user.reachability = OFFICE
        for hours in (["7-0"], ["0-24"], ["x" * 10_000], ["<script>"], ["0-8", "\x00"], ["-1-3"]):
            with self.subTest(hours=hours[0][:10]):
                response = self.submit_hours(hours)
                self.assertEqual(response.status_code, 200)
                self.assertIn('role="alert"', response.text)
                self.assertEqual(self.user.reachability, OFFICE)
        response = self.url_open(
            URL,
            data={"csrf_token": self.csrf_token()},
            files={"hours": ("0-8", b"0-8")},
            allow_redirects=False,
        )
        self.assertLess(response.status_code, 500)

    def test_looking_changes_nothing(self):
        self.sign_in(self.user)
        self.user.reachability = OFFICE
        self.url_open(f"{URL}?hours=0-0&saved=1")
        self.assertEqual(self.user.reachability, OFFICE)
        with mute_logger("odoo.http"):
            response = self.url_open(URL, data={"hours": "0-0"})
        self.assertEqual(response.status_code, 400, "no token")
        self.assertEqual(self.user.reachability, OFFICE)

    def test_who_has_no_level_has_no_page(self):
        self.authenticate(self.internal.login, self.internal.login)
        self.get_page(URL, status=404)

    def test_telephone_of_endless_length_is_refused_in_words(self):
        self.sign_in(self.user)
        response = self.submit(
            "/my/address/submit",
            partner_id=self.user.id,
            name=self.user.name,
            email=self.user.email,
            phone="1" * 10_000,
            address_type="billing",
            required_fields="",
        )
        self.assertEqual(response.status_code, 200)
        self.assertIn("phone", response.json()["invalid_fields"])
        self.assertIn("100", " ".join(response.json()["messages"]))
        self.assertFalse(self.user.phone)

    # === TOURS === #

    def test_grid_in_the_portal(self):
        self.start_portal_tour("kundenportal_own_reachability", self.user, url=URL)
        expected = [f"{day}-{hour}" for day in (0, 1) for hour in (8, 9, 10)]
        expected += [f"5-{hour}" for hour in range(HOURS)]
        self.assertEqual(self.user.reachability, from_choices(expected))

    def test_grid_in_the_backend_by_mouse_and_by_keyboard(self):
        self.user.write({"name": "Tora Tour", "reachability": False})
        self.start_staff_tour(
            "kundenportal_reachability",
            self.officer,
            url=f"/odoo/portal-customers/{self.user.id}",
        )
        expected = [f"{day}-{hour}" for day in (1, 2) for hour in (9, 10)]  # dragged
        expected += [f"{day}-20" for day in range(7)]  # a column
        expected += [f"0-{hour}" for hour in (7, 8, 9)]  # by keyboard
        self.assertEqual(self.user.reachability, from_choices(expected))
