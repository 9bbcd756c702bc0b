from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PortalCase


class ProtocolCase(PortalCase):
    """Base of the protocol's tests: a kind of their own, so that defaults may change."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Protocol = cls.env["kundenportal.protocol"]
        cls.kind = cls.env["kundenportal.protocol.kind"].create({"code": "test", "name": "Test"})
        cls.review_kind = cls.env["kundenportal.protocol.kind"].create(
            {
                "code": "test_review",
                "name": "To check",
                "is_review_required": True,
                "deadline_days": 3,
            }
        )
        cls.officer2 = cls.officer.copy({"login": "kp_officer2", "name": "Otto Officer"})

    def age(self, entries, days):
        """Make entries older; nothing but SQL can."""
        self.env.cr.execute(
            """
            UPDATE kundenportal_protocol
               SET create_date = create_date - %s * INTERVAL '1 day'
             WHERE id IN %s
            """,
            [days, tuple(entries.ids)],
        )
        entries.invalidate_recordset()


@tagged("post_install", "-at_install")
class TestProtocolLog(ProtocolCase):
    def test_values(self):
        order = self._create_order(self.user)
        entry = (
            self.Protocol.with_user(self.officer)
            .sudo()
            ._log("test_review", self.user, "Something", record=order, ip="192.0.2.7")
        )
        self.assertRecordValues(
            entry,
            [
                {
                    "partner_id": self.user.id,
                    "commercial_partner_id": self.nord.id,
                    "partner_name": "Nord GmbH, Uwe User",
                    "user_id": self.officer.id,
                    "user_name": self.officer.name,
                    "kind_id": self.review_kind.id,
                    "note": "Something",
                    "res_model": "sale.order",
                    "res_id": order.id,
                    "review_state": "open",
                    "reviewed_on": False,
                    "reviewer_id": False,
                    "deadline": fields.Date.today() + timedelta(days=3),
                    "company_id": order.company_id.id,
                    "in_inbox": False,
                    "ip_address": "192.0.2.7",
                    "create_uid": self.officer.id,
                }
            ],
        )
        self.assertAlmostEqual(entry.create_date, fields.Datetime.now(), delta=timedelta(minutes=5))
        self.assertFalse(self.Protocol._log("test", self.user).deadline)
        self.assertEqual(self.Protocol._log("test", self.user).review_state, "none")

    def test_inbox_is_copied_from_the_kind(self):
        self.kind.is_in_inbox = True
        entry = self.Protocol._log("test", self.user)
        self.assertTrue(entry.in_inbox)
        self.assertEqual(entry.review_state, "open", "work waits until somebody closes it")
        self.kind.is_in_inbox = False
        entry.invalidate_recordset()
        self.assertTrue(entry.in_inbox, "what was written stays")

    def test_without_contact(self):
        entry = self.Protocol._log("test", None, "Somebody")
        self.assertFalse(entry.partner_id or entry.commercial_partner_id or entry.partner_name)
        self.assertEqual(entry.company_id, self.env.company)

    def test_several_contacts_at_once(self):
        self.Protocol._log("test", self.nord)
        with self.assertQueryCount(1):
            entries = self.Protocol._log("test", self.user | self.main)
        self.assertEqual(entries.partner_id, self.user | self.main)
        self.assertEqual(len(entries), 2)
        with self.assertRaises(ValueError):
            self.Protocol._log("test", self.user | self.main, once_key="x")

    def test_unknown_kind(self):
        with self.assertRaises(ValueError):
            self.Protocol._log("no_such_kind", self.user)

    def test_archived_kind_is_not_recorded(self):
        self.kind.active = False
        self.assertFalse(self.Protocol._log("test", self.user))
        self.kind.active = True
        self.assertTrue(self.Protocol._log("test", self.user))

    def test_name_changed_but_not_flushed(self):
        self.user.name = "Uwe Umbenannt"
        self.assertEqual(
            self.Protocol._log("test", self.user).partner_name, "Nord GmbH, Uwe Umbenannt"
        )

    def test_responsible(self):
        self.nord.user_id = self.officer
        self.user.user_id = False
        self.assertEqual(
            self.Protocol._log("test", self.user).responsible_id, self.officer, "the company's"
        )
        self.user.user_id = self.manager
        self.assertEqual(self.Protocol._log("test", self.user).responsible_id, self.manager)
        entry = self.Protocol._log("test", self.user, responsible=self.officer2)
        self.assertEqual(entry.responsible_id, self.officer2)

    def test_company(self):
        other = self.env["res.company"].create({"name": "Zweite GmbH"})
        third = self.env["res.company"].create({"name": "Dritte GmbH"})
        plain = self._create_contact("Ohne Login", "ohne@nord.example", self.nord)
        self.assertEqual(
            self.Protocol.with_context(allowed_company_ids=other.ids)
            ._log("test", plain)
            .company_id,
            other,
            "the acting company if nothing else is known",
        )
        self.assertEqual(
            self.Protocol.with_context(allowed_company_ids=other.ids)
            ._log("test", self.user)
            .company_id,
            self.user.user_ids.company_id,
            "the company of the contact's login",
        )
        plain.company_id = third
        self.assertEqual(self.Protocol._log("test", plain).company_id, third, "the contact's")
        self.assertEqual(self.Protocol._log("test", plain, company=other).company_id, other)
        order = self._create_order(self.user)
        self.assertEqual(
            self.Protocol._log("test", plain, record=order).company_id, order.company_id
        )

    def test_once(self):
        first = self.Protocol._log("test", self.user, once_key="a")
        self.assertTrue(first)
        with self.assertQueryCount(1):
            self.assertFalse(self.Protocol._log("test", self.user, once_key="a"))
        self.assertTrue(self.Protocol._log("test", self.user, once_key="b"))
        self.assertTrue(
            self.Protocol._log("test_review", self.user, once_key="a"), "keys are per kind"
        )
        self.assertTrue(self.Protocol._log("test", self.user))
        self.assertTrue(self.Protocol._log("test", self.user), "without a key nothing is left out")

    def test_queries(self):
        order = self._create_order(self.user)
        self.Protocol._log("test_review", self.user)
        with self.assertQueryCount(1):
            self.Protocol._log("test_review", self.user, "x", record=order, once_key="q")
        self.env.flush_all()
        self.env.invalidate_all()
        self.env.transaction.clear()
        with self.assertQueryCount(2):
            self.Protocol._log("test_review", self.user, "x", record=order, once_key="r")
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            self.Protocol.with_user(self.officer)._log("test_review", self.user, user=self.officer)

    def test_portal_user_writes_by_log_only(self):
        Protocol = self.Protocol.with_user(self.user.user_ids)
        entry = Protocol._log("test", self.user)
        self.assertEqual(entry.sudo().user_id, self.user.user_ids)
        for operation in ("read", "write", "create", "unlink"):
            self.assertFalse(Protocol.has_access(operation), operation)

    def test_network_address_is_for_managers(self):
        entry = self.Protocol._log("test", self.user, ip="192.0.2.7")
        with self.assertRaises(AccessError):
            entry.with_user(self.officer).read(["ip_address"])
        self.assertEqual(entry.with_user(self.manager).ip_address, "192.0.2.7")

    def test_companies_are_separate(self):
        other = self.env["res.company"].create({"name": "Zweite GmbH"})
        here = self.Protocol._log("test", self.user)
        there = self.Protocol._log("test", self.user, company=other)
        found = self.Protocol.with_user(self.officer).search([("id", "in", (here | there).ids)])
        self.assertEqual(found, here)
        with self.assertRaises(AccessError):
            there.with_user(self.officer).read(["note"])


@tagged("post_install", "-at_install")
class TestProtocolIsNeverRewritten(ProtocolCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.entry = cls.Protocol._log("test_review", cls.user, "True", record=cls.user)

    def test_create(self):
        with self.assertRaises(UserError):
            self.Protocol.create({"kind_id": self.kind.id})
        with self.assertRaises(AccessError):
            self.Protocol.with_user(self.manager).create({"kind_id": self.kind.id})
        with self.assertRaises(UserError):
            self.entry.copy()

    def test_write(self):
        rewritten = {
            "partner_id": self.main.id,
            "commercial_partner_id": self.sued.id,
            "partner_name": "X",
            "user_id": self.manager.id,
            "user_name": "X",
            "kind_id": self.kind.id,
            "note": "X",
            "res_model": "res.users",
            "res_id": 1,
            "review_state": "none",
            "reviewer_id": self.manager.id,
            "company_id": False,
            "in_inbox": True,
            "ip_address": "X",
            "once_key": "X",
            "create_date": "2020-01-01 00:00:00",
            "create_uid": self.manager.id,
            "write_date": "2020-01-01 00:00:00",
            "is_mine": True,
            "waiting_days": 1,
            "can_answer": True,
            "can_approve": True,
            "can_decline": True,
            "can_finish": True,
            "can_reopen": True,
        }
        self.assertFalse(
            set(self.Protocol._fields)
            - set(rewritten)
            - {
                "reviewed_on",
                "review_remark",
                "responsible_id",
                "deadline",
                "id",
                "display_name",
                "write_uid",
            },
            "a new field belongs into this test",
        )
        before = self.entry.sudo().read(list(rewritten))
        for entry in (
            self.entry.with_user(self.officer),
            self.entry.with_user(self.manager),
            self.entry.sudo(),
        ):
            for name, value in rewritten.items():
                with self.subTest(field=name, su=entry.env.su), self.assertRaises(UserError):
                    entry.write({name: value})
                with self.subTest(field=name, su=entry.env.su), self.assertRaises(UserError):
                    entry.write({"deadline": "2030-01-01", name: value})
        self.env.invalidate_all()
        self.assertEqual(self.entry.sudo().read(list(rewritten)), before)

    def test_plan_may_change(self):
        self.entry.with_user(self.officer).write(
            {"responsible_id": self.officer2.id, "deadline": "2030-01-01"}
        )
        self.assertEqual(self.entry.responsible_id, self.officer2)
        with self.assertRaises(AccessError):
            self.entry.with_user(self.internal).write({"deadline": "2030-01-02"})

    def test_unlink(self):
        with self.assertRaises(UserError):
            self.entry.sudo().unlink()
        with self.assertRaises(AccessError):
            self.entry.with_user(self.manager).unlink()
        self.assertTrue(self.entry.exists())

    def test_deleted_contact_keeps_its_name(self):
        contact = self._create_contact("Weg", "weg@nord.example", self.nord)
        entry = self.Protocol._log("test", contact)
        contact.unlink()
        entry.invalidate_recordset()
        self.assertFalse(entry.partner_id)
        self.assertEqual(entry.partner_name, "Nord GmbH, Weg")
        self.assertEqual(entry.commercial_partner_id, self.nord)

    def test_deleted_actor_keeps_its_name(self):
        clerk = self.officer.copy({"login": "kp_gone", "name": "Gone Clerk"})
        entry = self.Protocol.with_user(clerk)._log("test", self.user).sudo()
        clerk.unlink()
        entry.invalidate_recordset()
        self.assertFalse(entry.user_id)
        self.assertEqual(entry.user_name, "Gone Clerk")

    def test_contact_moves_and_entries_stay(self):
        self.user2.parent_id = self.sued
        entry = self.Protocol._log("test", self.user)
        self.user.parent_id = self.sued
        entry.invalidate_recordset()
        self.assertEqual(entry.commercial_partner_id, self.nord)
        self.assertEqual(self.Protocol._log("test", self.user).commercial_partner_id, self.sued)

    @mute_logger("odoo.models.unlink", "odoo.addons.base.wizard.base_partner_merge")
    def test_merge_moves_entries(self):
        twin = self._create_contact("Uwe Doppelt", "doppelt@nord.example", self.nord)
        of_twin = self.Protocol._log("test_review", twin, once_key="twin")
        of_user = self.Protocol._log("test_review", self.user, once_key="user")
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((twin | self.user).ids, self.user)
        self.assertFalse(twin.exists())
        self.assertEqual((of_twin | of_user).partner_id, self.user)
        self.assertEqual((of_twin | of_user).exists(), of_twin | of_user)
        self.assertEqual(of_twin.partner_name, "Nord GmbH, Uwe Doppelt")

    def test_anonymise(self):
        about = self.Protocol._log(
            "test", self.person, "Pia said", ip="192.0.2.7", user=self.person.user_ids
        )
        acted = self.Protocol._log("test", self.sued, "x", user=self.person.user_ids)
        self.Protocol._anonymise(self.person)
        self.assertFalse(
            about.partner_id or about.commercial_partner_id or about.note or about.ip_address
        )
        self.assertEqual(about.kind_id, self.kind)
        for entry in about | acted:
            self.assertFalse(entry.user_id)
            self.assertNotIn("Pia", f"{entry.partner_name} {entry.user_name}")
        self.assertEqual(acted.partner_name, "Süd KG")
        self.assertEqual(self.entry.partner_name, "Nord GmbH, Uwe User", "others are left alone")


@tagged("post_install", "-at_install")
class TestProtocolKind(ProtocolCase):
    def test_kind_in_use_is_kept(self):
        self.Protocol._log("test", self.user)
        with self.assertRaisesRegex(UserError, "Archive"):
            self.kind.with_user(self.manager).unlink()
        self.review_kind.with_user(self.manager).unlink()
        self.assertFalse(self.review_kind.exists())

    def test_kind_of_the_portal_is_kept(self):
        kind = self.env.ref("kundenportal_addon.protocol_kind_portal_settings_changed")
        self.env.cr.execute("DELETE FROM kundenportal_protocol WHERE kind_id = %s", [kind.id])
        with self.assertRaisesRegex(UserError, "itself"):
            kind.unlink()

    def test_officers_do_not_edit_kinds(self):
        with self.assertRaises(AccessError):
            self.kind.with_user(self.officer).name = "X"
        self.kind.with_user(self.manager).deadline_days = 5
        self.kind.with_user(self.manager).is_review_required = True
        entry = self.Protocol._log("test", self.user)
        self.assertEqual(entry.deadline, fields.Date.today() + timedelta(days=5), "no stale cache")

    def test_retention_in_batches(self):
        self.kind.keep_days = 10
        self.review_kind.keep_days = 10
        self.patch_batch(2)
        old = self.Protocol._log("test", self.user | self.main | self.user2)
        still_open = self.Protocol._log("test_review", self.user)
        self.age(old | still_open, 11)
        young = self.Protocol._log("test", self.user)
        self.age(young, 9)
        self.assertEqual(self.Protocol._gc_expired(), (2, 1), "there may be more")
        self.assertEqual(self.Protocol._gc_expired(), (1, 0))
        self.assertFalse(old.exists())
        self.assertEqual((young | still_open).exists(), young | still_open)
        self.kind.keep_days = 0
        self.age(young, 10000)
        self.assertEqual(self.Protocol._gc_expired(), (0, 0), "0 keeps for ever")

    def patch_batch(self, size):
        """Make batches small, and the table free of what demo data would add to them."""
        self.env.cr.execute(
            "UPDATE kundenportal_protocol_kind SET keep_days = 0 WHERE code NOT LIKE 'test%'"
        )
        self.patch(self.env.registry["kundenportal.protocol"], "_retention_batch", size)


@tagged("post_install", "-at_install")
class TestProtocolOnContact(ProtocolCase):
    def test_count_and_action(self):
        self.env.cr.execute(
            "DELETE FROM kundenportal_protocol WHERE commercial_partner_id = %s", [self.nord.id]
        )
        self.Protocol._log("test", self.nord | self.user | self.user)
        self.Protocol._log("test", self.user)
        contacts = (self.nord | self.user | self.main).with_user(self.officer)
        self.assertEqual(contacts.mapped("protocol_count"), [3, 2, 0])
        for contact in contacts:
            action = contact.action_view_protocol()
            found = self.Protocol.with_user(self.officer).search(action["domain"])
            self.assertEqual(len(found), contact.protocol_count)
        with self.assertRaises(AccessError):
            self.nord.with_user(self.internal).read(["protocol_count"])

    def test_open_record(self):
        order = self._create_order(self.user)
        entry = self.Protocol._log("test", self.user, record=order)
        self.assertEqual(entry.action_open_record()["res_id"], order.id)
        with self.assertRaises(UserError):
            self.Protocol._log("test", self.user).action_open_record()
        with self.assertRaises(UserError, msg="officers do not see orders"):
            entry.with_user(self.officer).action_open_record()
        order.action_cancel()
        order.unlink()
        with self.assertRaises(UserError):
            entry.action_open_record()
