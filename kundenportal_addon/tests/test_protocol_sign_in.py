import time
from base64 import b32decode, b32encode

from odoo.http import Request
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import PortalFixture


class ProtocolHttpCase(PortalFixture, HttpCase):
    """Base of what only a request shows; the fixture's passwords are the e-mail addresses."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_portal_fixture()
        cls.login = cls.user.user_ids
        cls.env["ir.config_parameter"].set_param("base.login_cooldown_after", 0)

    def setUp(self):
        super().setUp()
        self.begin()

    def begin(self):
        """Count from here on."""
        self.env.cr.execute("SELECT COALESCE(max(id), 0) FROM kundenportal_protocol")
        self.last_id = self.env.cr.fetchone()[0]

    def authenticate(self, user, password, **options):
        """Get a session. Odoo's tests do so by signing in as a program, which is left out here."""
        session = super().authenticate(user, password, **options)
        self.env.cr.execute(
            """
            DELETE FROM kundenportal_protocol entry USING kundenportal_protocol_kind kind
             WHERE kind.id = entry.kind_id AND kind.code = 'signed_in' AND entry.id = (
                SELECT max(id) FROM kundenportal_protocol WHERE id > %s
             )
            """,
            [self.last_id if user else 2**31 - 1],
        )
        return session

    def entries(self, *codes):
        """Return what has been recorded since ``begin``, oldest first."""
        self.env.invalidate_all()
        domain = [("id", ">", self.last_id)]
        if codes:
            domain.append(("kind_id.code", "in", codes))
        return self.env["kundenportal.protocol"].search(domain, order="id")

    def codes(self):
        return [entry.kind_id.code for entry in self.entries()]

    def post(self, url, **data):
        return self.url_open(url, data={**data, "csrf_token": Request.csrf_token(self)})

    def sign_in(self, login, password):
        self.authenticate(None, None)
        return self.post("/web/login", login=login, password=password)


@tagged("post_install", "-at_install")
class TestProtocolSignIn(ProtocolHttpCase):
    def test_sign_in_and_out(self):
        self.sign_in("uwe@nord.example", "uwe@nord.example")
        entry = self.entries()
        self.assertEqual(entry.kind_id.code, "signed_in")
        self.assertEqual(entry.partner_id, self.user)
        self.assertEqual(entry.user_id, self.login)
        self.assertEqual(entry.company_id, self.login.company_id)
        self.assertEqual(entry.ip_address, "127.0.0.1")
        self.url_open("/my")
        self.assertEqual(self.codes(), ["signed_in"], "a page records nothing")
        self.url_open("/web/session/logout")
        self.assertEqual(self.codes(), ["signed_in", "signed_out"])
        self.assertEqual(self.entries()[1].user_id, self.login)
        self.url_open("/web/session/logout")
        self.assertEqual(len(self.entries()), 2, "nobody was signed in any more")

    def test_json_sign_in_and_out(self):
        self.authenticate(None, None)
        params = {"db": self.env.cr.dbname, "login": self.login.login, "password": self.login.login}
        self.make_jsonrpc_request("/web/session/authenticate", params)
        self.assertEqual(self.codes(), ["signed_in"])

    def test_program_signs_in(self):
        uid = self.xmlrpc_common.authenticate(
            self.env.cr.dbname, self.login.login, self.login.login, {}
        )
        self.assertEqual(uid, self.login.id)
        self.assertEqual(self.codes(), ["signed_in"])

    @mute_logger("odoo.addons.base.models.res_users")
    def test_failed_sign_in(self):
        for _attempt in range(3):
            self.sign_in("uwe@nord.example", "wrong")
        entries = self.entries()
        self.assertEqual(set(self.codes()), {"sign_in_failed"})
        self.assertLessEqual(len(entries), 2, "one a minute; three attempts may see two minutes")
        self.assertEqual(entries.partner_id, self.user)
        self.assertFalse(entries.user_id, "nobody knows who it was")
        self.assertEqual(entries[0].ip_address, "127.0.0.1")

    @mute_logger("odoo.addons.base.models.res_users")
    def test_failed_program(self):
        self.assertFalse(
            self.xmlrpc_common.authenticate(self.env.cr.dbname, self.login.login, "wrong", {})
        )
        self.assertEqual(self.codes(), ["sign_in_failed"])

    @mute_logger("odoo.addons.base.models.res_users")
    def test_others_are_not_recorded(self):
        self.sign_in("nobody@nord.example", "wrong")
        self.sign_in(self.officer.login, "wrong")
        self.sign_in(self.officer.login, self.officer.login + "x" * 8)
        self.officer.password = "staffpassword"
        self.sign_in(self.officer.login, "staffpassword")
        self.url_open("/web/session/logout")
        self.assertFalse(self.codes())
        plain = (
            self.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": "Plain Portal",
                    "login": "plain@portal.example",
                    "password": "plain@portal.example",
                    "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
                }
            )
        )
        self.env.cr.execute(
            "DELETE FROM res_groups_users_rel WHERE uid = %s AND gid != %s",
            [plain.id, self.env.ref("base.group_portal").id],
        )
        self.env.registry.clear_cache()
        self.begin()
        self.sign_in("plain@portal.example", "wrong")
        self.sign_in("plain@portal.example", "plain@portal.example")
        self.url_open("/web/session/logout")
        self.assertFalse(self.codes())

    @mute_logger("odoo.addons.base.models.res_users", "odoo.addons.auth_totp.models.res_users")
    def test_second_factor(self):
        if "auth_totp.device" not in self.env:
            self.skipTest("two-factor authentication is not installed")
        from odoo.addons.auth_totp.models.totp import hotp

        secret = b32encode(b"kundenportal-secret!").decode()
        self.login.totp_secret = secret
        self.sign_in("uwe@nord.example", "uwe@nord.example")
        self.assertFalse(self.codes(), "the password alone is not a sign-in")
        self.post("/web/login/totp", totp_token="000000")
        self.assertEqual(self.codes(), ["sign_in_failed"])
        code = hotp(b32decode(secret), int(time.time() / 30))
        self.post("/web/login/totp", totp_token=f"{code:06}")
        self.assertEqual(self.codes(), ["sign_in_failed", "signed_in"])
        self.assertEqual(self.entries("signed_in").user_id, self.login)

    def test_password_set_by_link(self):
        self.user.signup_prepare()
        token = self.user._generate_signup_token()
        self.env.flush_all()
        self.authenticate(None, None)
        new = {"password": "ein neues Wort 1", "confirm_password": "ein neues Wort 1"}
        self.post("/web/signup", token=token, login=self.login.login, name="X", **new)
        self.assertEqual(
            sorted(self.codes()), ["email_verified", "link_used", "password_set", "signed_in"]
        )
        self.assertEqual(self.entries().user_id, self.login, "whoever has the link is the contact")
        self.assertEqual(self.entries().partner_id, self.user)

    def test_password_changed_in_the_portal(self):
        self.authenticate("uwe@nord.example", "uwe@nord.example")
        new = {"new1": "ein neues Wort 1", "new2": "ein neues Wort 1"}
        self.post("/my/security", old="uwe@nord.example", **new)
        self.assertEqual(self.codes(), ["password_set"])
        self.assertEqual(self.entries().user_id, self.login)

    @mute_logger("odoo.addons.base.models.res_users")
    def test_wrong_old_password_is_no_sign_in(self):
        self.authenticate("uwe@nord.example", "uwe@nord.example")
        new = {"new1": "ein neues Wort 1", "new2": "ein neues Wort 1"}
        self.post("/my/security", old="wrong", **new)
        self.assertFalse(self.codes())

    def test_password_set_by_staff(self):
        self.login.with_user(self.env.ref("base.user_admin")).password = "set by staff"
        entry = self.entries()
        self.assertEqual(entry.kind_id.code, "password_set")
        self.assertEqual(entry.user_id, self.env.ref("base.user_admin"))
        self.officer.password = "staff is not recorded"
        self.assertEqual(len(self.entries()), 1)

    def test_password_reset_requested(self):
        self.authenticate(None, None)
        self.post("/web/reset_password", login="uwe@nord.example")
        self.env["kundenportal.link.request"].search([])._process()
        entry = self.entries("password_reset")
        self.assertEqual(entry.partner_id, self.user)
        self.assertFalse(entry.user_id, "anybody can ask")
        self.post("/web/reset_password", login=self.officer.login)
        self.env["kundenportal.link.request"].search([])._process()
        self.assertEqual(len(self.entries("password_reset")), 1)
