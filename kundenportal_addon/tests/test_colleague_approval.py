from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .colleagues_common import ColleaguesCase


@tagged("post_install", "-at_install")
class TestApproval(ColleaguesCase):
    """Where the staff want to approve, wider access waits and narrower does not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.portal_colleague_approval = True

    def mails_about(self, words):
        """Return the mails to the main user that contain these words."""
        mails = self.env["mail.mail"].search([("body_html", "ilike", words)])
        return mails.filtered(
            lambda mail: "mia@nord.example" in (mail.email_to or mail.recipient_ids.email or "")
        )

    def approve(self, request, user=None):
        return request.with_user(user or self.officer).action_approve()

    def test_invitation_waits(self):
        self.assertEqual(self.act(self.main, self.new, "_invite_colleague", "user"), "requested")
        self.assertEqual(self.new.portal_access, "none")
        request = self.request_of(self.new)
        self.assertEqual(request.requested_by_id, self.main.user_ids)
        entry = self.last(self.new, "colleague_requested")
        self.assertEqual((entry.in_inbox, entry.review_state), (True, "open"))
        self.approve(request)
        self.assertEqual(self.new.portal_access, "user")
        self.assertEqual((request.state, request.decided_by_id), ("approved", self.officer))
        self.assertEqual((entry.review_state, entry.reviewer_id), ("done", self.officer))
        self.assertIn("colleague_approved", self.kinds(self.new))
        self.assertTrue(self.mails_about("Nora Neu"))

    def test_level_and_functions_wait(self):
        everything = self.functions["documents"] | self.functions["master_data"]
        self.act(self.main, self.user, "_set_colleague_functions", self.functions["documents"])
        self.assertEqual(self.codes(self.user), {"documents"}, "taking away never waits")
        self.assertFalse(self.request_of(self.user))
        self.assertEqual(
            self.act(self.main, self.user, "_set_colleague_functions", everything), "requested"
        )
        self.assertEqual(self.codes(self.user), {"documents"})
        self.act(self.main, self.user, "_change_colleague_level", "main_user")
        request = self.request_of(self.user)
        self.assertEqual(len(request), 1, "one request per contact")
        self.assertEqual(request.function_ids, self.functions["master_data"])
        self.approve(request)
        self.assertEqual(self.user.portal_access, "main_user")
        self.assertEqual(self.codes(self.user), {"documents", "master_data", "colleagues"})

    def test_narrower_access_does_not_wait(self):
        self.act(self.main, self.main2, "_change_colleague_level", "user")
        self.assertEqual(self.main2.portal_access, "user")
        self.act(self.main, self.user, "_change_colleague_level", "main_user")
        self.act(self.main, self.user, "_revoke_colleague")
        self.assertEqual(self.user.portal_access, "none")
        self.assertFalse(self.request_of(self.user), "what waited is withdrawn")

    def test_taking_a_wish_back(self):
        self.act(self.main, self.user, "_set_colleague_functions", self.functions["documents"])
        both = self.functions["documents"] | self.functions["master_data"]
        self.act(self.main, self.user, "_set_colleague_functions", both)
        self.act(self.main, self.user, "_set_colleague_functions", self.functions["documents"])
        self.assertFalse(self.request_of(self.user))
        self.assertEqual(self.last(self.user, "colleague_requested").review_state, "done")

    def test_withdraw(self):
        self.act(self.main, self.new, "_invite_colleague", "user")
        request = self.request_of(self.new)
        self.assertEqual(self.act(self.main2, self.new, "_withdraw_colleague_request"), "withdrawn")
        self.assertEqual(request.state, "withdrawn")
        self.assertIn("Max Main", self.refused_decision(request.with_user(self.officer)))
        self.assertEqual(self.new.portal_access, "none")

    def refused_decision(self, request):
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            request.action_approve()
        return str(caught.exception)

    def test_decline(self):
        self.act(self.main, self.new, "_invite_colleague", "user")
        request = self.request_of(self.new)
        action = request.with_user(self.officer).action_decline()
        dialog = (
            self.env["kundenportal.access.decline"]
            .with_user(self.officer)
            .with_context(**action["context"])
            .create({})
        )
        with self.assertRaises(UserError):
            dialog.action_confirm()
        dialog.reason = "Bitte rufen Sie uns an."
        dialog.action_confirm()
        self.assertEqual((request.state, self.new.portal_access), ("declined", "none"))
        self.assertIn("rufen", self.last(self.new, "colleague_declined").note)
        self.assertTrue(self.mails_about("Bitte rufen Sie uns an."))
        page = self.new.with_user(self.main.user_ids).sudo()._prepare_colleague()
        self.assertEqual(page["request"]["reason"], "Bitte rufen Sie uns an.")

    def test_second_decider_is_told_by_whom(self):
        self.act(self.main, self.new, "_invite_colleague", "user")
        request = self.request_of(self.new)
        self.approve(request)
        self.assertIn(self.officer.name, self.refused_decision(request.with_user(self.manager)))

    def test_checked_again_at_approval(self):
        def changes():
            yield "demoted", lambda: self.main._grant_portal_access("user")
            yield "contact moved", lambda: self.new.write({"parent_id": self.sued.id})
            yield "blocked", lambda: self.new.write({"portal_switch": "blocked"})
            yield (
                "works for us",
                lambda: new_test_user(
                    self.env, "kp_hired", "base.group_user", partner_id=self.new.id
                ),
            )

        self.act(self.main, self.new, "_invite_colleague", "user")
        request = self.request_of(self.new)
        for what, change in changes():
            with self.subTest(what=what), self.env.cr.savepoint() as savepoint:
                change()
                self.assertTrue(self.refused_decision(request.with_user(self.officer)))
                self.assertNotEqual(request.state, "approved")
                savepoint.rollback()
                self.env.invalidate_all()
                self.env.registry.clear_cache()

    def test_a_contact_that_moves_leaves_wishes_behind(self):
        self.act(self.main, self.user, "_change_colleague_level", "main_user")
        request = self.request_of(self.user)
        self.user.portal_main_withheld_function_ids = self.functions["documents"]
        self.user.parent_id = self.sued
        self.assertEqual(request.state, "withdrawn")
        self.assertEqual(self.last(self.user, "colleague_requested").review_state, "done")
        self.assertFalse(self.user.portal_main_withheld_function_ids)
        row = self.user.with_user(self.stranger.user_ids).sudo()._prepare_colleagues()[0]
        self.assertFalse(row["is_waiting"])

    def test_function_taken_meanwhile(self):
        self.act(self.main, self.user, "_set_colleague_functions", self.functions["documents"])
        both = self.functions["documents"] | self.functions["master_data"]
        self.act(self.main, self.user, "_set_colleague_functions", both)
        self.user.portal_withheld_function_ids = self.functions["master_data"]
        self.approve(self.request_of(self.user))
        self.assertEqual(self.codes(self.user), {"documents"})

    def test_only_officers_decide(self):
        self.act(self.main, self.new, "_invite_colleague", "user")
        request = self.request_of(self.new)
        for user in (self.main.user_ids, self.stranger.user_ids, self.internal):
            with self.subTest(user=user.name):
                for decide in (
                    lambda r: r.action_approve(),
                    lambda r: r._decline("x"),
                ):
                    with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models"):
                        decide(request.with_user(user))

    def test_main_users_read_their_companys_requests(self):
        self.act(self.main, self.new, "_invite_colleague", "user")
        request = self.request_of(self.new)
        self.assertEqual(self.readable(self.main2, request), request)
        self.assertFalse(self.readable(self.stranger, request))
        self.assertFalse(request.with_user(self.user.user_ids).has_access("read"))

    def test_staff_can_open_what_the_views_show(self):
        self.act(self.main, self.new, "_invite_colleague", "user")
        requests = self.env["kundenportal.access.request"].with_user(self.officer)
        for kind in ("list", "form"):
            arch = requests.get_view(view_type=kind)["arch"]
            names = {node.get("name") for node in etree.fromstring(arch).iter("field")}
            self.assertTrue(requests.search([]).read(list(names)))
        partners = self.env["res.partner"].with_user(self.officer)
        form = partners.get_view(self.env.ref("base.view_partner_form").id, "form")["arch"]
        for button in ("action_portal_confirm_left", "action_portal_still_there"):
            self.assertIn(button, form)
        self.assertFalse(partners.search([("portal_left_on", "!=", False)]))

    def test_merged_contacts_with_a_request_each(self):
        twin = self._create_contact("Nora Neu", "nora2@nord.example", self.nord)
        for contact in (self.new, twin):
            self.act(self.main, contact, "_invite_colleague", "user")
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([self.new.id, twin.id], self.new)
        self.assertEqual(len(self.request_of(self.new)), 1)
