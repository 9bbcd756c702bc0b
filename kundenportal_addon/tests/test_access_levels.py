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


@tagged("post_install", "-at_install")
class TestFunctions(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.group = cls.env["res.partner.category"].create(
            {
                "name": "A-Kunden",
                "is_portal_group": True,
                "portal_function_ids": [Command.set(cls.functions["shop"].ids)],
            }
        )

    def codes(self, contact):
        """Return the contact's functions, checked against the groups its login really has."""
        self.env.registry.clear_cache()
        codes = set(contact.portal_function_ids.mapped("code"))
        user = contact.user_ids
        held = {code for code in self.functions if user._has_portal_function(code)}
        self.assertEqual(codes, held, "what the form shows is what the groups say")
        return codes

    def test_company_defaults(self):
        self.assertEqual(self.codes(self.main), {"documents", "master_data", "colleagues"})

    def test_main_user_functions_are_not_for_users(self):
        self.assertEqual(self.codes(self.user), {"documents", "master_data"})

    def test_default_changes_reach_everybody(self):
        self.company.portal_default_function_ids = self.functions["messages"]
        self.assertEqual(self.codes(self.main), {"messages"})
        self.assertEqual(self.codes(self.stranger), {"messages"})

    def test_group_of_contact_and_of_company(self):
        self.user.category_id = self.group
        self.assertIn("shop", self.codes(self.user))
        self.assertNotIn("shop", self.codes(self.main))
        self.nord.category_id = self.group
        self.assertIn("shop", self.codes(self.main))
        self.assertNotIn("shop", self.codes(self.stranger))
        self.nord.category_id = False
        self.assertNotIn("shop", self.codes(self.main))

    def test_plain_tags_unlock_nothing(self):
        self.group.is_portal_group = False
        self.nord.category_id = self.group
        self.assertNotIn("shop", self.codes(self.main))

    def test_archived_group_unlocks_nothing(self):
        self.nord.category_id = self.group
        self.group.active = False
        self.assertNotIn("shop", self.codes(self.main))

    def test_withholding_beats_unlocking(self):
        ban = self.env["res.partner.category"].create(
            {
                "name": "Vorkasse",
                "is_portal_group": True,
                "portal_withheld_function_ids": [
                    Command.set((self.functions["shop"] | self.functions["documents"]).ids)
                ],
            }
        )
        self.nord.category_id = self.group | ban
        self.assertEqual(self.codes(self.main), {"master_data", "colleagues"})

    def test_contact_beats_groups(self):
        self.nord.category_id = self.group
        self.main.portal_withheld_function_ids = self.functions["shop"]
        self.assertNotIn("shop", self.codes(self.main))
        self.assertIn("shop", self.codes(self.user))
        self.main.portal_extra_function_ids = self.functions["printers"] | self.functions["shop"]
        self.assertIn("printers", self.codes(self.main))
        self.assertNotIn("shop", self.codes(self.main), "taken away beats given")

    def test_sources_are_explained(self):
        self.main.category_id = self.group
        self.main.portal_extra_function_ids = self.functions["printers"]
        lines = self.main.portal_function_sources.splitlines()
        self.assertEqual(len(lines), 5)
        self.assertTrue(any("A-Kunden" in line for line in lines))

    def test_blocked_and_inactive_have_nothing(self):
        self.nord.portal_switch = "blocked"
        self.assertEqual(self.codes(self.main), set())
        self.assertEqual(self.main.portal_state, "blocked")
        self.assertFalse(self.main.user_ids._portal_is_open())
        self.main.portal_switch = "allowed"
        self.assertIn("documents", self.codes(self.main))
        self.assertTrue(self.main.user_ids._portal_is_open())
        self.assertFalse(self.user.user_ids._portal_is_open())
        self.company.portal_active = False
        self.assertEqual(self.codes(self.main), set())
        self.assertFalse(self.main.user_ids._portal_is_open())

    def test_functions_follow_a_move(self):
        self.sued.category_id = self.group
        self.assertNotIn("shop", self.codes(self.user))
        self.user.parent_id = self.sued
        self.assertIn("shop", self.codes(self.user))

    def test_functions_of_a_contact_without_login(self):
        contact = self._create_contact("Ohne", "ohne@nord.example", self.nord)
        self.assertEqual(
            set(contact.portal_function_ids.mapped("code")), {"documents", "master_data"}
        )

    def test_only_managers_touch_customer_groups(self):
        plain = self.env["res.partner.category"].create({"name": "Stammtisch"})
        self.user.with_user(self.officer).category_id = plain
        for action in (
            lambda: self.user.with_user(self.officer).write(
                {"category_id": [Command.link(self.group.id)]}
            ),
            lambda: self.group.with_user(self.officer).write({"name": "X"}),
            lambda: self.group.with_user(self.officer).write(
                {"partner_ids": [Command.link(self.user.id)]}
            ),
            lambda: plain.with_user(self.officer).write({"is_portal_group": True}),
            lambda: self.group.with_user(self.officer).unlink(),
            lambda: (
                self.env["res.partner"]
                .with_user(self.officer)
                .create({"name": "Neu", "category_id": [Command.link(self.group.id)]})
            ),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                action()
            self.env.invalidate_all()
        self.user.with_user(self.manager).category_id = self.group | plain
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.user.with_user(self.officer).category_id = plain
        self.env.invalidate_all()
        self.assertIn("shop", self.codes(self.user))

    def test_no_cache_is_dropped_when_nothing_changes(self):
        self.env["res.users"]._sync_portal_functions()
        self.env.registry.cache_invalidated.clear()
        self.env["res.users"]._sync_portal_functions()
        self.assertFalse(self.env.registry.cache_invalidated)

    def test_sync_takes_one_statement_whatever_the_number(self):
        self.env["res.users"]._sync_portal_functions()
        with self.assertQueryCount(1):
            self.env["res.users"]._sync_portal_functions()


@tagged("post_install", "-at_install")
class TestDocuments(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order_main = cls._create_order(cls.main)
        cls.order_user = cls._create_order(cls.user)
        cls.order_user2 = cls._create_order(cls.user2, "sent")
        cls.order_company = cls._create_order(cls.nord)
        cls.order_sued = cls._create_order(cls.stranger)
        cls.orders = (
            cls.order_main | cls.order_user | cls.order_user2 | cls.order_company | cls.order_sued
        )
        invoice_address = cls.env["res.partner"].create(
            {"name": "Rechnungen", "type": "invoice", "parent_id": cls.nord.id}
        )
        cls.order_user.partner_invoice_id = invoice_address
        cls.invoice_user = cls._create_invoice(cls.order_user)
        cls.invoice_main = cls._create_invoice(cls.order_main)
        cls.invoice_sued = cls._create_invoice(cls.order_sued)
        cls.invoices = cls.invoice_user | cls.invoice_main | cls.invoice_sued

    def test_levels(self):
        nord = self.orders - self.order_sued
        self.assertEqual(self.readable(self.main, self.orders), nord.sorted())
        self.assertEqual(self.readable(self.user, self.orders), self.order_user)
        self.assertEqual(self.readable(self.stranger, self.orders), self.order_sued)
        self.assertFalse(self.readable(self.person, self.orders))

    def test_lines_follow(self):
        lines = self.orders.order_line
        self.assertEqual(self.readable(self.user, lines), self.order_user.order_line)
        self.assertEqual(self.readable(self.stranger, lines), self.order_sued.order_line)
        move_lines = self.invoices.line_ids
        self.assertEqual(self.readable(self.user, move_lines), self.invoice_user.line_ids.sorted())

    def test_invoice_is_own_by_its_order(self):
        self.assertNotEqual(self.invoice_user.partner_id, self.user)
        self.assertEqual(self.readable(self.user, self.invoices), self.invoice_user)
        self.assertFalse(self.readable(self.user2, self.invoices))
        self.assertEqual(
            self.readable(self.main, self.invoices),
            (self.invoice_user | self.invoice_main).sorted(),
        )

    def test_without_function_nothing(self):
        self.main.portal_withheld_function_ids = self.functions["documents"]
        for records in (self.orders, self.orders.order_line, self.invoices, self.invoices.line_ids):
            self.assertFalse(self.readable(self.main, records))

    def test_setting_of_the_documents_company(self):
        self.company.portal_restrict_documents = False
        self.assertEqual(
            self.readable(self.user, self.orders), (self.orders - self.order_sued).sorted()
        )
        self.company.portal_restrict_documents = True
        self.assertEqual(self.readable(self.user, self.orders), self.order_user)

    def test_contact_moves_with_warm_caches(self):
        nord = self.orders - self.order_sued
        self.assertEqual(self.readable(self.user, self.orders), self.order_user)
        self.assertEqual(self.readable(self.stranger, self.orders), self.order_sued)
        self.user.parent_id = self.sued
        self.assertFalse(self.readable(self.user, self.orders), "its old order stays with Nord")
        self.assertFalse(self.readable(self.user, self.invoices))
        self.assertEqual(self.readable(self.stranger, self.orders), self.order_sued)
        self.assertEqual(self.readable(self.main, self.orders), nord.sorted(), "Nord keeps it")
        self.assertEqual(
            self.readable(self.main, self.order_user.order_line), self.order_user.order_line
        )
        new = self._create_order(self.user)
        self.assertEqual(self.readable(self.user, self.orders | new), new)
        self.assertEqual(
            self.readable(self.stranger, self.orders | new), (self.order_sued | new).sorted()
        )

    def test_documents_follow_a_company_that_becomes_a_child(self):
        holding = self._create_company("Holding AG")
        boss = self._create_contact("Bea Boss", "bea@holding.example", holding, "main_user")
        self.assertFalse(self.readable(boss, self.orders))
        self.nord.write({"parent_id": holding.id, "is_company": False})
        nord = self.orders - self.order_sued
        self.assertEqual(self.readable(boss, self.orders), nord.sorted())
        self.assertEqual(self.readable(self.user, self.orders), self.order_user)
        self.assertEqual(
            self.readable(boss, self.invoices), (self.invoices - self.invoice_sued).sorted()
        )

    def test_a_persons_own_documents_stay_its_own(self):
        private = self._create_order(self.person)
        self.person.parent_id = self.nord
        at_work = self._create_order(self.person)
        orders = self.orders | private | at_work
        self.assertNotIn(private, self.readable(self.main, orders))
        self.assertIn(at_work, self.readable(self.main, orders))
        self.person._grant_portal_access("user")
        self.assertEqual(self.readable(self.person, orders), (private | at_work).sorted())

    def test_merge_leaves_no_foreign_rights(self):
        self.assertEqual(self.readable(self.user, self.orders), self.order_user)
        target = self._create_contact("Uwe bei Süd", "uwe@nord.example", self.sued)
        self.env["base.partner.merge.automatic.wizard"]._merge((self.user | target).ids, target)
        user = target.user_ids
        self.assertEqual(user.commercial_partner_id, self.sued)
        self.assertFalse(self.readable(target, self.orders))
        self.assertEqual(target.portal_access, "user")

    def test_contacts_by_level_and_function(self):
        partners = self.nord | self.main | self.user | self.user2 | self.sued | self.stranger
        address = self.env["res.partner"].create(
            {"name": "Lager", "type": "delivery", "parent_id": self.nord.id}
        )
        partners |= address
        self.assertEqual(
            self.readable(self.main, partners),
            (self.nord | self.main | self.user | self.user2 | address).sorted(),
        )
        self.assertEqual(
            self.readable(self.user, partners), (self.nord | self.user | address).sorted()
        )
        self.user.portal_withheld_function_ids = self.functions["master_data"]
        self.assertEqual(self.readable(self.user, partners), self.user)

    def test_portal_user_does_not_see_staffs_switches(self):
        own = self.user.with_user(self.user.user_ids)
        for field in (
            "portal_switch",
            "portal_extra_function_ids",
            "portal_grant_key",
            "portal_state",
        ):
            with self.subTest(field=field), self.assertRaises(AccessError):
                own.read([field])


@tagged("post_install", "-at_install")
class TestAdmission(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.portal_admission = "all"
        cls.new = cls._create_contact("Nora Neu", "nora@nord.example", cls.nord)
        cls.new.phone = "+49 421 123456"

    def request(self, identifier):
        before = self.env["mail.mail"].search([])
        with self.enter_registry_test_mode():  # the throttle counts in a cursor of its own
            self.env["res.users"].sudo()._request_portal_access(identifier)
        return self.env["mail.mail"].search([]) - before

    def test_any_spelling_leads_to_one_login(self):
        for identifier in ("NORA@nord.example", "0421 123456", "+49421123456", "0049 421 123456"):
            with self.subTest(identifier=identifier), self.env.cr.savepoint() as savepoint:
                self.assertEqual(len(self.request(identifier)), 1)
                self.assertEqual(self.new.portal_access, "user")
                savepoint.rollback()
                self.env.invalidate_all()

    def test_what_is_answered_is_no_work_for_the_staff(self):
        self.request("nora@nord.example")
        entries = self.env["kundenportal.protocol"].search([("partner_id", "=", self.new.id)])
        self.assertEqual(set(entries.mapped("kind_id.code")), {"invitation_sent", "access_granted"})
        self.assertEqual(set(entries.mapped("review_state")), {"none"})

    def test_twice_makes_one_login(self):
        self.request("nora@nord.example")
        self.request("nora@nord.example")
        self.assertEqual(len(self.new.with_context(active_test=False).user_ids), 1)

    def test_many_spellings_fill_no_inbox(self):
        spellings = ("0421 123456", "0421/123456", "0421-123456", "+49421123456", "0049421123456")
        mails = [len(self.request(spelling)) for spelling in spellings]
        self.assertEqual(mails, [1, 1, 1, 0, 0])

    def test_addresses_are_nobody(self):
        self.new.write({"type": "delivery"})
        self.assertFalse(self.request("nora@nord.example"))

    def test_who_may_not_gets_nothing(self):
        self.assertFalse(self.request("unknown@nord.example"))
        self.assertFalse(self.request("abc"))
        self.assertFalse(self.request("internal@staff.example"))
        self.new.portal_switch = "blocked"
        self.assertFalse(self.request("nora@nord.example"))
        self.new.portal_switch = False
        self.nord.portal_switch = "blocked"
        self.assertFalse(self.request("nora@nord.example"))

    def test_admission_and_its_exceptions(self):
        self.company.portal_admission = "invited"
        self.assertFalse(self.request("nora@nord.example"))
        self.new.portal_switch = "allowed"
        self.assertTrue(self.request("nora@nord.example"))
        self.company.portal_active = False
        self.assertFalse(self.request("nora@nord.example"))

    def test_ambiguous_address_signs_in_nobody(self):
        twin = self._create_contact("Nils Neu", "nora@nord.example", self.nord)
        self.assertFalse(self.request("nora@nord.example"))
        self.assertEqual(self.new.portal_access, "none")
        entry = self.env["kundenportal.protocol"].search([], limit=1)
        self.assertEqual(entry.kind_id.code, "access_requested")
        self.assertIn(entry.partner_id, self.new | twin)
        self.assertTrue(entry.note, "staff are told that no link was sent")

    def test_contact_without_address_is_told_to_the_staff(self):
        self.new.email = False
        self.assertFalse(self.request("0421 123456"))
        entry = self.env["kundenportal.protocol"].search([], limit=1)
        self.assertEqual((entry.kind_id.code, entry.partner_id), ("access_requested", self.new))
        self.assertTrue(entry.note)


@tagged("post_install", "-at_install")
class TestLevelAssistant(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.portal_active = False
        cls.old_company = new_test_user(cls.env, "altfirma", "base.group_portal")
        cls.old_contact = new_test_user(cls.env, "altkontakt", "base.group_portal")
        cls.old_contact.partner_id.parent_id = cls.nord
        cls.company.portal_active = True

    def test_shows_then_applies_without_mail(self):
        mails = self.env["mail.mail"].search_count([])
        assistant = self.env["kundenportal.level.assistant"].with_user(self.manager).create({})
        proposals = {line.user_id: line.level for line in assistant.line_ids}
        self.assertEqual(proposals[self.old_company], "main_user")
        self.assertEqual(proposals[self.old_contact], "user")
        self.assertFalse(self.old_contact._get_portal_level(), "shown, not applied")
        assistant.action_apply()
        self.assertEqual(self.old_contact._get_portal_level(), "user")
        self.assertEqual(self.old_company._get_portal_level(), "main_user")
        self.assertTrue(self.old_contact._has_portal_function("documents"))
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_other_companies_are_not_touched(self):
        other = self.env["res.company"].create({"name": "Andere GmbH"})
        assistant = (
            self.env["kundenportal.level.assistant"]
            .with_user(self.manager)
            .create({"company_id": other.id})
        )
        with self.assertRaises(AccessError):
            assistant.action_apply()

    def test_officers_may_not(self):
        with self.assertRaises(AccessError):
            self.env["kundenportal.level.assistant"].with_user(self.officer).create({})
