"""Ways in that an attacker found; every test failed before its fix."""

from datetime import datetime, timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import PortalCase
from .http_common import PortalHttpCase


class AttackFixture:
    """Mixin: the customer group that unlocks the shop, as managers make them."""

    def create_group(self, **values):
        return self.env["res.partner.category"].create(
            {
                "name": "Shop customers",
                "is_portal_group": True,
                "portal_function_ids": [Command.set(self.functions["shop"].ids)],
                **values,
            }
        )

    def has_shop(self, contact):
        self.env.invalidate_all()
        return contact.user_ids._has_portal_function("shop")


@tagged("post_install", "-at_install")
class TestManagersAmbition(AttackFixture, PortalCase):
    """Managers of the portal are no administrators, nor are customers in league with them."""

    def test_function_stands_for_its_own_group_only(self):
        function = self.functions["documents"]
        for values in (
            {"group_id": self.env.ref("base.group_system").id},
            {"group_id": self.env.ref("kundenportal_addon.group_portal_main_user").id},
            {"code": "shop"},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                function.with_user(self.manager).write(values)
        self.assertFalse(self.user.user_ids.has_group("base.group_system"))
        function.with_user(self.manager).write({"name": "Papers", "group_id": function.group_id.id})

    def test_settings_page_changes_no_functions(self):
        settings = self.env["kundenportal.settings"].with_user(self.manager).create({})
        shop = self.functions["shop"]
        system = self.env.ref("base.group_system")
        evil = {"code": "evil", "name": "Evil", "url": "/my", "group_id": system.id}
        for command in (
            Command.create(evil),
            Command.update(shop.id, {"active": False}),
            Command.delete(shop.id),
        ):
            values = {"portal_default_function_ids": [command]}
            with self.subTest(command=command):
                with self.assertRaises(AccessError):
                    settings.write(values)
                with self.assertRaises(AccessError):
                    settings.create(values)
                with self.assertRaises(AccessError):
                    settings.with_context(default_portal_default_function_ids=[command]).create({})
        settings.write({"portal_default_function_ids": [Command.link(shop.id)]})
        self.assertIn(shop, self.company.portal_default_function_ids)


@tagged("post_install", "-at_install")
class TestOfficersAmbition(AttackFixture, PortalCase):
    """Customer groups are managers', contacts of other companies are those companies'."""

    def test_customer_group_by_a_default_from_the_context(self):
        tags = self.env["res.partner.category"].with_user(self.officer)
        with self.assertRaises(AccessError):
            tags.with_context(default_is_portal_group=True).create({"name": "Mine"})
        group = self.create_group()
        contacts = self.env["res.partner"].with_user(self.officer)
        for context in (
            {"default_category_id": [Command.set(group.ids)]},
            {"category_id": group.ids},
        ):
            with self.subTest(context=context), self.assertRaises(AccessError):
                contacts.with_context(**context).create({"name": "Favourite"})

    def test_customer_group_is_not_deleted_with_the_tag_above_it(self):
        parent = self.env["res.partner.category"].create({"name": "All"})
        group = self.create_group(parent_id=parent.id)
        self.user.category_id = group
        with self.assertRaises(AccessError):
            parent.with_user(self.officer).unlink()
        group.active = False
        with self.assertRaises(AccessError):
            parent.with_user(self.officer).unlink()
        group.active = True
        self.assertTrue(self.has_shop(self.user))
        parent.with_user(self.manager).unlink()
        self.assertFalse(group.exists())
        self.assertFalse(self.has_shop(self.user), "nobody keeps what a deleted group gave")

    def test_contacts_of_another_company_are_given_nothing(self):
        other = self.env["res.company"].create({"name": "Other unit", "portal_active": True})
        self.user.user_ids.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        new = self._create_contact("Nina Neu", "nina@nord.example", self.nord)
        (self.user | new).company_id = other
        for contact in (self.user, new):
            wizard = self.env["portal.wizard"].with_user(self.officer).create({})
            row = wizard.user_ids.create(
                {
                    "wizard_id": wizard.id,
                    "partner_id": contact.id,
                    "email": contact.email,
                    "portal_level": "main_user",
                }
            )
            before = contact.portal_access
            with self.subTest(contact=contact.name), self.assertRaises(AccessError):
                row.action_grant_access()
            self.assertEqual(contact.portal_access, before)


@tagged("post_install", "-at_install")
class TestLeftovers(AttackFixture, PortalCase):
    """What somebody had must not work again, nor longer than it should."""

    def test_second_factors_do_not_survive_a_revocation(self):
        user = self.user.user_ids
        self.env.cr.execute(
            """
            INSERT INTO auth_passkey_key (name, credential_identifier, public_key, create_uid)
            VALUES ('Old telephone', 'old', 'key', %s)
            """,
            [user.id],
        )
        self.env["auth_totp.device"].with_user(user).sudo()._generate(
            "browser", "Old computer", datetime.now() + timedelta(days=30)
        )
        user.invalidate_recordset()
        self.assertTrue(user.auth_passkey_key_ids and user.totp_trusted_device_ids)
        self.user.with_user(self.officer)._revoke_portal_access()
        self.user._grant_portal_access("user")
        user.invalidate_recordset()
        self.assertFalse(user.auth_passkey_key_ids, "a passkey signs in without a password")
        self.assertFalse(user.totp_trusted_device_ids)

    def test_functions_of_a_deleted_company_are_gone(self):
        self.nord.category_id = self.create_group()
        self.assertTrue(self.has_shop(self.user))
        self.nord.unlink()
        self.assertFalse(self.has_shop(self.user))


@tagged("post_install", "-at_install")
class TestAskingForALink(PortalCase):
    """The public page for asking, as somebody uses it who wants to disturb."""

    def request(self, identifier):
        before = self.env["mail.mail"].search([])
        with self.enter_registry_test_mode():  # the throttle counts in a cursor of its own
            self.env["res.users"].sudo()._request_portal_access(identifier)
        return self.env["mail.mail"].search([]) - before

    def test_nobody_is_shut_out_by_another_who_enters_the_same_address(self):
        attacker = self.user.user_ids
        attacker.with_user(attacker).write({"email": self.stranger.email})
        mail = self.request(self.stranger.email)
        self.assertEqual(len(mail), 1)
        entry = self.env["kundenportal.protocol"].search(
            [("kind_id.code", "=", "invitation_sent")], limit=1
        )
        self.assertEqual(entry.partner_id, self.stranger)

    def test_a_network_of_ipv6_is_one_visitor(self):
        throttle = self.env["kundenportal.throttle"]

        def count_let_through(*addresses):
            with self.enter_registry_test_mode():
                return sum(
                    not throttle._get_refusal("access_request", typed=address, network=address)
                    for address in addresses
                )

        one_network = [f"2001:db8:1:2::{number:x}" for number in range(1, 31)]
        self.assertEqual(count_let_through(*one_network), 20)
        self.assertEqual(count_let_through("2001:db8:1:3::1", "192.0.2.1", "::ffff:192.0.2.2"), 3)
        mapped = [f"::ffff:198.51.100.{number}" for number in range(1, 31)]
        self.assertEqual(count_let_through(*mapped), 30, "each is an address of its own")


@tagged("post_install", "-at_install")
class TestBadInput(PortalHttpCase):
    """The public form takes what a browser would never send."""

    def test_neither_nul_nor_file_breaks_the_form(self):
        self.leave()
        self.url_open("/portal/access")
        for identifier in ("a\x00@nord.example", "\x00", "+49 421 \x00"):
            with self.subTest(identifier=identifier):
                response = self.submit("/portal/access", identifier=identifier)
                self.assertEqual(response.status_code, 200)
        response = self.url_open(
            "/portal/access",
            data={"csrf_token": self.csrf_token()},
            files={"identifier": ("name.txt", b"mia@nord.example")},
        )
        self.assertEqual(response.status_code, 200)
        self.assertIn("access_error", response.text)


@tagged("post_install", "-at_install")
class TestAddressThatSignsIn(PortalHttpCase):
    """Customers edit their company's addresses: never those that have a login."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accounting = cls._create_contact("Buchhaltung", "b@nord.example", cls.nord, "main_user")
        cls.accounting.type = "invoice"
        cls.address = cls._create_contact("Rampe 3", None, cls.nord)
        cls.address.type = "delivery"

    def submit_address(self, address):
        response = self.submit(
            "/my/address/submit",
            partner_id=str(address.id),
            name=address.name,
            email="attacker@evil.example",
            phone="+49421123",
            street="Weg 1",
            city="Bremen",
            zip="28195",
            country_id=str(self.env.ref("base.de").id),
            address_type="billing",
        )
        self.env.invalidate_all()
        return response.status_code, address.email

    def test_its_mail_address_cannot_be_taken_over(self):
        for contact in (self.user, self.main):
            with self.subTest(contact=contact.name):
                self.sign_in(contact)
                self.assertEqual(self.submit_address(self.accounting), (403, "b@nord.example"))
                self.assertEqual(
                    self.url_open(f"/my/address?partner_id={self.accounting.id}").status_code, 403
                )

    def test_a_place_without_login_is_the_main_users_to_edit(self):
        self.sign_in(self.user)
        self.assertEqual(self.submit_address(self.address), (403, False))
        self.sign_in(self.main)
        self.assertEqual(self.submit_address(self.address), (200, False), "the address waits")
        change = self.env["kundenportal.data.change"].search(
            [("partner_id", "=", self.address.id), ("state", "=", "pending")]
        )
        self.assertIn("attacker@evil.example", change.line_ids.mapped("new_value"))

    def test_it_cannot_be_archived(self):
        self.sign_in(self.user)
        self.url_open(
            "/my/address/archive",
            json={"jsonrpc": "2.0", "method": "call", "params": {"partner_id": self.accounting.id}},
        )
        self.env.invalidate_all()
        self.assertEqual(
            (self.accounting.active, self.accounting.portal_access), (True, "main_user")
        )

    def test_it_is_a_colleague_whose_record_is_not_shown(self):
        both = self.accounting | self.address
        found = (
            self.env["res.partner"].with_user(self.user.user_ids).search([("id", "in", both.ids)])
        )
        self.assertEqual(found.sudo(), self.address)
        found = (
            self.env["res.partner"].with_user(self.main.user_ids).search([("id", "in", both.ids)])
        )
        self.assertEqual(found.sudo(), both, "main users see the whole company")
