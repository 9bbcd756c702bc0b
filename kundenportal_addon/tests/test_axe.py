import resource
import unittest
from contextlib import contextmanager

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tests.common import HOST, TEST_CURSOR_COOKIE_NAME

from .http_common import BrowserCase
from .message_common import MessageFixture
from .test_access_routes import RouteCase

try:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright
except ImportError:
    Axe = sync_playwright = None

CHROMIUM = "/usr/bin/chromium"
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDTHS = {"phone": (360, 740), "desktop": (1280, 900)}
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa")

#: Pages of Odoo that our customers see, beside those that our routes tell.
ODOO_PAGES = ("/my", "/my/account", "/my/security", "/my/orders", "/my/invoices", "/my/addresses")
PUBLIC_PAGES = ("/web/login", "/web/reset_password", "/portal/access", "/members", "/portal/link/x")

#: What axe finds in Odoo's own markup: rule, start of the element's selector, what it is. Nothing
#: of ours is ever put here.
KNOWN_IN_ODOO = (
    ("link-in-text-block", ".o_brand_promotion >", "`website`: the link to Odoo in the footer"),
)


#: Finds the elements that make a page scroll sideways.
TOO_WIDE = """() => document.documentElement.scrollWidth <= window.innerWidth ? [] :
    [...document.querySelectorAll("body *")]
        .filter((node) => !node.closest(".offcanvas") && node.getBoundingClientRect().right >
        window.innerWidth)
        .map((node) => node.outerHTML.slice(0, 150))"""


@contextmanager
def unlimited_memory():
    """Let child processes reserve more than Odoo's server may, or Chromium does not start."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def is_known(rule, selector):
    return any(rule == known[0] and selector.startswith(known[1]) for known in KNOWN_IN_ODOO)


@unittest.skipUnless(sync_playwright, "playwright and axe-playwright-python are not installed here")
class AxeCase(RouteCase, BrowserCase):
    """Pages as axe sees them, on a phone's width and a desktop's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "portal_hotline": "+49 421 550",
                "portal_hotline_hours": "Mo–Fr 8–17 Uhr",
                "portal_greeting": "<p>Willkommen.</p>",
                "portal_contact_user_id": cls.officer.id,
                "portal_member_list": True,
                "portal_default_function_ids": [
                    Command.set([f.id for f in cls.functions.values()])
                ],
            }
        )
        cls.nord.write({"is_listed_member": True, "website": "https://nord.example"})
        cls.axe = Axe()
        with unlimited_memory():
            playwright = sync_playwright().start()
            cls.addClassCleanup(playwright.stop)
            cls.browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
            cls.addClassCleanup(cls.browser.close)

    def page(self, width):
        """Open a tab with the test's session; a context manager."""
        return Tab(self, width)

    def look_at(self, urls, status=200):
        """Look at pages, each fetched once and shown in every width."""
        with self.page("phone") as page:
            for url in sorted(urls):
                response = page.goto(self.base_url() + url, wait_until="load")
                if "text/html" not in response.headers.get("content-type", ""):
                    continue
                self.assertEqual(response.status, status, url)
                for width, (pixels, lines) in WIDTHS.items():
                    page.set_viewport_size({"width": pixels, "height": lines})
                    with self.subTest(url=url, width=width):
                        self.assertNoFindings(page, url, width)

    def assertNoFindings(self, page, url, width):  # noqa: N802 (named like unittest's)
        options = {"runOnly": {"type": "tag", "values": list(TAGS)}, "resultTypes": ["violations"]}
        findings = [
            (violation["id"], " ".join(map(str, node["target"])), node["html"][:150])
            for violation in self.axe.run(page, options=options).response["violations"]
            for node in violation["nodes"]
        ]
        findings = [finding for finding in findings if not is_known(*finding[:2])]
        self.assertFalse(
            findings, f"axe on {url} ({width}):\n" + "\n".join(" | ".join(f) for f in findings)
        )
        wide = page.evaluate(TOO_WIDE)
        self.assertFalse(wide, f"{url} is wider than a {width}")


@tagged("post_install", "-at_install")
class TestAxe(MessageFixture, AxeCase):
    """axe looks at every page that customers see."""

    def test_pages_of_customers(self):
        for number in range(3):
            order = self._create_order(self.user, "sale" if number else "sent")
            if number:
                self._create_invoice(order)
        self.sign_in(self.main)
        pages = {f"/my/orders/{order.id}"}
        endpoints = set()
        for rule in self.our_rules():
            routing, method = rule.endpoint.routing, rule.endpoint.__name__
            is_page = (
                routing["type"] == "http"
                and routing["auth"] == "user"
                and self.accepts(rule, "GET")
                # A browser saves these.
                and "attachment_id" not in rule.arguments
                and not rule.rule.endswith(("/calendar", "/download", "/image", ".zip"))
            )
            if is_page and method not in endpoints:  # its other addresses show the same page
                endpoints.add(method)
                # A colleague's messages are no main user's, nor what was announced to a colleague.
                is_personal = rule.arguments & {"message_recipient_id", "announcement_id"}
                pages.add(self.address(rule, self.main if is_personal else self.user))
        self.assertIn("/my/documents", pages)
        pages.update(ODOO_PAGES)
        self.look_at(pages)

    def test_pages_of_visitors(self):
        self.leave()
        token = self.env["kundenportal.link"]._issue(
            "sign_in", self.user.user_ids, self.user.email_normalized
        )
        self.look_at({*PUBLIC_PAGES, f"/portal/link/{token}"})

    def test_answers_of_the_access_form(self):
        self.leave()
        for identifier in (" ", "jemand@nirgends.example"):
            with self.page("phone") as page:
                page.goto(self.base_url() + "/portal/access")
                page.evaluate(
                    "document.querySelector('[name=identifier]').removeAttribute('required')"
                )
                page.fill("[name=identifier]", identifier)
                with page.expect_navigation(wait_until="load"):
                    page.click("form[action='/portal/access'] button[type=submit]")
                self.assertNoFindings(page, "/portal/access", "phone")

    def test_messages(self):
        copies = self._send_message(self.nord, self.main, subject="Wartung am 3. Mai")
        copies[1].with_user(self.main.user_ids)._mark_read()
        answer = self.env["kundenportal.message.reply"].with_user(self.officer)._answer
        file = self.env["ir.attachment"].with_user(self.officer)
        file = file.create({"name": "ein_langer_name" * 8 + ".pdf", "raw": b"x"})
        for copy in copies:
            answer(copy.with_user(self.officer), "Sehr " + "lang" * 100, file)
        self.sign_in(self.main)
        self.look_at(
            ["/my/messages", "/my/messages?search=nirgends", f"/my/messages/{copies[0].id}", "/my"]
        )
        with self.page("phone") as page:
            page.goto(f"{self.base_url()}/my/messages/{copies[0].id}")
            page.wait_for_selector(".kp_mark_read", state="detached")
            self.assertNoFindings(page, "a message that was read", "phone")
            with page.expect_navigation(wait_until="load"):
                page.click(".kp_reply_form button[type=submit]")
            self.assertNoFindings(page, "a reply without a text", "phone")
        self.person.portal_extra_function_ids = self.functions["messages"]
        self.sign_in(self.person)
        self.look_at(["/my/messages"])

    def test_cases(self):
        case_type = self.env.ref("kundenportal_addon.activity_type_ticket")
        values = {"type_id": case_type.id, "partner_id": self.user.id}
        cases = self.env["kundenportal.activity"].create(
            [
                {"name": "Papierstau", **values},
                {"name": "lang" * 40, "is_confidential": True, **values},
                {"name": "Erledigt", "user_id": self.officer.id, **values},
            ]
        )
        cases[0].message_post(
            body="Sehr " + "lang" * 100,
            attachments=[("ein_langer_name" * 8 + ".pdf", b"x")],
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=self.officer.partner_id.id,
        )
        cases[0]._change_state("waiting")
        cases[2]._change_state("done")
        self.sign_in(self.user)
        pages = [f"/my/activities/{case.id}?done=created" for case in cases]
        new = f"/my/activities/new?type={case_type.id}"
        self.look_at([*pages, "/my/activities?group=state", "/my/activities?search=nirgends", new])
        with self.page("phone") as page:
            for url, form in ((new, ".kp_new_form"), (pages[0], ".kp_comment_form")):
                page.goto(self.base_url() + url)
                with page.expect_navigation(wait_until="load"):
                    page.click(f"{form} button[type=submit]")
                self.assertNoFindings(page, f"{url} without a text", "phone")

    def test_announcements(self):
        announcements = self.env["kundenportal.announcement"]
        for importance, title in (
            ("info", "Kurz"),
            ("warning", "W" * 80),
            ("urgent", "Eilig " * 20),
        ):
            announcements |= announcements.create(
                {
                    "title": title,
                    "body": "<table><tr><td>"
                    + "breit" * 60
                    + "</td></tr></table>"
                    + "<p>x</p>" * 40,
                    "importance": importance,
                    "is_published": True,
                }
            )
        announcements[0].body += "<p>Neu</p>"
        announcements[0].with_user(self.main.user_ids).sudo()._hide_for_good()
        self.sign_in(self.main)
        self.look_at(["/my", "/my/documents", "/my/announcements"])
        for width in WIDTHS:
            with self.page(width) as page:
                page.goto(f"{self.base_url()}/my/documents", wait_until="networkidle")
                page.click(".kp_announcements_more summary")
                self.assertNoFindings(page, "all banners", width)
                page.click(".kp_announcement_read >> nth=0")
                page.wait_for_selector("#kp_announcement_panel.show:not(.showing)")
                self.assertNoFindings(page, "the panel", width)

    def test_appointments(self):
        case = self.record_for(self.env["kundenportal.activity"], self.user)
        technician = self.env["resource.resource"].create({"name": "Annabert"})
        case.team_id = self.env["kundenportal.team"].create(
            {"name": "Technik", "resource_ids": [Command.set(technician.ids)]}
        )
        slots = self.env["kundenportal.planner"]._find_slots(
            case, *self.env["kundenportal.planner"]._get_horizon(case)
        )
        self.sign_in(self.user)
        path = f"/my/activities/{case.id}/appointment"
        self.look_at([path, f"{path}?taken=1"])
        booked = self.env["kundenportal.appointment"]._book(case, slots[-1], by_customer=True)
        self.look_at([path, f"{path}/{booked.id}", f"/my/activities/{case.id}", "/my"])

    def test_closed_portal(self):
        self.nord.portal_switch = "blocked"
        self.sign_in(self.user)
        self.look_at(["/my"], status=403)


class Tab:
    """A tab of the browser whose requests belong to the test."""

    def __init__(self, case, width):
        self.case = case
        self.size = dict(zip(("width", "height"), WIDTHS[width], strict=True))

    def __enter__(self):
        case = self.case
        case.cr.flush()
        case.cr.clear()
        self.allowed = case.allow_requests()
        self.allowed.__enter__()
        self.context = case.browser.new_context(viewport=self.size, locale="de-DE")
        cookies = {"session_id": case.session.sid, TEST_CURSOR_COOKIE_NAME: case.http_request_key}
        self.context.add_cookies(
            [
                {"name": name, "value": value, "domain": HOST, "path": "/"}
                for name, value in cookies.items()
            ]
        )
        return self.context.new_page()

    def __exit__(self, *error):
        self.context.close()
        self.case._wait_remaining_requests()
        return self.allowed.__exit__(*error)
