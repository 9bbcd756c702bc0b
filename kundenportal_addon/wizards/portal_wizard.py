from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, email_normalize

from odoo.addons.auth_signup.models.res_partner import SignupError

from ..const import PORTAL_LEVELS


class PortalWizard(models.TransientModel):
    """Odoo's wizard, with the question "main user or user?" and a report of what came of it."""

    _inherit = "portal.wizard"

    portal_active = fields.Boolean(compute="_compute_portal_active")
    portal_level = fields.Selection(
        [
            ("main_user", "Main user: sees everything of the company"),
            ("user", "User: sees only its own"),
        ],
        string="Access as",
        help="For all listed contacts; empty: each as its line says.",
    )
    portal_invite = fields.Boolean(
        string="Send Invitations",
        default=True,
        help="Mail the link with which the contacts choose their password. Contacts without an "
        "e-mail address need an access letter or a password instead.",
    )
    report = fields.Text(readonly=True, help="How many contacts came to which result.")

    @api.depends_context("company")
    def _compute_portal_active(self):
        self.portal_active = self.env.company.portal_active

    def action_grant_all(self):
        """Give all contacts of the list access, and show for each what came of it."""
        self.ensure_one()
        self.user_ids._grant_each()
        self.report = self.user_ids._summarise_results()
        return self._action_open_modal()


class PortalWizardUser(models.TransientModel):
    _inherit = "portal.wizard.user"

    portal_level = fields.Selection(
        PORTAL_LEVELS, string="Level", compute="_compute_portal_level", store=True, readonly=False
    )
    result = fields.Selection(
        [
            ("granted", "Access granted"),
            ("level_changed", "Level changed"),
            ("had_it", "Had access already"),
            ("no_email", "No valid e-mail address"),
            ("email_taken", "E-mail address taken by another login"),
            ("internal", "Internal user, left alone"),
            ("blocked", "Blocked, lift the block first"),
            ("failed", "Failed"),
        ],
        readonly=True,
    )
    result_note = fields.Char(readonly=True)

    @api.depends("wizard_id.portal_level")
    def _compute_portal_level(self):
        """Follow the level chosen for all; else what the contact has, else the lower one."""
        for row in self:
            current = row.partner_id.portal_access
            row.portal_level = (
                row.wizard_id.portal_level
                or (current != "none" and current)
                or (row.wizard_id.portal_active and "user")
            )

    # === ACTIONS === #

    def action_grant_access(self):
        """Grant access on the row's level; what Odoo refuses is refused in its words."""
        self.ensure_one()
        # The rest goes on as superuser, and rows can be made for any contact by remote calls.
        self.partner_id.check_access("write")
        if self.portal_level:
            self._check_officer()
        self._lock_contact()
        if self.is_portal and self.portal_level:
            self.result = self._change_level()
            return self.action_refresh_modal()
        self._check_login()
        user_sudo = self.user_id.sudo()  # logins are not the officer's to edit, this wizard is
        if user_sudo and not user_sudo.active and self.email_state == "ok":
            # Odoo would leave the old address as the login.
            user_sudo._without_security_mail().login = self._get_login()
        self.partner_id._renew_grant_key()
        try:
            action = super().action_grant_access()
        except SignupError as error:
            raise UserError(
                self.env._("The login of %s is taken already.", self.partner_id.name)
            ) from error
        self.invalidate_recordset(["user_id", "is_portal", "is_internal"])
        if self.portal_level:
            self.user_id.sudo()._set_portal_level(self.portal_level)  # see above
        self.result = "granted"
        if not email_normalize(self.email):
            self.result_note = self.env._("No e-mail address: print the access letter.")
        self._log("access_granted")
        return action

    def action_revoke_access(self):
        """Revoke through the one way that also ends sessions, links and keys.

        Odoo's own fails once a group that the user holds implies its portal group.
        """
        self.ensure_one()
        if self.is_portal:
            self.partner_id._revoke_portal_access()
            return self.action_refresh_modal()
        return super().action_revoke_access()

    # === BUSINESS METHODS === #

    def _grant_each(self):
        """Grant row by row; a row that is refused does not stop the others."""
        for row in self:
            row.invalidate_recordset(["email_state", "user_id", "is_portal", "is_internal"])
            refusal = row._get_refusal()
            if refusal:
                row.result = refusal
                continue
            try:
                with self.env.cr.savepoint():
                    row.action_grant_access()
            except UserError as error:
                row.write({"result": "failed", "result_note": str(error)})

    def _check_officer(self):
        """Leave levels to the portal's own staff; Odoo's wizard is open to whoever edits contacts.

        :raise AccessError: if the acting user is not an officer of the portal
        """
        if not self.env.su and not self.env.user.has_group("kundenportal_addon.group_officer"):
            raise AccessError(
                self.env._("Only officers of the customer portal may give access to it.")
            )

    def _lock_contact(self):
        """Wait for others who are granting the same contact access.

        PostgreSQL refuses the second one's outdated snapshot, Odoo starts that request anew, and it
        finds the login. Noticed later, where the login is made, the conflict would end as Odoo's
        SignupError, which nobody retries.
        """
        self.env.cr.execute(
            SQL("SELECT FROM res_partner WHERE id = %s FOR NO KEY UPDATE", self.partner_id.id),
            log_exceptions=False,
        )

    def _get_refusal(self):
        """Return the code of why the row cannot be granted access, or None."""
        self.ensure_one()
        if self.is_internal:
            return "internal"
        if self.partner_id.sudo().portal_switch == "blocked":  # the switch is officers' to read
            return "blocked"
        if self.is_portal:
            return None
        return {"ko": "no_email", "exist": "email_taken"}.get(self.email_state)

    def _change_level(self):
        """Put a portal user on the row's level.

        :return: ``"had_it"`` or ``"level_changed"``
        """
        user_sudo = self.user_id.sudo()  # see action_grant_access
        if user_sudo._get_portal_level() == self.portal_level:
            return "had_it"
        user_sudo._set_portal_level(self.portal_level)
        self._log("level_changed")
        return "level_changed"

    def _send_email(self):
        """Send our invitation, in the contact's form of address, and say so in the protocol."""
        self.ensure_one()
        if not self.wizard_id.portal_invite or not email_normalize(self.email):
            return False
        user_sudo = self.user_id.sudo()  # logins are not the officer's to read
        if not user_sudo.company_id.portal_active:
            return super()._send_email()
        user_sudo._send_portal_invitation(self.wizard_id.welcome_message)
        return True

    def _log(self, kind):
        level = dict(self._fields["portal_level"]._description_selection(self.env)).get(
            self.portal_level
        )
        self.env["kundenportal.protocol"]._log(kind, self.partner_id, note=level)

    def _summarise_results(self):
        """Return the report of a bulk grant: a line for each result, with the number of rows.

        :rtype: str
        """
        labels = dict(self._fields["result"]._description_selection(self.env))
        return "\n".join(
            f"{labels[result]}: {len(rows)}"
            for result, rows in self.grouped("result").items()
            if result
        )
