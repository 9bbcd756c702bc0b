from odoo import api, fields, models
from odoo.tools import email_normalize


class PortalWizardUser(models.TransientModel):
    """The login that each contact gets.

    Odoo's wizard knows addresses only; here several contacts may share one, or have none.
    """

    _inherit = "portal.wizard.user"

    login = fields.Char(
        compute="_compute_login",
        compute_sudo=False,
        store=True,
        readonly=False,
        help="E-mail address, telephone number or a chosen name; no two contacts have the same.",
    )

    # === COMPUTE METHODS === #

    @api.depends("email", "partner_id", "wizard_id.portal_invite")
    def _compute_login(self):
        for row in self:
            row.login = row.partner_id._suggest_portal_login(
                row.email, is_mailed=row.wizard_id.portal_invite
            )

    @api.depends("email", "login")
    def _compute_email_state(self):
        """Judge the login instead of the address; a bad address stays one."""
        result = super()._compute_email_state()
        for row in self:
            if row.email_state == "ko" and row.login and not row.email:
                taken = row.partner_id._is_portal_login_taken(row._get_login())
                row.email_state = "exist" if taken else "ok"
        return result

    # === BUSINESS METHODS === #

    def _get_login(self):
        """Return the login as it will be stored."""
        self.ensure_one()
        return self.partner_id._parse_portal_login(self.login) or email_normalize(self.email)

    def _check_login(self):
        """Refuse a login that is not the contact's; see ``res.partner._check_portal_login``."""
        self.ensure_one()
        login = self._get_login()
        if login and not (self.user_id.active and login == self.user_id.login):
            self.partner_id._check_portal_login(login, self.email)

    def _create_user(self):
        """Create the user with the login of the row; Odoo's would be the address."""
        self.ensure_one()
        return self.env["res.users"]._create_user_from_template(
            {
                "email": email_normalize(self.email),
                "login": self._get_login(),
                "partner_id": self.partner_id.id,
                "company_id": self.env.company.id,
                "company_ids": [(6, 0, self.env.company.ids)],
            }
        )

    # === HOOKS OF ODOO'S WIZARD: WHOSE LOGIN IS TAKEN === #

    def _get_similar_users_domain(self, portal_users_with_email):
        domain = super()._get_similar_users_domain(portal_users_with_email)
        logins = [row._get_login() for row in portal_users_with_email]
        return [("login", "in", logins) if leaf[0] == "login" else leaf for leaf in domain]

    def _is_portal_similar_than_user(self, user, portal_user):
        taken = super()._is_portal_similar_than_user(
            {**user, "login": email_normalize(portal_user.email)}, portal_user
        )
        return taken and user["login"] == portal_user._get_login()

    def _update_partner_email(self):
        """Leave the address alone where the row has none."""
        return super()._update_partner_email() if email_normalize(self.email) else None
