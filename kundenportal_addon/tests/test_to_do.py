from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .http_common import PortalHttpCase
from .message_common import MessageFixture
from .questionnaire_common import QuestionnaireFixture


@tagged("post_install", "-at_install")
class TestToDo(QuestionnaireFixture, MessageFixture, PortalHttpCase):
    """What waits for a customer stands first on its home, and is gone when done."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Actions that the product brings wait, too; these tests have their own.
        cls.env["kundenportal.activity.action"].search(
            [("id", "!=", cls.questionnaire.id)]
        ).is_to_do = False

    def to_dos(self, contact):
        self.env.flush_all()
        self.env.invalidate_all()
        # As pages have it: superuser's, as `env.user` always is.
        return self.env(user=contact.user_ids.id).user._prepare_portal_to_dos()

    def kinds(self, contact):
        return [to_do["kind"] for to_do in self.to_dos(contact)]

    def test_quotations(self):
        today = fields.Date.today()
        order = self._create_order(self.user, "sent")
        order.write({"require_signature": True, "validity_date": today})
        (to_do,) = self.to_dos(self.user)
        self.assertEqual(to_do["url"], f"/my/orders/{order.id}")
        self.assertEqual((to_do["due"], to_do["is_overdue"]), (today, False))
        self.assertIn(order.name, to_do["text"])
        self.assertEqual(self.kinds(self.main), ["quotation"])
        self.assertFalse(self.kinds(self.user2), "a colleague's")
        self.assertFalse(self.kinds(self.stranger))
        order.validity_date = fields.Date.subtract(today, days=1)
        self.assertFalse(self.kinds(self.user), "expired")
        order.write({"validity_date": False, "require_signature": False, "require_payment": False})
        self.assertFalse(self.kinds(self.user), "nothing to sign or to pay")
        order.require_payment = True
        self.assertEqual(self.kinds(self.user), ["quotation"])
        order.action_confirm()
        self.assertFalse(self.kinds(self.user), "done")

    def test_messages(self):
        copy = self._send_message(self.user)
        self._send_message(self.user)
        (to_do,) = self.to_dos(self.user)
        self.assertIn("2", to_do["text"])
        self.assertEqual(to_do["url"], "/my/messages")
        copy.with_user(self.user.user_ids)._mark_read()
        self.assertNotIn("2", self.to_dos(self.user)[0]["text"])

    def test_cases(self):
        case = self._create_case(self.user)
        self.assertFalse(self.kinds(self.user))
        case._change_state("waiting")
        (to_do,) = self.to_dos(self.user)
        self.assertEqual((to_do["kind"], to_do["url"]), ("case", f"/my/activities/{case.id}"))
        self.assertFalse(self.kinds(self.main), "they see it, but it waits for somebody else")
        case._post_by_customer("Here I am")
        self.assertFalse(self.kinds(self.user))

        case._change_state("done")
        self.assertEqual(self.kinds(self.user), ["questionnaire"])
        self.assertTrue(self.to_dos(self.user)[0]["due"])
        self.begin(case, self.user)
        self.assertEqual(self.kinds(self.user), ["questionnaire"])
        self.answer(case, self.user, 10)
        self.assertFalse(self.kinds(self.user))

        company_case = self._create_case(self.nord)
        company_case._change_state("waiting")
        self.assertEqual(self.kinds(self.main), ["case"], "main users speak for the company")
        self.assertFalse(self.kinds(self.user))
        self.ticket_type.is_in_portal = False
        self.assertFalse(self.kinds(self.main), "nothing that the page would not show")

    def test_forms_and_proposals(self):
        form = self._create_action(
            "form",
            name="Preparation",
            field_ids=[Command.create({"name": "Who lets us in?", "is_required": True})],
        )
        self._create_action("confirm", name="Confirm")
        case = self._create_case(self.user)
        self.assertEqual(self.kinds(self.user), ["form"])
        field = form.field_ids
        responses = self.env["kundenportal.form.response"].with_user(self.user.user_ids)
        whole = case.with_user(self.user.user_ids).sudo()
        responses._save(whole, field.sudo(), {field: "Ole"}, form.sudo(), is_final=False)
        form.is_to_do = False
        self.assertEqual(self.kinds(self.user), ["form"], "half-filled is to be finished")
        responses._save(whole, field.sudo(), {field: "Ole"}, form.sudo())
        self.assertFalse(self.kinds(self.user))

        case.proposal = "Tuesday, 9 a.m."
        self.assertEqual(self.kinds(self.user), ["confirm"])
        case._change_state("waiting")
        self.assertEqual(self.kinds(self.user), ["confirm"], "one row says it")
        case.proposal_state = "confirmed"
        self.assertEqual(self.kinds(self.user), ["case"])

    def test_functions(self):
        self._create_order(self.user, "sent").require_signature = True
        self._create_case(self.user)._change_state("waiting")
        self._send_message(self.user)
        self.assertEqual(sorted(self.kinds(self.user)), ["case", "message", "quotation"])
        self.user.portal_withheld_function_ids = [
            Command.set(
                [self.functions[code].id for code in ("documents", "activities", "messages")]
            )
        ]
        self.assertFalse(self.kinds(self.user))

    def test_on_the_home(self):
        self.sign_in(self.user)
        page = self.get_page("/my")
        self.assertFalse(page.xpath("//section[contains(@class, 'kp_to_dos')]"))
        self.assertTrue(page.xpath("//a[starts-with(@href, '/my/quotes')]"), "shown when it counts")
        for _number in range(7):
            self._create_case(self.user, "<b>Drucker</b>")._change_state("waiting")
        self._create_done_case(self.user)
        order = self._create_order(self.user, "sent")
        order.write({"require_signature": True, "validity_date": fields.Date.today()})
        page = self.get_page("/my")
        alert = "//div[contains(@class, 'o_portal_index_card')]/a[starts-with(@href, '/my/quotes')]"
        self.assertFalse(page.xpath(alert), "Odoo's alert would say it again")
        rows = page.xpath("//section[contains(@class, 'kp_to_dos')]//li")
        self.assertEqual(rows[0].get("data-kind"), "quotation", "what is due comes first")
        self.assertEqual(
            [row.get("data-kind") for row in rows].count("case"), 6, "and one for more"
        )
        self.assertIn("<b>Drucker</b>", rows[1].text_content())
        for href in page.xpath("//section[contains(@class, 'kp_to_dos')]//a/@href"):
            self.get_page(href)
        first = page.xpath("//div[@id='wrap']//section | //div[@id='wrap']//a[@class='kp_tile']")[0]
        self.assertIn("kp_to_dos", first.get("class"))

    def test_queries(self):
        self.sign_in(self.user)
        counts = []
        for _number in range(2):
            self._create_case(self.user)._change_state("waiting")
            self._create_done_case(self.user)
            self._create_order(self.user, "sent").require_signature = True
            self._send_message(self.user)
            counts.append(self.count_page_queries("/my"))
        self.assertLessEqual(counts[1], counts[0], "no more with more to do")
