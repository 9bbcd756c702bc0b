"""Attacks on views through customers' eyes, on copies of data, and on the account's end."""

from odoo.exceptions import AccessError
from odoo.http import root
from odoo.tests import new_test_user, tagged

from .common import PortalCase
from .test_account_deletion import DeletionFixture
from .test_own_protocol import HistoryFixture
from .test_viewing_pages import BANNER, ViewingHttpCase


@tagged("post_install", "-at_install")
class TestAttacksView(ViewingHttpCase):
    def test_what_the_staff_saw_before_is_not_the_customers(self):
        """Counters and lists of what was opened last lie in the session."""
        mine, other = (self._create_order(self.user, "sale") for _number in range(2))
        self.begin(self.user)
        session = root.session_store.get(self.session.sid)
        session["my_orders_history"] = [other.id, mine.id]
        session["portal_counters"] = {"quotation_count": True}
        root.session_store.save(session)
        page = self.get_page(f"/my/orders/{mine.id}")
        self.assertTrue(page.xpath(BANNER))
        self.assertFalse(page.xpath(f"//a[contains(@href, '/my/orders/{other.id}')]"))

    def test_nothing_of_the_customer_is_left_in_the_session(self):
        self.begin(self.user)
        before = dict(root.session_store.get(self.session.sid))
        order = self._create_order(self.user, "sale")
        self.get_page(f"/my/orders/{order.id}")
        self.get_page("/my/account")
        after = dict(root.session_store.get(self.session.sid))
        self.assertEqual(before, after)
        self.assertEqual(after["uid"], self.manager.id)

    def test_portal_in_any_language(self):
        """What a page in Latin American Spanish loads belongs to it."""
        self.begin(self.user)
        params = {"model": "res.users", "method": "context_get", "args": [], "kwargs": {}}
        for path in ("/es_419/my", "/zh_CN/my/orders", "/sr@latin/my"):
            response = self.url_open(
                "/web/dataset/call_kw",
                json=self.build_rpc_payload(params),
                headers=self.from_portal(path),
            )
            self.assertEqual(response.json()["result"]["uid"], self.user.user_ids.id, path)
        for path in ("/odoo/my", "/shop/my", "/mystery", "/web"):
            response = self.url_open(
                "/web/dataset/call_kw",
                json=self.build_rpc_payload(params),
                headers=self.from_portal(path),
            )
            self.assertEqual(response.json()["result"]["uid"], self.manager.id, path)

    def test_wizard_tells_nothing_of_contacts_of_others(self):
        other = self.env["res.company"].create({"name": "Andere"})
        self.person.user_ids.write({"company_ids": other.ids, "company_id": other.id})
        self.person.company_id = other
        wizards = self.env["kundenportal.viewing.start"].with_user(self.manager)
        with self.assertRaises(AccessError):
            wizards.create({"partner_id": self.person.id})
        wizard = wizards.create({"partner_id": self.user.id})
        with self.assertRaises(AccessError):
            wizard.partner_id = self.person
            self.env.flush_all()


@tagged("post_install", "-at_install")
class TestAttacksHistory(HistoryFixture, PortalCase):
    def test_only_staff_are_us(self):
        """What a former colleague did was not done by us."""
        login = self.user2.user_ids
        self.Protocol._log("data_changed", self.user, "Telefon", user=login)
        self.assertEqual(self.rows(self.user)[0]["by"], "Ute User")
        self.user2.parent_id = self.sued
        self.env.flush_all()
        by = self.rows(self.user)[0]["by"]
        self.assertNotIn(by, ("Ute User", self.company.name))


@tagged("post_install", "-at_install")
class TestAttacksDeletion(DeletionFixture, PortalCase):
    def test_staff_with_an_account_as_a_customer(self):
        """The contact is also an employee's, whose work is in the protocol."""
        clerk = new_test_user(
            self.env, "kp_clerk", "kundenportal_addon.group_officer", partner_id=self.user.id
        )
        self.user.write({"name": "Uwe User", "email": "uwe@nord.example"})
        done = self.env["kundenportal.protocol"]._log("level_changed", self.user2, user=clerk)
        self.delete_login(self.user, clerk)
        self.assertTrue(clerk.active and self.user.active)
        self.assertEqual((self.user.name, self.user.email), ("Uwe User", "uwe@nord.example"))
        self.assertEqual(done.user_id, clerk)
        self.env["res.partner"]._gc_deleted_accounts()
        self.assertEqual(self.user.name, "Uwe User")

    def delete_login(self, contact, other):
        user = contact.user_ids - other
        user.with_user(user).sudo()._deactivate_portal_user()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(user.active)

    def test_company_with_an_account_of_its_own(self):
        """Its contacts go on, and so does what they belong to."""
        self.nord.write({"email": "info@nord.example", "street": "Hafen 1", "vat": False})
        self.nord._grant_portal_access("main_user")
        user = self.delete(self.nord)
        self.assertFalse(user.active)
        self.assertEqual(
            (self.nord.name, self.nord.street, self.nord.email, self.nord.active),
            ("Nord GmbH", "Hafen 1", "info@nord.example", True),
        )
        with self.enter_registry_test_mode():
            self.env.ref("base.ir_cron_res_users_deletion").method_direct_trigger()
        self.env.invalidate_all()
        self.assertTrue(self.nord.exists())
        self.assertEqual(self.user.parent_id, self.nord)
        self.assertEqual(self.main.user_ids._get_portal_level(), "main_user")

    def test_registrations_of_others_with_the_address(self):
        """Whoever puts somebody else's address into its contact withdraws nothing with it."""
        values = {"name": "Bea", "email": "bea@nord.example", "state": "open"}
        registration = self.env["kundenportal.registration"].create(values)
        self.user.email = "bea@nord.example"
        self.user.email_verified_on = False
        self.assertFalse(self.user._get_pending_registrations().records)
        self.user.email_verified_on = "2026-01-01"
        self.assertTrue(self.user._get_pending_registrations().records)
        self.user2.email = "bea@nord.example"
        self.delete(self.user)
        self.assertTrue(registration.exists())

    def test_cart_without_articles(self):
        """What was said about the next order goes, too."""
        own = [("partner_id", "=", self.user.id)]
        carts = self.env["kundenportal.cart"]
        carts.create(
            {
                "partner_id": self.user.id,
                "commercial_partner_id": self.nord.id,
                "company_id": self.company.id,
                "channel": "shop",
                "note": "Für Uwe persönlich",
            }
        )
        self.assertFalse(self.lines_of(self.user))
        self.delete(self.user)
        self.assertFalse(carts.search(own))

    def test_bank_account(self):
        """Odoo archives bank accounts, number and all."""
        number, holder = "DE02120300000000202051", "Pia Privat"
        account = self.env["res.partner.bank"].create(
            {"acc_number": number, "acc_holder_name": holder, "partner_id": self.person.id}
        )
        account.allow_out_payment = True
        self.delete(self.person)
        values = f"{account.acc_number} {account.sanitized_acc_number} {account.acc_holder_name}"
        self.assertNotIn(number, values)
        self.assertNotIn(holder, values)
        self.assertFalse(account.active or account.message_ids)

    def test_invoice_that_is_being_made(self):
        invoice = self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": self.person.id}
        )
        self.assertEqual(len(self.person._get_portal_bound()), 1)
        self.delete(self.person)
        self.assertEqual((self.person.name, invoice.partner_id), ("Pia Privat", self.person))
