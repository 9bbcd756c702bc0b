from datetime import date, timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL, mute_logger

from .announcement_common import AnnouncementFixture


@tagged("post_install", "-at_install")
class TestAnnouncement(AnnouncementFixture, TransactionCase):
    """Who sees which announcement when, and what staff do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_portal_fixture()

    # === WHEN === #

    def test_days_are_inclusive_and_local(self):
        announcement = self._announce()
        announcement.write({"publish_on": date(2026, 3, 10), "remove_after": date(2026, 3, 12)})
        for moment, is_seen, state in (
            ("2026-03-09 22:59:59", False, "scheduled"),  # 23:59:59 in Berlin
            ("2026-03-09 23:00:00", True, "published"),
            ("2026-03-12 22:59:59", True, "published"),
            ("2026-03-12 23:00:00", False, "expired"),
        ):
            # Nothing is written in between: the caches are warm, and dates are compared.
            with self.subTest(moment=moment), freeze_time(moment):
                announcement.invalidate_recordset(["state"])
                self.assertEqual(announcement.state, state)
                self.assertEqual(bool(self.seen_by(self.user)), is_seen)
                found = self.announcements.search([("state", "=", state)])
                self.assertIn(announcement, found)
                self.assertNotIn(announcement, self.announcements.search([("state", "!=", state)]))
                door = self.announcements.with_user(self.user.user_ids)._find_for_customer(
                    announcement.id
                )
                self.assertEqual(bool(door), is_seen)
        with freeze_time("2026-03-12 23:00:00"):
            self.company.partner_id.tz = "America/New_York"
            self.assertTrue(self.seen_by(self.user), "it is still the 12th there")

    def test_draft_withdrawn_deleted(self):
        announcement = self._announce(published=False)
        self.assertEqual(announcement.state, "draft")
        self.assertFalse(self.seen_by(self.user))
        announcement.action_publish()
        self.assertEqual(self.seen_by(self.user), announcement)
        announcement.action_withdraw()
        self.assertFalse(self.seen_by(self.user))
        announcement.action_publish()
        self.assertEqual(self.seen_by(self.user), announcement)
        announcement.unlink()
        self.assertFalse(self.seen_by(self.user))

    def test_publishing_what_is_over_is_refused(self):
        announcement = self._announce(days=-3, last=-1, published=False)
        with self.assertRaises(UserError):
            announcement.action_publish()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            announcement.remove_after = announcement.publish_on - timedelta(days=1)
            announcement.flush_recordset()

    def test_most_important_first(self):
        old = self._announce("old", days=-2)
        urgent = self._announce("urgent", days=-5, importance="urgent")
        new = self._announce("new")
        warning = self._announce("warning", days=-9, importance="warning")
        self.assertEqual(self.seen_by(self.user), urgent + warning + new + old)

    # === FOR WHOM === #

    def test_audiences(self):
        group = self._create_group(self.nord, self.person)
        tag = self._create_group(self.user2)
        tag.is_portal_group = False
        archived = self._create_group(self.user2)
        archived.active = False
        everybody = self.main | self.user | self.user2 | self.stranger | self.person
        nord = self.main | self.user | self.user2
        self.user2.portal_extra_function_ids = self.functions["shop"]
        for expected, announcement in (
            (everybody, self._announce()),
            (self.user | self.user2, self._announce_to(level="user")),
            (self.main | self.stranger | self.person, self._announce_to(level="main_user")),
            (nord | self.person, self._announce_to(category_ids=group.ids)),
            (self.main | self.person, self._announce_to(category_ids=group.ids, level="main_user")),
            (self.user2, self._announce_to(function_ids=self.functions["shop"].ids)),
            (nord, self._announce_to(partner_ids=self.nord.ids)),
            (self.person | nord, self._announce_to(partner_ids=(self.nord | self.person).ids)),
            (self.env["res.partner"], self._announce_to(category_ids=archived.ids)),
            (self.env["res.partner"], self._announce_to(category_ids=tag.ids)),
        ):
            with self.subTest(announcement=announcement.id, expected=expected.mapped("name")):
                seen = everybody.filtered(lambda c, a=announcement: a in self.seen_by(c))
                self.assertEqual(seen, expected)
                self.assertEqual(
                    self.by_database(announcement) & everybody,
                    expected,
                    "the database has the same opinion",
                )
                self.assertEqual(announcement.audience_count, len(self.by_database(announcement)))
        with self.assertRaises(ValidationError):
            self._announce_to()

    def by_database(self, announcement):
        self.env.flush_all()
        found = self.env.execute_query(
            SQL(
                "SELECT p.id FROM res_users u JOIN res_partner p ON p.id = u.partner_id WHERE %s",
                announcement._audience_sql(),
            )
        )
        return self.env["res.partner"].browse([row[0] for row in found])

    def test_audience_follows_contacts_with_warm_caches(self):
        group = self._create_group()
        to_group = self._announce_to(category_ids=group.ids)
        to_nord = self._announce_to(partner_ids=self.nord.ids)
        self.assertEqual(self.seen_by(self.user), to_nord)
        self.user.category_id = group
        self.assertEqual(self.seen_by(self.user), to_nord | to_group)
        self.user.category_id = False
        self.nord.category_id = group
        self.assertIn(to_group, self.seen_by(self.user), "through its company")
        group.partner_ids = [Command.clear()]
        self.assertNotIn(to_group, self.seen_by(self.user))
        group.partner_ids = self.user
        self.assertIn(to_group, self.seen_by(self.user))
        group.is_portal_group = False
        self.assertNotIn(to_group, self.seen_by(self.user))
        self.user.parent_id = self.sued
        self.assertFalse(self.seen_by(self.user))
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            group.unlink()  # would open the announcement to everybody

    def test_without_function_or_in_another_company_nothing(self):
        announcement = self._announce()
        self.user.portal_withheld_function_ids = self.functions["announcements"]
        self.assertFalse(self.seen_by(self.user))
        self.user2.portal_switch = "blocked"
        self.assertFalse(self.seen_by(self.user2))
        self.assertFalse(self.internal.partner_id.user_ids._get_announcements())
        other = self.env["res.company"].create({"name": "Other"})
        announcement.company_id = other
        self.assertFalse(self.seen_by(self.main))
        with self.assertRaises(AccessError):
            announcement.with_user(self.officer).title = "mine?"

    def test_seeing_costs_no_query(self):
        self._announce()
        self._announce_to(
            level="user",
            partner_ids=self.nord.ids,
            category_ids=self._create_group(self.user).ids,
            function_ids=self.functions["documents"].ids,
        )
        user = self.user.user_ids.with_user(self.user.user_ids)
        self.assertEqual(len(user._get_announcements()), 2)
        with self.assertQueryCount(0):
            user._get_announcements()

    # === REVISIONS === #

    def test_real_change_is_a_new_revision(self):
        announcement = self._announce().with_user(self.officer)
        for values, revision in (
            ({"remove_after": announcement.publish_on + timedelta(days=3)}, 1),
            ({"title": announcement.title, "body": announcement.body}, 1),
            ({"title": "Inventory on Fryday", "is_correction": True}, 1),
            ({"body": "<p>On Monday!</p>"}, 2),
            ({"importance": "urgent"}, 3),
            ({"title": "Inventory on Monday"}, 4),
        ):
            with self.subTest(values=values):
                announcement.write(values)
                self.assertEqual(announcement.revision, revision)
                self.assertFalse(announcement.is_correction, "holds for one saving")
        self.assertTrue(announcement.revised_on)
        row = self.user.user_ids._get_announcements()[0]
        self.assertEqual((row.revision, row.title), (4, "Inventory on Monday"))

    def test_what_nobody_can_know_is_not_revised(self):
        draft = self._announce(published=False)
        planned = self._announce(days=2)
        (draft | planned).write({"title": "Another title"})
        self.assertEqual((draft | planned).mapped("revision"), [1, 1])
        seen = self._announce()
        seen.with_user(self.user.user_ids).sudo()._mark_read()
        seen.action_withdraw()
        seen.title = "Another title"
        self.assertEqual(seen.revision, 2, "a draft now, but somebody has read it")

    # === WHO HAS READ IT === #

    def test_receipts(self):
        announcement = self._announce()
        as_user = announcement.with_user(self.user.user_ids).sudo()
        as_user._mark_read()
        first = self.receipts_of(announcement).read_on
        with freeze_time("2099-01-01"):
            as_user._mark_read()
            as_user._hide_for_good()
        receipt = self.receipts_of(announcement)
        self.assertEqual(receipt.partner_id, self.user)
        self.assertEqual(receipt.read_on, first, "when first")
        self.assertTrue(receipt.hidden_on)
        announcement.with_user(self.main.user_ids).sudo()._hide_for_good()
        self.assertEqual(announcement.read_count, 1, "hiding is not reading")
        entries = self.env["kundenportal.protocol"].search(
            [("kind_id.code", "=", "announcement_read"), ("res_id", "=", announcement.id)]
        )
        self.assertEqual(entries.partner_id, self.user)
        self.assertEqual(len(entries), 1)
        key = str(announcement.id)
        self.assertEqual(self.user.user_ids._get_hidden_announcements(), {key: 1})
        self.assertEqual(self.user2.user_ids._get_hidden_announcements(), {})
        announcement.body = "<p>Something else</p>"
        self.assertEqual(announcement.read_count, 0, "nobody has read this")
        self.assertEqual(self.user.user_ids._get_hidden_announcements(), {})
        as_user._mark_read()
        self.assertEqual(announcement.read_count, 1)
        self.assertEqual(len(self.receipts_of(announcement)), 3)
        action = announcement.with_user(self.officer).action_view_receipts()
        listed = self.env[action["res_model"]].with_user(self.officer).search(action["domain"])
        self.assertEqual(listed.sudo(), self.receipts_of(announcement))

    def test_merged_contacts_keep_one_receipt(self):
        announcement = self._announce()
        twin = self._create_contact("Uwe Twin", "twin@nord.example", self.nord)
        receipts = self.env["kundenportal.announcement.receipt"]
        with freeze_time("2026-01-01"):
            receipts._note(announcement, twin, "read_on")
        receipts._note(announcement, self.user | twin, "hidden_on")
        other = self._announce("Other")
        receipts._note(other, twin, "mailed_on")
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.user | twin).ids, self.user, extra_checks=False)
        self.env.invalidate_all()
        receipt = self.receipts_of(announcement)
        self.assertEqual(receipt.partner_id, self.user)
        self.assertEqual(receipt.read_on.date(), date(2026, 1, 1))
        self.assertTrue(receipt.hidden_on)
        self.assertEqual(self.receipts_of(other).partner_id, self.user)

    # === WHAT CUSTOMERS ARE REFUSED === #

    def test_customers_have_no_access_but_the_door(self):
        mine = self._announce()
        foreign = self._announce_to(partner_ids=self.sued.ids)
        login = self.user.user_ids
        for model in ("kundenportal.announcement", "kundenportal.announcement.receipt"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(login).search([])
        door = self.announcements.with_user(login)
        self.assertEqual(door._find_for_customer(mine.id).title, mine.title)
        for unknown in (foreign.id, 0, -1, 2**31 - 1, None, "x"):
            self.assertFalse(door._find_for_customer(unknown))
        for action in ("action_publish", "action_withdraw"):
            with self.assertRaises(AccessError):
                getattr(mine.with_user(login), action)()

    def test_scripts_are_washed_out(self):
        announcement = self._announce(
            "<script>alert(1)</script>",
            body="""<p onclick="alert(1)">Hello<img src="x" onerror="alert(1)"></p>
                <a href="javascript:alert(1)">x</a><script>alert(1)</script>
                <iframe src="https://evil.example"></iframe>""",
        )
        for bad in ("onclick", "onerror", "javascript:", "<script", "<iframe"):
            self.assertNotIn(bad, announcement.body)
        self.assertIn("Hello", announcement.body)
