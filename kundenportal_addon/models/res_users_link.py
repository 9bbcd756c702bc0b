from werkzeug.urls import url_quote

from odoo import api, models
from odoo.exceptions import AccessDenied
from odoo.tools import email_normalize
from odoo.tools.urls import urljoin

#: Kind of credential, beside Odoo's passwords and passkeys.
LINK = "kundenportal_link"


class ResUsers(models.Model):
    """Signing in by a link that was mailed or texted, and the link for another password."""

    _inherit = "res.users"

    # === SIGNING IN === #

    def _login(self, credential, user_agent_env):
        """Find whose link it is; the rest is Odoo's: cool-down, session, second factor."""
        if credential["type"] == LINK:
            # Others may look for a password in a credential that was refused.
            credential.update(
                login=self._get_link_user(credential.get("token")).login or "", password=""
            )
        return super()._login(credential, user_agent_env)

    def _check_credentials(self, credential, env):
        """Use up the link that signs in, which proves the address that it was sent to."""
        if credential["type"] != LINK:
            return super()._check_credentials(credential, env)
        user = self.env.user
        if self._get_link_user(credential.get("token")) != user:
            raise AccessDenied()
        link_sudo = self.env["kundenportal.link"]._redeem("sign_in", credential["token"])
        if not link_sudo:  # used meanwhile
            raise AccessDenied()
        if email_normalize(link_sudo.address):
            user.partner_id._set_email_verified(link_sudo.address)
        user._log_portal_user("link_used")
        return {"uid": user.id, "auth_method": LINK, "mfa": "default"}

    @api.model
    def _get_link_user(self, token):
        """Return whom a link signs in now, without any effect.

        :param str token: as the browser sent it
        :return: a user as superuser; empty for a link that is unknown, expired, used or revoked,
            and if the user may not sign in by it any more
        """
        link_sudo = self.env["kundenportal.link"]._peek("sign_in", token)
        users_sudo = link_sudo._get_record() if link_sudo else self.sudo()  # a link is a stranger's
        return users_sudo.filtered(
            lambda user: (
                user.active
                and user._is_portal()
                and user._portal_is_open()
                and user.company_id.portal_sign_in_link
                and link_sudo.address
                in (user.partner_id.email_normalized, user.partner_id.mobile_e164)
            )
        )

    # === SENDING LINKS === #

    def _send_sign_in_link(self, typed="", *, redirect=None, ip=None):
        """Send the user a link that signs it in once, by SMS if it asked by its mobile number.

        :param str typed: what the user asked by
        :param str redirect: local address to go to after signing in
        :param str ip: network address of whoever asks
        :return: whether there is a way to send it
        :rtype: bool
        """
        self.ensure_one()
        partner = self.partner_id
        number = partner._get_sms_number()
        if partner.email_normalized and partner._parse_portal_number(typed) != number:
            number = False
        address = number or partner.email_normalized
        if not address:
            return False
        token = self.env["kundenportal.link"]._issue("sign_in", self, address)
        path = f"/portal/link/{token}" + (f"?redirect={url_quote(redirect)}" if redirect else "")
        self._send_link("sign_in_link", urljoin(self.get_base_url(), path), number)
        self._log_portal_user("sign_in_link_sent", note=address, user=self._get_asker(), ip=ip)
        return True

    def _send_password_link(self, *, ip=None):
        """Send the user a link with which it chooses another password.

        :param str ip: network address of whoever asks
        :return: whether there is a way to send it
        :rtype: bool
        """
        self.ensure_one()
        partner = self.partner_id
        number = not partner.email_normalized and partner._get_sms_number()
        if not partner.email_normalized and not number:
            return False
        if not partner.portal_grant_key:
            partner._renew_grant_key()
        partner.signup_prepare(signup_type="reset")
        self._send_link("password_link", partner._get_signup_url(), number)
        self._log_portal_user("password_reset", user=self._get_asker(), ip=ip)
        return True

    def _send_link(self, kind, url, number=None):
        """Queue the mail, or the SMS, with a link, in the user's language and form of address.

        :param str kind: ``"sign_in_link"`` or ``"password_link"``, as in the template's name
        :param str url: the link
        :param str number: where an SMS goes; a mail is sent without
        """
        if number:
            text = self.with_context(lang=self.lang)._get_link_sms(kind, url)
            self.env["sms.sms"].create({"number": number, "body": text})
            return
        self.env.ref(f"kundenportal_addon.mail_template_{kind}")._send_portal_mail(
            self, self.company_id, portal_link=url
        )

    def _get_link_sms(self, kind, url):
        """Return the text that brings a link by SMS.

        :rtype: str
        """
        values = {"company": self.company_id.name, "url": url}
        informal = self.partner_id.form_of_address == "informal"
        if kind == "password_link":
            if informal:
                return self.env._("Pick your new password for %(company)s: %(url)s", **values)
            return self.env._("Please choose your new password for %(company)s: %(url)s", **values)
        if informal:
            return self.env._("You sign in to %(company)s here within 15 min: %(url)s", **values)
        return self.env._("Please sign in to %(company)s here within 15 minutes: %(url)s", **values)

    @api.model
    def _get_asker(self):
        """Return who asks for a link: nobody that we know, unless somebody is signed in."""
        return self.env.user.filtered(lambda user: not user._is_public())
