"""Ways into cases that an attacker found; every test failed before its fix."""

from werkzeug.datastructures import MultiDict

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged

from .activity_common import ActivityFixture
from .common import PortalCase

CASE = "kundenportal.activity"


class CaseAttackCase(ActivityFixture, PortalCase):
    """Remote calls of customers and staff."""

    @classmethod
    def _extend_portal_fixture(cls):
        result = super()._extend_portal_fixture()
        cls.case = cls._create_case(cls.user)
        cls.foreign_case = cls._create_case(cls.stranger)
        return result

    def call(self, user, model, name, *args, **kwargs):
        """Call a method as JSON-RPC does."""
        self.env.flush_all()
        self.env.invalidate_all()
        with self.env.cr.savepoint():
            return call_kw(self.env[model].with_user(user), name, list(args), kwargs)

    def answer(self, case, text="We will come tomorrow."):
        """Let staff write to the customer, who is named as a recipient."""
        return case.with_user(self.officer).message_post(
            body=text,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=case.partner_id.ids,
        )


@tagged("post_install", "-at_install")
class TestConversation(CaseAttackCase):
    """What is said in a case."""

    def test_searching_tells_nothing_of_internal_notes(self):
        order = self._create_order(self.user)
        invoice = self.env["account.move"].with_user(self.user.user_ids)
        for record in (self.case, self.user, order):
            record.sudo().message_post(body="Never pays", subtype_xmlid="mail.mt_note")
        for model in (CASE, "res.partner", "sale.order", invoice._name):
            for name in ("message_ids", "website_message_ids"):
                domain = [(f"{name}.body", "ilike", "never pays")]
                with self.subTest(model=model, name=name), self.assertRaises(AccessError):
                    self.call(self.user.user_ids, model, "search", domain)

    def test_customers_do_not_rewrite_the_conversation(self):
        answer = self.answer(self.case)
        own = self.case.with_user(self.user.user_ids)._post_by_customer("Please!")
        for message in (answer, own):
            for values in (
                {"body": "Free of charge."},
                {"subtype_id": self.env.ref("mail.mt_note").id},
            ):
                with self.subTest(message=message, values=values):
                    with self.assertRaises(AccessError):
                        self.call(self.user.user_ids, "mail.message", "write", message.ids, values)
            with self.subTest(message=message), self.assertRaises(AccessError):
                self.call(self.user.user_ids, "mail.message", "unlink", message.ids)

    def test_customers_do_not_write_past_the_page(self):
        """Not as those who were told of a message, into whatever case; not as followers."""
        answer = self.answer(self.case)
        for case in (self.case, self.foreign_case):
            values = {
                "model": CASE,
                "res_id": case.id,
                "parent_id": answer.id,
                "body": "Please pay to this account.",
                "message_type": "comment",
                "subtype_id": self.env.ref("mail.mt_comment").id,
            }
            with self.subTest(case=case), self.assertRaises(AccessError):
                self.call(self.user.user_ids, "mail.message", "create", values)
        with self.assertRaises(AccessError):
            self.call(
                self.user.user_ids,
                CASE,
                "message_post",
                self.case.ids,
                body="Please pay to this account.",
                partner_ids=self.stranger.ids,
                attachments=[("bill.html", "<script>1</script>")],
            )
        self.user.parent_id = self.sued
        with self.assertRaises(AccessError):
            self.call(self.user.user_ids, CASE, "message_post", self.case.ids, body="Ha!")

    def test_pages_of_odoo_hand_out_no_messages(self):
        note = self.case.message_post(body="Never pays", subtype_xmlid="mail.mt_note")
        login = self.user.user_ids
        for mode in ("read", "create", "write"):
            with self.subTest(mode=mode):
                self.assertFalse(
                    self.env["mail.message"].with_user(login)._get_with_access(note.id, mode)
                )

    def test_customers_take_no_files_out(self):
        login = self.user.user_ids
        message = self.case.with_user(login)._post_by_customer("Look", [("x.txt", b"x")])
        file = message.attachment_ids.with_user(login).sudo(False)
        self.assertFalse(file._has_attachments_ownership([file.sudo()._get_ownership_token()]))

    def test_staff_do_not_answer_for_the_customer(self):
        self.case.proposal = "100 Euro"
        values = {"proposal_state": "confirmed", "origin_id": self.foreign_case.id}
        self.call(self.officer, CASE, "write", self.case.ids, values)
        self.assertEqual(self.case.proposal_state, "open")
        self.assertFalse(self.case.origin_id)


@tagged("post_install", "-at_install")
class TestFormerColleague(CaseAttackCase):
    """Whoever has gone to another company, while the case stays with the old one."""

    def test_no_mails(self):
        self._let_take_part(self.case, self.user2)
        (self.user | self.user2).parent_id = self.sued
        message = self.case.with_user(self.officer).message_post(
            body="Nord's business", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertFalse(message.notified_partner_ids & (self.user | self.user2))
        self.assertFalse(self.case._takes_mail_of(self.user.email))
        answer = self.case.with_user(self.officer).action_answer()
        self.assertFalse(answer["context"]["default_partner_ids"])

    def test_confidential_cases_are_not_handed_over(self):
        """A main user would read them by saying that the colleague is gone."""
        self._create_case(self.user)
        self.case.is_confidential = True
        counts = dict(self.user._get_handover_counts())
        self.assertIn(1, counts.values(), counts)
        self.user._hand_over_to(self.main)
        self.assertEqual(self.case.partner_id, self.user)
        self.assertFalse(self.case.with_user(self.main.user_ids).has_access("read"))

    def test_own_case_of_a_private_person(self):
        case = self._create_case(self.person)
        self.person.parent_id = self.nord
        self.assertTrue(case._takes_mail_of(self.person.email))


@tagged("post_install", "-at_install")
class TestTypeTexts(CaseAttackCase):
    """Texts of types are filled in as the superuser: by Python, if one lets them."""

    def test_only_editors_of_templates_write_python(self):
        self.env["res.lang"]._activate_lang("en_US")
        self.env["res.lang"]._activate_lang("fr_FR")
        model, ids = self.ticket_type._name, self.ticket_type.ids
        for text in ("{{ object.message_ids.mapped('body') }}", "{{ object.unlink() }}"):
            for name, args in (
                ("write", [{"portal_title": text}]),
                ("update_field_translations", ["portal_title", {"fr_FR": text}]),
                ("update_field_translations", ["portal_title", {"en_US": text, "fr_FR": text}]),
            ):
                with self.subTest(text=text, name=name), self.assertRaises(AccessError):
                    self.call(self.manager, model, name, ids, *args)
        self.call(self.manager, model, "write", ids, {"portal_title": "{{ object.number }}"})
        self.manager.group_ids += self.env.ref("mail.group_mail_template_editor")
        self.call(self.manager, model, "write", ids, {"portal_title": "{{ object.number[:9] }}"})


@tagged("post_install", "-at_install")
class TestFormKeys(CaseAttackCase):
    """A key of one form, sent with another."""

    def test_another_forms_key(self):
        self.enterContext(self.enter_registry_test_mode())
        login = self.user.user_ids
        case, files = self.case.with_user(login), MultiDict()
        case._comment_by_customer({"text": "Hello"}, files, "KEY")
        form = self._create_action("form").with_user(login)
        request = self._create_action("request", request_type_id=self.ticket_type.id)
        self.assertEqual(form._submit(case, {}, files, "KEY").record.activity_id, self.case)
        outcome = request.with_user(login)._submit(case, {"text": "More"}, files, "KEY")
        self.assertEqual(outcome.record.origin_id, self.case)
        opened, _errors = case._open_by_customer(
            self.ticket_type.with_user(login).sudo(), {"text": "New"}, files, "KEY"
        )
        self.assertEqual((opened._name, opened.name), (CASE, "New"))


@tagged("post_install", "-at_install")
class TestForgedMails(CaseAttackCase):
    """Mails whose sender is not who it says."""

    def test_nobody_answers_for_staff_by_a_number(self):
        mail = {
            "email_from": self.officer.email,
            "subject": f"About {self.case.number}",
            "body": "Please pay to this account.",
        }
        gateway = self.env[CASE].sudo().with_context(mail_create_nosubscribe=True)
        case = gateway.message_new(mail, {"type_id": self.ticket_type.id})
        self.assertNotEqual(case, self.case)
        self.assertFalse(case.partner_id)

    def test_nobody_gets_mails_by_adding_a_colleague_with_the_address(self):
        victim = self._create_contact("Vera", "vera@nord.example", self.nord)
        self._create_contact("Not Vera", victim.email, self.sued, "user")
        sender = self.env[CASE]._find_sender(victim.email)
        self.assertNotEqual(sender.commercial_partner_id, self.sued)


@tagged("post_install", "-at_install")
class TestForeignStaff(CaseAttackCase):
    """Staff of another of our companies, and staff without rights."""

    def test_dialogs_tell_nothing(self):
        company = self.env["res.company"].create({"name": "Other of ours"})
        other = new_test_user(
            self.env,
            "kp_attacker",
            "kundenportal_addon.group_officer",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        values = {"activity_id": self.case.id, "action_id": self._create_action("form").id}
        with self.assertRaises(AccessError):
            fill_id = self.call(other, "kundenportal.form.fill", "create", [values])
            self.call(other, "kundenportal.form.fill", "read", fill_id, ["partner_id"])
        for user in (other, self.internal, self.stranger.user_ids):
            with self.subTest(user=user), self.assertRaises(AccessError):
                self.call(user, CASE, "action_answer", self.case.ids)
