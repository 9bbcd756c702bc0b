from unittest.mock import patch

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import TransactionCase, tagged

from ..models import kundenportal_announcement_mail
from .announcement_common import AnnouncementFixture


@tagged("post_install", "-at_install")
class TestAnnouncementMail(AnnouncementFixture, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_portal_fixture()
        cls.contacts = cls.main | cls.user | cls.user2 | cls.stranger | cls.person
        # Where there are other customers, the mails of their own are not this test's.
        cls.group = cls._create_group(*cls.contacts)

    def announce(self, **values):
        # Since yesterday: on the first day, mails wait for the morning.
        return self._announce(
            audience="chosen",
            category_ids=self.group.ids,
            by_mail=True,
            **{"days": -1, **values},
        )

    def run_job(self, batch_size=2):
        with (
            patch.object(kundenportal_announcement_mail, "BATCH_SIZE", batch_size),
            patch.object(self.env.cr, "commit", self.env.flush_all),
        ):
            self.env["kundenportal.announcement"]._cron_queue_mails()

    def mails(self):
        return self.env["mail.mail"].search(
            [("model", "=", "kundenportal.announcement.receipt")], order="id"
        )

    def addresses(self):
        return sorted(self.mails().mapped("email_to"))

    def test_each_contact_once_a_revision(self):
        announcement = self.announce()
        self.assertTrue(announcement.is_mail_pending)
        self.run_job()
        expected = sorted(contact.email_formatted for contact in self.contacts)
        self.assertEqual(self.addresses(), expected)
        self.assertFalse(announcement.is_mail_pending)
        self.assertEqual(len(self.receipts_of(announcement).filtered("mailed_on")), 5)
        self.run_job()
        self.assertEqual(self.addresses(), expected)
        announcement.write({"title": "Corrected", "is_correction": True})
        self.run_job()
        self.assertEqual(self.addresses(), expected)
        announcement.body = "<p>Really new</p>"
        self.assertFalse(self.mails(), "what has not gone out yet says what no longer holds")
        self.run_job()
        self.assertEqual(self.addresses(), expected)
        self.assertTrue(all("Really new" in mail.body_html for mail in self.mails()))
        announcement.unlink()
        self.assertFalse(self.mails())

    def test_killed_in_between_it_goes_on(self):
        announcement = self.announce()
        with patch.object(kundenportal_announcement_mail, "BATCH_SIZE", 2):
            self.assertTrue(announcement._queue_mail_batch())
        self.assertEqual(len(self.mails()), 2)
        self.run_job()
        self.assertEqual(len(self.mails()), 5)
        # Even if the mark of how far it came were lost.
        announcement.write({"mailed_revision": 0, "mail_cursor": 0})
        self.run_job()
        self.assertEqual(len(self.mails()), 5)

    def test_only_who_wants_it_and_can_be_reached(self):
        self.env["kundenportal.notice.choice"].create(
            {
                "partner_id": self.user.id,
                "kind_id": self.env.ref("kundenportal_addon.notice_kind_announcement").id,
                "by_mail": False,
            }
        )
        self.user2.portal_withheld_function_ids = self.functions["announcements"]
        self.stranger.email = False
        self.env["mail.blacklist"].create({"email": self.person.email})
        self.announce()
        self.run_job()
        self.assertEqual(self.addresses(), [self.main.email_formatted])

    def test_when(self):
        with freeze_time("2026-03-09 12:00:00"):
            self.announce(days=1)
            self.run_job()
            self.assertFalse(self.mails(), "it begins tomorrow")
        with freeze_time("2026-03-10 04:59:00"):
            self.run_job()
            self.assertFalse(self.mails(), "before six in Berlin")
        with freeze_time("2026-03-10 05:00:00"):
            self.run_job()
            self.assertEqual(len(self.mails()), 5)
        drafts = self.announce(published=False) + self.announce()
        drafts[1].action_withdraw()
        self.run_job()
        self.assertEqual(len(self.mails()), 5)

    def test_words(self):
        self.env["res.lang"]._activate_lang("en_US")
        (self.user | self.main).lang = "en_US"
        self.user.form_of_address = "informal"
        self.main.form_of_address = "formal"
        self.group.partner_ids = [Command.set((self.user | self.main).ids)]
        announcement = self.announce(title="<b>Title</b>")
        self.run_job()
        bodies = {mail.email_to: mail.body_html for mail in self.mails()}
        informal = bodies[self.user.email_formatted]
        formal = bodies[self.main.email_formatted]
        self.assertIn(self.user.salutation, informal)
        self.assertIn(self.main.salutation, formal)
        self.assertIn("Best wishes", informal)
        self.assertIn("Kind regards", formal)
        for body in (informal, formal):
            self.assertIn(f"/my/announcements/{announcement.id}", body)
            self.assertIn("/my/notices", body)
            self.assertIn("&lt;b&gt;Title", body)
