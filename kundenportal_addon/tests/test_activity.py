"""Cases: what a new one gets, who sees it, how it goes from state to state."""

from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from .activity_common import ActivityFixture
from .common import PortalCase


@tagged("post_install", "-at_install")
class TestNewCase(ActivityFixture, PortalCase):
    """What a case gets when it is opened."""

    def entries(self, case, code):
        return self.env["kundenportal.protocol"].search(
            [
                ("res_model", "=", case._name),
                ("res_id", "=", case.id),
                ("kind_id.code", "=", code),
            ]
        )

    def test_number_company_and_stage(self):
        first, second = self._create_case(self.user), self._create_case(self.person)
        self.assertTrue(first.number)
        self.assertNotEqual(first.number, second.number)
        self.assertEqual(first.commercial_partner_id, self.nord)
        self.assertEqual(second.commercial_partner_id, self.person)
        self.assertEqual(first.state, "new")
        self.assertEqual(first.list_rank, 0)
        self.assertEqual(first.location_id, self.user)
        self.assertEqual(self.entries(first, "activity_opened").partner_id, self.user)

    def test_types_have_numbers_of_their_own(self):
        """Two types with the same first letter; the numbers of one company are unique."""
        types = self._create_type("Quelle") | self._create_type("Quiz") | self._create_type("Q")
        types[0].sequence_id = False
        cases = self.env["kundenportal.activity"].union(
            *(self._create_case(self.user, case_type=one) for one in types)
        )
        self.assertEqual(len(set(cases.mapped("number"))), 3)

    def test_own_fields_are_not_to_be_chosen(self):
        """Whoever may write cases does not rewrite whose they were and what happened."""
        case = self._create_case(self.user).with_user(self.officer)
        number = case.number
        case.write(
            {
                "number": "X",
                "state": "done",
                "commercial_partner_id": self.sued.id,
                "customer_replied": True,
            }
        )
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((case.number, case.state), (number, "new"))
        self.assertEqual(case.commercial_partner_id, self.nord)
        self.assertFalse(case.customer_replied)
        forged = (
            self.env["kundenportal.activity"]
            .with_user(self.officer)
            .create(
                {
                    "name": "x",
                    "type_id": self.ticket_type.id,
                    "partner_id": self.user.id,
                    "commercial_partner_id": self.sued.id,
                    "number": "X",
                }
            )
        )
        self.assertEqual(forged.commercial_partner_id, self.nord)
        self.assertNotEqual(forged.number, "X")

    def test_waits_in_the_inbox_until_it_is_somebodys(self):
        case = self._create_case(self.user)
        entry = self.entries(case, "activity_unassigned")
        self.assertEqual(entry.review_state, "open")
        with self.assertRaises(UserError):  # ticked off, it would be nobody's for ever
            entry.with_user(self.officer).action_mark_reviewed()
        entry.with_user(self.officer).action_assign_to_me()
        self.assertEqual(case.user_id, self.officer)
        self.assertEqual(entry.review_state, "done")
        case.user_id = False
        self.assertEqual(len(self.entries(case, "activity_unassigned")), 2, "waits again")
        case.user_id = self.manager
        self.assertFalse(
            self.entries(case, "activity_unassigned").filtered(lambda e: e.review_state == "open")
        )

    def test_closing_leaves_the_inbox(self):
        case = self._create_case(self.user)
        case._change_state("cancelled")
        self.assertEqual(self.entries(case, "activity_unassigned").review_state, "done")

    def test_who_gets_it(self):
        skill = self.env["kundenportal.skill"].create(
            {"name": "Toner", "user_ids": [Command.set(self.manager.ids)]}
        )
        team = self.env["kundenportal.team"].create(
            {
                "name": "Technik",
                "leader_id": self.officer.id,
                "member_ids": [Command.set((self.officer | self.manager).ids)],
                "skill_ids": [Command.set(skill.ids)],
            }
        )
        self.assertFalse(self._create_case(self.user).team_id)
        self.ticket_type.skill_ids = skill
        case = self._create_case(self.user)
        self.assertEqual(case.team_id, team, "found by the skills that are needed")
        self.assertFalse(case.user_id)
        entry = self.entries(case, "activity_unassigned")
        self.assertEqual(entry.responsible_id, self.officer, "the leader is told")
        team.assignment = "leader"
        self.assertEqual(self._create_case(self.user).user_id, self.officer)
        team.assignment = "balanced"
        self.assertEqual(self._create_case(self.user).user_id, self.manager, "has the skill")
        self.ticket_type.user_id = self.officer
        self.assertEqual(self._create_case(self.user).user_id, self.officer)

    def test_the_member_with_the_fewest_cases(self):
        team = self.env["kundenportal.team"].create(
            {
                "name": "Technik",
                "member_ids": [Command.set((self.officer | self.manager).ids)],
                "assignment": "balanced",
            }
        )
        self.ticket_type.team_id = team
        self._create_case(self.user, user_id=self.officer.id)
        self.assertEqual(self._create_case(self.user).user_id, self.manager)
        self._create_case(self.user, user_id=self.manager.id)
        self.assertEqual(self._create_case(self.user).user_id, self.officer)

    def test_nobody_gets_what_they_cannot_open(self):
        elsewhere = self.env["res.company"].create({"name": "Zweite GmbH"})
        self.ticket_type.user_id = self.officer
        team = self.env["kundenportal.team"].create(
            {
                "name": "Technik",
                "member_ids": [Command.set((self.officer | self.manager).ids)],
                "assignment": "balanced",
            }
        )
        self.ticket_type.team_id = team
        self.manager.company_ids |= elsewhere
        case = self._create_case(self.user, company_id=elsewhere.id)
        self.assertEqual(case.user_id, self.manager)
        with self.assertRaises(UserError):
            case.user_id = self.officer

    def test_what_is_deleted_waits_for_nobody(self):
        case = self._create_case(self.user)
        entry = self.entries(case, "activity_unassigned")
        case.with_user(self.manager).unlink()
        self.assertEqual(entry.review_state, "done")

    def test_deadlines_are_working_hours(self):
        self.company.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "40", "tz": "Europe/Berlin", "hours_per_day": 8}
        )
        self.ticket_type.write({"first_answer_hours": 8, "close_hours": 0})
        friday = datetime(2026, 7, 17, 12)  # 14:00 in Berlin
        with freeze_time(friday), patch.object(type(self.env.cr), "now", lambda _cr: friday):
            case = self._create_case(self.user)
            self.assertFalse(case.close_deadline)
            deadline = case.first_answer_deadline
            self.assertEqual(deadline.date(), datetime(2026, 7, 20).date(), "Monday, not Saturday")
            self.assertFalse(case.is_late)
        with freeze_time(deadline + timedelta(minutes=1)):
            case.invalidate_recordset(["is_late"])
            self.assertTrue(case.is_late)
            late = [("is_late", "=", True), ("id", "=", case.id)]
            self.assertTrue(case.search_count(late))
            case.message_post(
                body="x",
                author_id=self.officer.partner_id.id,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
            self.assertFalse(case.is_late)
            self.assertFalse(case.search_count(late))

    def test_participants_are_colleagues(self):
        case = self._create_case(self.user)
        with self.assertRaises(ValidationError):
            case.participant_ids = self.stranger
        case.participant_ids = self.user2


@tagged("post_install", "-at_install")
class TestWhoSeesCases(ActivityFixture, PortalCase):
    """Level, company, participants, confidentiality, type; as rows of who reads what."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contacts = (cls.main, cls.user, cls.user2, cls.stranger, cls.person)

    def assertReaders(self, case, *contacts):  # noqa: N802 (named like unittest's)
        self.env.flush_all()
        readers = [contact for contact in self.contacts if self.readable(contact, case)]
        self.assertEqual(readers, [contact for contact in self.contacts if contact in contacts])

    def test_levels_and_participants(self):
        case = self._create_case(self.user)
        self.assertReaders(case, self.main, self.user)
        case.message_subscribe((self.user2 | self.stranger).ids)
        self.assertReaders(case, self.main, self.user)  # following shows nothing
        case.participant_ids = self.user2
        self.assertReaders(case, self.main, self.user, self.user2)
        case.is_confidential = True
        self.assertReaders(case, self.user, self.user2)
        self.assertReaders(self._create_case(self.main, is_confidential=True), self.main)
        self.assertReaders(self._create_case(self.nord), self.main)
        self.assertReaders(self._create_case(self.person), self.person)

    def test_types_narrow(self):
        case = self._create_case(self.user)
        self.assertReaders(case, self.main, self.user)  # with warm caches from here on
        self.ticket_type.level = "main_user"
        self.assertReaders(case, self.main)
        self.ticket_type.write({"level": False, "is_in_portal": False})
        self.assertReaders(case)
        group = self.env["res.partner.category"].create({"name": "Gold", "is_portal_group": True})
        self.ticket_type.write({"is_in_portal": True, "category_ids": group})
        self.assertReaders(case)
        self.user.category_id = group
        self.assertReaders(case, self.user)
        self.nord.category_id = group
        self.assertReaders(case, self.main, self.user)
        group.partner_ids = [Command.clear()]
        self.assertReaders(case)
        self.ticket_type.category_ids = False
        self.ticket_type.active = False
        self.assertReaders(case, self.main, self.user)  # cases outlive their type

    def test_records_stay_with_their_company(self):
        own = self._create_case(self.user)
        taken_part = self._create_case(self.user2, participant_ids=[Command.set(self.user.ids)])
        private = self._create_case(self.person)
        self.assertReaders(taken_part, self.main, self.user, self.user2)
        self.user.parent_id = self.sued
        self.assertReaders(own, self.main)
        self.assertReaders(taken_part, self.main, self.user2)
        self.person.parent_id = self.sued
        self.assertReaders(private, self.person)
        self.assertReaders(self._create_case(self.person), self.person, self.stranger)

    def test_company_becomes_a_child(self):
        case = self._create_case(self.user)
        self.nord.write({"parent_id": self.sued.id, "is_company": False})
        self.assertEqual(case.commercial_partner_id, self.sued)
        self.assertReaders(case, self.main, self.user, self.stranger)

    def test_staff_fields_are_not_read(self):
        case = self._create_case(self.user, user_id=self.officer.id)
        own = case.with_user(self.user.user_ids)
        self.assertEqual(own.read(["number", "state"])[0]["state"], "new")
        for name in ("user_id", "stage_id", "first_answer_deadline", "customer_replied", "team_id"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                own.read([name])
        for operation in ("write", "create", "unlink"):
            self.assertFalse(own.has_access(operation))
        done = self.ticket_type._get_stage("done").id
        for values in ({"stage_id": done}, {"state": "done"}, {"number": "X"}, {}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                own.write(values)
        with self.assertRaises(AccessError):
            own.action_done()

    def test_list_is_answered_by_the_index(self):
        """Thousands of cases of one company: found, counted and sorted without reading them."""
        self._create_case(self.user)
        self.env.flush_all()
        cases = self.env["kundenportal.activity"].with_user(self.main.user_ids)
        self.env.cr.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        query = cases._search([], limit=20, order=cases._order)
        rows = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
        plan = "\n".join(row[0] for row in rows)
        self.assertIn("customer_company_idx", plan)
        self.assertNotIn("Sort", plan)


@tagged("post_install", "-at_install")
class TestStates(ActivityFixture, PortalCase):
    """One method, allowed steps."""

    def test_staff(self):
        case = self._create_case(self.user).with_user(self.officer)
        case.action_start()
        self.assertEqual((case.state, case.user_id), ("in_progress", self.officer))
        case.action_wait()
        self.assertTrue(case.waiting_since)
        case.action_done()
        self.assertEqual((case.state, case.list_rank), ("done", 1))
        self.assertTrue(case.closed_on)
        self.assertFalse(case.waiting_since)
        with self.assertRaises(UserError):
            case.action_cancel()
        case.action_reopen()
        self.assertEqual((case.state, case.closed_on), ("in_progress", False))

    def test_kanban_goes_the_same_way(self):
        case = self._create_case(self.user).with_user(self.officer)
        stages = self.ticket_type.stage_ids.grouped("state")
        case.stage_id = stages["done"]
        self.assertTrue(case.closed_on)
        with self.assertRaises(UserError):
            case.stage_id = stages["cancelled"]
        alien = self.env["kundenportal.activity.stage"].create({"name": "x", "state": "planned"})
        with self.assertRaises(UserError):
            case.stage_id = alien
        self.assertEqual(case.stage_id, stages["done"])
        case.action_reopen()
        alien.state = "in_progress"
        with self.assertRaises(UserError):  # of the same status, but not of the type
            case.stage_id = alien

    def test_customers(self):
        """What customers may cause is less: the table of the states decides."""
        case = self._create_case(self.user)
        with self.assertRaises(UserError):
            case._change_state("waiting", by_customer=True)
        case._change_state("done", by_customer=True)
        self.assertTrue(case._can_change_state("in_progress", by_customer=True))
        with freeze_time(datetime.now() + timedelta(days=self.ticket_type.reopen_days + 1)):
            with self.assertRaises(UserError):
                case._change_state("in_progress", by_customer=True)
            case._change_state("in_progress")  # staff may
        case._change_state("cancelled", by_customer=True)
        with self.assertRaises(UserError):
            case._change_state("in_progress", by_customer=True)

    def test_type_changes(self):
        job = self.env.ref("kundenportal_addon.activity_type_job")
        own = self.env["kundenportal.activity.stage"].create({"name": "x", "state": "in_progress"})
        self.ticket_type.stage_ids |= own
        case = self._create_case(self.user)
        case._change_stage(own)
        case.type_id = job
        self.assertIn(case.stage_id, job.stage_ids)
        self.assertEqual(case.state, "in_progress")

    def test_stages_keep_their_meaning(self):
        case = self._create_case(self.user)
        with self.assertRaises(UserError):
            case.stage_id.state = "done"
        done = self.ticket_type._get_stage("done")
        with self.assertRaises(ValidationError):
            self.ticket_type.stage_ids -= done
        with self.assertRaises(ValidationError):
            done.active = False
        unused = done.copy({"type_ids": [Command.clear()]})
        self.ticket_type.stage_ids = self.ticket_type.stage_ids - done + unused
        with self.assertRaises(ValidationError):
            unused.unlink()

    def test_what_customers_see_of_stages(self):
        hidden = self.env["kundenportal.activity.stage"].create(
            {
                "name": "Beim Hersteller",
                "state": "in_progress",
                "sequence": 35,
                "is_in_portal": False,
            }
        )
        self.ticket_type.stage_ids |= hidden
        case = self._create_case(self.user)
        self.assertEqual(case._get_portal_status()[case.id], case.stage_id.portal_name)
        case._change_state("in_progress")
        shown = case._get_portal_status()
        case._change_stage(hidden)
        self.assertEqual(case._get_portal_status(), shown, "stands where it stood")
        steps = {step["status"] for step in case._prepare_portal_progress()}
        self.assertEqual(steps, {"done", "current", "open"})
        self.assertNotIn(
            "Beim Hersteller", [step["name"] for step in case._prepare_portal_progress()]
        )

    def test_texts_with_placeholders(self):
        self.ticket_type.write(
            {"portal_title": "Nr. {{ object.number }}", "portal_description": "{{ object.nix }}"}
        )
        case = self._create_case(self.user)
        texts = case.with_user(self.user.user_ids)._render_portal_texts()[case.id]
        self.assertEqual(texts["portal_title"], f"Nr. {case.number}")
        self.assertEqual(texts["portal_description"], "", "a wrong one shuts nobody out")
        with self.assertRaises(ValidationError):
            self.ticket_type.portal_title = "{{ object.env.cr.dbname }}"
