from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .test_inbox import InboxCase


@tagged("post_install", "-at_install")
class TestInboxDigest(InboxCase):
    """One mail a day, for those who want it, if there is anything to say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer2.email = "officer2@staff.example"
        cls.officer.portal_inbox_digest = True
        cls.cron = cls.env.ref("kundenportal_addon.ir_cron_inbox_digest")

    def mails(self, user=None):
        partner = (user or self.officer).partner_id
        return self.env["mail.mail"].search([("recipient_ids", "in", partner.ids)])

    def run_cron(self):
        self.cron.method_direct_trigger()
        self.env.invalidate_all()

    def test_what_it_says(self):
        self.age(self.log(responsible=self.officer), 4)
        late = self.log()
        late.deadline = fields.Date.today() - timedelta(days=3)
        self.log(responsible=self.manager)
        done = self.log(responsible=self.officer)
        done.action_mark_reviewed()
        self.Protocol._log("test_review", self.user, responsible=self.officer)
        self._create_registration()
        lines = self.Protocol.with_user(self.officer)._prepare_inbox_digest()
        numbers = {line["name"]: (line["count"], line["overdue"]) for line in lines}
        self.assertEqual(
            numbers, {self.kind.name: (2, 1), "Registration received": (1, 0)}, "own and nobody's"
        )
        self.assertTrue(self.officer._send_inbox_digest())
        mail = self.mails()
        self.assertEqual(len(mail), 1)
        self.assertIn("3", mail.subject)
        self.assertIn(self.kind.name, mail.body_html)
        self.assertIn("/odoo/kundenportal-inbox", mail.body_html)
        self.assertFalse(mail.model or mail.res_id)

    def test_deputy(self):
        self.log(responsible=self.manager)
        self.assertFalse(self.officer._send_inbox_digest(), "somebody else's")
        self.env["kundenportal.deputy"].create(
            {
                "user_id": self.manager.id,
                "deputy_id": self.officer.id,
                "date_from": fields.Date.today() - timedelta(days=2),
                "date_to": fields.Date.today() + timedelta(days=2),
            }
        )
        self.assertTrue(self.officer._send_inbox_digest())

    def test_who(self):
        self.log()
        self.run_cron()
        self.assertEqual(len(self.mails()), 1)
        self.assertFalse(self.mails(self.officer2), "not asked for")

    def test_none_when_nothing_waits(self):
        self.run_cron()
        self.assertFalse(self.mails())
        self.assertFalse(self.officer.sudo().portal_inbox_digest_sent_on)
        self.log()
        self.run_cron()
        self.assertEqual(len(self.mails()), 1)

    def test_not_for_who_left_the_team(self):
        self.log()
        self.internal.portal_inbox_digest = True
        self.officer.active = False
        self.run_cron()
        self.assertFalse(self.mails() | self.mails(self.internal))

    def test_once_a_day(self):
        self.officer.tz = "Europe/Berlin"
        self.log()
        for now, expected in (
            ("2026-03-02 05:00:00", 1),
            ("2026-03-02 08:00:00", 1),
            ("2026-03-02 22:30:00", 1),
            ("2026-03-02 23:30:00", 2),  # the next day in Berlin
            ("2026-03-03 05:00:00", 2),
            ("2026-03-04 05:00:00", 3),
        ):
            with self.subTest(now=now), freeze_time(now):
                self.officer._send_inbox_digest()
                self.assertEqual(len(self.mails()), expected)

    def test_one_failure_stops_no_other(self):
        self.officer2.portal_inbox_digest = True
        self.log()
        users = type(self.officer)
        send = users._send_inbox_digest

        def fail_for_one(user):
            if user == self.officer:
                raise ValueError("broken")
            return send(user)

        self.patch(users, "_send_inbox_digest", fail_for_one)
        with mute_logger("odoo.addons.kundenportal_addon.models.res_users_inbox"):
            self.run_cron()
        self.assertFalse(self.mails())
        self.assertEqual(len(self.mails(self.officer2)), 1)

    def test_own_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.env["kundenportal.protocol.kind"].browse(self.kind.id).with_context(
            lang="de_DE"
        ).name = "Probe"
        self.officer.lang = "de_DE"
        self.age(self.log(), 1)
        day = fields.Date.context_today(self.Protocol) - timedelta(days=1)
        self.officer._send_inbox_digest()
        body = self.mails().body_html
        self.assertIn("Probe", body)
        self.assertRegex(body, rf"\d\d\.\d\d\.{day.year}")

    def test_own_preferences(self):
        self.officer2.with_user(self.officer2).portal_inbox_digest = True
        self.assertTrue(self.officer2.portal_inbox_digest)
        view = self.env.ref("base.view_users_form_simple_modif")
        for user, offered in ((self.officer, True), (self.internal, False)):
            with Form(user.with_user(user), view) as preferences:
                self.assertEqual(preferences.is_portal_officer, offered)
