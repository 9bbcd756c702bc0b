from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import PortalCase
from .message_common import MessageFixture


@tagged("post_install", "-at_install")
class TestMessage(MessageFixture, PortalCase):
    """Who reads which copy, what it says, and what staff see of it."""

    def test_person_alone_reads_its_own(self):
        copy = self._send_message(self.user)
        self.assertEqual(self.readable(self.user, copy), copy)
        for contact in (self.main, self.user2, self.stranger, self.person):
            self.assertFalse(self.readable(contact, copy), contact.name)
        self.user.portal_withheld_function_ids = self.functions["messages"]
        with self.assertRaises(AccessError):
            copy.with_user(self.user.user_ids).check_access("read")

    def test_company_is_its_main_users_later_ones_too(self):
        copy = self._send_message(self.nord)
        self.assertTrue(copy.is_to_company)
        self.assertEqual(self.readable(self.main, copy), copy)
        self.assertFalse(self.readable(self.user2, copy))
        self.assertFalse(self.readable(self.stranger, copy))
        self.user2._grant_portal_access("main_user")
        self.assertEqual(self.readable(self.user2, copy), copy)
        self.user2.parent_id = self.sued
        self.assertFalse(self.readable(self.user2, copy), "caches are warm")
        copies = copy.with_user(self.main.user_ids)
        self.assertEqual(copies._get_unread_count(self.main.user_ids), 1)
        self.nord.parent_id = self.sued
        self.nord.is_company = False
        self.assertEqual(copy.commercial_partner_id, self.sued, "the company became a child")
        self.assertEqual(self.readable(self.stranger, copy), copy)

    def test_reading_is_the_persons_and_never_the_staffs(self):
        self.user2._grant_portal_access("main_user")
        copy = self._send_message(self.nord)
        self.assertFalse(copy.with_user(self.officer)._mark_read())
        copy.with_user(self.officer)._get_content()
        self.assertFalse(copy.read_on)
        self.assertTrue(copy.with_user(self.main.user_ids)._mark_read())
        self.assertFalse(copy.with_user(self.main.user_ids)._mark_read(), "the second time")
        first = copy.read_on
        self.assertTrue(first)
        unread = copy._get_unread_count
        self.assertEqual((unread(self.main.user_ids), unread(self.user2.user_ids)), (0, 1))
        self.assertTrue(copy.with_user(self.user2.user_ids)._mark_read())
        self.assertEqual(copy.read_on, first)
        self.assertEqual(copy.reading_ids.partner_id, self.main | self.user2)
        with self.assertRaises(AccessError):
            copy.with_user(self.stranger.user_ids)._mark_read()
        entry = self.env["kundenportal.protocol"].search(
            [("kind_id.code", "=", "message_read"), ("partner_id", "=", self.main.id)]
        )
        self.assertEqual(len(entry), 1)

    def test_unread_first_in_two_queries_however_many(self):
        copies = [self._send_message(self.user, subject=f"Number {n}") for n in range(4)]
        copies[3].with_user(self.user.user_ids)._mark_read()
        mine = self.env["kundenportal.message.recipient"].with_user(self.user.user_ids)
        found = mine._search_for_portal()
        self.assertEqual(found.ids, [copies[n].id for n in (2, 1, 0, 3)])
        self.assertEqual(mine._search_for_portal(limit=1, offset=3), copies[3])
        self.assertEqual(mine._search_for_portal("ber 2"), copies[2])
        self.assertEqual(mine._count_for_portal("number"), 4)
        self.assertFalse(mine._search_for_portal("%"))
        user = self.user.user_ids
        mine._get_unread_count(user)
        with self.assertQueryCount(1):
            self.assertEqual(mine._get_unread_count(user), 3)

    def test_placeholders_are_the_readers_and_frozen_when_read(self):
        copy = self._send_message(
            self.nord,
            subject="For {{ object.name }}",
            body='<p>Dear <t t-out="object.name"/> of <b t-out="object.parent_id.name"/></p>',
        )
        as_main = copy.with_user(self.main.user_ids)
        content = as_main._get_content()
        self.assertEqual(content["subject"], "For Mia Main")
        self.assertIn("Dear Mia Main of <b>Nord GmbH</b>", content["body"])
        self.main.name = "Mia Neu"
        self.assertEqual(as_main._get_content()["subject"], "For Mia Neu")
        as_main._mark_read()
        self.main.name = "Mia Anders"
        self.assertEqual(as_main._get_content()["subject"], "For Mia Neu", "as it was read")
        self.assertIn("Mia Neu", as_main._get_content()["body"])
        self.assertEqual(copy.with_user(self.officer).shown_subject, "For Mia Neu", "staff, too")
        self.user2._grant_portal_access("main_user")
        other = copy.with_user(self.user2.user_ids)._get_content()
        self.assertEqual(other["subject"], "For Ute User", "another person's own")

    def test_text_without_placeholders_is_stored_once(self):
        copy = self._send_message(self.user)
        copy.with_user(self.user.user_ids)._mark_read()
        self.assertFalse(copy.reading_ids.body)
        self.assertIn("Text", copy.with_user(self.user.user_ids)._get_content()["body"])

    def test_lost_sender_gives_a_sentence_and_can_be_replaced(self):
        copy = self._send_message(self.user, subject="Hi {{ object.name }}", body="<p>x</p>")
        message = copy.message_id
        reader = copy.with_user(self.user.user_ids)
        self.officer.active = False
        content = reader._get_content()
        self.assertTrue(content["is_failed"])
        self.assertEqual(content["subject"], "Hi")
        reader._mark_read()
        self.assertTrue(copy.read_on)
        self.assertFalse(copy.reading_ids.subject, "a sentence is not what was sent")
        self.assertTrue(message.is_author_lost)
        message.with_user(self.manager).action_take_over()
        self.assertEqual(message.author_id, self.manager)
        self.assertEqual(reader._get_content()["subject"], "Hi Uwe User")
        with self.assertRaises(UserError):
            message.with_user(self.manager).action_take_over()

    def test_preview_shows_what_the_contact_reads(self):
        with Form(self.env["kundenportal.message"].with_user(self.officer)) as form:
            form.subject = "For {{ object.name }}"
            form.body = "<p>x</p>"
            form.partner_ids.add(self.user)
            form.partner_ids.add(self.user2)
        message = form.record
        context = message.action_preview()["context"]
        with Form(
            self.env["kundenportal.message.preview"].with_user(self.officer).with_context(**context)
        ) as form:
            self.assertEqual(form.subject, "For Ute User")
            form.partner_id = self.user
            self.assertEqual(form.subject, "For Uwe User")
            self.assertFalse(form.is_foreign)
        self.assertFalse(message.recipient_ids, "nobody was sent anything")

    def test_what_was_sent_stays(self):
        copy = self._send_message(self.user)
        message = copy.message_id.with_user(self.officer)
        for values in (
            {"subject": "Other"},
            {"body": "<p>Other</p>"},
            {"partner_ids": [Command.link(self.user2.id)]},
            {"state": "draft"},
            {"author_id": self.manager.id},
        ):
            with self.assertRaises(UserError, msg=values):
                message.write(values)
        message.allow_reply = False
        with self.assertRaises(UserError):
            message.unlink()
        with self.assertRaises(UserError):
            message.action_send()
        draft = message.create({"subject": "Draft"})
        draft.unlink()
        message.with_user(self.manager).unlink()
        self.assertFalse(copy.exists())

    def test_incomplete_message_is_not_sent(self):
        message = self.env["kundenportal.message"].with_user(self.officer)
        for values in (
            {"subject": "No text", "partner_ids": [Command.link(self.user.id)]},
            {"subject": "To nobody", "body": "<p>x</p>"},
            {"subject": " ", "body": "<p>x</p>", "partner_ids": [Command.link(self.user.id)]},
        ):
            with self.assertRaises(UserError, msg=values):
                message.create(values).action_send()

    def test_list_filters_and_smart_button(self):
        copies = self._send_message(self.user, self.nord)
        single = self._send_message(self.user, author=self.manager)
        rows = self.env["kundenportal.message.recipient"].with_user(self.officer)
        ours = [("id", "in", (copies | single).ids)]
        self.assertEqual(rows.search([*ours, ("message_id.is_mass", "=", False)]), single)
        self.assertEqual(rows.search([*ours, ("author_id", "=", self.manager.id)]), single)
        single.with_user(self.user.user_ids)._mark_read()
        self.assertEqual(rows.search([*ours, ("is_read", "=", True)]), single)
        copies.sent_on = fields.Datetime.now() - timedelta(days=8)
        late = [*ours, ("read_on", "=", False), ("sent_on", "<", "-7d")]
        self.assertEqual(rows.search(late), copies)
        self.assertFalse(rows.search([*late[:-1], ("sent_on", "<", "-14d")]))
        groups = rows._read_group(ours, ["author_id"], ["__count"])
        self.assertEqual(dict(groups), {self.officer: 2, self.manager: 1})
        self.assertEqual(self.user.with_user(self.officer).portal_message_count, 2)
        self.assertEqual(self.nord.with_user(self.officer).portal_message_count, 3)
        action = self.user.with_user(self.officer).action_view_portal_messages()
        self.assertEqual(rows.search_count(action["domain"]), 2)
        self.assertEqual(
            (copies.message_id.recipient_count, copies.message_id.unread_count), (2, 2)
        )

    def test_other_company_of_ours(self):
        other = self.env["res.company"].create({"name": "Other Unit"})
        copy = self._send_message(self.user)
        self.officer.sudo().write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        for record in (copy, copy.message_id):
            with self.assertRaises(AccessError):
                record.with_user(self.officer).check_access("read")
        elsewhere = (
            self.env["kundenportal.message"]
            .with_user(self.officer)
            .with_context(allowed_company_ids=other.ids)
        )
        with self.assertRaises(AccessError):
            elsewhere.create({"subject": "x", "company_id": self.company.id})
        self.nord.company_id = self.company
        message = elsewhere.create(
            {
                "subject": "x",
                "body": "<p>x</p>",
                "partner_ids": [Command.set((self.nord | self.person).ids)],
            }
        )
        message.action_send()
        self.assertEqual(message.sudo().recipient_ids.partner_id, self.person)
        copy = message.sudo().recipient_ids.with_env(self.env)
        self.assertEqual(self.readable(self.person, copy).company_id, other)

    def test_validation_names_the_word(self):
        with self.assertRaisesRegex(ValidationError, "sudo"):
            self.env["kundenportal.message"].with_user(self.manager).create(
                {"subject": "{{ object.sudo().name }}"}
            )
