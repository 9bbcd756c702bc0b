from lxml import html

from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .http_common import BrowserCase
from .message_common import MessageFixture

LIST = "//ul[contains(@class, 'kp_messages')]/li"
BADGE = "string(//*[contains(@class, 'kp_unread_number')][1]/*[1])"


@tagged("post_install", "-at_install")
class TestMessagePages(MessageFixture, BrowserCase):
    """/my/messages and what stands in the header."""

    def tree(self, response):
        return html.fromstring(response.content)

    def url(self, copy):
        return f"/my/messages/{copy.id}"

    def subjects(self, page):
        """Return the subjects of a list, those of unread messages with a star."""
        return [
            row.xpath("string(.//a)") + ("*" if "kp_message_unread" in row.get("class") else "")
            for row in page.xpath(LIST)
        ]

    def unread(self, page):
        """Return the number in the header."""
        return page.xpath(BADGE)

    def attach(self, name="plan.txt", content=b"the plan", user=None, **values):
        files = self.env["ir.attachment"].with_user(user or self.officer)
        return files.create({"name": name, "raw": content, **values}).with_env(self.env)

    # === LIST === #

    def test_list_shows_unread_first_then_newest(self):
        self.sign_in(self.user)
        page = self.get_page("/my/messages")
        self.assertTrue(page.xpath("//*[contains(@class, 'kp_empty')]"))
        self.assertFalse(page.xpath("//form[@role='search']"), "nothing to search in")
        copies = [self._send_message(self.user, subject=f"M{number}") for number in range(3)]
        self._send_message(self.user2, subject="Not mine")
        copies[2].with_user(self.user.user_ids)._mark_read()
        page = self.get_page("/my/messages")
        self.assertEqual(self.subjects(page), ["M1*", "M0*", "M2"])
        self.assertEqual(page.xpath(f"count({LIST}//*[contains(@class, 'kp_unread_mark')])"), 2)
        self.assertEqual(self.unread(page), "2")
        self.assertFalse(page.xpath("//*[contains(@class, 'kp_empty')]"))
        offers_request = "/my/activities/new" in {
            rule.rule for rule in self.env["ir.http"].routing_map().iter_rules()
        }
        if not offers_request:
            self.assertFalse(page.xpath("//a[contains(@class, 'kp_new_request')]"))

    def test_search_and_paging(self):
        for number in range(23):
            self._send_message(self.user, subject=f"Rundbrief {number}", body="<p>Hallo</p>")
        self._send_message(
            self.user, subject="Wartung 100%", body="<p>Am <b>Mon</b>tag &amp; Mai_tag</p>"
        )
        self._send_message(
            self.user, subject="For {{ object.name }}", body='<p>Hi <t t-out="object.name"/></p>'
        )
        self.sign_in(self.user)
        first, second = self.get_page("/my/messages"), self.get_page("/my/messages/page/2")
        self.assertEqual(len(self.subjects(first)), 20)
        self.assertEqual(len(self.subjects(second)), 5)
        self.assertTrue(first.xpath("//a[@href='/my/messages/page/2']"))
        for words, found in (
            ("wartung", ["Wartung 100%*"]),
            ("montag & MAI_TAG", ["Wartung 100%*"]),
            ("rundbrief 22", ["Rundbrief 22*"]),
            ("100%", ["Wartung 100%*"]),
            ("%", ["Wartung 100%*"]),
            ("t-out", []),
            ("<script>alert(1)</script>", []),
            ("x" * 10000, []),
        ):
            with self.subTest(words=words[:40]):
                response = self.url_open("/my/messages", params={"search": words})
                self.assertEqual(response.status_code, 200)
                page = self.tree(response)
                self.assertEqual(self.subjects(page), found)
                self.assertTrue(page.xpath("//*[contains(@class, 'kp_found')]"))
                self.assertNotIn("<script>alert", response.text)
        page = self.get_page("/my/messages?search=rundbrief")
        self.assertTrue(page.xpath("//a[@href='/my/messages/page/2?search=rundbrief']"))
        self.assertEqual(len(self.get_page("/my/messages?search=%00").xpath(LIST)), 20)
        self.get_page("/my/messages/page/999999999")

    def test_queries_do_not_grow(self):
        author = self.manager
        for number in range(2):
            self._send_message(self.user, subject=f"A{number}")
            self._send_message(self.user, subject="For {{ object.name }}", author=author)
        self.sign_in(self.user)
        queries = self.count_page_queries("/my/messages")
        for number in range(8):
            self._send_message(
                self.user,
                subject=f"B{number}",
                attachment_ids=[Command.link(self.attach().id)],
            )
            self._send_message(self.user, subject="For {{ object.name }}", author=author)
        self.assertPageQueries("/my/messages", queries)

    # === A MESSAGE === #

    def test_page_of_a_message(self):
        file = self.attach("<img src=x onerror=alert(1)>.txt")
        copy = self._send_message(
            self.user,
            subject="<b>Wartung</b> am 3. Mai",
            body='<p onclick="alert(1)">Hallo <script>alert(2)</script>'
            '<a href="javascript:alert(3)">x</a><i>Uwe</i></p>',
            attachment_ids=[Command.link(file.id)],
        )
        self.sign_in(self.user)
        response = self.url_open(self.url(copy))
        page = self.tree(response)
        self.assertEqual(page.xpath("string(//h1)"), "<b>Wartung</b> am 3. Mai")
        self.assertEqual(page.xpath("string(//*[@class='kp_sender'])"), self.officer.name)
        body = page.xpath("//*[contains(@class, 'kp_message_body')]")[0]
        self.assertEqual(body.xpath("string(.//i)"), "Uwe")
        self.assertFalse(body.xpath(".//@onclick | .//script"))
        self.assertFalse(body.xpath(".//a[starts-with(@href, 'javascript')]"))
        self.assertFalse(page.xpath("//img[@onerror]"))
        self.assertIn("onerror", page.xpath("string(//ul[contains(@class, 'kp_files')]//a)"))
        self.assertFalse(page.xpath("//*[contains(@class, 'kp_to_company')]"))

    def test_reading_is_a_post_of_the_person(self):
        copy = self._send_message(self.user, body='<p>Hi <t t-out="object.name"/></p>')
        for contact in (self.officer, self.manager):
            self.authenticate(contact.login, contact.login)
            self.get_page(self.url(copy), 404)
            self.assertEqual(self.submit(f"{self.url(copy)}/read").status_code, 404)
        self.sign_in(self.user)
        page = self.get_page(self.url(copy))
        self.assertTrue(page.xpath("//form[contains(@class, 'kp_mark_read')]"))
        self.assertEqual(self.unread(page), "1")
        response = self.url_open(f"{self.url(copy)}/read", allow_redirects=False)
        self.assertIn(response.status_code, (404, 405), "not by GET")
        self.assertFalse(self.readings(copy), "nor by looking at the page")
        for _twice in range(2):
            response = self.submit(f"{self.url(copy)}/read")
            self.assertEqual(response.status_code, 303)
        self.assertEqual(self.readings(copy).partner_id, self.user)
        page = self.get_page(self.url(copy))
        self.assertFalse(page.xpath("//form[contains(@class, 'kp_mark_read')]"))
        self.assertNotEqual(self.unread(page), "1")
        self.user.name = "Uwe Anders"
        self.assertIn("Hi Uwe User", self.url_open(self.url(copy)).text, "frozen as it was read")

    def test_whose_messages_are_seen_by_whom(self):
        personal = self._send_message(self.user, subject="Nur Uwe")
        company = self._send_message(self.nord, subject="An Nord")
        for contact, sees in (
            (self.user, {"Nur Uwe*"}),
            (self.user2, set()),
            (self.main, {"An Nord*"}),
            (self.stranger, set()),
            (self.person, set()),
        ):
            with self.subTest(contact=contact.name):
                self.sign_in(contact)
                page = self.get_page("/my/messages")
                self.assertEqual(set(self.subjects(page)), sees)
                self.get_page(self.url(personal), 200 if "Nur Uwe*" in sees else 404)
                self.get_page(self.url(company), 200 if "An Nord*" in sees else 404)
        self.sign_in(self.main)
        page = self.get_page("/my/messages")
        self.assertTrue(page.xpath(f"{LIST}//*[contains(@class, 'kp_to_company')]"))
        self.submit(f"{self.url(company)}/read")
        later = self._create_contact("Lia Later", "lia@nord.example", self.nord, "main_user")
        self.sign_in(later)
        page = self.get_page("/my/messages")
        self.assertEqual(self.subjects(page), ["An Nord*"], "later main users, unread for them")
        later._put_on_level("user")
        self.sign_in(later)
        self.get_page(self.url(company), 404)

    def test_bad_addresses(self):
        copy = self._send_message(self.user)
        self.sign_in(self.user)
        for id_ in ("0", "999999999", "2147483648", "9" * 30, "-1", "abc", f"{copy.id}x"):
            for rest in ("", "/attachment/1"):
                with self.subTest(id_=id_, rest=rest), mute_logger("odoo.http"):
                    self.get_page(f"/my/messages/{id_}{rest}", 404)
            with self.subTest(id_=id_, form=True), mute_logger("odoo.http"):
                for form in ("read", "reply"):
                    response = self.submit(f"/my/messages/{id_}/{form}", text="x")
                    self.assertEqual(response.status_code, 404)
        with mute_logger("odoo.http"):
            for rest in ("0", "2147483648", "9" * 30):
                self.get_page(f"{self.url(copy)}/attachment/{rest}", 404)
        self.user.portal_withheld_function_ids = self.functions["messages"]
        for url in ("/my/messages", self.url(copy)):
            self.sign_in(self.user)
            self.get_page(url, 404)

    # === ATTACHMENTS === #

    def test_attachments(self):
        html_file = self.attach("evil.html", b"<script>alert(1)</script>", mimetype="text/html")
        svg = self.attach("evil.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
        link = self.attach("link", False, type="url", url="https://evil.example")
        own = self.attach('a "b"\n.txt', b"own")
        foreign = self.attach("foreign.txt", b"foreign")
        foreign_copy = self._send_message(self.user2, attachment_ids=[Command.link(foreign.id)])
        copy = self._send_message(
            self.user,
            attachment_ids=[Command.set((html_file | svg | link | own).ids)],
        )
        self.sign_in(self.user)
        page = self.get_page(self.url(copy))
        urls = page.xpath("//ul[contains(@class, 'kp_files')]//a/@href")
        self.assertEqual(len(urls), 3, "what leads elsewhere is no file")
        for url in urls:
            with self.subTest(url=url):
                response = self.url_open(url)
                self.assertEqual(response.status_code, 200)
                self.assertTrue(response.headers["Content-Disposition"].startswith("attachment"))
                self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")
        stranger_file = foreign_copy.sudo().message_id.attachment_ids
        link = copy.sudo().message_id.attachment_ids.filtered(lambda file: file.type == "url")
        with mute_logger("odoo.http"):
            for file in (stranger_file, link, self.attach("loose.txt")):
                self.get_page(f"{self.url(copy)}/attachment/{file.id}", 404)
            self.sign_in(self.user2)
            for url in urls:
                self.get_page(url, 404)
                self.get_page(url.replace(str(copy.id), str(foreign_copy.id), 1), 404)

    # === EVERY PAGE === #

    def test_number_of_unread_ones_on_every_page(self):
        self.sign_in(self.user)
        for url in ("/my", "/my/account", "/my/documents"):
            page = self.get_page(url)
            self.assertTrue(page.xpath("//a[contains(@class, 'kp_unread')]"), url)
            badge = page.xpath("//*[contains(@class, 'kp_unread_number')]")[0]
            self.assertIn("d-none", badge.get("class"), "none unread, no number")
        self._send_message(self.user)
        self._send_message(self.user2)
        for url in ("/my", "/my/account", "/my/documents"):
            self.assertEqual(self.unread(self.get_page(url)), "1", url)
        tile = self.get_page("/my").xpath("//a[@href='/my/messages'][contains(@class, 'kp_tile')]")
        self.assertEqual(tile[0].xpath(".//@data-placeholder_count"), ["kundenportal_messages"])
        counters = {"counters": ["kundenportal_messages"]}
        self.assertEqual(
            self.make_jsonrpc_request("/my/counters", counters), {"kundenportal_messages": 1}
        )
        self.sign_in(self.main)
        self.assertEqual(
            self.make_jsonrpc_request("/my/counters", counters), {"kundenportal_messages": ""}
        )
        self.company.portal_default_function_ids -= self.functions["messages"]
        page = self.get_page("/my/account")
        self.assertFalse(page.xpath("//*[contains(@class, 'kp_unread')]"))
        self.authenticate("kp_internal", "kp_internal")
        self.assertFalse(self.get_page("/my").xpath("//*[contains(@class, 'kp_unread')]"))
        self.leave()
        page = self.get_page("/web/login")
        self.assertFalse(page.xpath("//*[contains(@class, 'kp_unread')]"))

    def test_the_number_costs_one_query(self):
        self.company.portal_active = False
        plain = new_test_user(self.env, "kp_plain", "base.group_portal", email="plain@else.example")
        plain.partner_id.parent_id = self.sued
        self.company.portal_active = True
        self.company.portal_contact_user_id = self.manager
        for _number in range(3):
            self._send_message(self.user)
        # The home asks for quotations to do, too.
        for url, more in (("/my", 3), ("/my/security", 2)):
            self.authenticate("kp_plain", "kp_plain")
            expected = self.count_page_queries(url)
            self.sign_in(self.user)
            self.assertPageQueries(url, expected + more)

    # === IN THE BROWSER === #

    def test_tour_reading(self):
        copy = self._send_message(self.user, subject="Tour", body="<p>Text of the tour</p>")
        self._send_message(self.user, subject="Another")
        self.start_portal_tour("kundenportal_read_message", self.user, "/my")
        self.assertEqual(self.readings(copy).partner_id, self.user)
        reply = copy.sudo().reply_ids
        self.assertEqual((reply.body, reply.author_name), ("Thank you", "Uwe User"))
