from lxml import html

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .appointment_common import AppointmentFixture, at
from .cart_common import CartFixture
from .common import PortalCase
from .http_common import PortalHttpCase
from .message_common import MessageFixture


class DeletionFixture(MessageFixture, AppointmentFixture, CartFixture):
    """Mixin: the user has no case that runs."""

    @classmethod
    def _extend_portal_fixture(cls):
        result = super()._extend_portal_fixture()
        cls.job.partner_id = cls.user2
        cls.user.write(
            {"phone": "+49 421 1234", "function": "Einkauf", "comment": "<p>schwierig</p>"}
        )
        return result

    def delete(self, contact, **post):
        """Delete the contact's account as its page does."""
        user = contact.user_ids
        user.with_user(user).sudo()._deactivate_portal_user(**post)
        self.env.flush_all()
        self.env.invalidate_all()
        return user

    def entries_of_kind(self, *codes):
        return self.env["kundenportal.protocol"].search([("kind_id.code", "in", codes)])


@tagged("post_install", "-at_install")
class TestAccountDeletion(DeletionFixture, PortalCase):
    """What a customer's deletion of its account ends, forgets and keeps."""

    def test_access_ends_and_the_person_is_forgotten(self):
        self.env["kundenportal.link"]._issue("sign_in", self.user.user_ids, self.user.email)
        self.user.street = self.nord.street  # whatever it was
        self.nord.street = "Hafen 1"
        self.env["kundenportal.protocol"]._log("notices_chosen", self.user, "By mail: x")
        copy = self._send_message(self.user)
        reply, _errors = (
            self.env["kundenportal.message.reply"]
            .with_user(self.user.user_ids)
            ._submit(copy.with_user(self.user.user_ids), "Danke", [], "k")
        )
        user = self.delete(self.user)
        self.assertFalse(user.active or self.user.active)
        self.assertFalse(
            self.user.email or self.user.phone or self.user.function or self.user.comment
        )
        self.assertTrue(self.user.portal_deleted_on and self.user.portal_anonymised_on)
        for name in ("name", "display_name"):
            self.assertNotIn("Uwe", self.user[name])
        self.assertFalse(self.user.message_ids, "Odoo notes there what was, and who it was")
        self.assertFalse(
            self.env["kundenportal.link"].search(
                [("res_id", "=", user.id), ("res_model", "=", "res.users")]
            )
        )
        self.assertFalse(
            self.env["kundenportal.protocol"].search(
                ["|", ("partner_id", "=", self.user.id), ("user_id", "=", user.id)]
            )
        )
        self.assertNotIn(
            "Uwe",
            f"{reply.author_name} {self.entries_of_kind('account_deleted').mapped('partner_name')}",
        )
        self.assertEqual(reply.body, "Danke")
        self.assertEqual((self.nord.name, self.nord.street), ("Nord GmbH", "Hafen 1"))
        self.assertEqual(self.main.user_ids._get_portal_level(), "main_user")

    def test_staff_are_told(self):
        self._create_order(self.user)
        self.delete(self.user)
        entry = self.entries_of_kind("account_deleted")
        self.assertEqual((entry.partner_id, entry.review_state), (self.user, "open"))

    def test_what_waits_is_withdrawn(self):
        user = self.user.user_ids
        mine = self.user.with_user(user).sudo()
        policies = self.env["kundenportal.field.policy"]
        phone = self.env["ir.model.fields"]._get("res.partner", "phone")
        own = [("scope", "=", "own"), ("field_id", "=", phone.id)]
        policy = policies.search(own) or policies.create({"scope": "own", "field_id": phone.id})
        policy.mode = "approve"
        mine.write({"phone": "+49 421 999"})
        change = self.env["kundenportal.data.change"].search([("partner_id", "=", self.user.id)])
        entry = change.protocol_id
        self.assertEqual((change.state, entry.review_state), ("pending", "open"))
        self.company.write({"portal_order_limit_mode": "amount", "portal_order_limit": 1})
        order = self.order(self.user)
        self.assertEqual(order.portal_release_state, "waiting")
        self.put(self.user)
        self.job_type.appointment_confirmation = True
        case = self._create_job(self.user)
        asked = self._book(at(8), case, by=self.user)
        self.env["kundenportal.data.export"].with_user(user)._request_by_customer("k")
        labels = dict(self.user._prepare_portal_deletion()["pending"])
        self.assertGreaterEqual(len(labels), 4)
        self.delete(self.user)
        self.assertFalse(change.exists(), "with the values that it held")
        self.assertEqual((order.state, order.portal_release_state), ("cancel", "none"))
        self.assertFalse(self.user.portal_cart_count)
        self.assertFalse(self.env["kundenportal.data.export"].search([]))
        self.assertEqual(asked.state, "cancelled")
        self.assertEqual(entry.review_state, "done")
        self.assertFalse(self.user._prepare_portal_deletion()["pending"])

    def test_documents_keep_name_and_address(self):
        self.person.write({"street": "Gasse 1", "city": "Bremen", "phone": "+49 421 77"})
        order = self._create_order(self.person)
        self._create_invoice(order)
        protocol = self.env["kundenportal.protocol"]
        kept = protocol._log("order_sent", self.person, order.name, record=order)
        gone = protocol._log("document_opened", self.person, order.name, record=order)
        deletion = self.person._prepare_portal_deletion()
        self.assertEqual([number for _label, number in deletion["bound"]], [1, 1])
        self.delete(self.person)
        self.assertEqual((self.person.name, self.person.street), ("Pia Privat", "Gasse 1"))
        self.assertFalse(self.person.email or self.person.phone)
        self.assertTrue(self.person.portal_anonymised_on)
        self.assertEqual((kept.partner_id, kept.note), (self.person, order.name))
        self.assertFalse(gone.partner_id or gone.note)
        self.assertEqual(order.partner_id, self.person)

    def test_a_persons_addresses_go_with_it(self):
        delivery = self.env["res.partner"].create(
            {
                "name": "Pias Laube",
                "street": "Weg 2",
                "type": "delivery",
                "parent_id": self.person.id,
            }
        )
        self.person.write({"street": "Gasse 1", "city": "Bremen"})
        self.delete(self.person)
        self.assertFalse(self.person.street or self.person.city or delivery.street)
        self.assertNotIn("Pia", f"{self.person.name} {delivery.name}")
        self.assertFalse(delivery.active)

    def test_what_runs_goes_on_and_the_person_is_forgotten_after_it(self):
        case = self._create_case(self.user)
        self._let_take_part(self._create_case(self.user2), self.user)
        self.delete(self.user)
        self.assertEqual((self.user.name, self.user.phone), ("Uwe User", "+49 421 1234"))
        self.assertFalse(self.user.portal_anonymised_on)
        self.assertFalse(
            self.env["kundenportal.activity"].search([("participant_ids", "in", self.user.ids)])
        )
        partners = self.env["res.partner"]
        partners._gc_deleted_accounts()
        self.assertEqual(self.user.name, "Uwe User")
        case._change_state("done")
        partners._gc_deleted_accounts()
        self.assertNotIn("Uwe", self.user.name)
        self.assertFalse(self.user.phone)
        self.assertEqual(case.partner_id, self.user)
        self.assertFalse(self.entries_of_kind("account_deleted").partner_id)

    def test_who_was_taken_back_is_not_forgotten(self):
        case = self._create_case(self.user)
        self.delete(self.user)
        self.user.active = True
        case._change_state("done")
        self.env["res.partner"]._gc_deleted_accounts()
        self.assertEqual(self.user.name, "Uwe User")
        self.assertFalse(self.user.portal_deleted_on)

    @mute_logger("odoo.models.unlink")
    def test_odoos_own_job_deletes_the_rest(self):
        user = self.delete(self.user)
        with self.enter_registry_test_mode():
            self.env.ref("base.ir_cron_res_users_deletion").method_direct_trigger()
        self.env.invalidate_all()
        self.assertFalse(user.exists() or self.user.exists())

    def test_mail_says_what_stays(self):
        self._create_order(self.user)
        mails = {}
        for contact, form in ((self.user, "formal"), (self.user2, "informal")):
            contact.form_of_address = form
            before = self.env["mail.mail"].search([])
            address = contact.email
            self.delete(contact)
            sent = (self.env["mail.mail"].search([]) - before).filtered(
                lambda mail, address=address: address in (mail.email_to or "")
            )
            self.assertEqual(len(sent), 1, "ours, and none of Odoo's about the login")
            mails[form] = sent.body_html
        self.assertIn("<li>", mails["formal"])
        self.assertNotEqual(
            self.sentences_in(mails["formal"]), self.sentences_in(mails["informal"])
        )

    def test_users_without_a_level_are_odoos(self):
        self.company.portal_active = False
        plain = new_test_user(self.env, "kp_plain", "base.group_portal", name="Paul Plain")
        plain.with_user(plain).sudo()._deactivate_portal_user()
        self.assertFalse(plain.active)
        self.assertEqual(plain.partner_id.name, "Paul Plain")
        self.assertFalse(self.entries_of_kind("account_deleted"))


@tagged("post_install", "-at_install")
class TestPrivacyLookup(DeletionFixture, PortalCase):
    """Odoo's search for somebody's data finds ours, and its lines do what they say."""

    def lines(self, contact):
        wizard = (
            self.env["privacy.lookup.wizard"]
            .with_user(self.env.ref("base.user_admin"))
            .create({"name": contact.name, "email": contact.email})
        )
        wizard.action_lookup()
        return wizard.line_ids

    def test_found_and_deleted(self):
        entry = self.env["kundenportal.protocol"]._log("notices_chosen", self.user, "By mail")
        case = self._create_case(self.user)
        case._change_state("done")
        lines = self.lines(self.user).filtered(
            lambda line: line.res_model.startswith("kundenportal.")
        )
        self.assertIn("kundenportal.protocol", lines.mapped("res_model"))
        self.assertIn(
            case.id, lines.filtered(lambda one: one.res_model == case._name).mapped("res_id")
        )
        self.assertTrue(all(lines.mapped("res_name")))
        lines.action_archive_all()
        with mute_logger("odoo.models.unlink"):
            lines.action_unlink_all()
        self.assertTrue(all(lines.mapped("is_unlinked")))
        self.assertFalse(case.exists())
        entry.invalidate_recordset()
        self.assertFalse(entry.partner_id or entry.note)
        self.assertNotIn("Uwe", entry.partner_name)
        with self.assertRaises(UserError):
            lines[0].action_unlink()

    def test_coming_appointments_are_cancelled_first(self):
        appointment = self._book(at(8))
        line = self.lines(self.user2).filtered(lambda one: one.res_model == appointment._name)
        with self.assertRaises(UserError):
            line.action_unlink()
        appointment._cancel()
        line.action_unlink()
        self.assertFalse(appointment.exists())


@tagged("post_install", "-at_install")
class TestAccountDeletionPages(DeletionFixture, PortalHttpCase):
    """The page before, and the one after."""

    def delete_by_form(self, contact, **typed):
        return self.url_open(
            "/my/deactivate_account",
            data={
                "validation": contact.user_ids.login,
                "password": contact.email,
                "csrf_token": self.csrf_token(),
                **typed,
            },
            allow_redirects=False,
        )

    def test_pages_say_what_goes_and_what_stays(self):
        self._create_order(self.user)
        self._create_case(self.user)
        self.put(self.user)
        self.sign_in(self.user)
        hint = self.get_page("/my/security").find_class("kp_deletion_hint")[0]
        self.assertTrue(hint.xpath(".//a[@href='/my/data#deletion']"))
        page = self.get_page("/my/data")
        for mark in ("pending", "running", "bound"):
            self.assertTrue(page.xpath(f"//*[contains(@class, 'kp_deletion_{mark}')]//li"), mark)
        # Wrong words change nothing, and are no error.
        for typed in ({"password": "wrong"}, {"validation": "x"}, {"password": ""}):
            response = self.delete_by_form(self.user, **typed)
            self.assertEqual(response.status_code, 200)
            self.assertFalse(html.fromstring(response.content).find_class("kp_account_deleted"))
        self.assertEqual(self.submit("/my/deactivate_account").status_code, 200)
        self.assertTrue(self.user.user_ids.active)
        response = self.delete_by_form(self.user, request_blacklist="on")
        self.assertEqual(response.status_code, 200)
        page = html.fromstring(response.content)
        self.assertTrue(page.find_class("kp_account_deleted"))
        for mark in ("pending", "running", "bound"):
            self.assertTrue(page.xpath(f"//*[contains(@class, 'kp_deletion_{mark}')]//li"), mark)
        self.assertNotIn("Uwe", page.text_content())
        self.assertAtLogin(self.url_open("/my"))
        self.env.invalidate_all()
        self.assertFalse(self.user.user_ids.active)
        self.assertTrue(self.env["mail.blacklist"].search([("email", "=", "uwe@nord.example")]))
        self.assertEqual(self.main.user_ids._get_portal_level(), "main_user")

    def test_levelless_have_odoos_page(self):
        self.company.portal_active = False
        plain = new_test_user(
            self.env, "kp_plain", "base.group_portal", email="p@x.example", password="kp_plain_1"
        )
        self.company.portal_active = True
        self.authenticate("kp_plain", "kp_plain_1")
        self.assertFalse(self.get_page("/my/security").find_class("kp_deletion_hint"))
        for url in ("/my/data", "/my/protocol", "/my/data/download"):
            self.assertEqual(self.url_open(url).status_code, 404, url)
        response = self.delete_by_form(plain.partner_id, password="kp_plain_1")
        self.assertAtLogin(response)
