import threading

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import PortalCase


class ColleaguesCase(PortalCase):
    """Main users of the fixture act on the contacts of their company."""

    @classmethod
    def _extend_portal_fixture(cls):
        cls.company.portal_colleague_approval = False
        cls.main2 = cls._create_contact("Max Main", "max@nord.example", cls.nord, "main_user")
        cls.new = cls._create_contact("Nora Neu", "nora@nord.example", cls.nord)

    def setUp(self):
        super().setUp()
        # Odoo's own runner does so; the routing map asks for it.
        threading.current_thread().dbname = self.env.cr.dbname
        # The throttle counts in a transaction of its own.
        self.enterContext(self.enter_registry_test_mode())

    def act(self, actor, target, method, *args):
        """Call a method of a contact as the login of another."""
        return getattr(target.with_user(actor.user_ids), method)(*args)

    def refused(self, actor, target, method, *args, error=UserError):
        """Check that an action is refused, and return the sentence."""
        with self.assertRaises(error) as caught, self.env.cr.savepoint():
            self.act(actor, target, method, *args)
        return str(caught.exception)

    def kinds(self, contact):
        """Return the kinds of what the protocol says about a contact, oldest first."""
        entries = self.env["kundenportal.protocol"].search([("partner_id", "=", contact.id)])
        return [entry.kind_id.code for entry in entries.sorted("id")]

    def last(self, contact, code):
        return self.env["kundenportal.protocol"].search(
            [("partner_id", "=", contact.id), ("kind_id.code", "=", code)], limit=1
        )

    def codes(self, contact):
        return set(contact.portal_function_ids.mapped("code"))

    def request_of(self, contact):
        return self.env["kundenportal.access.request"].search(
            [("partner_id", "=", contact.id), ("state", "=", "requested")]
        )


#: Every action of a main user on a colleague, with arguments.
ACTIONS = (
    ("_invite_colleague", "user"),
    ("_invite_colleague_again",),
    ("_change_colleague_level", "main_user"),
    ("_change_colleague_level", "user"),
    ("_set_colleague_functions", None),
    ("_revoke_colleague",),
    ("_withdraw_colleague_request",),
    ("_report_colleague_gone", 0),
)


@tagged("post_install", "-at_install")
class TestColleagueGate(ColleaguesCase):
    """Actor × target × action: whoever may not, may nothing."""

    def arguments(self, action):
        return [self.env["kundenportal.function"] if arg is None else arg for arg in action[1:]]

    def assertNobody(self, actor_user, targets):  # noqa: N802 (named like unittest's)
        for target in targets:
            for action in ACTIONS:
                with self.subTest(actor=actor_user.name, target=target.name, action=action):
                    with self.assertRaises(AccessError), self.env.cr.savepoint():
                        method = getattr(target.with_user(actor_user), action[0])
                        method(*self.arguments(action))

    def test_actors(self):
        functionless = self._create_contact("Falk", "falk@nord.example", self.nord, "main_user")
        functionless.portal_withheld_function_ids = self.functions["colleagues"]
        blocked = self._create_contact("Bea", "bea@nord.example", self.nord, "main_user")
        blocked.portal_switch = "blocked"
        revoked = self._create_contact("Ron", "ron@nord.example", self.nord, "main_user")
        revoked_user = revoked.user_ids
        revoked._revoke_portal_access()
        public = self.env.ref("base.public_user")
        actors = [c.user_ids for c in (self.user, self.stranger, self.person, functionless)]
        actors += [blocked.user_ids, revoked_user, self.internal, self.officer, public]
        for actor in actors:
            self.assertNobody(actor, [self.user2, self.new])

    def test_targets(self):
        address = self.env["res.partner"].create(
            {"name": "Lager", "type": "delivery", "parent_id": self.nord.id}
        )
        subsidiary = self.env["res.partner"].create(
            {"name": "Tochter", "is_company": True, "parent_id": self.nord.id}
        )
        staff = new_test_user(self.env, "kp_both", "base.group_user", email="both@nord.example")
        staff.partner_id.parent_id = self.nord
        archived = self._create_contact("Alt", "alt@nord.example", self.nord)
        archived.active = False
        gone = self._create_contact("Weg", "weg@nord.example", self.nord)
        gone.portal_left_on = fields.Date.today()
        targets = [self.stranger, self.sued, self.person, self.nord, address, subsidiary]
        targets += [staff.partner_id, archived, gone, self.manager.partner_id]
        self.assertNobody(self.main.user_ids, targets)

    def test_inactive_portal(self):
        self.company.portal_active = False
        self.assertNobody(self.main.user_ids, [self.new])

    def test_gate_asks_the_database(self):
        """Nobody acts with rights that a cache still remembers."""
        self.assertTrue(self.main.user_ids.has_group("kundenportal_addon.group_portal_main_user"))
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.env.cr.execute(
                "DELETE FROM res_groups_users_rel WHERE uid = %s AND gid = %s",
                [
                    self.main.user_ids.id,
                    self.env.ref("kundenportal_addon.group_portal_main_user").id,
                ],
            )
            self.act(self.main, self.new, "_invite_colleague", "user")

    def test_blocked_contact_stays_blocked(self):
        self.user.portal_switch = "blocked"
        self.new.portal_switch = "blocked"
        nothing = self.env["kundenportal.function"]
        self.refused(self.main, self.new, "_invite_colleague", "user")
        self.refused(self.main, self.user, "_invite_colleague_again")
        self.refused(self.main, self.user, "_change_colleague_level", "main_user")
        self.refused(self.main, self.user, "_set_colleague_functions", nothing)
        self.assertEqual(self.user.portal_switch, "blocked")
        self.assertEqual(self.new.portal_access, "none")

    def test_customers_write_nothing_by_themselves(self):
        own = self.user2.with_user(self.main.user_ids)
        for values in (
            {"portal_left_on": "2026-01-01"},
            {"portal_main_withheld_function_ids": [Command.clear()]},
            {"parent_id": self.sued.id},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                own.write(values)
        with self.assertRaises(AccessError):
            self.env["kundenportal.access.request"].with_user(self.main.user_ids).create(
                {"partner_id": self.new.id, "level": "main_user"}
            )


@tagged("post_install", "-at_install")
class TestColleagueActions(ColleaguesCase):
    """What main users do without approval."""

    def test_invite(self):
        self.assertEqual(self.act(self.main, self.new, "_invite_colleague", "user"), "invited")
        self.assertEqual(self.new.portal_access, "user")
        self.assertEqual(self.kinds(self.new), ["invitation_sent", "access_granted"])
        entries = self.env["kundenportal.protocol"].search([("partner_id", "=", self.new.id)])
        self.assertEqual(entries.user_id, self.main.user_ids, "the main user acted")
        self.refused(self.main, self.new, "_invite_colleague", "user")
        self.assertEqual(self.act(self.main, self.new, "_invite_colleague_again"), "invited")
        self.assertEqual(self.kinds(self.new).count("invitation_sent"), 2)

    def test_invite_on_no_level(self):
        for level in ("", "admin", "none", None):
            with self.subTest(level=level):
                self.refused(self.main, self.new, "_invite_colleague", level)

    def test_address_is_set_once(self):
        contact = self._create_contact("Otto Ohne", False, self.nord)
        self.assertIn("needs", self.refused(self.main, contact, "_invite_colleague", "user"))
        self.refused(self.main, contact, "_invite_colleague", "user", "no address")
        self.act(self.main, contact, "_invite_colleague", "user", " Otto@Nord.example ")
        self.assertEqual(contact.email, "otto@nord.example")
        self.assertEqual(contact.user_ids.login, "otto@nord.example")
        self.act(self.main, self.new, "_invite_colleague", "user", "thief@else.example")
        self.assertEqual(self.new.email, "nora@nord.example", "an address is not replaced")

    def test_addresses_of_others_are_not_told(self):
        contact = self._create_contact("Otto Ohne", False, self.nord)
        sentences = {
            self.refused(self.main, contact, "_invite_colleague", "user", email)
            for email in ("sven@sued.example", "internal@staff.example", "SVEN@Sued.example")
            if self.env["res.users"].search([("login", "=ilike", email)])
        }
        self.assertEqual(len(sentences), 1)
        self.assertNotIn("Sven", sentences.pop())
        self.assertFalse(contact.email)

    def test_levels(self):
        self.assertEqual(
            self.act(self.main, self.user, "_change_colleague_level", "main_user"), "level_changed"
        )
        self.assertEqual(self.user.portal_access, "main_user")
        self.assertEqual(
            self.act(self.main, self.user, "_change_colleague_level", "main_user"), "unchanged"
        )
        self.act(self.main, self.user, "_change_colleague_level", "user")
        self.assertEqual(self.user.portal_access, "user")
        self.assertEqual(self.last(self.user, "level_changed").user_id, self.main.user_ids)
        self.refused(self.main, self.new, "_change_colleague_level", "user")

    def test_last_main_user(self):
        self.act(self.main, self.main, "_change_colleague_level", "user")
        self.assertEqual(self.main.portal_access, "user", "another main user remained")
        self.refused(self.main2, self.main2, "_change_colleague_level", "user")
        self.refused(self.main2, self.main2, "_revoke_colleague")
        self.refused(self.main2, self.main2, "_report_colleague_gone", self.user.id)
        self.assertEqual(self.main2.portal_access, "main_user")

    def test_blocked_main_users_do_not_count(self):
        self.main2.portal_switch = "blocked"
        self.refused(self.main, self.main, "_change_colleague_level", "user")

    def test_nobody_takes_its_own_access(self):
        self.refused(self.main, self.main, "_revoke_colleague")
        self.refused(self.main, self.main, "_report_colleague_gone", self.main2.id)
        functions = self.env["kundenportal.function"]
        self.refused(self.main, self.main, "_set_colleague_functions", functions)

    def test_revoke(self):
        self.company.portal_admission = "all"
        self.assertEqual(self.act(self.main, self.user, "_revoke_colleague"), "revoked")
        self.assertEqual(self.user.portal_access, "none")
        self.assertEqual(self.last(self.user, "access_revoked").user_id, self.main.user_ids)
        self.assertFalse(self.user._may_have_portal_access(), "it does not get in by asking")
        self.refused(self.main, self.user, "_revoke_colleague")
        self.act(self.main, self.user, "_invite_colleague", "user")
        self.assertEqual(self.user.portal_access, "user")
        self.assertTrue(self.user._may_have_portal_access())

    def test_throttle(self):
        for _number in range(29):
            self.act(self.main, self.new, "_throttle_colleagues")
        self.act(self.main, self.new, "_invite_colleague", "user")
        self.refused(self.main, self.new, "_invite_colleague_again")
        other = self._create_contact("Otto", "otto@nord.example", self.nord)
        self.refused(self.main, other, "_invite_colleague", "user")
        self.act(self.main2, other, "_invite_colleague", "user")


@tagged("post_install", "-at_install")
class TestColleagueFunctions(ColleaguesCase):
    """Ticks: never more than the company has, never more than the staff allow."""

    def tick(self, contact, *codes, actor=None):
        functions = self.env["kundenportal.function"].union(*map(self.functions.get, codes))
        return self.act(actor or self.main, contact, "_set_colleague_functions", functions)

    def tickable(self, contact):
        sudo = contact.with_user(self.main.user_ids).sudo()
        return set(sudo._get_tickable_functions().mapped("code"))

    def test_take_and_give_back(self):
        self.assertEqual(self.tickable(self.user), {"documents", "master_data"})
        self.assertEqual(self.tick(self.user, "documents"), "functions_changed")
        self.assertEqual(self.codes(self.user), {"documents"})
        self.assertFalse(self.user.user_ids._has_portal_function("master_data"))
        note = self.last(self.user, "functions_changed").note
        before, after = note.split(" → ")
        self.assertEqual(after, self.functions["documents"].name)
        self.assertIn(self.functions["master_data"].name, before)
        self.assertEqual(self.tick(self.user, "documents"), "unchanged")
        self.tick(self.user, "documents", "master_data")
        self.assertEqual(self.codes(self.user), {"documents", "master_data"})

    def test_nobody_gives_what_the_company_does_not_have(self):
        self.tick(self.user, "documents", "master_data", "shop", "colleagues", "messages")
        self.assertEqual(self.codes(self.user), {"documents", "master_data"})
        self.assertFalse(self.user.portal_extra_function_ids)

    def test_what_staff_withhold_stays_withheld(self):
        self.user.portal_withheld_function_ids = self.functions["documents"]
        self.tick(self.user, "documents", "master_data")
        self.assertEqual(self.codes(self.user), {"master_data"})
        self.assertEqual(self.user.portal_withheld_function_ids, self.functions["documents"])
        group = self.env["res.partner.category"].create(
            {
                "name": "Ohne Daten",
                "is_portal_group": True,
                "portal_withheld_function_ids": self.functions["master_data"].ids,
            }
        )
        self.user.category_id = group
        self.tick(self.user, "documents", "master_data")
        self.assertFalse(self.codes(self.user))

    def test_what_the_main_user_lacks_is_not_its_to_give(self):
        self.tick(self.user)
        self.assertFalse(self.codes(self.user))
        self.main.portal_withheld_function_ids = self.functions["documents"]
        self.tick(self.user, "documents", "master_data")
        self.assertEqual(self.codes(self.user), {"master_data"})

    def test_staff_decide_anew(self):
        """What the main user took does not hide from staff, and staff can give it back."""
        self.tick(self.user)
        self.assertEqual(
            set(self.user.portal_main_withheld_function_ids.mapped("code")),
            {"documents", "master_data"},
        )
        self.user.with_user(self.officer).portal_main_withheld_function_ids = [Command.clear()]
        self.assertEqual(self.codes(self.user), {"documents", "master_data"})
        self.assertTrue(self.user.user_ids._has_portal_function("documents"))

    def test_main_users_take_from_each_other(self):
        self.assertIn("colleagues", self.tickable(self.main2))
        self.tick(self.main2, "documents", "master_data")
        self.refused(
            self.main2, self.user, "_change_colleague_level", "main_user", error=AccessError
        )


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
