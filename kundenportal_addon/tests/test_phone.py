import base64
import io

from PIL import Image

from odoo.tests import tagged
from odoo.tests.common import HOST
from odoo.tools import mute_logger

from .http_common import PortalHttpCase
from .message_common import MessageFixture
from .test_axe import AxeCase

MANIFEST = "/my/manifest.webmanifest"

#: Paths of all that service workers have kept.
KEPT = """async () => {
    const paths = [];
    for (const name of await caches.keys()) {
        const requests = await (await caches.open(name)).keys();
        paths.push(...requests.map((request) => new URL(request.url).pathname));
    }
    return paths;
}"""

#: Lets what a worker has kept be of long ago.
MAKE_OLD = """async () => {
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
            const body = await (await cache.match(request)).text();
            await cache.put(request, new Response(body, { headers: { "X-Kept-At": "0" } }));
        }
    }
}"""

#: Clicks without leaving the page.
CLICK_SIGN_OUT = """() => {
    document.addEventListener("click", (ev) => ev.preventDefault(), { once: true });
    document.querySelector("a[href*='/web/session/logout']").click();
}"""

#: What is there to be touched, and lower than a thumb needs.
TOO_SMALL = """() => [
        ...document.querySelectorAll(
            "#wrap :is(.btn, .form-control, .form-select, .form-check):not(.visually-hidden)"
        ),
    ]
    .filter((node) => node.checkVisibility() && node.getBoundingClientRect().height < 43.5)
    .map((node) => `${node.getBoundingClientRect().height}: ${node.outerHTML.slice(0, 150)}`)"""

#: Where the entries of the header begin; none with `website`, which has a header of its own.
HEADER_LINES = """() => [
        ...document.querySelectorAll("header > .navbar-expand > .container > #top_menu > li"),
    ].map((node) => Math.round(node.getBoundingClientRect().bottom))"""


@tagged("post_install", "-at_install")
class TestHomeScreen(MessageFixture, PortalHttpCase):
    """The portal as an app: manifest, icon, worker and the page for when there is no connection."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"portal_accent_color": "#AA0000", "portal_hotline": "+49 421 550"})

    def get_links(self, url="/my"):
        page = self.get_page(url)
        head = {link.get("rel"): link.get("href") for link in page.xpath("//head/link")}
        return head.get("manifest"), head.get("apple-touch-icon"), page

    def draw(self, color, size):
        buffer = io.BytesIO()
        Image.new("RGB", size, color).save(buffer, "PNG")
        return base64.b64encode(buffer.getvalue())

    def open_icon(self, side, **headers):
        return self.url_open(f"/kundenportal/icon/{self.company.id}/{side}", headers=headers)

    def test_manifest(self):
        self.sign_in(self.user)
        manifest_url, icon_url, page = self.get_links()
        self.assertEqual(page.xpath("//meta[@name='theme-color']/@content"), ["#aa0000"])
        self.assertEqual(self.url_open(icon_url).headers["Content-Type"], "image/png")
        self.leave()  # browsers ask without a session
        response = self.url_open(manifest_url)
        self.assertEqual(response.headers["Content-Type"], "application/manifest+json")
        self.assertNotIn("Set-Cookie", response.headers)
        manifest = response.json()
        expected = {
            "name": self.company.name,
            "start_url": "/my",
            "scope": "/my",
            "theme_color": "#aa0000",
        }
        self.assertEqual({name: manifest[name] for name in expected}, expected)
        for icon in manifest["icons"]:
            picture = Image.open(io.BytesIO(self.url_open(icon["src"]).content))
            self.assertEqual("{}x{}".format(*picture.size), icon["sizes"])
        again = self.url_open(manifest_url, headers={"If-None-Match": response.headers["ETag"]})
        self.assertEqual((again.status_code, again.content), (304, b""))

    def test_each_company_has_its_own(self):
        other = self.env["res.company"].create(
            {"name": "Andere AG", "portal_active": True, "portal_accent_color": "#00aa00"}
        )
        self.user.user_ids.write({"company_ids": [(4, other.id)], "company_id": other.id})
        self.sign_in(self.user)
        manifest = self.url_open(self.get_links()[0]).json()
        self.assertEqual((manifest["name"], manifest["theme_color"]), ("Andere AG", "#00aa00"))
        other.portal_active = False
        self.leave()
        with mute_logger("odoo.http"):
            for company in (other.id, "", "abc", "-1", "9" * 12, "1%00", "²", 999999999):
                for page in (MANIFEST, "/my/offline"):
                    with self.subTest(page=page, company=company):
                        response = self.url_open(f"{page}?company={company}")
                        self.assertEqual(response.status_code, 404)
                        self.assertNotIn("Andere", response.text)
            self.assertEqual(self.url_open(f"/kundenportal/icon/{other.id}/192").status_code, 404)

    def test_icon(self):
        self.company.write({"portal_logo": False, "logo": False})
        letter = Image.open(io.BytesIO(self.open_icon(192).content))
        self.assertEqual(letter.getpixel((2, 2)), (170, 0, 0), "the first letter of the name")
        first = self.open_icon(512)
        self.assertIn("max-age=86400", first.headers["Cache-Control"])
        self.assertIn("public", first.headers["Cache-Control"])
        tag = first.headers["ETag"]
        self.assertEqual(self.open_icon(512, **{"If-None-Match": tag}).status_code, 304)
        self.company.logo = self.draw("#0000ff", (300, 100))
        self.assertEqual(self.open_icon(512, **{"If-None-Match": tag}).status_code, 200)
        picture = Image.open(io.BytesIO(self.open_icon(512).content))
        self.assertEqual(picture.getpixel((256, 256)), (0, 0, 255))
        self.company.portal_logo = self.draw("#00ff00", (100, 100))
        picture = Image.open(io.BytesIO(self.open_icon(512).content))
        self.assertEqual(picture.getpixel((256, 256)), (0, 255, 0), "the portal's logo comes first")
        with mute_logger("odoo.http"):
            self.assertEqual(self.open_icon(4096).status_code, 404)

    def test_worker_and_offline_page(self):
        self.sign_in(self.user)
        page = self.get_links()[2]
        worker_url = page.xpath("//div[@id='wrap']/@data-worker")[0]
        self.leave()
        worker = self.url_open(worker_url)
        self.assertTrue(worker.headers["Content-Type"].startswith("text/javascript"))
        self.assertEqual(worker.headers["Cache-Control"], "no-cache")
        offline = self.url_open(worker_url.replace("service-worker.js", "offline"))
        self.assertEqual(offline.headers["Cache-Control"], "no-cache")
        self.assertIn("<!DOCTYPE html>", offline.text)
        self.assertIn("--kp-accent: #aa0000", offline.text)
        self.assertIn("tel:+49421550", offline.text)
        self.assertIn(self.company.name, offline.text)
        self.sign_in(self.user)
        signed_in = self.url_open(worker_url.replace("service-worker.js", "offline"))
        self.assertEqual(signed_in.text, offline.text, "nothing of a person")

    def test_offline_page_speaks_the_users_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        for asked, shown in (("fr_FR", "fr-FR"), ("de_DE", "de-DE")):
            page = self.get_page(f"/my/offline?company={self.company.id}&lang={asked}")
            self.assertEqual(page.get("lang"), shown)
        self.get_page(f"/my/offline?company={self.company.id}&lang=xx%00<script>")

    def test_only_portal_pages_of_customers(self):
        self.leave()
        self.assertIsNone(self.get_links("/web/login")[0])
        self.authenticate("kp_internal", "kp_internal")
        manifest, icon, page = self.get_links("/my")
        self.assertFalse(manifest or icon or page.xpath("//*[@data-worker]"))

    def test_forms_whose_text_is_kept(self):
        """By a name that tells persons apart; see draft.js."""
        self.company.write({"portal_registration": True})
        own = str(self.main.user_ids.id)
        self.sign_in(self.main)
        copy = self._send_message(self.main)[0]
        for url in ("/my/company", f"/my/messages/{copy.id}"):
            with self.subTest(url=url):
                page = self.get_page(url)
                (draft,) = page.xpath("//form[@data-draft]/@data-draft")
                self.assertEqual(draft.partition("-")[0], own)
                self.assertTrue(page.xpath("//form[@data-draft]//*[@role='alert'][@hidden]"))
                self.assertFalse(page.xpath("//*[@data-draft-done]"))
        done = self.get_page(f"/my/messages/{copy.id}?done=replied")
        self.assertEqual(done.xpath("//*[@data-draft-done]/@data-draft-done"), [draft])
        self.leave()
        page = self.get_page(f"/register?company={self.company.id}")
        self.assertEqual(page.xpath("//form/@data-draft"), ["visitor-register"])


@tagged("post_install", "-at_install")
class TestPhone(MessageFixture, AxeCase):
    """What only a browser can tell."""

    def wait_until_forgotten(self, page):
        page.wait_for_function(
            "() => !Object.keys(localStorage).some((key) => key.startsWith('kundenportal.draft.'))"
        )

    def test_without_a_connection(self):
        self.sign_in(self.user)
        with self.page("phone") as page:
            page.goto(f"{self.base_url()}/my")
            page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
            page.goto(f"{self.base_url()}/my/account")
            self.assertEqual(page.evaluate(KEPT), ["/my/offline"], "no private page is kept")
            page.context.set_offline(True)
            response = page.goto(f"{self.base_url()}/my/documents")
            self.assertEqual(response.status, 503)
            self.assertTrue(page.query_selector(".kp_offline"))
            self.assertNoFindings(page, "/my/offline", "phone")
            is_answered = page.evaluate(
                "() => fetch('/my/company', {method: 'POST'}).then(() => true, () => false)"
            )
            self.assertFalse(is_answered, "a form is never answered")
            page.context.set_offline(False)
            # Browsers say so; this one says it before the worker has a connection again.
            page.wait_for_timeout(1000)
            page.evaluate("() => void window.dispatchEvent(new Event('online'))")
            page.wait_for_selector("#wrap")  # it looks again by itself
            self.assertEqual(page.evaluate(KEPT), ["/my/offline"])
            # A day later the page is gone, as after an uninstallation.
            page.evaluate(MAKE_OLD)
            self.company.portal_active = False
            self.env.flush_all()
            page.goto(f"{self.base_url()}/my")
            page.wait_for_function(
                "() => navigator.serviceWorker.getRegistrations().then((all) => !all.length)"
            )
            self.assertEqual(page.evaluate(KEPT), [])

    def test_text_stays_for_its_writer_only(self):
        copy = self._send_message(self.main)[0]
        url = f"{self.base_url()}/my/messages/{copy.id}"
        self.sign_in(self.main)
        with self.page("phone") as page:
            page.goto(url)
            self.type_reply(page, "halb")
            page.reload()
            page.wait_for_selector(".kp_draft_restored:not([hidden])")
            self.assertEqual(page.input_value("#reply_text"), "halb")
            with page.expect_navigation(wait_until="load"):
                page.click(".kp_reply_form button[type=submit]")
            self.wait_until_forgotten(page)
            self.type_reply(page, "noch etwas")
            page.evaluate(CLICK_SIGN_OUT)
            self.wait_until_forgotten(page)
            self.type_reply(page, "und mehr")
            self.sign_in(self.user)
            cookie = {"name": "session_id", "value": self.session.sid, "domain": HOST, "path": "/"}
            page.context.add_cookies([cookie])
            page.goto(f"{self.base_url()}/my")
            self.wait_until_forgotten(page)

    def type_reply(self, page, text):
        """Type once the page's scripts listen."""
        page.wait_for_load_state("networkidle")
        page.fill("#reply_text", text)
        page.wait_for_function(
            "() => Object.keys(localStorage).some((key) => key.startsWith('kundenportal.draft.'))"
        )

    def test_room_for_thumbs(self):
        copy = self._send_message(self.main)[0]
        case_type = self.env.ref("kundenportal_addon.activity_type_ticket")
        self.sign_in(self.main)
        with self.page("phone") as page:
            for url in (
                "/my",
                "/my/company",
                "/my/colleagues/new",
                "/my/shop",
                f"/my/messages/{copy.id}",
                f"/my/activities/new?type={case_type.id}",
                "/my/notices",
            ):
                with self.subTest(url=url):
                    page.goto(self.base_url() + url)
                    self.assertFalse(page.evaluate(TOO_SMALL), url)
                    self.assertLessEqual(len(set(page.evaluate(HEADER_LINES))), 1, "header wraps")
