from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_inbox import InboxCase


@tagged("post_install", "-at_install")
class TestInboxDeputy(InboxCase):
    """Who is responsible, also while somebody is away."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Deputy = cls.env["kundenportal.deputy"]
        # Away from midnights: whose day it is does not matter here.
        cls.today = fields.Date.today()

    def absent(self, user, deputy, start=-5, stop=5):
        return self.Deputy.create(
            {
                "user_id": user.id,
                "deputy_id": deputy.id,
                "date_from": self.today + timedelta(days=start),
                "date_to": self.today + timedelta(days=stop),
            }
        )

    def test_salesperson_is_responsible(self):
        self.nord.user_id = self.officer
        self.assertEqual(self.log().responsible_id, self.officer, "of the company")
        self.user.user_id = self.officer2
        self.assertEqual(self.log().responsible_id, self.officer2, "of the contact")
        self.officer2.active = False
        self.assertFalse(self.log().responsible_id, "has left")
        self.assertFalse(self.log(self.stranger).responsible_id)

    def test_new_entries_go_to_the_deputy_while_it_lasts(self):
        for start, stop, expected in (
            (-5, 5, self.officer2),
            (-9, -5, self.officer),
            (5, 9, self.officer),
        ):
            with self.subTest(start=start):
                absence = self.absent(self.officer, self.officer2, start, stop)
                for entry in (
                    self.log(responsible=self.officer),
                    self.log(self.nord, responsible=self.officer),
                ):
                    self.assertEqual(entry.responsible_id, expected)
                absence.unlink()

    def test_one_query_still(self):
        self.absent(self.officer, self.officer2)
        self.user.user_id = self.officer
        self.env.flush_all()
        self.log()
        with self.assertQueryCount(1):
            entries = self.log(self.user | self.main)
        self.assertEqual(len(entries), 2)
        self.assertEqual(entries[0].responsible_id, self.officer2)

    def test_deputy_who_has_left_is_none(self):
        self.absent(self.officer, self.officer2)
        self.officer2.active = False
        self.assertEqual(self.log(responsible=self.officer).responsible_id, self.officer)

    def test_what_is_open_already_is_also_the_deputys(self):
        old = self.log(responsible=self.officer)
        own = self.log(responsible=self.officer2)
        foreign = self.log(responsible=self.manager)
        nobodys = self.log()
        mine = [("is_mine", "=", True)]
        self.assertEqual(self.search(mine, self.officer2), own)
        absence = self.absent(self.officer, self.officer2)
        self.assertEqual(self.search(mine, self.officer2), old | own)
        self.assertEqual(self.search(mine, self.officer), old)
        self.assertEqual(self.search([("is_mine", "=", False)], self.officer2), foreign | nobodys)
        self.assertTrue(old.with_user(self.officer2).is_mine)
        self.assertFalse(foreign.with_user(self.officer2).is_mine)
        self.assertEqual(self.company.with_user(self.officer2).portal_inbox_mine_count, 2)
        absence.date_to = self.today - timedelta(days=3)
        self.assertEqual(self.search(mine, self.officer2), own)

    def test_refused(self):
        self.absent(self.officer, self.officer2)
        for user, deputy, start, stop in (
            (self.officer2, self.officer2, 0, 1),
            (self.officer2, self.manager, 2, 1),
            (self.officer, self.manager, 5, 9),
            (self.officer, self.manager, -9, -5),
            (self.officer, self.officer2, -1, 1),
        ):
            with (
                self.subTest(start=start, stop=stop),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError) as caught,
                self.env.cr.savepoint(),
            ):
                self.absent(user, deputy, start, stop)
            sentence = self.Deputy._sql_error_to_message(caught.exception)
            self.assertIn(
                sentence,
                {
                    "Nobody can stand in for themselves.",
                    "The absence ends before it begins.",
                    "There is a deputy for a part of these days already.",
                },
            )
        with self.assertRaises(ValidationError):
            self.absent(self.officer2, self.internal)
        self.absent(self.officer, self.manager, 6, 9)
        self.absent(self.officer2, self.officer, -5, 5)

    def test_own_ones_only_but_for_managers(self):
        values = {"deputy_id": self.manager.id, "date_to": "2099-01-01"}
        own = self.Deputy.with_user(self.officer).create(dict(values))
        self.assertEqual(own.user_id, self.officer)
        foreign = own.with_user(self.officer2)
        self.assertTrue(foreign.has_access("read"))
        with self.assertRaises(AccessError):
            foreign.write({"deputy_id": self.officer2.id})
        with self.assertRaises(AccessError):
            foreign.unlink()
        with self.assertRaises(AccessError):
            self.Deputy.with_user(self.officer2).create(
                {
                    **values,
                    "user_id": self.officer.id,
                    "date_from": "2100-01-01",
                    "date_to": "2100-02-01",
                }
            )
        with self.assertRaises(AccessError):
            own.write({"user_id": self.officer2.id})
        self.Deputy.with_user(self.manager).create(
            {**values, "user_id": self.officer2.id, "deputy_id": self.officer.id}
        )
        with self.assertRaises(AccessError):
            self.Deputy.with_user(self.internal).search([])
