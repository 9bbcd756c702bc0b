from lxml import html

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.kundenportal_message_reply import MAX_FILES
from .common import PortalCase
from .http_common import PortalHttpCase
from .message_common import MessageFixture

REPLIES = "//*[contains(concat(' ', @class, ' '), ' kp_reply ')]"


@tagged("post_install", "-at_install")
class TestMessageReply(MessageFixture, PortalCase):
    """Replies in the inbox, and the staff's answers."""

    def setUp(self):
        super().setUp()
        # The throttle counts in a transaction of its own.
        self.enterContext(self.enter_registry_test_mode())

    def submit(self, contact, copy, text="Thank you", form_key=None):
        """Reply as the contact; return the reply."""
        reply_sudo, errors = (
            self.env["kundenportal.message.reply"]
            .with_user(contact.user_ids)
            ._submit(copy.with_user(contact.user_ids), text, [], form_key)
        )
        self.assertFalse(errors)
        return reply_sudo.with_env(self.env)

    def answer(self, user, copy, text="You are welcome", attachments=None):
        """Answer by the dialog that the inbox opens."""
        wizard = (
            self.env["kundenportal.message.answer"]
            .with_user(user)
            .create(
                {
                    "recipient_id": copy.id,
                    "body": text,
                    "attachment_ids": [Command.set(attachments.ids if attachments else [])],
                }
            )
        )
        wizard.action_send()
        return copy.sudo().reply_ids[-1]

    def unread(self, contact):
        self.env.invalidate_all()
        return self.env["kundenportal.message.recipient"]._get_unread_count(contact.user_ids)

    def test_reply_waits_in_the_inbox_of_the_sender(self):
        copy = self._send_message(self.user, subject="For {{ object.name }}", author=self.manager)
        reply = self.submit(self.user, copy, "<b>Fine</b>\nwith me")
        self.assertEqual(self.readings(copy).partner_id, self.user, "who replies has read it")
        entry = reply.protocol_id
        self.assertEqual(entry.kind_id.code, "message_reply")
        self.assertEqual(entry.partner_id, self.user)
        self.assertEqual(entry.responsible_id, self.manager)
        self.assertEqual(entry.review_state, "open")
        self.assertTrue(entry.in_inbox)
        self.assertEqual(entry.note, "For Uwe User: <b>Fine</b> with me")
        self.assertEqual((reply.author_name, reply.is_staff), ("Uwe User", False))
        for_officer = entry.with_user(self.officer)
        self.assertTrue(for_officer.can_answer)
        self.assertTrue(for_officer.can_finish)
        self.assertFalse(for_officer.can_approve)
        self.assertEqual(
            for_officer.action_inbox_answer()["context"], {"default_recipient_id": copy.id}
        )
        with self.assertRaises(UserError):
            for_officer.action_inbox_approve()
        for_officer.action_mark_reviewed()
        self.assertEqual(reply.review_state, "done")
        for_officer.action_reopen_review()
        self.assertEqual(reply.review_state, "open")

    def test_answer_closes_what_waits_and_is_news_for_the_readers(self):
        copy = self._send_message(self.nord, self.user)[0]
        other = self._create_contact("Moni Main", "moni@nord.example", self.nord, "main_user")
        replies = self.submit(self.main, copy) | self.submit(self.main, copy, "And one more")
        for contact in (self.main, other):
            copy.with_user(contact.user_ids)._mark_read()
            self.assertEqual(self.unread(contact), 0)
        read_on = self.readings(copy, self.main).read_on
        file = (
            self.env["ir.attachment"]
            .with_user(self.officer)
            .create({"name": "plan.txt", "raw": b"plan"})
        )
        answer = self.answer(self.officer, copy, attachments=file)
        self.assertEqual(set(replies.mapped("review_state")), {"done"})
        self.assertEqual(replies.protocol_id.reviewer_id, self.officer)
        self.assertTrue(answer.is_staff)
        self.assertEqual(answer.attachment_ids.mapped("name"), ["plan.txt"])
        self.assertNotEqual(answer.attachment_ids, file, "a copy: nobody loses its file")
        self.assertEqual([self.unread(contact) for contact in (self.main, other)], [1, 1])
        found = copy.with_user(self.main.user_ids)._search_for_portal()
        self.assertEqual(found[0], copy, "unread ones are first")
        copy.with_user(self.main.user_ids)._mark_read()
        self.assertEqual([self.unread(contact) for contact in (self.main, other)], [0, 1])
        self.assertEqual(self.readings(copy, self.main).read_on, read_on, "the first time counts")
        entry = self.env["kundenportal.protocol"].search([], limit=1)
        self.assertEqual((entry.kind_id.code, entry.user_id), ("message_answered", self.officer))

    def test_answer_is_mailed_to_who_wrote(self):
        copy = self._send_message(self.nord)[0]
        self._create_contact("Moni Main", "moni@nord.example", self.nord, "main_user")
        copy._queue_notices()
        self.env["mail.mail"].search([]).unlink()
        self.submit(self.main, copy)
        self.answer(self.officer, copy, "On Monday.")
        self.assertEqual(copy.notice_due, "answer")
        copy._queue_notices()
        mail = self.env["mail.mail"].search([])
        self.assertIn(self.main.email, mail.ensure_one().email_to)
        self.assertIn("On Monday.", mail.body_html)
        self.assertIn(f"/my/messages/{copy.id}", mail.body_html)
        self.assertFalse(copy.notice_due)

    def test_answers_need_a_text_and_the_right(self):
        copy = self._send_message(self.user)
        for text in (False, " \n "):
            with self.assertRaises(UserError):
                self.answer(self.officer, copy, text)
        for user in (self.internal, self.user.user_ids):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.answer(user, copy)
        secret = self.env["ir.attachment"].create(
            {"name": "secret", "raw": b"x", "res_model": "ir.cron", "res_id": 1}
        )
        with self.assertRaises(AccessError):
            self.answer(self.officer, copy, attachments=secret)
        self.assertFalse(copy.sudo().reply_ids)

    def test_confidential_texts_are_not_in_the_protocol(self):
        copy = self._send_message(self.user, is_confidential=True)
        reply = self.submit(self.user, copy, "Streng geheim")
        self.assertNotIn("geheim", reply.protocol_id.note)

    def test_only_readers_reply_and_only_where_it_is_allowed(self):
        copy = self._send_message(self.user)
        closed = self._send_message(self.user, allow_reply=False)
        for contact, message in ((self.main, copy), (self.stranger, copy), (self.user, closed)):
            with self.subTest(contact=contact.name), self.assertRaises(AccessError):
                self.submit(contact, message)
        with self.assertRaises(AccessError):
            self.env["kundenportal.message.reply"].with_user(self.officer).create(
                {"recipient_id": copy.id, "company_id": self.company.id, "body": "x"}
            )

    def test_replies_survive_a_merge_of_contacts(self):
        twin = self._create_contact("Uwe Twin", "twin@nord.example", self.nord)
        copies = self._send_message(self.user, twin)
        reply = self.submit(self.user, copies[0])
        answer = self.answer(self.officer, copies[1])
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.user | twin).ids, self.user, extra_checks=False
        )
        self.env.invalidate_all()
        copy = self.env["kundenportal.message.recipient"].search(
            [("partner_id", "=", self.user.id)]
        )
        self.assertEqual(len(copy), 1)
        self.assertEqual(copy.reply_ids, reply | answer)


@tagged("post_install", "-at_install")
class TestMessageReplyForm(MessageFixture, PortalHttpCase):
    """The form below a message."""

    def reply(self, copy, files=(), **values):
        """Send the form; return the response without following redirects."""
        return self.url_open(
            f"/my/messages/{copy.id}/reply",
            data={"csrf_token": self.csrf_token(), **values},
            files=[("files", file) for file in files] or None,
            allow_redirects=False,
        )

    def test_replies_of_both_sides_stand_below(self):
        copy = self._send_message(self.nord)
        self.sign_in(self.main)
        page = self.get_page(f"/my/messages/{copy.id}")
        key = page.xpath("//form[contains(@class, 'kp_reply_form')]//input[@name='form_key']")[0]
        values = {"text": "<script>alert(1)</script>\nThank you", "form_key": key.get("value")}
        file = ("../../<img src=x>.html", b"<script>alert(2)</script>", "text/html")
        for _double_click in range(2):
            response = self.reply(copy, [file], **values)
            self.assertEqual(response.status_code, 303)
        self.assertIn(f"/my/messages/{copy.id}", response.headers["Location"])
        reply = copy.sudo().reply_ids
        self.assertEqual(len(reply), 1, "sent twice, written once")
        self.assertEqual(len(reply.attachment_ids), 1)
        self.assertEqual(reply.attachment_ids.name, "<img src=x>.html")
        self.assertNotEqual(reply.attachment_ids.mimetype, "text/html")
        self.assertEqual(reply.attachment_ids.res_id, reply.id)

        self.env["kundenportal.message.reply"].with_user(self.officer)._answer(
            copy.with_user(self.officer), "Gern geschehen", self.env["ir.attachment"]
        )
        other = self._create_contact("Moni Main", "moni@nord.example", self.nord, "main_user")
        for contact in (self.main, other):
            self.sign_in(contact)
            page = self.get_page(f"/my/messages/{copy.id}")
            texts = [node.text_content() for node in page.xpath(REPLIES)]
            self.assertEqual(len(texts), 2)
            self.assertIn("<script>alert(1)</script>\nThank you", texts[0])
            self.assertIn("Gern geschehen", texts[1])
            self.assertIn(self.officer.name, texts[1])
            url = page.xpath(f"{REPLIES}//ul[contains(@class, 'kp_files')]//a/@href")[0]
            response = self.url_open(url)
            self.assertTrue(response.headers["Content-Disposition"].startswith("attachment"))
            self.assertNotIn("text/html", response.headers["Content-Type"])
            self.assertTrue(page.xpath("//*[contains(@class, 'kp_unread_mark')]"))
        self.sign_in(self.user)
        self.get_page(url, 404)

    def test_bad_input_gets_a_sentence_and_keeps_what_was_typed(self):
        copy = self._send_message(self.user)
        self.sign_in(self.user)
        large = ("large.bin", b"x" * (10 * 2**20 + 1), "application/octet-stream")
        small = ("small.txt", b"x", "text/plain")
        for text, files, field in (
            ("", [], "text"),
            (" \x00 ", [], "text"),
            ("x" * 10000, [], "text"),
            ("<script>alert(1)</script>", [large], "files"),
            ("many", [small] * (MAX_FILES + 1), "files"),
            ("empty", [("empty.txt", b"", "text/plain")], "files"),
        ):
            with self.subTest(text=text[:30], files=len(files)):
                response = self.reply(copy, files, text=text, form_key="x")
                self.assertEqual(response.status_code, 200)
                page = html.fromstring(response.content)
                error = page.xpath(f"//div[@id='reply_{field}_error'][@role='alert']")
                self.assertTrue(error and error[0].text_content().strip())
                described = page.xpath(f"//*[@id='reply_{field}']/@aria-describedby")[0]
                self.assertIn(f"reply_{field}_error", described)
                kept = page.xpath("string(//textarea[@name='text'])")
                self.assertEqual(kept.strip(), text.replace("\x00", "").strip())
                key = page.xpath("//input[@name='form_key']/@value")
                self.assertEqual(key, ["x"], "it is still the same form")
        response = self.reply(copy, text="", form_key="")
        self.assertTrue(
            html.fromstring(response.content).xpath("//input[@name='form_key']/@value")[0]
        )
        file_as_text = self.url_open(
            f"/my/messages/{copy.id}/reply",
            data={"csrf_token": self.csrf_token()},
            files=[("text", small), ("form_key", small)],
            allow_redirects=False,
        )
        self.assertEqual(file_as_text.status_code, 200)
        self.assertEqual(self.reply(copy).status_code, 200, "fields are missing")
        self.assertFalse(copy.sudo().reply_ids)
        self.assertEqual(self.reply(copy, [small], text="Now").status_code, 303)
        self.assertEqual(copy.sudo().reply_ids.body, "Now")

    def test_whoever_may_not_reply(self):
        copy = self._send_message(self.user)
        closed = self._send_message(self.user, allow_reply=False)
        with mute_logger("odoo.http"):
            for contact in (self.main, self.user2, self.stranger):
                self.sign_in(contact)
                self.assertEqual(self.reply(copy, text="x").status_code, 404)
            self.sign_in(self.user)
            self.assertEqual(self.reply(closed, text="x").status_code, 404)
        page = self.get_page(f"/my/messages/{closed.id}")
        self.assertFalse(page.xpath("//form[contains(@class, 'kp_reply_form')]"))
        self.assertFalse(page.xpath("//*[@id='replies']"))
        self.assertFalse((copy | closed).sudo().reply_ids)

    def test_too_many_replies_in_an_hour(self):
        copy = self._send_message(self.user)
        self.sign_in(self.user)
        self.patch(
            type(self.env["kundenportal.throttle"]),
            "_get_refusal",
            lambda _self, scope, **keys: f"Too many: {scope} {keys['user']}",
        )
        response = self.reply(copy, text="Hello")
        page = html.fromstring(response.content)
        self.assertIn(
            f"message_reply {self.user.user_ids.id}",
            page.xpath("string(//*[@id='reply_text_error'])"),
        )
        self.assertEqual(page.xpath("string(//textarea)").strip(), "Hello")

    def test_queries_do_not_grow_with_replies(self):
        copy = self._send_message(self.user)
        url = f"/my/messages/{copy.id}"
        replies = self.env["kundenportal.message.reply"].with_user(self.officer)
        file = (
            self.env["ir.attachment"].with_user(self.officer).create({"name": "a.txt", "raw": b"a"})
        )
        replies._answer(copy.with_user(self.officer), "One", file)
        self.sign_in(self.user)
        queries = self.count_page_queries(url)
        for _number in range(5):
            replies._answer(copy.with_user(self.officer), "More", file)
        self.assertPageQueries(url, queries)
