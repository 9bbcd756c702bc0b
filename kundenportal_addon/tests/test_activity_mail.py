from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .activity_common import ActivityFixture
from .common import PortalCase

MAIL = """\
From: {sender}
To: {to}
Subject: {subject}
Message-ID: <{message_id}@else.example>
{headers}MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"

{text}
"""


@tagged("post_install", "-at_install")
class TestActivityGateway(ActivityFixture, PortalCase):
    """Mails that come in: whose case they make, and into which they may go."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        domain = cls.env["mail.alias.domain"].search([], limit=1)
        cls.domain = domain or cls.env["mail.alias.domain"].create({"name": "ours.example"})
        cls.company.alias_domain_id = cls.domain
        cls.ticket_type.write({"alias_name": "kp-test-help", "alias_domain_id": cls.domain.id})
        cls.address = f"kp-test-help@{cls.domain.name}"
        cls.stranger_case = cls._create_case(cls.stranger, "Südhangs Sache")
        cls.case = cls._create_case(cls.user, "Nordwinds Sache", user_id=cls.officer.id)

    def setUp(self):
        super().setUp()
        self.number = 0

    def receive(
        self,
        sender,
        subject="It is broken",
        text="Please help.",
        to=None,
        answer_to=None,
        headers="",
    ):
        """Let a mail come in, as the job that fetches mails does.

        :param sender: a contact, or an address
        :param answer_to: the message that it answers
        :param str headers: further ones, each with its end of line
        :return: the new cases
        """
        self.number += 1
        before = self.env["kundenportal.activity"].search([])
        if answer_to:
            headers += f"In-Reply-To: {answer_to.message_id}\n"
        mail = MAIL.format(
            sender=sender if isinstance(sender, str) else sender.email_formatted,
            to=to or self.address,
            subject=subject,
            text=text,
            headers=headers,
            message_id=f"{self.id()}-{self.number}",
        )
        self.env["mail.thread"].sudo().message_process(None, mail)
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["kundenportal.activity"].search([]) - before

    def post(self, case, text="What do you mean?"):
        """Let staff write to the customer.

        :return: the message
        """
        return case.with_user(self.officer).message_post(
            body=text, message_type="comment", subtype_xmlid="mail.mt_comment"
        )

    def texts(self, case):
        """Return what the customer reads of the conversation."""
        return " ".join(case._get_portal_messages().mapped("body"))

    def entries(self, case, code):
        return self.env["kundenportal.protocol"].search(
            [("res_model", "=", case._name), ("res_id", "=", case.id), ("kind_id.code", "=", code)]
        )

    # === NEW CASES === #

    def test_a_mail_makes_a_case(self):
        case = self.receive(self.user, "  Toner\tempty ")
        self.assertEqual(case.type_id, self.ticket_type)
        self.assertEqual((case.partner_id, case.commercial_partner_id), (self.user, self.nord))
        self.assertEqual((case.channel, case.state), ("mail", "new"))
        self.assertTrue(case.number)
        self.assertIn("Please help.", self.texts(case))
        self.assertFalse(case.customer_replied, "it is what the case was opened with")
        self.assertTrue(self.entries(case, "activity_unassigned"))
        self.assertEqual(self.readable(self.user, case), case, "in the portal, too")
        self.assertEqual(self.readable(self.main, case), case)
        self.assertFalse(self.readable(self.user2, case))

    def test_unknown_sender(self):
        case = self.receive("Nobody <nobody@else.example>", subject="")
        self.assertFalse(case.partner_id | case.commercial_partner_id)
        self.assertIn("nobody@else.example", case.email_from)
        self.assertTrue(case.name, "a mail without a subject is one, too")
        self.assertTrue(self.entries(case, "activity_unassigned"))
        for contact in (self.user, self.main, self.stranger, self.person):
            self.assertFalse(self.readable(contact, case))
        # Whoever opened it may go on, nobody else.
        self.assertFalse(
            self.receive("nobody@else.example", "Re: x", "And more.", answer_to=self.post(case))
        )
        self.assertIn("And more.", self.texts(case))
        self.assertTrue(self.receive("other@else.example", answer_to=self.post(case)))

    def test_several_contacts_with_one_address(self):
        shared = "shared@nord.example"
        self._create_contact("Empfang", shared, self.nord)
        self._create_contact("Vertretung", shared, self.nord)
        self.assertEqual(self.receive(shared).partner_id, self.nord, "which of them, nobody knows")
        self._create_contact("Berater", shared, self.sued)
        case = self.receive(shared, "What fits several companies")
        self.assertFalse(case.partner_id, "fits nobody")
        self.assertFalse(case._get_portal_messages().author_id)
        self._create_contact("Chef", self.user.email, self.sued)
        self.user.with_user(self.user.user_ids)._set_email_verified(self.user.email)
        case = self.receive(self.user)
        self.assertEqual(case.partner_id, self.user, "who signs in with it")

    def test_staff_are_no_customers(self):
        case = self.receive(self.officer.partner_id, "Fwd: somebody's trouble")
        self.assertFalse(case.partner_id)

    def test_long_and_strange(self):
        case = self.receive(self.user, "x" * 900, "<script>alert(1)</script>")
        self.assertLessEqual(len(case.name), 200)
        self.assertNotIn("<script>", self.texts(case))

    # === ANSWERS === #

    def test_an_answer_lands_in_its_case(self):
        self.case._change_state("waiting")
        question = self.post(self.case)
        self.assertFalse(self.receive(self.user, "Re: x", "The left one.", answer_to=question))
        self.assertIn("The left one.", self.texts(self.case))
        self.assertEqual(self.case.state, "in_progress")
        self.assertTrue(self.case.customer_replied)
        mails = self.case.message_ids.filtered(lambda message: message.message_type == "email")
        self.assertEqual(mails.author_id, self.user)
        self.post(self.case, "Thank you")
        self.assertFalse(self.case.customer_replied)

    def test_an_answer_reopens(self):
        question = self.post(self.case)
        self.case._change_state("done")
        self.assertFalse(self.receive(self.user, "Re: x", "Not at all!", answer_to=question))
        self.assertEqual(self.case.state, "in_progress")

        self.case._change_state("done")
        long_ago = fields.Datetime.now() - timedelta(days=self.ticket_type.reopen_days + 1)
        self.case._own_write({"closed_on": long_ago})
        self.assertFalse(self.receive(self.user, "Re: x", "Thanks again", answer_to=question))
        self.assertEqual(self.case.state, "done", "too long ago")
        self.assertIn("Thanks again", self.texts(self.case))
        self.assertEqual(self.entries(self.case, "activity_reply_closed").review_state, "open")

    def test_machines(self):
        """Notices of absence: kept, but nothing is answered to them, and nothing goes on."""
        absent = {
            "subject": "Away",
            "text": "Back in May",
            "headers": "Auto-Submitted: auto-replied\n",
        }
        self.case._change_state("waiting")
        question = self.post(self.case)
        self.assertFalse(self.receive(self.user, answer_to=question, **absent))
        self.assertIn("Back in May", self.texts(self.case))
        self.assertEqual((self.case.state, self.case.customer_replied), ("waiting", False))
        self.case._change_state("done")
        self.assertFalse(self.receive(self.user, answer_to=question, **absent))
        self.assertEqual(self.case.state, "done")
        self.assertFalse(self.entries(self.case, "activity_reply_closed"))
        mails = self.env["mail.mail"].search([("email_to", "ilike", self.user.email)])
        self.assertTrue(self.receive(self.user, **absent))
        self.assertEqual(
            self.env["mail.mail"].search([("email_to", "ilike", self.user.email)]), mails
        )
        self.assertTrue(self.receive(self.user, "Written by hand"))
        receipt = self.env["mail.mail"].search([("email_to", "ilike", self.user.email)]) - mails
        self.assertEqual(len(receipt), 1)
        # What a machine answers to the receipt lands in its case, and so on for ever.
        self.assertFalse(self.receive(self.user, f"Re: {receipt.subject}", "Away", None, receipt))

    def test_loops(self):
        """Odoo stops whoever opens too many cases by mail."""
        self.env["ir.config_parameter"].sudo().set_param("mail.gateway.loop.threshold", "2")
        self.assertTrue(self.receive("robot@else.example"))
        self.assertTrue(self.receive("robot@else.example"))
        self.assertFalse(self.receive("robot@else.example"))

    def test_who_may_answer(self):
        question = self.post(self.case)
        self.assertFalse(self.receive(self.main, text="Main speaking", answer_to=question))
        self.assertIn("Main speaking", self.texts(self.case))
        foreign = self.receive(self.user2, text="Colleague speaking", answer_to=question)
        self.assertEqual(foreign.partner_id, self.user2)
        self.assertNotIn("Colleague speaking", self.texts(self.case))
        self._let_take_part(self.case, self.user2)
        self.assertFalse(self.receive(self.user2, text="Now I may", answer_to=question))
        self.case.is_confidential = True
        self.assertTrue(self.receive(self.main, text="Not any more", answer_to=question))

    def test_staff_answer_by_mail(self):
        self.case._change_state("done")
        message = self.case._post_by_customer("Hello?")
        sender = self.officer.partner_id
        self.assertFalse(self.receive(sender, text="Solved, see above.", answer_to=message))
        self.assertIn("Solved, see above.", self.texts(self.case))
        self.assertEqual(self.case.state, "done")
        self.assertFalse(self.case.customer_replied)

    def test_an_answer_to_a_duplicate_goes_to_what_is_left(self):
        question = self.post(self.case)
        other = self._create_case(self.user)
        self.case._own_write({"merged_into_id": other.id})
        self.assertFalse(self.receive(self.user, text="About the printer", answer_to=question))
        self.assertIn("About the printer", self.texts(other))
        self.assertFalse(self.receive(self.user, self.case.number, "By its old number"))
        self.assertIn("By its old number", self.texts(other))

    # === SOMEBODY ELSE'S === #

    def test_somebody_elses_number(self):
        subject = f"Re: [{self.stranger_case.number}]"
        case = self.receive(self.user, subject, "What is this about?")
        self.assertEqual(case.partner_id, self.user)
        self.assertNotIn("What is this about?", self.texts(self.stranger_case))
        self.assertEqual(self.stranger_case.state, "new")
        notes = case.message_ids.filtered(lambda note: self.stranger_case.number in note.body)
        self.assertTrue(notes, "staff are told")
        self.assertNotIn(self.stranger_case.number, self.texts(case), "the sender is not")
        unknown = self.receive("nobody@else.example", subject)
        self.assertFalse(unknown.partner_id)

    def test_ones_own_number(self):
        subject = f"Once more: {self.case.number}"
        self.assertFalse(self.receive(self.user, subject, "Still broken."))
        self.assertIn("Still broken.", self.texts(self.case))
        # A number that is nobody's, or a subject full of them, is only a subject.
        self.assertTrue(self.receive(self.user, "T-1999-99999"))
        self.assertTrue(self.receive(self.user, " ".join(f"number-{i:05}" for i in range(20))))

    def test_an_answer_to_somebody_elses_case(self):
        question = self.post(self.stranger_case, "Secret of Süd")
        case = self.receive(self.user, "Re: secret", "I found this mail.", answer_to=question)
        self.assertEqual((case.partner_id, case.type_id), (self.user, self.ticket_type))
        self.assertNotIn("I found", self.texts(self.stranger_case))
        self.assertNotIn("Secret of Süd", self.texts(case))
        self.assertTrue(
            case.message_ids.filtered(lambda note: self.stranger_case.number in note.body)
        )
        # Where only those with an address known to us may write, strangers do not get in this way.
        self.ticket_type.alias_id.alias_contact = "partners"
        self.assertFalse(self.receive("nobody@else.example", answer_to=question))
