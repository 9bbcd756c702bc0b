"""Ways in that an attacker found in signing in; every test failed before its fix."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..models.kundenportal_throttle import LIMITS
from .common import PortalCase
from .registration_common import RegistrationFixture
from .test_sign_in_link import SignInLinkCase


@tagged("post_install", "-at_install")
class TestLinksOfOthers(SignInLinkCase):
    """Whoever causes a mail with a link to be sent must not be able to read it."""

    def readable_mails(self, contact, marker, user):
        """Return the bodies of the contact's mails with a marker that a user reads by their ids."""
        found = []
        for mail in self.mails(contact, marker):
            message = mail.mail_message_id
            for record in (message, mail):
                try:
                    found.append(record.with_user(user).read(["body"])[0]["body"])
                except AccessError:
                    continue
        return found

    def test_link_asked_for_by_another_customer(self):
        thief = self.stranger.user_ids
        for purpose, path in (("access", "/portal/link/"), ("password", "/web/reset_password?")):
            self.env["kundenportal.link.request"].with_user(thief)._ask(purpose, self.user.email)
            self.send_links()
            self.assertTrue(self.mails(self.user, path))
            with self.subTest(purpose=purpose):
                self.assertFalse(self.readable_mails(self.user, path, thief))

    def test_link_asked_for_by_staff_without_the_portals_groups(self):
        thief = self.internal
        for purpose, path in (("access", "/portal/link/"), ("password", "/web/reset_password?")):
            self.env["kundenportal.link.request"].with_user(thief)._ask(purpose, self.user.email)
            self.send_links()
            with self.subTest(purpose=purpose):
                self.assertFalse(self.readable_mails(self.user, path, thief))

    def test_invitation_by_a_main_user(self):
        new = self._create_contact("Nina Neu", "nina@nord.example", self.nord)
        thief = self.main.user_ids
        with self.enter_registry_test_mode():
            new.with_user(thief)._invite_colleague("user")
        self.assertTrue(self.mails(new, "signup"))
        self.assertFalse(self.readable_mails(new, "signup", thief))


@tagged("post_install", "-at_install")
class TestTokenOfRegistration(RegistrationFixture, PortalCase):
    """The link proves that the address is the applicant's, not somebody else's word."""

    def test_neither_who_typed_the_address_nor_staff_read_the_link(self):
        thief = self.stranger.user_ids
        registrations = self.env["kundenportal.registration"].with_user(thief).sudo()
        values = {"name": "V", "email": "victim@else.example", "company_name": "", "phone": ""}
        with self.enter_registry_test_mode():
            registrations._submit_form({**values, "vat": "", "note": ""}, "key", "192.0.2.9")
        mail = self._mails("victim@else.example")
        self.assertIn("/register/verify/", mail.body_html)
        for user in (thief, self.officer):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                mail.mail_message_id.with_user(user).read(["body"])


@tagged("post_install", "-at_install")
class TestLostLetters(PortalCase):
    """A letter that was lost opens nothing once the login is somebody's."""

    def start(self, code):
        return self.env["res.users"].sudo()._start_with_code(code, "Lost-Letter-2026")

    def issue(self):
        return self.env["kundenportal.link"]._issue("access_letter", self.user.user_ids)

    def test_contact_came_in_another_way(self):
        code = self.issue()
        self.user.user_ids.password = "Chosen-by-the-customer-1"
        self.assertFalse(self.start(code))

    def test_contact_was_blocked_meanwhile(self):
        code = self.issue()
        self.user.portal_switch = "blocked"
        self.assertFalse(self.start(code))
        self.user.portal_switch = False

    def test_company_was_blocked_meanwhile(self):
        code = self.issue()
        self.nord.portal_switch = "blocked"
        self.assertFalse(self.start(code))


@tagged("post_install", "-at_install")
class TestOfficersCuriosity(PortalCase):
    """Officers see the contacts of their own companies, by wizards as well."""

    def test_wizards_tell_nothing_of_another_companys_contacts(self):
        other = self.env["res.company"].create({"name": "Other unit", "portal_active": True})
        secret = self._create_contact("Secret", "secret@else.example")
        secret.write({"company_id": other.id, "mobile": "+49 170 7654321"})
        with self.assertRaises(AccessError):
            secret.with_user(self.officer).read(["email"])
        self.env.invalidate_all()  # what the cache has is not checked; requests begin without one
        for name in ("kundenportal.password", "kundenportal.access.mail"):
            with self.subTest(wizard=name):
                try:
                    wizard = (
                        self.env[name].with_user(self.officer).create({"partner_id": secret.id})
                    )
                    wizard.env.flush_all()
                    self.env.invalidate_all()
                    fields_ = [f for f in ("login", "email", "text") if f in wizard._fields]
                    told = str(wizard.read(fields_))
                except AccessError:
                    continue
                self.assertNotIn("secret@else.example", told)
        row = {"approve_as": "contact", "partner_id": secret.id}
        wizard = self.env["kundenportal.registration.approve"].with_user(self.officer)
        try:
            row = wizard.create(row)
            self.env.invalidate_all()
            told = str(row.read(["partner_email"]))
        except AccessError:
            return
        self.assertNotIn("secret@else.example", told)

    def test_portal_wizard_tells_nothing_either(self):
        other = self.env["res.company"].create({"name": "Other unit", "portal_active": True})
        secret = self._create_contact("Secret", False)
        secret.write({"company_id": other.id, "mobile": "+49 170 7654321"})
        wizard = self.env["portal.wizard"].with_user(self.officer).create({})
        self.env.invalidate_all()
        try:
            row = wizard.user_ids.create({"wizard_id": wizard.id, "partner_id": secret.id})
            told = str(row.read(["login", "email"]))
        except AccessError:
            return
        self.assertNotIn("7654321", told)


@tagged("post_install", "-at_install")
class TestStaffAmbition(PortalCase):
    """Levels come from officers, and never for those who work for us."""

    def test_levels_by_other_staff(self):
        plain = self.internal
        plain.group_ids += self.env.ref("base.group_partner_manager")
        contacts = self.env["res.partner"].with_user(plain)
        new = contacts.create({"name": "New", "email": "new@else.example"})
        for attack in (
            lambda: new.write({"portal_access": "main_user"}),
            lambda: self.user.with_user(plain).write({"portal_access": "main_user"}),
            lambda: self.user.with_user(plain).write({"portal_access": "none"}),
            lambda: contacts.create(
                {"name": "A", "email": "a@else.example", "portal_access": "user"}
            ),
        ):
            with self.assertRaises(AccessError):
                attack()
        made = contacts.with_context(default_portal_access="main_user").create(
            {"name": "B", "email": "b@else.example"}
        )
        self.env.invalidate_all()
        self.assertEqual(made.portal_access, "none")
        self.assertFalse(made.sudo().user_ids)
        self.assertEqual(self.user.portal_access, "user")

    def test_internal_users_by_every_wizard(self):
        victim = self.manager.partner_id
        admin = self.env.ref("base.user_admin").partner_id
        for partner in (victim, admin):
            partner.email = partner.email or "admin@staff.example"
            login = partner.user_ids.login
            as_officer = partner.with_user(self.officer)
            wizards = (
                ("kundenportal.password", {"partner_id": partner.id}, "action_set_password"),
                ("kundenportal.access.letter", {"partner_ids": partner.ids}, "action_print"),
                ("kundenportal.access.mail", {"partner_id": partner.id}, "action_send"),
            )
            for name, values, method in wizards:
                with self.subTest(wizard=name, user=login), self.assertRaises(UserError):
                    getattr(self.env[name].with_user(self.officer).create(values), method)()
            with self.assertRaises(UserError):
                as_officer.write({"portal_access": "user"})
            with self.assertRaises(AccessError):
                as_officer.write({"portal_access": "none"})
            self.env.invalidate_all()
            self.assertTrue(partner.user_ids._is_internal())
            self.assertEqual(partner.user_ids.login, login)

    def test_archived_internal_users_by_every_wizard(self):
        victim = self.manager
        victim.active = False
        partner = victim.partner_id
        wizards = (
            ("kundenportal.password", {"partner_id": partner.id}, "action_set_password"),
            ("kundenportal.access.letter", {"partner_ids": partner.ids}, "action_print"),
            ("kundenportal.access.mail", {"partner_id": partner.id}, "action_send"),
        )
        for name, values, method in wizards:
            with self.subTest(wizard=name), self.assertRaises(UserError):
                getattr(self.env[name].with_user(self.officer).create(values), method)()
        with self.assertRaises(UserError):
            partner.with_user(self.officer).write({"portal_access": "user"})
        self.env.invalidate_all()
        self.assertFalse(victim.active)


@tagged("post_install", "-at_install")
class TestPagesBehindLinks(SignInLinkCase):
    """The address is the secret: no other page, frame or cache gets it."""

    def test_headers(self):
        token = self.env["kundenportal.link"]._issue("verify_email", self.user, self.user.email)
        self.leave()
        for url in (
            "/portal/start",
            f"/portal/verify/{token}",
            "/register/verify/none",
            "/register/status/1-none",
        ):
            with self.subTest(url=url):
                headers = self.url_open(url).headers
                self.assertEqual(headers.get("Referrer-Policy"), "no-referrer")
                self.assertIn("no-store", headers.get("Cache-Control", ""))
                self.assertEqual(headers.get("X-Frame-Options"), "SAMEORIGIN")

    def test_nothing_breaks_the_pages(self):
        self.leave()
        for path in (
            "/portal/link/%00",
            "/portal/verify/%00",
            "/register/verify/%00",
            "/register/status/%00",
            "/register/status/999999999-" + "0" * 40,
            "/register?company=%00",
            "/register?company=999999999",
            "/register?company=-1",
            "/members?search=%00",
            "/members/page/99999999999999999999",
            "/members/99999999999999999999/logo",
            "/portal/link/x?redirect=%00",
            "/web/reset_password?login=%00",
            "/web/reset_password?token=%00",
            "/web/reset_password?signup_email=%00",
            "/web/login?redirect=%00",
        ):
            with self.subTest(path=path):
                self.assertIn(self.url_open(path).status_code, (200, 404))
        for path in ("/portal/link/%00", "/portal/verify/%00", "/register/verify/%00"):
            with self.subTest(post=path), mute_logger("odoo.addons.base.models.res_users"):
                self.assertEqual(self.submit(path).status_code, 200)
        for values in (
            {"type": "kundenportal_link"},
            {"type": "kundenportal_link", "token": ""},
            {"type": "nonsense"},
        ):
            with self.subTest(values=values), mute_logger("odoo.addons.base.models.res_users"):
                response = self.submit("/web/login", login="x", password="y", **values)
                self.assertEqual(response.status_code, 200)


@tagged("post_install", "-at_install")
class TestMainUsersCuriosity(PortalCase):
    """Whoever adds colleagues learns little about who else has a login, and takes nobody's."""

    def add(self, email):
        values = {"name": "Nina Neu", "email": email, "function": "", "phone": ""}
        with self.enter_registry_test_mode():
            return (
                self.env["res.partner"]
                .with_user(self.main.user_ids)
                ._add_colleague(values, level="user")
            )

    def test_asking_for_logins_is_limited(self):
        limit = LIMITS["colleague_invitation"]["user"]
        with self.assertRaises(UserError):
            for _attempt in range(limit + 1):
                _contact, errors = self.add(self.stranger.email)
                self.assertTrue(errors["email"])

    def test_address_of_staff_is_no_customers_login(self):
        self.manager.login = "boss"
        contact, errors = self.add(self.manager.email)
        self.assertFalse(contact)
        self.assertTrue(errors["email"])
        self.assertEqual(self.env["res.users"].search([("login", "=", self.manager.email)]).ids, [])


@tagged("post_install", "-at_install")
class TestPortalUserWithoutLevel(SignInLinkCase):
    """Odoo's own portal users get a link as well, and staff are not told the contrary."""

    def test_link_and_level(self):
        self.company.portal_active = False
        user = new_test_user(self.env, "old", "base.group_portal", email="old@else.example")
        self.company.write({"portal_active": True, "portal_admission": "all"})
        self.env["res.users.log"].with_user(user).sudo().create({})
        contact = user.partner_id
        self.assertEqual(contact.portal_access, "none")
        self.ask("old@else.example")
        self.assertEqual(contact.portal_access, "user")
        self.assertTrue(self.mails(contact))
        self.assertNotIn("access_requested", self.codes(contact))
