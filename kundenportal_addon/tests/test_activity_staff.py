"""The clerk's day: conversation, waiting customers, duplicates, wrong contacts, telephone calls."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .activity_common import ActivityFixture
from .common import PortalCase


class StaffCase(ActivityFixture, PortalCase):
    def post(self, case, author, body="Text", subtype="mail.mt_comment", **values):
        """Write into the conversation as a user or a contact."""
        if author._name == "res.users":
            case = case.with_user(author)
        else:
            values["author_id"] = author.id
        return case.message_post(body=body, message_type="comment", subtype_xmlid=subtype, **values)

    def notified(self, message):
        return message.sudo().notification_ids.res_partner_id

    def entries(self, case, *codes):
        return self.env["kundenportal.protocol"].search(
            [
                ("res_model", "=", case._name),
                ("res_id", "=", case.id),
                ("kind_id.code", "in", codes),
            ]
        )


@tagged("post_install", "-at_install")
class TestConversation(StaffCase):
    def test_whose_turn_it_is(self):
        case = self._create_case(self.user, user_id=self.officer.id)
        self.post(case, self.officer, subtype="mail.mt_note")
        self.assertFalse(case.first_answered_on, "a note is no answer")
        case._change_state("waiting")
        self.post(case, self.user)
        self.assertTrue(case.customer_replied)
        self.assertEqual(case.state, "in_progress", "it waited for that")
        self.assertTrue(self.entries(case, "activity_reply"))
        self.assertIn(case, case.search([("customer_replied", "=", True)]))
        self.post(case, self.officer)
        self.assertFalse(case.customer_replied)
        self.assertTrue(case.first_answered_on)

    def test_reply_to_a_closed_case(self):
        case = self._create_case(self.user, user_id=self.officer.id)
        case._change_state("done")
        self.post(case, self.user)
        entry = self.entries(case, "activity_reply_closed")
        self.assertEqual((entry.review_state, entry.responsible_id), ("open", self.officer))
        self.post(case, self.officer)
        self.assertEqual(entry.review_state, "done")

    def test_files_of_the_form_are_no_reply(self):
        case = self._create_case(self.user)
        self.post(case, self.user, body="", attachments=[("a.txt", b"x")])
        self.assertFalse(case.customer_replied)
        self.post(case, self.user)
        self.assertTrue(case.customer_replied)

    def test_who_gets_mails(self):
        """The customer and the participants who want them; a colleague who follows gets nothing."""
        case = self._create_case(self.user, participant_ids=[Command.set(self.main.ids)])
        case.message_subscribe((self.user2 | self.stranger).ids)
        message = self.post(case, self.officer)
        self.assertEqual(self.notified(message), self.user | self.main)
        kind = self.env.ref("kundenportal_addon.notice_kind_case_answered")
        self.env["kundenportal.notice.choice"].create(
            {"partner_id": self.main.id, "kind_id": kind.id, "by_mail": False}
        )
        message = self.post(case, self.officer, partner_ids=self.main.ids)
        self.assertEqual(self.notified(message), self.user)
        message = self.post(case, self.officer, partner_ids=self.sued.ids)
        self.assertIn(self.sued, self.notified(message), "whom staff choose gets that one")

    def test_link_in_mails(self):
        case = self._create_case(self.user)
        action = case._get_access_action(access_uid=self.user.user_ids.id)
        self.assertEqual(action["url"], f"/my/activities/{case.id}")
        self.assertEqual(
            case.with_user(self.officer)._get_access_action()["type"], "ir.actions.act_window"
        )

    def test_canned_answers(self):
        case = self._create_case(self.user)
        self.user.form_of_address = "informal"
        template = self.env.ref("kundenportal_addon.mail_template_activity_answer_solved")
        action = case.with_user(self.officer).action_answer()
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.officer)
            .with_context(**action["context"])
            .create({"template_id": template.id})
        )
        self.assertIn(case.number, composer.body)
        composer.action_send_mail()
        self.assertTrue(case.first_answered_on)
        self.assertIn(self.user, self.notified(case.message_ids[0]))


@tagged("post_install", "-at_install")
class TestWaiting(StaffCase):
    def run_job(self, days):
        job = self.env.ref("kundenportal_addon.ir_cron_activity_waiting")
        later = fields.Datetime.now() + timedelta(days=days)
        with freeze_time(later), self.enter_registry_test_mode():
            job.method_direct_trigger()

    def mails(self, contact):
        return self.env["mail.mail"].search([("email_to", "ilike", contact.email)])

    def test_reminded_then_closed(self):
        self.ticket_type.write({"remind_days": 3, "close_days": 7})
        case = self._create_case(self.user, user_id=self.officer.id)
        other = self._create_case(self.user2)
        case._change_state("waiting")
        before = self.mails(self.user)
        self.run_job(2)
        self.assertFalse(case.reminded_on)
        self.run_job(4)
        self.assertTrue(case.reminded_on)
        self.assertEqual(len(self.mails(self.user) - before), 1)
        self.run_job(5)
        self.assertEqual(len(self.mails(self.user) - before), 1, "once")
        self.assertEqual(case.state, "waiting", "seven days after the reminder, not before")
        self.run_job(12)
        self.assertEqual(case.state, "done")
        self.assertEqual(len(self.mails(self.user) - before), 2)
        self.assertEqual(other.state, "new")

    def test_closed_without_reminder(self):
        self.ticket_type.write({"remind_days": 0, "close_days": 7})
        case = self._create_case(self.user)
        case._change_state("waiting")
        self.run_job(6)
        self.assertEqual(case.state, "waiting")
        self.run_job(8)
        self.assertEqual(case.state, "done")


@tagged("post_install", "-at_install")
class TestDuplicates(StaffCase):
    def test_merge(self):
        kept = self._create_case(self.user)
        double = self._create_case(self.user2, name="Nochmal", is_confidential=True)
        self.post(double, self.user2, attachments=[("plan.txt", b"x")])
        wizard = (
            self.env["kundenportal.activity.merge"]
            .with_user(self.officer)
            .create({"activity_ids": [Command.set((kept | double).ids)]})
        )
        self.assertEqual(wizard.target_id, kept, "the older one is proposed")
        with self.assertRaisesRegex(UserError, self.user.name):  # would read what is confidential
            wizard.action_merge()
        double.participant_ids = self.user
        followed = self._create_case(self.user2)
        followed.origin_id = double
        order = self._create_order(self.user2)
        order.portal_activity_id = double
        action = wizard.action_merge()
        self.assertEqual(followed.origin_id, kept)
        self.assertEqual(kept.sale_order_ids, order)
        self.assertEqual(action["res_id"], kept.id)
        self.assertEqual((double.state, double.merged_into_id), ("cancelled", kept))
        self.assertIn(self.user2, kept.participant_ids)
        announced = double._get_portal_messages()
        self.assertIn(kept.number, announced.body)
        self.assertEqual(self.notified(announced), self.user | self.user2)
        self.assertTrue(kept.is_confidential)
        self.assertTrue(kept.customer_replied)
        files = self.env["ir.attachment"].search(
            [("res_model", "=", kept._name), ("res_id", "=", kept.id), ("name", "=", "plan.txt")]
        )
        self.assertTrue(files)
        self.assertIn(files, kept.message_ids.attachment_ids)
        with self.assertRaises(UserError):  # what was merged is not taken up by its customer
            double._change_state("in_progress", by_customer=True)
        double.with_user(self.officer).action_reopen()
        self.assertFalse(double.merged_into_id)
        kept._merge_into(double)  # the other way round, and no circle
        self.assertEqual(kept._get_remaining(), double)

    def test_only_of_one_customer(self):
        kept, alien = self._create_case(self.user), self._create_case(self.stranger)
        with self.assertRaises(UserError):
            alien.with_user(self.officer)._merge_into(kept.with_user(self.officer))
        self.assertEqual(alien.state, "new")
        closed = self._create_case(self.user)
        closed._change_state("done")
        with self.assertRaises(UserError):
            kept._merge_into(closed)


@tagged("post_install", "-at_install")
class TestContacts(StaffCase):
    def test_moved_to_the_right_contact(self):
        device = self.env["maintenance.equipment"].create(
            {"name": "Drucker", "customer_id": self.nord.id}
        )
        case = self._create_case(
            self.user,
            equipment_id=device.id,
            participant_ids=[Command.set(self.user2.ids)],
        )
        self.assertTrue(self.readable(self.user2, case))
        case.with_user(self.officer).partner_id = self.stranger
        self.assertEqual(case.commercial_partner_id, self.sued)
        self.assertFalse(case.participant_ids)
        self.assertFalse(case.equipment_id)
        self.assertIn(self.stranger, case.message_partner_ids)
        self.assertNotIn(self.user, case.message_partner_ids)
        for contact in (self.user, self.user2, self.main):
            self.assertFalse(self.readable(contact, case))
        self.assertTrue(self.readable(self.stranger, case))
        self.assertTrue(self.entries(case, "activity_moved"))

    def test_mail_of_somebody_unknown(self):
        case = self.env["kundenportal.activity"].create(
            {"name": "Hilfe", "type_id": self.ticket_type.id, "email_from": "x@unknown.example"}
        )
        self.assertFalse(case.commercial_partner_id)
        case.partner_id = self.user
        self.assertEqual(case.commercial_partner_id, self.nord)
        self.assertTrue(self.readable(self.user, case))

    def test_colleague_leaves(self):
        case = self._create_case(self.user, participant_ids=[Command.set(self.user2.ids)])
        closed = self._create_case(self.user)
        closed._change_state("done")
        self.assertIn(1, [number for _label, number in self.user._get_handover_counts()])
        self.user._hand_over_to(self.user2)
        self.assertEqual(case.partner_id, self.user2)
        self.assertEqual(closed.partner_id, self.user)

    def test_contacts_become_one(self):
        case = self._create_case(self.user, participant_ids=[Command.set(self.user2.ids)])
        double = self._create_contact("Ute U", "ute2@nord.example", self.nord)
        other = self._create_case(double, participant_ids=[Command.set(self.user2.ids)])
        self.env["base.partner.merge.automatic.wizard"]._merge(
            [double.id, self.user2.id], self.user2, extra_checks=False
        )
        self.env.invalidate_all()
        self.assertEqual(other.partner_id, self.user2)
        self.assertEqual(case.participant_ids, self.user2)
        self.assertTrue(self.readable(self.user2, other))


@tagged("post_install", "-at_install")
class TestTelephone(StaffCase):
    def test_found_by_what_is_said(self):
        self.user.write({"ref": "K-4711", "phone": "+49 40 1234567", "mobile": "+49 171 7654321"})
        self.env["maintenance.equipment"].create(
            {"name": "Drucker", "serial_no": "SN-998877", "customer_id": self.nord.id}
        )
        partners = self.env["res.partner"].with_user(self.officer).with_context(portal_call=True)
        for said, contact in (
            ("Uwe User", self.user),
            ("K-4711", self.user),
            ("040 1234567", self.user),
            ("0171-7654321", self.user),
            ("998877", self.nord),
        ):
            with self.subTest(said=said):
                self.assertIn(contact.id, [found[0] for found in partners.name_search(said)])
        self.assertFalse(partners.with_context(portal_call=False).name_search("998877"))

    def test_found_by_the_device(self):
        devices = self.env["maintenance.equipment"].create(
            [
                {"name": "Drucker", "serial_no": f"SN-{number}", "customer_id": self.nord.id}
                for number in (998877, 112233)
            ]
        )
        call = self.env["kundenportal.activity.call"].with_user(self.officer)
        found = call.equipment_id.name_search("998877")
        self.assertEqual([device[0] for device in found], devices[0].ids)
        with Form(call) as form:
            form.equipment_id = devices[0]
            self.assertEqual(form.partner_id, self.nord)
            form.partner_id = self.user  # who it is at this company
            self.assertEqual(form.equipment_id, devices[0])
            form.partner_id = self.stranger
            self.assertFalse(form.equipment_id)
            form.name = "Frage"

    def test_case_from_a_call(self):
        device = self.env["maintenance.equipment"].create(
            {"name": "Drucker", "serial_no": "SN-1", "customer_id": self.nord.id}
        )
        opened = self._create_case(self.main)
        with Form(self.env["kundenportal.activity.call"].with_user(self.officer)) as form:
            form.partner_id = self.user
            self.assertEqual(form.equipment_id, device, "the only one it has")
            self.assertIn(opened, form.case_ids[:])
            form.type_id = self.ticket_type
            form.name = "Papierstau"
            form.description = "Fach 2 <b>klemmt</b>"
        job = self.env.ref("mail.ir_cron_mail_scheduler_action")
        waiting = [("cron_id", "=", job.id)]
        before = self.env["ir.cron.trigger"].search_count(waiting)
        action = form.record.action_create_case()
        started = self.env["ir.cron.trigger"].search_count(waiting) - before
        self.assertTrue(started, "the receipt goes out at once")
        case = self.env["kundenportal.activity"].browse(action["res_id"])
        self.assertEqual((case.partner_id, case.channel), (self.user, "phone"))
        self.assertEqual(case.equipment_id, device)
        self.assertIn("&lt;b&gt;", case.description)
        mail = self.env["mail.mail"].search([("email_to", "ilike", self.user.email)], limit=1)
        self.assertIn(case.number, mail.subject)

    def test_solved_on_the_telephone(self):
        call = (
            self.env["kundenportal.activity.call"]
            .with_user(self.officer)
            .create(
                {
                    "partner_id": self.user.id,
                    "type_id": self.ticket_type.id,
                    "name": "Frage",
                    "is_solved": True,
                }
            )
        )
        call.action_create_next()
        case = self.env["kundenportal.activity"].search([("name", "=", "Frage")])
        self.assertEqual((case.state, case.user_id), ("done", self.officer))
        self.assertTrue(case.first_answered_on)
        with self.assertRaises(UserError):
            call.copy({"name": False}).action_create_case()

    def test_quotation_of_a_case(self):
        case = self._create_case(self.user)
        seller = self.officer
        seller.group_ids += self.env.ref("sales_team.group_sale_salesman")
        context = case.with_user(seller).action_new_quotation()["context"]
        order = self.env["sale.order"].with_user(seller).with_context(**context).create({})
        self.assertEqual((order.partner_id, order.portal_activity_id), (self.user, case))
        self.assertEqual(case.with_user(seller).sale_order_ids, order)
        self.assertEqual(case.with_user(seller).sale_order_count, 1)
        self.assertIn(order.name, case.message_ids[0].body)

    def test_devices_of_customers(self):
        """Odoo shows devices to their followers only; whoever answers calls needs customers'."""
        equipment = self.env["maintenance.equipment"]
        device = equipment.create({"name": "Drucker", "customer_id": self.nord.id})
        own = equipment.create({"name": "Kaffeemaschine"})
        found = equipment.with_user(self.officer).search([("id", "in", (device | own).ids)])
        self.assertEqual(found, device)
        self._create_case(self.user, equipment_id=device.id)
        self.assertEqual(device.with_user(self.officer).case_count, 1)
        self.assertEqual(self.user.with_user(self.officer).portal_case_count, 1)
        self.assertEqual(self.nord.with_user(self.officer).portal_case_count, 1)
