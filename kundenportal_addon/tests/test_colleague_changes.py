from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .colleagues_common import ColleaguesCase


@tagged("post_install", "-at_install")
class TestNewColleague(ColleaguesCase):
    """Contact persons that main users add."""

    def add(self, actor=None, level=None, key=None, **values):
        partners = self.env["res.partner"].with_user((actor or self.main).user_ids)
        return partners._add_colleague({"name": "Karl Kollege", **values}, level, key)

    def test_without_access(self):
        colleague, errors = self.add(
            function="Lager", email="Karl@Nord.example", phone="+49 421 550"
        )
        self.assertFalse(errors)
        self.assertEqual(colleague.parent_id, self.nord)
        self.assertEqual(
            (colleague.name, colleague.function, colleague.email, colleague.type),
            ("Karl Kollege", "Lager", "karl@nord.example", "contact"),
        )
        self.assertEqual(colleague.portal_access, "none")
        entry = self.last(colleague, "contact_added")
        self.assertEqual((entry.review_state, entry.user_id), ("open", self.main.user_ids))
        self.assertIn("karl@nord.example", entry.note)

    def test_with_access(self):
        colleague, errors = self.add(level="main_user", email="karl@nord.example")
        self.assertFalse(errors)
        self.assertEqual(colleague.portal_access, "main_user")
        self.assertIn("invitation_sent", self.kinds(colleague))

    def test_sent_twice(self):
        first, _errors = self.add(email="karl@nord.example", key="abc")
        second, _errors = self.add(email="karl@nord.example", key="abc")
        self.assertEqual(first, second)
        other, _errors = self.add(self.main2, key="abc")
        self.assertNotEqual(first, other, "the key is the sender's own")

    def test_errors(self):
        for values, field in (
            ({"name": " \n "}, "name"),
            ({"name": "x" * 10000}, "name"),
            ({"email": "no address"}, "email"),
            ({"email": "uwe@nord.example"}, "email"),
            ({"phone": "abc"}, "phone"),
            ({"phone": "1" * 10000}, "phone"),
            ({"level": "user"}, "email"),
            ({"level": "user", "email": "sven@sued.example"}, "email"),
        ):
            with self.subTest(values=str(values)[:50]):
                colleague, errors = self.add(**values)
                self.assertFalse(colleague)
                self.assertEqual(set(errors), {field})

    def test_not_for_persons_or_users(self):
        for actor in (self.user, self.person):
            with self.subTest(actor=actor.name), self.assertRaises(AccessError):
                self.add(actor)

    def test_a_contact_waiting_for_review_cannot_ask_for_access(self):
        self.company.write({"portal_admission": "all", "portal_colleague_approval": True})
        colleague, _errors = self.add(email="karl@nord.example")
        self.assertFalse(colleague._may_have_portal_access())
        self.last(colleague, "contact_added").with_user(self.officer).action_mark_reviewed()
        self.assertTrue(colleague._may_have_portal_access())


@tagged("post_install", "-at_install")
class TestColleagueLeaves(ColleaguesCase):
    """Reported as gone: no access, and somebody else has what is open."""

    def test_hand_over(self):
        offered, ordered = self._create_order(self.user, "sent"), self._create_order(self.user)
        offered._portal_ensure_token()
        price, invoiced = offered.amount_total, offered.partner_invoice_id
        invoice_address = self.env["res.partner"].create(
            {"name": "Rechnung", "type": "invoice", "parent_id": self.nord.id}
        )
        self.act(self.main, self.user, "_report_colleague_gone", self.user2.id)
        self.assertEqual(offered.partner_id, self.user2)
        self.assertEqual(offered.amount_total, price)
        self.assertNotEqual(invoiced, invoice_address)
        self.assertNotEqual(offered.partner_invoice_id, invoice_address, "stays as offered")
        self.assertNotIn(self.user, offered.message_partner_ids)
        self.assertFalse(offered.access_token, "links sent to the leaver are dead")
        self.assertEqual(offered.portal_commercial_partner_id, self.nord)
        self.assertEqual(ordered.partner_id, self.user, "what was ordered was ordered by it")
        self.assertEqual(self.readable(self.user2, offered), offered)

        self.assertEqual(self.user.portal_access, "none")
        self.assertTrue(self.user.active, "archiving is for the staff")
        self.assertEqual(self.user.portal_left_on, fields.Date.today())
        self.assertEqual(
            self.kinds(self.user)[-3:], ["access_revoked", "documents_handed_over", "contact_left"]
        )
        self.assertIn("Ute User", self.last(self.user, "documents_handed_over").note)
        self.assertEqual(self.last(self.user, "contact_left").review_state, "open")
        self.refused(self.main, self.user, "_invite_colleague", "user", error=AccessError)

    def test_without_access_too(self):
        self.company.portal_admission = "all"
        self.act(self.main, self.new, "_report_colleague_gone", self.main.id)
        self.assertNotIn("access_revoked", self.kinds(self.new))
        self.assertNotIn("documents_handed_over", self.kinds(self.new), "there was nothing")
        self.assertFalse(self.new._may_have_portal_access())

    def test_successor(self):
        self.user2.portal_switch = "blocked"
        for successor in (self.user, self.stranger, self.new, self.nord, self.user2):
            with self.subTest(successor=successor.name):
                self.refused(self.main, self.user, "_report_colleague_gone", successor.id)
        self.refused(self.main, self.user, "_report_colleague_gone", 0)
        self.assertEqual(self.user.portal_access, "user")

    def test_staff_archive_or_take_back(self):
        for contact in (self.user, self.user2):
            self.act(self.main, contact, "_report_colleague_gone", self.main.id)
        self.user.with_user(self.officer).action_portal_confirm_left()
        self.assertFalse(self.user.active)
        self.assertEqual(self.last(self.user, "contact_left").review_state, "done")
        self.user2.with_user(self.officer).action_portal_still_there()
        self.assertFalse(self.user2.portal_left_on)
        self.assertEqual(self.last(self.user2, "contact_left").review_state, "done")
        self.act(self.main, self.user2, "_invite_colleague", "user")

    def test_given_access_by_staff_is_listed_again(self):
        self.act(self.main, self.user, "_report_colleague_gone", self.main.id)
        self.user._grant_portal_access("user")
        self.act(self.main, self.user, "_revoke_colleague")
        self.assertEqual(self.user.portal_access, "none")
