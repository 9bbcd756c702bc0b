import logging

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)


class ResUsers(models.Model):
    """What is done for whoever asks for a link, known or not; the asker is never told."""

    _inherit = "res.users"

    @api.model
    def _request_portal_access(self, typed, *, redirect=None, ip=None):
        """Send a link that leads in to the contact that an address or number stands for.

        A contact that signed in before gets a link that signs it in; one that never did, the
        invitation; one that may have access but has no login yet, a login as User. Anything
        ambiguous goes to the staff by way of the protocol.

        :param str typed: login, e-mail address or telephone number, in any spelling
        :param str redirect: local address to go to after signing in
        :param str ip: network address of whoever asks
        """
        contacts_sudo = self.env["res.partner"]._find_access_seekers(typed)
        if not contacts_sudo or self._is_link_refused(contacts_sudo[0]):
            return
        if len(contacts_sudo) > 1:
            note = self.env._("Several contacts share this address or number; no link was sent.")
        else:
            note = self._answer_access_request(contacts_sudo, typed, redirect, ip)
        if note:
            self._log_link_for_staff(contacts_sudo[0], note, ip)

    @api.model
    def _request_password_link(self, typed, *, ip=None):
        """Send a link for another password to the user that an address or number stands for.

        Users that are none of the portal's get Odoo's own mail.

        :param str typed: login, e-mail address or telephone number, in any spelling
        :param str ip: network address of whoever asks
        """
        users_sudo = (
            self._find_by_login(typed)
            or self._find_portal_users(typed)
            or self.sudo().search(self._get_email_domain(typed))  # as in Odoo; nobody asks
        )
        if not users_sudo or self._is_link_refused(users_sudo[0].partner_id):
            return
        is_ours = users_sudo[0]._is_portal() and users_sudo[0].company_id.portal_active
        if len(users_sudo) > 1:
            if is_ours:
                note = self.env._(
                    "Several contacts share this address or number; no link was sent."
                )
                self._log_link_for_staff(users_sudo[0].partner_id, note, ip)
        elif not is_ours:
            users_sudo._reset_password_quietly()
        elif users_sudo._portal_is_open() and not users_sudo._send_password_link(ip=ip):
            note = self.env._("The contact has no e-mail address; no link was sent.")
            self._log_link_for_staff(users_sudo.partner_id, note, ip)

    # === TOOLING === #

    @api.model
    def _answer_access_request(self, contact_sudo, typed, redirect, ip):
        """Send a contact the link that suits it.

        :return: why none was sent, a sentence for the staff; None if one was
        :rtype: str | None
        """
        has_mail = contact_sudo.email_normalized
        if not has_mail and not contact_sudo._get_sms_number():
            return self.env._("The contact has no e-mail address; no link was sent.")
        if contact_sudo.portal_access == "none":
            result = contact_sudo._grant_portal_access("user")[contact_sudo]
            if result not in ("granted", "level_changed"):  # Odoo's portal users lack a level only
                return self.env._("The contact could not be given a login; no link was sent.")
            if has_mail and result == "granted":
                return None  # by the invitation
        user_sudo = contact_sudo.portal_user_id
        if has_mail and contact_sudo.portal_state == "invited":
            user_sudo._send_portal_invitation()
        elif user_sudo.company_id.portal_sign_in_link:
            user_sudo._send_sign_in_link(typed, redirect=redirect, ip=ip)
        else:
            user_sudo._send_password_link(ip=ip)
        return None

    @api.model
    def _is_link_refused(self, contact):
        """Count a link for a contact. A number can be typed in many ways; its owner's inbox counts
        them as one."""
        throttle = self.env["kundenportal.throttle"]
        return bool(throttle._get_refusal("access_mail", contact=contact.id))

    def _reset_password_quietly(self):
        """Let Odoo mail its link; what it has to complain of is not the asker's to know."""
        try:
            # Whoever asks is not the one who may read the mail; see mail.template.
            self.with_user(SUPERUSER_ID).action_reset_password()
        except UserError as error:
            _logger.warning("No password link for user %s: %s", self.id, error)

    @api.model
    def _log_link_for_staff(self, contact, note, ip):
        """Leave work for the staff. Nobody acted whom we know: a visitor may be anybody."""
        self.env["kundenportal.protocol"]._log(
            "access_requested", contact, note=note, user=self.browse(), ip=ip
        )
