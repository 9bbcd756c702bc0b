from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import PortalCase


@tagged("post_install", "-at_install")
class TestGrant(PortalCase):
    def test_grant_gives_login_level_and_invitation(self):
        contact = self._create_contact("Nora Neu", "Nora.Neu@Nord.example", self.nord)
        self.assertEqual(contact.portal_access, "none")
        results = contact.with_user(self.officer)._grant_portal_access("main_user")
        self.assertEqual(results, {contact: "granted"})
        self.assertEqual(contact.portal_access, "main_user")
        self.assertEqual(contact.portal_state, "invited")
        self.assertEqual(contact.user_ids.login, "nora.neu@nord.example")
        mail = self.env["mail.mail"].search([("recipient_ids", "in", contact.ids)])
        self.assertEqual(len(mail), 1, "one invitation")
        self.assertIn("/web/signup?", mail.body_html)

    def test_bulk_grant_reports_each_result(self):
        existing = self._create_contact("Twin", "mia@nord.example", self.nord)
        no_email = self._create_contact("Ohne", False, self.nord)
        fresh = self._create_contact("Frisch", "frisch@nord.example", self.nord)
        same = self._create_contact("Gleich", "frisch@nord.example", self.nord)
        blocked = self._create_contact("Zu", "zu@nord.example", self.nord)
        blocked.portal_switch = "blocked"
        contacts = (
            existing | no_email | fresh | same | blocked | self.internal.partner_id | self.user
        )
        results = contacts.with_user(self.officer)._grant_portal_access("user")
        self.assertEqual(
            {partner: code for partner, code in results.items()},
            {
                existing: "email_taken",
                no_email: "no_email",
                fresh: "granted",
                same: "email_taken",
                blocked: "blocked",
                self.internal.partner_id: "internal",
                self.user: "had_it",
            },
        )
        self.assertTrue(self.internal._is_internal())

    def test_wizard_bulk_shows_a_report(self):
        fresh = self._create_contact("Frisch", "frisch@nord.example", self.nord)
        wizard = (
            self.env["portal.wizard"]
            .with_user(self.officer)
            .create({"partner_ids": [Command.set((fresh | self.main).ids)], "portal_level": "user"})
        )
        wizard.action_grant_all()
        self.assertEqual(fresh.portal_access, "user")
        self.assertEqual(self.main.portal_access, "user", "the level chosen for all holds for each")
        self.assertIn("1", wizard.report)
        self.assertEqual(set(wizard.user_ids.mapped("result")), {"granted", "level_changed"})

    def test_level_change(self):
        self.assertEqual(self.user._grant_portal_access("main_user"), {self.user: "level_changed"})
        self.assertEqual(self.user.portal_access, "main_user")
        self.assertEqual(self.user._grant_portal_access("user"), {self.user: "level_changed"})
        self.assertEqual(self.user.portal_access, "user")
        self.assertFalse(self.user.user_ids.has_group("kundenportal_addon.group_portal_main_user"))

    def test_unknown_level_is_refused(self):
        with self.assertRaises(ValueError):
            self.user._grant_portal_access("admin")

    def test_revoke_and_grant_again_follows_changed_email(self):
        user = self.user.user_ids
        self.user.with_user(self.officer)._revoke_portal_access()
        self.assertFalse(user.active)
        self.assertEqual(self.user.portal_access, "none")
        self.assertFalse(user.has_group("base.group_portal"))
        self.user.email = "uwe.neu@nord.example"
        self.assertEqual(self.user._grant_portal_access("user"), {self.user: "granted"})
        self.assertTrue(user.active)
        self.assertEqual(user.login, "uwe.neu@nord.example")
        self.assertEqual(self.user.portal_access, "user")

    def test_revoke_leaves_internal_users_alone(self):
        self.internal.partner_id._revoke_portal_access()
        self.assertTrue(self.internal.active)

    def test_wizard_revoke_works_although_groups_imply_odoos(self):
        wizard = self.env["portal.wizard"].create({"partner_ids": [Command.set(self.main.ids)]})
        wizard.user_ids.action_revoke_access()
        self.assertEqual(self.main.portal_access, "none")

    def test_revoke_kills_api_keys(self):
        self.env["res.users.apikeys"].with_user(self.main.user_ids).sudo()._generate(
            "rpc", "key", "2099-01-01 00:00:00"
        )
        self.assertTrue(self.main.user_ids.api_key_ids)
        user = self.main.user_ids
        self.main._revoke_portal_access()
        self.assertFalse(user.api_key_ids)

    def test_archiving_a_contact_revokes_first(self):
        user = self.user.user_ids
        self.user.with_user(self.officer).action_archive()
        self.assertFalse(self.user.active)
        self.assertFalse(user.active)

    def test_only_officers_give_levels(self):
        contact = self._create_contact("Nora Neu", "nora@nord.example", self.nord)
        clerk = new_test_user(self.env, "kp_clerk", "base.group_user,base.group_partner_manager")
        self.assertEqual(
            contact.with_user(clerk)._grant_portal_access("main_user"), {contact: "failed"}
        )
        wizard = self.env["portal.wizard"].with_user(clerk).create({"partner_ids": contact.ids})
        with self.assertRaises(AccessError):
            wizard.user_ids.action_grant_access()
        self.assertEqual(contact.portal_access, "none")

    def test_granting_and_revoking_send_no_security_mails(self):
        mails = self.env["mail.mail"].search([])
        self.user._revoke_portal_access()
        self.user.email = "uwe.neu@nord.example"
        self.user._grant_portal_access("user")
        new = self.env["mail.mail"].search([]) - mails
        self.assertEqual(len(new), 1, "the invitation, nothing else")
        self.user.user_ids.password = "something new"
        self.assertGreater(len(self.env["mail.mail"].search([]) - mails), 1, "Odoo's own go on")

    def test_customers_do_not_read_the_settings(self):
        company = self.company.with_user(self.main.user_ids)
        for field in ("portal_admission", "portal_mail_sender", "portal_contact_user_id"):
            with self.subTest(field=field), self.assertRaises(AccessError):
                company.read([field])

    def test_portal_user_cannot_grant(self):
        with self.assertRaises(AccessError):
            self.user2.with_user(self.main.user_ids)._grant_portal_access("main_user")

    def test_search_by_access_and_state(self):
        Partner = self.env["res.partner"]
        ours = self.nord.child_ids | self.sued.child_ids | self.person | self.internal.partner_id
        fresh = self._create_contact("Ohne", "ohne@nord.example", self.nord)
        ours |= fresh
        for field, values in {
            "portal_access": ("none", "user", "main_user"),
            "portal_state": ("none", "invited", "active", "blocked", "internal"),
        }.items():
            for value in values:
                with self.subTest(field=field, value=value):
                    found = Partner.search([("id", "in", ours.ids), (field, "=", value)])
                    expected = ours.browse(p.id for p in ours if p[field] == value)
                    self.assertEqual(found, expected.sorted())
                    rest = Partner.search([("id", "in", ours.ids), (field, "!=", value)])
                    self.assertEqual(rest, (ours - found).sorted())

    def test_queries_of_the_list_do_not_grow_with_its_rows(self):
        contacts = self.env["res.partner"].create(
            [
                {"name": f"Row {n}", "email": f"row{n}@nord.example", "parent_id": self.nord.id}
                for n in range(16)
            ]
        )
        contacts[::2]._grant_portal_access("user")
        specification = {
            name: {}
            for name in ("complete_name", "portal_access", "portal_state", "portal_login_date")
        }

        def count_queries(rows):
            self.env.registry.clear_cache()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            rows.with_user(self.officer).web_read(specification)
            return self.cr.sql_log_count - before

        count_queries(contacts)
        self.assertEqual(count_queries(contacts[:4]), count_queries(contacts))

    def test_portal_users_born_elsewhere_get_the_lowest_level(self):
        contact = self._create_contact("Gast", "gast@nord.example", self.nord)
        self.env["res.users"].with_context(no_reset_password=True)._create_user_from_template(
            {"login": "gast@nord.example", "partner_id": contact.id, "email": "gast@nord.example"}
        )
        self.assertEqual(contact.portal_access, "user")

    def test_inactive_portal_changes_nothing_for_odoos_users(self):
        self.company.portal_active = False
        contact = self._create_contact("Gast", "gast@nord.example", self.nord)
        wizard = self.env["portal.wizard"].create({"partner_ids": [Command.set(contact.ids)]})
        wizard.user_ids.action_grant_access()
        self.assertEqual(contact.portal_access, "none")
        self.assertTrue(contact.user_ids._is_portal())
        order = self._create_order(self.main)
        self.assertEqual(self.readable(contact, order), order, "as in plain Odoo")

    def test_no_user_is_both(self):
        with self.assertRaises(ValueError):
            self.internal._set_portal_level("user")
        with self.assertRaises(ValidationError):
            self.internal.group_ids = [Command.link(self.functions["documents"].group_id.id)]


@tagged("post_install", "-at_install")
class TestLinks(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact = cls._create_contact("Nora Neu", "nora@nord.example", cls.nord)
        cls.contact._grant_portal_access("user")
        cls.token = cls.contact._generate_signup_token()

    def assertDead(self, token):
        self.assertFalse(self.env["res.partner"]._get_partner_from_token(token))

    def test_fresh_link_works(self):
        self.assertEqual(self.env["res.partner"]._get_partner_from_token(self.token), self.contact)

    def test_link_dies_with_the_address(self):
        self.contact.email = "other@nord.example"
        self.assertDead(self.token)

    def test_link_dies_with_the_grant_and_stays_dead(self):
        self.contact._revoke_portal_access()
        self.assertDead(self.token)
        self.contact._grant_portal_access("user")
        self.assertDead(self.token)

    def test_link_without_or_with_other_digest_is_refused(self):
        bare = self.token.partition(".")[0]
        other = self.main._generate_signup_token().partition(".")[2]
        for token in (
            bare,
            f"{bare}.",
            f"{bare}.{other}",
            f"{self.token}x",
            "",
            None,
            "abc",
            "é.é",
        ):
            with self.subTest(token=token):
                self.assertDead(token)

    def test_links_of_contacts_never_granted_stay_odoos(self):
        plain = self._create_contact("Alt", "alt@nord.example", self.nord)
        plain.signup_prepare()
        token = plain._generate_signup_token()
        self.assertNotIn(".", token)
        self.assertEqual(self.env["res.partner"]._get_partner_from_token(token), plain)
