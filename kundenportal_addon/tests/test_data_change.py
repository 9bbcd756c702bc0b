from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import PortalCase


class DataChangeFixture:
    """Customers that edit, and the changes that come of it."""

    @classmethod
    def _extend_portal_fixture(cls):
        result = super()._extend_portal_fixture()
        cls.germany = cls.env.ref("base.de")
        cls.nord.write(
            {
                "street": "Hafenstraße 8",
                "city": "Bremen",
                "zip": "28217",
                "country_id": cls.germany.id,
                "phone": "+49 421 987650",
            }
        )
        cls.address = cls.env["res.partner"].create(
            {"name": "Lager", "type": "delivery", "parent_id": cls.nord.id, "city": "Bremen"}
        )
        cls.Change = cls.env["kundenportal.data.change"]
        return result

    def edit(self, editor, partner, **values):
        """Write as a customer, the way Odoo's pages do: as superuser, with the customer acting.

        :return: the changes that came of it
        """
        last = self.Change.search([], limit=1).id or 0
        # Each edit is a request, thus a transaction, of its own.
        self.env.flush_all()
        self.env.cr.precommit.data.pop("kundenportal.data.change", None)
        partner.with_user(editor.user_ids).sudo().write(values)
        self.env.invalidate_all()
        return self.Change.search([("id", ">", last)], order="id")

    def values(self, change):
        return {
            line.field_id.name: (line.old_value, line.new_value, line.state)
            for line in change.line_ids
        }


@tagged("post_install", "-at_install")
class TestDataChange(DataChangeFixture, PortalCase):
    """What customers edit, by field and by who edits what."""

    def test_reviewed_fields_are_applied_at_once(self):
        change = self.edit(self.user, self.user, phone="0421 11", mobile="0170 1")
        self.assertEqual((self.user.phone, self.user.mobile), ("0421 11", "0170 1"))
        self.assertEqual(
            self.values(change),
            {"phone": ("", "0421 11", "applied"), "mobile": ("", "0170 1", "applied")},
        )
        self.assertEqual((change.state, change.partner_id), ("applied", self.user))
        self.assertEqual(change.user_id, self.user.user_ids)
        entry = change.protocol_id
        self.assertEqual(entry.kind_id.code, "data_changed")
        self.assertEqual((entry.review_state, entry.user_id), ("open", self.user.user_ids))

    def test_unchanged_fields_make_no_lines(self):
        self.user.phone = "0421 11"
        self.assertFalse(self.edit(self.user, self.user, phone="0421 11", mobile=""))
        change = self.edit(self.user, self.user, phone="0421 11", function="Fahrer")
        self.assertEqual(list(self.values(change)), ["function"])

    def test_removed_value(self):
        self.user.phone = "0421 11"
        change = self.edit(self.user, self.user, phone=False)
        self.assertFalse(self.user.phone)
        self.assertEqual(self.values(change), {"phone": ("0421 11", "", "applied")})

    def test_second_write_of_the_same_edit_joins(self):
        change = self.edit(self.user, self.user, phone="0421 11")
        self.env.cr.precommit.data["kundenportal.data.change"] = {self.user.id: change.id}
        self.user.with_user(self.user.user_ids).sudo().phone = "+49 421 11"
        self.assertEqual(self.Change.search([], limit=1), change)
        self.assertEqual(self.values(change), {"phone": ("", "+49 421 11", "applied")})

    def test_approved_fields_wait(self):
        change = self.edit(self.user, self.user, email="new@nord.example", phone="0421 11")
        self.assertEqual((self.user.email, self.user.phone), ("uwe@nord.example", "0421 11"))
        self.assertEqual(change.state, "pending")
        self.assertEqual(
            self.values(change),
            {
                "email": ("uwe@nord.example", "new@nord.example", "pending"),
                "phone": ("", "0421 11", "applied"),
            },
        )
        self.assertEqual(change.protocol_id.kind_id.code, "data_requested")
        self.assertTrue(change.protocol_id.in_inbox)

    def test_waiting_value_again_is_no_second_request(self):
        self.edit(self.user, self.user, email="new@nord.example")
        self.assertFalse(self.edit(self.user, self.user, email="new@nord.example"))

    def test_second_request_replaces_the_first(self):
        first = self.edit(self.user, self.user, email="new@nord.example")
        second = self.edit(self.user, self.user, email="newer@nord.example")
        self.assertEqual((first.state, second.state), ("withdrawn", "pending"))
        self.assertEqual(first.line_ids.state, "replaced")
        self.assertEqual(first.protocol_id.review_state, "done")

    def test_approve(self):
        change = self.edit(self.user, self.user, email="new@nord.example")
        change.with_user(self.officer).action_approve()
        self.assertEqual(self.user.email, "new@nord.example")
        self.assertEqual((change.state, change.decided_by_id), ("approved", self.officer))
        self.assertEqual(change.protocol_id.review_state, "done")
        self.assertEqual(change.protocol_id.reviewer_id, self.officer)
        with self.assertRaisesRegex(UserError, "kp_officer"):
            change.with_user(self.manager).action_approve()

    def test_reject_tells_the_customer(self):
        change = self.edit(self.user, self.user, email="new@nord.example", name="Otto")
        change.with_user(self.officer)._reject("No proof.")
        self.assertEqual((self.user.email, self.user.name), ("uwe@nord.example", "Uwe User"))
        self.assertEqual((change.state, change.reason), ("rejected", "No proof."))
        mail = self.env["mail.mail"].search([("body_html", "ilike", "No proof.")])
        self.assertIn("new@nord.example", mail.body_html)
        self.assertIn("uwe@nord.example", mail.email_to or mail.recipient_ids.email)

    def test_line_by_line(self):
        change = self.edit(self.user, self.user, email="new@nord.example", name="Otto")
        by_name = {line.field_id.name: line for line in change.line_ids}
        by_name["name"].with_user(self.officer).action_approve()
        self.assertEqual((self.user.name, change.state), ("Otto", "pending"))
        change.with_user(self.officer)._reject("No proof.", by_name["email"])
        self.assertEqual(change.state, "approved")
        self.assertEqual(by_name["email"].state, "rejected")

    def test_conflict_is_not_overwritten_in_silence(self):
        change = self.edit(self.user, self.user, email="new@nord.example")
        self.user.with_user(self.officer).email = "staff@nord.example"
        self.assertTrue(change.has_conflict)
        self.assertEqual(change.line_ids.current_value, "staff@nord.example")
        with self.assertRaisesRegex(UserError, "meanwhile"):
            change.with_user(self.officer).action_approve()
        self.assertEqual(self.user.email, "staff@nord.example")
        change.with_user(self.officer).action_approve_anyway()
        self.assertEqual(self.user.email, "new@nord.example")

    def test_withdraw(self):
        change = self.edit(self.user, self.user, email="new@nord.example")
        with self.assertRaises(UserError):
            change.with_user(self.user2.user_ids)._withdraw()
        change.with_user(self.user.user_ids)._withdraw()
        self.assertEqual(change.state, "withdrawn")
        with self.assertRaises(UserError):
            change.with_user(self.officer).action_approve()

    def test_company_data_are_for_main_users(self):
        with self.assertRaises(UserError):
            self.edit(self.user, self.nord, phone="1")
        change = self.edit(self.main, self.nord, phone="0421 1")
        self.assertEqual((self.nord.phone, change.partner_id), ("0421 1", self.nord))
        with self.assertRaises(UserError):
            self.edit(self.stranger, self.nord, phone="2")
        with self.assertRaises(UserError):
            self.edit(self.main, self.user2, phone="3")

    def test_company_is_not_renamed_by_the_back_door(self):
        change = self.edit(self.main, self.nord, name="Neu GmbH")
        self.assertEqual(self.nord.name, "Nord GmbH")
        self.assertEqual(change.state, "pending")
        with self.assertRaises(UserError):
            self.edit(self.user, self.nord, name="Neu GmbH")

    def test_street_of_a_contact_is_the_companys(self):
        with self.assertRaises(UserError):
            self.edit(self.user, self.user, street="Anderswo 1")
        self.assertEqual(self.nord.street, "Hafenstraße 8")
        change = self.edit(self.main, self.main, street="Anderswo 1", phone="1")
        self.assertEqual(set(change.partner_id), {self.nord, self.main})
        self.assertEqual(self.nord.street, "Anderswo 1")
        self.assertEqual(self.user.street, "Anderswo 1", "Odoo copies it down")
        self.assertEqual(len(change), 2, "what Odoo copies makes no change of its own")

    def test_addresses(self):
        with self.assertRaises(UserError):
            self.edit(self.user, self.address, city="Hamburg")
        self.assertTrue(self.edit(self.main, self.address, city="Hamburg"))
        change = self.edit(self.main, self.address, active=False)
        self.assertEqual(change.kind, "archived")
        self.env.cr.precommit.data.clear()
        new = (
            self.env["res.partner"]
            .with_user(self.main.user_ids)
            .sudo()
            .create({"name": "Neu", "type": "delivery", "parent_id": self.nord.id})
        )
        change = self.Change.search([], limit=1)
        self.assertEqual((change.partner_id, change.kind), (new, "added"))

    def test_locked_field_says_why(self):
        policy = self.env["kundenportal.field.policy"].search(
            [("scope", "=", "own"), ("field_id.name", "=", "name")]
        )
        policy.write({"mode": "locked", "reason": "As on the contract."})
        with self.assertRaisesRegex(UserError, "As on the contract"):
            self.edit(self.user, self.user, name="Otto")

    def test_values_as_people_read_them(self):
        self.user.parent_id = False
        self.user.country_id = self.germany
        change = self.edit(self.user, self.user, country_id=self.env.ref("base.at").id)
        self.assertEqual(self.values(change)["country_id"][:2], ("Germany", "Austria"))

    def test_technical_fields_are_no_change(self):
        self.assertFalse(self.edit(self.user, self.user, comment="x"))
        self.assertIn("x", self.user.comment)
        with self.assertRaises(ValidationError):
            self.env["kundenportal.field.policy"].create(
                {
                    "field_id": self.env.ref("base.field_res_partner__comment").id,
                    "scope": "own",
                }
            )

    def test_staff_make_no_change(self):
        last = self.Change.search([], limit=1)
        self.user.with_user(self.officer).phone = "0421 99"
        self.assertEqual(self.Change.search([], limit=1), last)

    def test_cost(self):
        self.edit(self.user, self.user, phone="0421 1")
        user = self.user.with_user(self.user.user_ids).sudo()
        plain = self.user.sudo()

        def count(partner, value):
            self.env.flush_all()
            self.env.cr.precommit.data.pop("kundenportal.data.change", None)
            partner.fetch(["phone"])  # as a page does
            before = self.env.cr.sql_log_count
            partner.phone = value
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        for partner, value in ((plain, "0421 2"), (user, "0421 3")):
            count(partner, value)
        self.assertLessEqual(count(user, "0421 4") - count(plain, "0421 5"), 4)

    def test_one_state_not_two(self):
        change = self.edit(self.user, self.user, phone="0421 1")
        change.with_user(self.officer).action_mark_reviewed()
        self.assertEqual(change.protocol_id.review_state, "done")
        other = self.edit(self.user, self.user, phone="0421 2")
        other.protocol_id.with_user(self.officer).action_mark_reviewed()
        self.assertEqual(other.review_state, "done")
        with self.assertRaises(UserError):
            other.with_user(self.manager).action_mark_reviewed()
        other.protocol_id.with_user(self.officer).action_reopen_review()
        self.assertEqual(other.review_state, "open")

    def test_what_waits_is_not_just_marked(self):
        change = self.edit(self.user, self.user, email="new@nord.example")
        with self.assertRaises(UserError):
            change.with_user(self.officer).action_mark_reviewed()
        with self.assertRaises(UserError):
            change.protocol_id.with_user(self.officer).action_mark_reviewed()
        self.assertEqual(change.protocol_id.review_state, "open")

    def test_waiting_address_leads_nowhere(self):
        self.edit(self.user, self.user, email="new@nord.example")
        seekers = self.env["res.partner"]._find_access_seekers("new@nord.example")
        self.assertFalse(seekers)
        self.assertEqual(self.user.user_ids.login, "uwe@nord.example")

    def test_approved_address_is_the_login(self):
        change = self.edit(self.user, self.user, email="new@nord.example")
        change.with_user(self.officer).action_approve()
        self.assertEqual(self.user.user_ids.login, "new@nord.example")

    def test_approved_address_that_is_taken(self):
        change = self.edit(self.user, self.user, email="ute@nord.example")
        with self.assertRaisesRegex(UserError, "ute@nord.example"):
            change.with_user(self.officer).action_approve()
        self.assertEqual(self.user.email, "uwe@nord.example")

    def test_customer_reverts(self):
        self.user.phone = "0421 1"
        first = self.edit(self.user, self.user, phone="0421 2")
        second = self.edit(self.user, self.user, phone="0421 1")
        self.assertEqual(self.user.phone, "0421 1")
        self.assertTrue(first.has_conflict, "the contact no longer says what was edited")
        self.assertFalse(second.has_conflict)

    def test_other_companies_staff_see_nothing(self):
        change = self.edit(self.user, self.user, phone="0421 1")
        other = self.env["res.company"].create({"name": "Andere GmbH"})
        self.officer.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        self.assertFalse(
            self.Change.with_user(self.officer)
            .with_context(allowed_company_ids=other.ids)
            .search([("id", "=", change.id)])
        )

    def test_reviewer_sees_the_rest_and_what_was_before(self):
        first = self.edit(self.user, self.user, phone="0421 1")
        change = self.edit(self.user, self.user, function="Fahrer").with_user(self.officer)
        self.assertIn("0421 1", change.unchanged)
        self.assertNotIn("Fahrer", change.unchanged)
        self.assertEqual(change.earlier_ids, first)
        self.assertIn("Fahrer", change.summary)

    def test_reviewer_without_the_right_to_a_field(self):
        change = self.edit(self.user, self.user, email="new@nord.example")
        field = self.env["res.partner"]._fields["email"]
        self.patch(field, "groups", "base.group_system")
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            change.with_user(self.officer).action_approve()
        self.env.invalidate_all()
        self.assertEqual((change.state, self.user.email), ("pending", "uwe@nord.example"))
