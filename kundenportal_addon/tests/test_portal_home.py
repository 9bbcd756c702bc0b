from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .portal_home_common import PortalHomeCase


@tagged("post_install", "-at_install")
class TestPortalHome(PortalHomeCase):
    """What stands on /my."""

    def test_tiles_follow_functions(self):
        self.sign_in(self.user)
        tiles = self.get_page("/my").xpath("//a[contains(@class, 'kp_tile')]/@href")
        self.assertIn("/my/documents", tiles)
        self.assertIn("/my/company", tiles)
        self.assertNotIn("/my/shop", tiles, "not unlocked")

        self.set_functions("master_data")
        tiles = self.get_page("/my").xpath("//a[contains(@class, 'kp_tile')]/@href")
        self.assertNotIn("/my/documents", tiles)
        self.assertIn("/my/company", tiles)

    def test_cards_of_odoo_give_way_to_tiles(self):
        self.sign_in(self.user)
        page = self.get_page("/my")
        cards = self.get_cards(page)
        self.assertNotIn("/my/orders", cards)
        self.assertNotIn("/my/invoices?filterby=invoices", cards)
        self.assertNotIn("/my/addresses", cards, "the company's page leads there")
        self.assertEqual(cards.count("/my/company"), 1)
        self.assertIn("/my/quotes", cards, "the alert about quotations stays")
        self.assertIn(
            "/my/invoices?filterby=overdue_invoices", cards, "and the one about overdue invoices"
        )
        self.assertIn("/my/security", cards, "cards of which there is no tile stay")

        self.set_functions()
        self.assertNotIn("/my/company", self.get_cards(self.get_page("/my")))

    def test_without_level_the_home_is_odoos(self):
        self.company.portal_active = False
        new_test_user(self.env, "kp_plain", "base.group_portal", email="plain@else.example")
        self.company.portal_active = True
        self.authenticate("kp_plain", "kp_plain")
        page = self.get_page("/my")
        self.assertIn("/my/orders", self.get_cards(page))
        self.assertFalse(page.xpath("//*[contains(@class, 'kp_')]"))
        self.authenticate("kp_internal", "kp_internal")
        self.assertFalse(self.get_page("/my").xpath("//*[contains(@class, 'kp_')]"))

    def test_greeting_and_hotline(self):
        self.sign_in(self.user)
        page = self.get_page("/my")
        self.assertIn("Uwe User", page.xpath("string(//h1)"))
        self.assertEqual(
            page.xpath("string(//div[contains(@class, 'kp_greeting')]//b)"), "visitors"
        )
        hotline = page.xpath("//div[contains(@class, 'kp_hotline')]")[0]
        self.assertEqual(hotline.xpath("a/@href"), ["tel:+49421123456"])
        self.assertIn("Mon to Fri, 8 to 17", hotline.text_content())

        self.company.write({"portal_hotline": "see our website", "portal_greeting": "<p><br></p>"})
        page = self.get_page("/my")
        self.assertFalse(
            page.xpath("//div[contains(@class, 'kp_greeting')]"), "empty HTML is no greeting"
        )
        hotline = page.xpath("//div[contains(@class, 'kp_hotline')]")[0]
        self.assertFalse(hotline.xpath(".//a"), "no digits, nothing to call")
        self.assertIn("see our website", hotline.text_content())

    def test_contact_person(self):
        def name_on_page():
            return self.get_page("/my").xpath(
                "string(//div[contains(@class, 'kp_contact_person')]//div[@class='fw-bold'])"
            )

        self.sign_in(self.user)
        self.assertFalse(name_on_page())
        self.assertEqual(self.url_open("/my/contact_person/avatar").status_code, 404)

        self.company.portal_contact_user_id = self.manager
        self.manager.phone = "+49 421 99"
        self.assertEqual(name_on_page(), self.manager.name)
        page = self.get_page("/my")
        self.assertTrue(page.xpath("//a[@href='tel:+4942199']"))
        self.assertTrue(page.xpath("//a[@href='mailto:manager@staff.example']"))
        avatar = self.url_open("/my/contact_person/avatar")
        self.assertEqual(avatar.status_code, 200)
        self.assertTrue(avatar.headers["Content-Type"].startswith("image/"))

        self.nord.user_id = self.officer
        self.assertEqual(name_on_page(), self.officer.name, "the company's salesperson comes first")
        self.user.user_id = self.internal
        self.assertEqual(name_on_page(), self.internal.name, "the contact's own before that")

    def test_accent_colour_is_safe_and_readable(self):
        self.sign_in(self.user)
        for stored, accent, text in [
            ("#FFCC00", "#ffcc00", "#000000"),
            ("#1f5b8f", "#1f5b8f", "#ffffff"),
            ("red;}</style><script>", "#1f5b8f", "#ffffff"),
            (False, "#1f5b8f", "#ffffff"),
        ]:
            with self.subTest(stored=stored):
                self.company.portal_accent_color = stored
                style = self.get_page("/my").xpath("string(//div[@id='wrap']/@style)")
                self.assertIn(f"--kp-accent: {accent}; --kp-accent-text: {text};", style)

    def test_logo(self):
        self.sign_in(self.user)
        self.assertFalse(self.company.portal_logo_version)
        self.assertEqual(self.url_open(f"/kundenportal/logo/{self.company.id}/x").status_code, 404)
        self.assertEqual(self.url_open("/kundenportal/logo/999999999/x").status_code, 404)
        # A red dot of one pixel.
        self.company.portal_logo = (
            b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"
            b"AAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
        )
        url = f"/kundenportal/logo/{self.company.id}/{self.company.portal_logo_version}"
        self.assertIn(url, self.get_page("/my").xpath("//img/@src"))
        logo = self.url_open(url)
        self.assertEqual((logo.status_code, logo.headers["Content-Type"]), (200, "image/png"))

    def test_counter_of_the_documents_tile(self):
        self.sign_in(self.user)
        counters = {"counters": ["kundenportal_documents", "quotation_count"]}
        result = self.make_jsonrpc_request("/my/counters", counters)
        self.assertEqual(result["kundenportal_documents"], "", "nothing to show is not a zero")
        self._create_order(self.user, "sent")
        self._create_order(self.user2, "sent")
        result = self.make_jsonrpc_request("/my/counters", counters)
        self.assertEqual(
            result["kundenportal_documents"], 1, "a user does not count its colleague's"
        )
        self.sign_in(self.main)
        self.assertEqual(
            self.make_jsonrpc_request("/my/counters", counters)["kundenportal_documents"], 2
        )

    def test_queries(self):
        self.company.portal_active = False
        plain = new_test_user(self.env, "kp_plain", "base.group_portal", email="plain@else.example")
        plain.partner_id.parent_id = self.sued
        self.company.portal_active = True
        self.company.portal_contact_user_id = self.manager
        self.authenticate("kp_plain", "kp_plain")
        expected = self.count_queries("/my")
        self.sign_in(self.user)
        ours = self.count_queries("/my")
        self.assertLessEqual(ours, expected + 2, "at most two queries more than plain Odoo")

        functions = self.env["kundenportal.function"]
        for number in range(10):
            group = self.env["res.groups"].create(
                {
                    "name": f"KP test {number}",
                    "implied_ids": [
                        Command.link(self.env.ref("kundenportal_addon.group_portal_user").id)
                    ],
                }
            )
            functions |= functions.create(
                {
                    "code": f"test_{number}",
                    "name": f"Test {number}",
                    "url": f"/my/documents?{number}",
                    "group_id": group.id,
                }
            )
        self.company.portal_default_function_ids |= functions
        self.assertGreaterEqual(
            len(self.get_page("/my").xpath("//a[contains(@class, 'kp_tile')]")), 2
        )
        self.assertEqual(self.count_queries("/my"), ours, "no more with more functions")
