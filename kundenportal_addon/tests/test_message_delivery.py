from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import PortalCase
from .message_common import MessageFixture


@tagged("post_install", "-at_install")
class TestMessageDelivery(MessageFixture, PortalCase):
    """Everybody gets one copy and one mail at most, whatever happens on the way."""

    @classmethod
    def _extend_portal_fixture(cls):
        result = super()._extend_portal_fixture()
        cls.group = cls.env["res.partner.category"].create(
            {"name": "Messages test", "is_portal_group": True}
        )
        cls.crowd = cls.env["res.partner"].create(
            [{"name": f"Crowd {n}", "category_id": [Command.link(cls.group.id)]} for n in range(25)]
        )
        return result

    def draft(self, **values):
        return (
            self.env["kundenportal.message"]
            .with_user(self.officer)
            .create(
                {
                    "subject": "News",
                    "body": "<p>Text</p>",
                    "group_ids": [Command.link(self.group.id)],
                    **values,
                }
            )
        )

    def start(self, **values):
        """Return a message that is on its way, as superuser, with nothing delivered."""
        message = self.draft(**values)
        message._update_state(("draft",), "sending")
        message._begin_delivery()
        return message.sudo()

    def mails(self):
        """Run the job and return the mails that it queued: address → mail."""
        before = self.env["mail.mail"].search([])
        with self.enter_registry_test_mode():
            self.env.ref("kundenportal_addon.ir_cron_message").method_direct_trigger()
        self.env.invalidate_all()
        return {mail.email_to: mail for mail in self.env["mail.mail"].search([]) - before}

    # === DELIVERY === #

    def test_contact_that_is_chosen_twice_gets_one(self):
        message = self.draft(partner_ids=[Command.set((self.crowd[0] | self.user).ids)])
        message.action_send()
        self.assertEqual(message.state, "sent")
        self.assertEqual(message.recipient_ids.partner_id, self.crowd | self.user)
        self.assertEqual(len(message.recipient_ids), 26)
        self.assertEqual((message.recipient_count, message.progress), (26, 100))

    def test_batches_cost_the_same_and_continue_where_they_were(self):
        message = self.start()
        self.assertEqual(message.recipient_total, 25)
        message._deliver_batch(10)
        self.assertEqual((message.recipient_count, message.progress), (10, 40))
        self.env.flush_all()
        # How far it came, the copies, how far it is now: however many they are.
        with self.assertQueryCount(3):
            message._deliver_batch(10)
        self.env.invalidate_all()  # killed; another worker starts anew
        message.delivered_up_to = 0  # at worst
        message._deliver_rest()
        self.assertEqual((message.state, message.recipient_count), ("sent", 25))
        self.assertEqual(message.recipient_ids.partner_id, self.crowd)

    def test_contacts_change_between_queueing_and_sending(self):
        message = self.start()
        message._deliver_batch(10)
        delivered = message.recipient_ids.partner_id
        rest = (self.crowd - delivered).sorted("id")
        rest[0].active = False
        rest[1].parent_id = self.sued
        # Merged into a contact that the delivery has passed already, and that has no copy.
        passed = self.env["res.partner"].create({"name": "Passed"})
        self.env.cr.execute(
            "UPDATE kundenportal_message SET delivered_up_to = %s", [max(delivered.ids)]
        )
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge((rest[2] | passed).ids, passed)
        merge._merge((rest[3] | delivered[0]).ids, delivered[0])
        self.env.invalidate_all()
        message._deliver_rest()
        got = message.recipient_ids
        self.assertNotIn(rest[0], got.partner_id)
        self.assertEqual(
            got.filtered(lambda copy: copy.partner_id == rest[1]).commercial_partner_id, self.sued
        )
        self.assertIn(passed, got.partner_id)
        self.assertEqual(len(got), len(got.partner_id))
        self.assertEqual(len(got), 23)

    def test_merge_keeps_one_copy_and_what_was_read(self):
        copies = self._send_message(self.user, self.user2, self.nord, self.sued)
        mine, hers, nord, sued = copies
        mine.with_user(self.user.user_ids)._mark_read()
        nord.with_user(self.main.user_ids)._mark_read()
        self.user.user_ids.unlink()
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge((self.user | self.user2).ids, self.user2, extra_checks=False)
        self.env.invalidate_all()
        self.assertFalse(mine.exists())
        self.assertTrue(hers.read_on)
        self.assertEqual(hers.reading_ids.partner_id, self.user2)
        merge._merge((self.nord | self.sued).ids, self.sued, extra_checks=False)
        self.env.invalidate_all()
        self.assertFalse(nord.exists())
        self.assertEqual(sued.reading_ids.partner_id, self.main)
        self.assertEqual(self.readable(self.main, sued), sued)

    def test_merge_of_two_who_read_the_same_copy(self):
        self.user2._grant_portal_access("main_user")
        copy = self._send_message(self.nord)
        for contact in (self.main, self.user2):
            copy.with_user(contact.user_ids)._mark_read()
        self.main.user_ids.unlink()
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge((self.main | self.user2).ids, self.user2, extra_checks=False)
        self.env.invalidate_all()
        self.assertEqual(copy.reading_ids.partner_id, self.user2)
        self.assertEqual(len(copy.reading_ids), 1)

    def test_scheduled_message_waits_for_its_time(self):
        later = fields.Datetime.now() + timedelta(hours=2)
        message = self.draft(send_on=later)
        message.action_send()
        self.assertEqual((message.state, message.recipient_count), ("scheduled", 0))
        self.mails()
        self.assertEqual(message.state, "scheduled")
        message.action_back_to_draft()
        message.subject = "Other news"
        message.action_send()
        message.sudo().send_on = fields.Datetime.now() - timedelta(minutes=1)
        self.mails()
        self.assertEqual((message.state, message.recipient_count), ("sent", 25))

    def test_scheduled_message_whose_sender_left_is_the_staffs_again(self):
        message = self.draft(
            subject="Hi {{ object.name }}", send_on=fields.Datetime.now() + timedelta(hours=2)
        )
        message.action_send()
        message = message.with_user(self.manager)
        message.sudo().send_on = fields.Datetime.now() - timedelta(minutes=1)
        self.officer.active = False
        self.mails()
        self.assertEqual(message.state, "draft")
        entry = self.env["kundenportal.protocol"].search([("res_id", "=", message.id)], limit=1)
        self.assertEqual((entry.kind_id.code, entry.review_state), ("message_not_sent", "open"))

    # === MAILS === #

    def test_mail_only_for_who_can_read_and_wants_it(self):
        person, user2, main = self.person, self.user2, self.main
        kind = self.env.ref("kundenportal_addon.notice_kind_message")
        self.env["kundenportal.notice.choice"].create(
            {"partner_id": person.id, "kind_id": kind.id, "by_mail": False}
        )
        self.env["mail.blacklist"]._add(user2.email)
        without_function = self._create_contact("Olaf Ohne", "olaf@nord.example", None, "user")
        without_function.portal_withheld_function_ids = self.functions["messages"]
        without_mail = self._create_contact("Ina", "ina@nord.example", None, "user")
        without_mail.email = False
        self._send_message(
            self.user, person, user2, without_function, without_mail, self.nord, main
        )
        mails = self.mails()
        self.assertEqual(
            set(mails), {self.user.email_formatted, main.email_formatted}, "and main's only once"
        )
        self.assertFalse(self.mails(), "nobody gets two")

    def test_mail_speaks_to_the_contact_and_leads_to_its_copy(self):
        self.env["res.lang"]._activate_lang("en_US")
        (self.user | self.user2).lang = "en_US"
        self.user.form_of_address = "informal"
        copies = self._send_message(self.user, self.user2, subject="For {{ object.name }}")
        mails = self.mails()
        informal, formal = mails[self.user.email_formatted], mails[self.user2.email_formatted]
        self.assertIn(f"/my/messages/{copies[0].id}", informal.body_html)
        self.assertIn(f"/my/messages/{copies[1].id}", formal.body_html)
        self.assertIn("For Uwe User", informal.subject)
        self.assertIn(self.company.name, informal.subject)
        self.assertIn("for you", informal.body_html)
        self.assertNotIn("for you", formal.body_html)
        self.assertIn("/my/notices", formal.body_html)
        self.assertEqual(copies.mapped("notified_on"), [copies[0].notified_on] * 2)
        message = informal.mail_message_id
        for reader in (self.officer, self.user2.user_ids, self.internal):
            with self.assertRaises(AccessError, msg=reader.name):
                message.with_user(reader).check_access("read")

    def test_mail_about_a_confidential_message_tells_nothing(self):
        self._send_message(
            self.user, subject="Dismissal", body="<p>You are fired</p>", is_confidential=True
        )
        [mail] = self.mails().values()
        for text in (mail.subject, mail.body_html):
            self.assertNotIn("Dismissal", text)
            self.assertNotIn("fired", text)
        self.assertIn(self.company.name, mail.subject)

    def test_reminder_goes_to_who_has_not_read(self):
        copies = self._send_message(self.user, self.user2)
        self.mails()
        message = copies.message_id.with_user(self.officer)
        message.action_remind()
        self.assertFalse(self.mails(), "both were written to a minute ago")
        copies.notified_on = fields.Datetime.now() - timedelta(days=3)
        copies[0].with_user(self.user.user_ids)._mark_read()
        message.action_remind()
        mails = self.mails()
        self.assertEqual(set(mails), {self.user2.email_formatted})
        self.assertTrue(copies[1].reminded_on)
        message.action_remind()
        self.assertFalse(self.mails(), "once a day")
