from contextlib import contextmanager, suppress

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.exceptions import AccessDenied
from odoo.http import request


class ResUsers(models.Model):
    """What portal users do at the door is recorded; what internal users do never is."""

    _inherit = "res.users"

    # === SIGNING IN === #

    @contextmanager
    def _assert_can_auth(self, user=None):
        """Record what fails here: signing in, a second factor, the password of a remote call."""
        try:
            with super()._assert_can_auth(user=user):
                yield
        except AccessDenied:
            self._log_sign_in_failed(user)
            raise

    def authenticate(self, credential, user_agent_env):
        """Record sign-ins of programs; people's are seen by their session in ``ir.http``."""
        auth_info = super().authenticate(credential, user_agent_env)
        if user_agent_env and not user_agent_env.get("interactive", True):
            self.browse(auth_info["uid"])._log_portal_user("signed_in")
        return auth_info

    @api.model
    def _log_sign_in_failed(self, login):
        """Record a failed sign-in of a known portal user, once a minute: guessing fills no table.

        In a cursor of its own, as the request's transaction is rolled back.

        :param login: login or id of the user, as it was tried
        """
        domain = [("id", "=", login)] if isinstance(login, int) else self._get_login_domain(login)
        user = self.sudo().search(domain, order=self._get_login_order(), limit=1)
        if not user._is_protocolled():
            return
        # Two failures at once: the second finds the minute's entry taken, which is what it is for.
        with suppress(SerializationFailure), self.env.registry.cursor() as cr:
            known = self.with_env(self.env(cr=cr, su=True)).browse(user.id).exists()
            minute = f"{fields.Datetime.now():%Y-%m-%d %H:%M}"
            known._log_portal_user(
                "sign_in_failed", user=self.browse(), once_key=f"{user.id}:{minute}"
            )

    # === PASSWORDS AND LINKS === #

    @api.model
    def signup(self, values, token=None):
        partner = token and self.env["res.partner"]._signup_retrieve_partner(
            token, check_validity=True
        )
        users = self
        if partner and partner.portal_state == "invited":
            users = self._without_security_mail()  # choosing the first password is no alarm
        result = super(ResUsers, users).signup(values, token)
        if partner:
            user = partner.user_ids[:1]
            if partner._get_link_digest():  # bound to the address that the link was mailed to
                # Whoever has the link is the contact, though not signed in yet.
                partner.with_user(user)._set_email_verified(partner.email)
            user._log_portal_user("link_used")
        return result

    def _set_password(self):
        users = self.filtered("password")  # Odoo empties it to shut a login
        result = super()._set_password()
        # Whoever asked for a link before, or found a letter, may be the reason why.
        self.env["kundenportal.link"]._revoke(None, self)
        users._log_portal_user("password_set")
        return result

    def _action_reset_password(self, signup_type="reset"):
        result = super()._action_reset_password(signup_type)
        if result and signup_type == "reset":
            # Anybody can ask for a link on the sign-in page; it need not be the user.
            self._log_portal_user(
                "password_reset", user=self.browse() if self._is_anonymous() else None
            )
        return result

    def _forget_portal_devices(self):
        """Delete the passkeys and trusted devices of revoked logins.

        Otherwise they would open the door again once the contact, by then perhaps another person
        behind the same name, is granted access anew.
        """
        for field_name in ("auth_passkey_key_ids", "totp_trusted_device_ids"):
            if field_name in self._fields:  # Odoo installs these modules by itself, but not always
                self.sudo()[field_name].unlink()  # keys are nobody's but the login's own

    # === TOOLING === #

    def _is_protocolled(self):
        """Tell whether what this user does is recorded: a portal user with a level, never staff.

        :rtype: bool
        """
        return (
            bool(self)
            and self._has_group("kundenportal_addon.group_portal_user")
            and not self._has_group("base.group_user")
        )

    @api.model
    def _is_anonymous(self):
        """Tell whether nobody is signed in."""
        return not self.env.uid or self.env.user._is_public()

    def _log_portal_user(self, kind_code, *, user=None, **details):
        """Record what happened to the portal users among these, with the address it came from.

        :param str kind_code: code of the kind
        :param user: who acted; by default whoever is signed in, else each user itself
        :param details: further arguments of ``kundenportal.protocol._log``
        """
        anonymous = self._is_anonymous()
        details.setdefault("ip", request.httprequest.remote_addr if request else None)
        for user_sudo in self.sudo():  # portal users read little of logins, not even of their own
            if user_sudo._is_protocolled():
                user_sudo.env["kundenportal.protocol"]._log(
                    kind_code,
                    user_sudo.partner_id,
                    user=user_sudo if user is None and anonymous else user,
                    company=user_sudo.company_id,
                    **details,
                )
