import base64

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PortalCase
from .message_common import MessageFixture

XSS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    "<svg onload=alert(1)>",
    '<iframe src="javascript:alert(1)"></iframe>',
    '<form action="https://evil.example"><input name="password"></form>',
)


@tagged("post_install", "-at_install")
class TestMessageAttacks(MessageFixture, PortalCase):
    """Placeholders that read secrets, scripts, and files of others."""

    @classmethod
    def _extend_portal_fixture(cls):
        result = super()._extend_portal_fixture()
        cls.editor = cls.manager
        cls.editor.group_ids += cls.env.ref("mail.group_mail_template_editor")
        return result

    def messages(self, user=None):
        return self.env["kundenportal.message"].with_user(user or self.officer)

    def content(self, **values):
        """Send a message past the checks on writing, and return what its reader sees."""
        copy = self._send_message(self.user, author=self.editor)
        self.env.flush_all()
        for name, value in values.items():
            self.env.cr.execute(
                f"UPDATE kundenportal_message SET {name} = %s, has_placeholders = TRUE"  # noqa: S608
                " WHERE id = %s",
                [value, copy.message_id.id],
            )
        self.env.invalidate_all()
        return copy.with_user(self.user.user_ids)._get_content()

    def test_placeholders_that_leave_the_senders_rights(self):
        secret = "s3cret-grant-key"
        self.user.portal_grant_key = secret
        for expression in (
            "object.sudo().portal_grant_key",
            "object.\uff53udo().portal_grant_key",
            "object.with_user(1).portal_grant_key",
            "object.env['res.partner'].browse(object.id).portal_grant_key",
            "user.env.ref('base.user_admin').login",
            "request.session",
            "object._get_link_digest()",
            "object._generate_signup_token()",
        ):
            for values in (
                {"subject": "{{ " + expression + " }}", "body": "<p>x</p>"},
                {"subject": "x", "body": f'<p><t t-out="{expression}"/></p>'},
                {"subject": "x", "body": f'<a t-attf-href="/{{{{ {expression} }}}}">x</a>'},
                {"subject": "x", "body": f'<p t-if="{expression}">x</p>'},
            ):
                with self.subTest(values=values), mute_logger("odoo.addons.mail"):
                    with self.assertRaises(ValidationError):
                        self.messages(self.manager).create(values)
                    shown = self.content(**values)
                    self.assertTrue(shown["is_failed"])
                    self.assertNotIn(secret, str(shown))
        with self.assertRaises(ValidationError):
            self.messages(self.manager).create({"subject": "x", "body": '<t t-call="web.login"/>'})

    def test_placeholders_with_the_senders_rights_only(self):
        self.user.portal_grant_key = "s3cret-grant-key"
        self.user.user_ids.password = "s3cret-password"
        for expression in (
            "object.portal_grant_key",  # for administrators
            "object.user_ids.password",
            "user.company_id.sudo",  # not even as a name
            "object.bank_ids.create({'acc_number': '1', 'partner_id': object.id})",
            "object.write({'name': 'Hacked'})",
            "object.unlink()",
            "user.api_key_ids.mapped('name')",
        ):
            with self.subTest(expression=expression), mute_logger("odoo.sql_db"):
                shown = self.content(subject="A {{ " + expression + " }}")
                self.assertNotIn("s3cret", str(shown))
                self.assertNotIn("password", shown["subject"])
        self.assertEqual(self.user.name, "Uwe User")
        self.assertTrue(self.user.exists())

    def test_user_in_placeholders_is_no_superuser(self):
        """Odoo hands templates the user as superuser, whose relations lead everywhere."""
        other = self.env["res.company"].create({"name": "Hidden Unit"})
        hidden = self.env["res.partner"].create({"name": "Hidden", "company_id": other.id})
        self.officer.sudo().partner_id.child_ids = hidden
        shown = self.content(subject="A {{ user.partner_id.child_ids.mapped('name') }}")
        self.assertNotIn("Hidden", shown["subject"])

    def test_only_template_editors_write_more_than_names(self):
        self.assertFalse(self.officer.has_group("mail.group_mail_template_editor"))
        mine = self.messages().create({"subject": "Dear {{ object.name }}", "body": "<p>x</p>"})
        for values in (
            {"subject": "{{ object.credit_limit }}"},
            {"body": '<t t-out="object.comment"/>'},
            {"body": '<p t-if="object.email">x</p>'},
        ):
            with self.assertRaises(AccessError, msg=values), self.env.cr.savepoint():
                mine.write(values)
        theirs = self.messages(self.manager).create(
            {
                "subject": "Mail {{ object.email.upper() }}",
                "body": "<p>x</p>",
                "partner_ids": [Command.link(self.user.id)],
            }
        )
        # Who edits becomes the sender: nobody writes placeholders that another's rights fill in.
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            theirs.with_user(self.officer).body = "<p>y</p>"
        with self.assertRaises(UserError):
            theirs.with_user(self.officer).author_id = self.officer
        theirs.action_send()
        reader = theirs.recipient_ids.with_user(self.user.user_ids)
        self.assertEqual(reader._get_content()["subject"], f"Mail {self.user.email.upper()}")
        self.manager.group_ids -= self.env.ref("mail.group_mail_template_editor")
        with mute_logger("odoo.addons.mail.models.mail_render_mixin"):
            self.assertTrue(reader._get_content()["is_failed"], "the sender lost the right")

    def test_defaults_of_a_context_send_nothing(self):
        message = (
            self.messages()
            .with_context(default_state="sent", default_author_id=self.manager.id)
            .create({"subject": "x"})
        )
        self.assertEqual((message.state, message.author_id), ("draft", self.officer))
        with self.assertRaises(UserError):
            self.messages().create({"subject": "x", "author_id": self.manager.id})
        with self.assertRaises(AccessError):
            self.env["kundenportal.message.recipient"].with_user(self.officer).create(
                {
                    "message_id": message.id,
                    "partner_id": self.user.id,
                    "commercial_partner_id": self.nord.id,
                    "company_id": self.company.id,
                    "sent_on": "2026-01-01",
                }
            )

    def test_scripts_in_subject_and_text(self):
        self.user.name = "<script>alert(2)</script>"
        for attack in XSS:
            for body in (attack, f'<p><t t-out="object.name"/>{attack}</p>'):
                with self.subTest(body=body):
                    copy = self._send_message(self.user, subject=attack, body=f"<p>x</p>{body}")
                    content = copy.with_user(self.user.user_ids)._get_content()
                    for bad in ("<script", "onerror", "onload", "javascript:", "<iframe", "<form"):
                        self.assertNotIn(bad, content["body"])
                    self.assertEqual(content["subject"], attack, "plain text, escaped where shown")
                    self.assertNotIsInstance(content["subject"], type(content["body"]))
        copy = self._send_message(
            self.user,
            author=self.editor,
            subject="x",
            body="""<a t-attf-href="java{{ 'script' }}:alert(1)">x</a>""",
        )
        self.assertNotIn("javascript:", copy.with_user(self.user.user_ids)._get_content()["body"])

    def test_files_are_the_messages_own(self):
        data = base64.b64encode(b"content")
        files = self.env["ir.attachment"]
        foreign = files.create(
            {
                "name": "secret.txt",
                "datas": data,
                "res_model": "ir.cron",
                "res_id": self.env.ref("kundenportal_addon.ir_cron_message").id,
            }
        )
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.messages().create({"subject": "x", "attachment_ids": [Command.link(foreign.id)]})
        of_contact = files.create(
            {
                "name": "contract.txt",
                "datas": data,
                "res_model": "res.partner",
                "res_id": self.nord.id,
            }
        )
        uploaded = files.with_user(self.officer).create(
            {"name": "<img src=x onerror=alert(1)>.txt", "datas": data, "public": True}
        )
        copy = self._send_message(
            self.user, attachment_ids=[Command.set((of_contact | uploaded).ids)]
        )
        own = copy.message_id.attachment_ids
        self.assertIn(uploaded, own)
        self.assertNotIn(of_contact, own, "a copy of it")
        self.assertEqual(set(own.mapped("res_id")), {copy.message_id.id})
        self.assertFalse(any(own.mapped("public")))
        for contact in (self.user, self.user2, self.stranger):
            with self.assertRaises(AccessError):
                own.with_user(contact.user_ids).check_access("read")
        self.assertEqual(copy.with_user(self.user.user_ids)._get_attachments(), own)
        for contact in (self.user2, self.stranger, self.main):
            with self.assertRaises(AccessError):
                copy.with_user(contact.user_ids)._get_attachments()
