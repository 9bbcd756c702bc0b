import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq, email_normalize, hmac


class ResPartner(models.Model):
    """How a contact gets access and loses it, and the links that lead in."""

    _inherit = "res.partner"

    portal_grant_key = fields.Char(
        copy=False,
        groups="base.group_system",
        help="Part of every sign-up link; a new one makes all earlier links useless.",
    )

    # === ACTIONS === #

    def action_portal_grant(self):
        """Open Odoo's wizard for these contacts: "Main user or user?"."""
        wizard = self.env["portal.wizard"].create(
            {
                "partner_ids": [(6, 0, self.ids)],
                # Where there is nobody to mail, the logins are for letters or passwords.
                "portal_invite": any(partner.email_normalized for partner in self),
            }
        )
        if len(self) == 1 and wizard.portal_active:
            wizard.portal_level = wizard.user_ids.portal_level
        return wizard._action_open_modal()

    def action_portal_revoke(self):
        """Take the contacts' access away (button)."""
        self._revoke_portal_access()

    def action_portal_invite_again(self):
        """Send the invitation again to those of the contacts that never signed in.

        :return: a notification that says how many were invited
        :rtype: dict
        """
        waiting = self.filtered(lambda partner: partner.portal_state == "invited")
        sent = 0
        for partner in waiting:
            wizard = self.env["portal.wizard"].create({"partner_ids": [(6, 0, partner.ids)]})
            row = wizard.user_ids
            if row.email_state == "ok":
                row.action_invite_again()
                sent += 1
        message = self.env._(
            "Invitations sent: %(sent)s. Left alone: %(left)s.", sent=sent, left=len(self) - sent
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if sent else "warning",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # === BUSINESS METHODS === #

    def _grant_portal_access(self, level, *, invite=True):
        """Give the contacts access on a level and invite those that are new.

        :param str level: ``"user"`` or ``"main_user"``
        :param bool invite: whether the new ones get a mail with a link; those without an address
            never do
        :return: per contact, one of the codes of ``portal.wizard.user.result``
        :rtype: dict
        :raise ValueError: for another level
        """
        if level not in ("user", "main_user"):
            raise ValueError(f"Unknown portal level {level!r}")
        wizard = self.env["portal.wizard"].create(
            {"partner_ids": [(6, 0, self.ids)], "portal_invite": invite}
        )
        wizard.user_ids.portal_level = level
        wizard.user_ids._grant_each()
        return {row.partner_id: row.result for row in wizard.user_ids}

    def _revoke_portal_access(self):
        """End the contacts' access: login archived, sessions and pending links dead, keys gone.

        Contacts without portal access are left alone, internal users always.

        :raise AccessError: unless the acting user may write the contacts; buttons are open to
            remote calls
        """
        self.check_access("write")
        # Officers may take access away, though they cannot edit logins.
        users_sudo = (
            self.env["res.users"]
            .sudo()
            .search([("partner_id", "in", self.ids), ("share", "=", True)])
        )
        users_sudo = users_sudo.filtered(lambda user: user._is_portal())
        for user_sudo in users_sudo:
            if user_sudo == self.env.user:
                raise UserError(self.env._("You cannot take away your own access."))
        if not users_sudo:
            return
        users_sudo.partner_id._renew_grant_key()
        users_sudo.partner_id.signup_type = False
        self.env["kundenportal.link"]._revoke(None, users_sudo)
        users_sudo.api_key_ids._remove()
        users_sudo._forget_portal_devices()
        # Groups are administrators' to read; which ones go is not the officer's choice.
        portal_groups = (
            self.env["res.groups"]
            .sudo()
            .search([("all_implied_ids", "in", self.env.ref("base.group_portal").ids)])
        )
        users_sudo._without_security_mail().write(
            {
                "active": False,
                # Else the old sessions would live again once access is granted again.
                "password": "",
                "group_ids": [(3, group.id) for group in portal_groups]
                + [(4, self.env.ref("base.group_public").id)],
            }
        )
        for partner in users_sudo.partner_id:
            self.env["kundenportal.protocol"]._log("access_revoked", partner.sudo(False))

    def _can_be_edited_by_current_customer(self, **kwargs):
        """Keep customers away from addresses that sign in: who sets the e-mail gets the links."""
        editable = super()._can_be_edited_by_current_customer(**kwargs)
        user_sudo = self.env.user  # always sudoed
        if editable and user_sudo._get_portal_level() and self != user_sudo.partner_id:
            return not self.sudo().user_ids  # logins of others
        return editable

    # === LINKS === #

    def _renew_grant_key(self):
        """Make every sign-up link that was sent to the contacts useless."""
        for partner_sudo in self.sudo():  # the key is nobody's to read
            partner_sudo.portal_grant_key = secrets.token_urlsafe(16)

    def _get_link_digest(self):
        """Bind a sign-up link to the grant and to the address it was sent to.

        :return: a short digest, or an empty string for contacts never granted access through us:
            their links stay as Odoo made them
        :rtype: str
        """
        partner_sudo = self.sudo()  # see _renew_grant_key
        if not partner_sudo.portal_grant_key:
            return ""
        message = (
            partner_sudo.id,
            partner_sudo.portal_grant_key,
            email_normalize(partner_sudo.email) or "",
        )
        return hmac(partner_sudo.env, "kundenportal-signup-link", message)[:32]

    def _generate_signup_token(self, expiration=None):
        token = super()._generate_signup_token(expiration)
        digest = self._get_link_digest()
        return f"{token}.{digest}" if digest else token

    @api.model
    def _get_partner_from_token(self, token):
        token, _dot, digest = (token or "").partition(".")
        try:
            partner = super()._get_partner_from_token(token)
        except ValueError:  # not one of Odoo's tokens at all
            return None
        if partner and not consteq(digest, partner._get_link_digest()):
            return None
        return partner
