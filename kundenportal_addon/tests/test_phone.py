import base64
import io

from PIL import Image

from odoo.tests import tagged
from odoo.tools import mute_logger

from .http_common import PortalHttpCase

MANIFEST = "/my/manifest.webmanifest"


@tagged("post_install", "-at_install")
class TestHomeScreen(PortalHttpCase):
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
