from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.kundenportal_addon.tests.common import PortalCase

BODY = """
<div><p>Hello <t t-out="object.name"/>!</p><style>p { position: fixed }</style>
<script>alert(1)</script><p onclick="alert(2)"><a href="https://example.com/news">News</a></p>
<a href="/unsubscribe_from_list">Unsubscribe</a> <a href="/view">View</a></div>
"""


@tagged("post_install", "-at_install")
class TestMailing(PortalCase):
    @classmethod
    def _extend_portal_fixture(cls):
        cls.company.portal_default_function_ids += cls.functions["messages"]
        cls.mailer = new_test_user(
            cls.env,
            "kp_mailer",
            "mass_mailing.group_mass_mailing_user,mail.group_mail_template_editor",
            email="mailer@staff.example",
        )
        cls.reached = cls._create_contact("Olga Ohne", "olga@nord.example", cls.nord)

    # === HELPERS === #

    def create_mailing(self, model, domain=None, **values):
        return (
            self.env["mailing.mailing"]
            .with_user(self.mailer)
            .create(
                {
                    "subject": "News for {{ object.name }}",
                    "body_html": BODY,
                    "mailing_model_id": self.env["ir.model"]._get(model).id,
                    "mailing_domain": domain or "[]",
                    "is_in_portal": True,
                    "use_exclusion_list": True,
                    "user_id": self.mailer.id,
                    **values,
                }
            )
        )

    def mail_to(self, partners, **values):
        mailing = self.create_mailing("res.partner", f"[('id', 'in', {partners.ids})]", **values)
        mailing.action_send_mail()
        return mailing

    def copies(self, mailing):
        return mailing.sudo().portal_message_ids.recipient_ids

    def blacklist(self, contact):
        self.env["mail.blacklist"]._add(contact.email)

    def create_list(self, name, *subscribers):
        """Create a mailing list of pairs of a name and an address."""
        return self.env["mailing.list"].create(
            {
                "name": name,
                "contact_ids": [
                    Command.create({"name": subscriber, "email": email})
                    for subscriber, email in subscribers
                ],
            }
        )

    # === TESTS === #

    def test_contacts(self):
        self.blacklist(self.user2)
        mailing = self.mail_to(self.user | self.user2 | self.reached | self.nord)
        copies = self.copies(mailing)
        # One contact has no access yet; it finds the mailing when it does. The company has no mail.
        self.assertEqual(copies.partner_id, self.user | self.reached)
        self.assertEqual(copies.commercial_partner_id, self.nord)
        self.assertFalse(copies.filtered("notice_due"), "the mailing is the mail")
        traces = self.env["mailing.trace"].search([("mass_mailing_id", "=", mailing.id)])
        self.assertEqual(len(traces.filtered(lambda t: t.trace_status == "cancel")), 2)
        message = copies.message_id
        self.assertEqual((message.state, message.author_id), ("sent", self.mailer))
        self.assertEqual((message.recipient_count, message.unread_count), (2, 2))
        self.assertEqual(message.subject, "News for")
        self.assertFalse(message.allow_reply)
        self.assertIn(message, self.env["kundenportal.message"].with_user(self.officer).search([]))

    def test_each_reads_what_its_mail_says(self):
        mailing = self.mail_to(self.user | self.main)
        copies = self.env["kundenportal.message.recipient"].with_user(self.user.user_ids)
        copy = copies._search_for_portal()
        self.assertEqual(copy.partner_id, self.user)
        self.assertEqual(copy.sudo().message_id.mailing_id, mailing)
        content = copy._get_content()
        self.assertEqual(content["subject"], "News for Uwe User")
        self.assertEqual(copy._prepare_portal_rows()[0]["subject"], "News for Uwe User")
        body = content["body"]
        self.assertIn("Hello Uwe User!", body)
        for word in ("<style", "<script", "onclick", "<html", "t-out", "o_layout", "Mia"):
            self.assertNotIn(word, body)
        self.assertIn(f"/mailing/{mailing.id}/confirm_unsubscribe?document_id={self.user.id}", body)
        self.assertIn(f"/mailing/{mailing.id}/view?document_id={self.user.id}", body)
        self.assertNotIn('/unsubscribe_from_list"', body)
        self.assertTrue(copy._mark_read())
        self.assertEqual(copy._get_content()["subject"], "News for Uwe User")
        self.assertEqual(copies._search_for_portal("uwe"), copy)
        self.assertFalse(copies._search_for_portal("mia"))
        self.assertEqual(copy.sudo().message_id.unread_count, 1)

    def test_without_the_tick(self):
        mailing = self.mail_to(self.user, is_in_portal=False)
        self.assertEqual(mailing.sent + mailing.scheduled, 1)
        self.assertFalse(mailing.sudo().portal_message_ids)
        copied = self.mail_to(self.user).copy()
        self.assertTrue(copied.is_in_portal)
        self.assertFalse(copied.sudo().portal_message_ids)

    def test_mailing_lists(self):
        first = self.create_list(
            "First",
            ("Uwe", "UWE@nord.example "),
            ("Stranger", "stranger@nobody.example"),
            ("Shared", "shared@sued.example"),
            ("Optout", self.user2.email),
        )
        second = self.create_list("Second", ("Uwe again", "uwe@nord.example"))
        second.contact_ids |= first.contact_ids[:1]
        for name in ("Sara", "Sina"):
            twin = self._create_contact(f"{name} Süd", f"{name}@sued.example", self.sued, "user")
            twin.email = "shared@sued.example"
        self.assertEqual(
            self.env["res.partner"].search_count(
                [("email_normalized", "=", "shared@sued.example")]
            ),
            2,
        )
        (first | second).contact_ids.subscription_ids.filtered(
            lambda s: s.contact_id.email == self.user2.email
        ).opt_out = True
        mailing = self.create_mailing(
            "mailing.list", contact_list_ids=[Command.set((first | second).ids)]
        )
        mailing.action_send_mail()
        copy = self.copies(mailing)
        self.assertEqual(copy.partner_id, self.user)
        self.assertIn("Hello Uwe!", copy.mailing_body)

    def test_records_with_a_contact(self):
        orders = self._create_order(self.user) | self._create_order(self.main)
        mailing = self.create_mailing("sale.order", f"[('id', 'in', {orders.ids})]")
        # Who mails about orders may see them.
        mailing.with_user(self.env.ref("base.user_admin")).action_send_mail()
        self.assertEqual(self.copies(mailing).partner_id, self.user | self.main)

    def test_interrupted_and_resumed(self):
        self.env["ir.config_parameter"].set_param("mail.batch_size", 2)
        contacts = self.user | self.user2 | self.main | self.stranger | self.person
        mailing = self.create_mailing("res.partner", f"[('id', 'in', {contacts.ids})]")
        mailing.action_put_in_queue()
        composer = self.env.registry["mail.compose.message"]
        deliver, batches = composer._manage_mail_values, []

        def stop_at_the_second(self, values):
            batches.append(len(values))
            if len(batches) == 2:
                raise KeyboardInterrupt
            return deliver(self, values)

        # What the first batch wrote is committed by Odoo before the second begins; assertRaises
        # would roll it back.
        with patch.object(composer, "_manage_mail_values", stop_at_the_second):
            try:
                mailing.action_send_mail()
            except KeyboardInterrupt:
                self.assertEqual(batches, [2, 2])
        first = self.copies(mailing)
        self.assertEqual(len(first), 2)
        self.assertEqual(mailing.state, "in_queue")
        mailing._action_send_mail()  # as the job does, which commits
        copies = self.copies(mailing)
        self.assertEqual(copies.partner_id, contacts)
        self.assertEqual(len(copies), 5)
        self.assertTrue(first < copies)
        self.assertEqual(copies.message_id.recipient_count, 5)
        self.assertEqual(len(mailing.sudo().portal_message_ids), 1)
        self.assertEqual(mailing.state, "done")

    def test_same_transaction_as_the_traces(self):
        mailing = self.create_mailing("res.partner", f"[('id', '=', {self.user.id})]")
        self.env.flush_all()
        with (
            patch.object(self.env.registry["mail.mail"], "create", side_effect=KeyboardInterrupt),
            self.assertRaises(KeyboardInterrupt),
            self.env.cr.savepoint(),
        ):
            mailing.action_send_mail()
        self.env.invalidate_all()
        self.assertFalse(self.copies(mailing))
        self.assertFalse(self.env["mailing.trace"].search([("mass_mailing_id", "=", mailing.id)]))

    def test_retry_and_duplicate_address(self):
        twin = self._create_contact("Uwe Zwei", self.user.email, self.nord)
        mailing = self.mail_to(self.user | twin, subject="News", body_html="<p>All the same</p>")
        # Odoo mails an address once, so one of the two contacts has it.
        self.assertEqual(len(self.copies(mailing)), 1)
        self.env["mail.mail"].search([("mailing_id", "=", mailing.id)]).state = "exception"
        mailing.sudo().action_retry_failed()
        self.assertEqual(len(mailing._get_remaining_recipients()), 1)
        mailing._action_send_mail()
        self.assertEqual(len(self.copies(mailing)), 1)

    def test_nobody_takes_the_place_of_a_mailing(self):
        mailing = self.create_mailing("res.partner", f"[('id', '=', {self.user.id})]")
        messages = self.env["kundenportal.message"].with_user(self.officer)
        with self.assertRaises(UserError):
            messages.create({"subject": "Mine", "mailing_id": mailing.id})
        mine = messages.with_context(default_mailing_id=mailing.id).create({"subject": "Mine"})
        with self.assertRaises(UserError):
            mine.mailing_id = mailing.id
        mailing.action_send_mail()
        theirs = mailing.sudo().portal_message_ids
        self.assertNotIn(mine, theirs)
        self.assertEqual(theirs.recipient_ids.partner_id, self.user)

    def test_attachments(self):
        file = (
            self.env["ir.attachment"]
            .with_user(self.mailer)
            .create({"name": "news.txt", "raw": b"News"})
        )
        mailing = self.mail_to(self.user, attachment_ids=[Command.link(file.id)])
        copy = self.copies(mailing).with_user(self.user.user_ids)
        self.assertEqual(copy._get_attachments().mapped("name"), ["news.txt"])
        self.assertEqual(mailing.attachment_ids, file)
