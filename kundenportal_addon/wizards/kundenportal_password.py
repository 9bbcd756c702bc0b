from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import PORTAL_LEVELS
from ..tools.password import generate_password


class KundenportalPassword(models.TransientModel):
    """Staff set a contact's password, and give it access if it has none yet.

    The password is shown once, in the answer to the click, and kept nowhere but in the login.
    """

    _name = "kundenportal.password"
    _description = "Set a Password"

    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        required=True,
        readonly=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    portal_state = fields.Selection(related="partner_id.portal_state")
    has_login = fields.Boolean(compute="_compute_has_login")
    login = fields.Char(
        compute="_compute_login",
        compute_sudo=False,
        store=True,
        readonly=False,
        help="E-mail address, telephone number or a chosen name; no two contacts have the same.",
    )
    portal_level = fields.Selection(PORTAL_LEVELS, string="Level", default="user", required=True)
    method = fields.Selection(
        [("generated", "Have one generated"), ("typed", "Type it")],
        string="Password by",
        default="generated",
        required=True,
    )
    password = fields.Char()
    send_by_mail = fields.Boolean(
        string="Mail the Password",
        help="Whoever reads the mail can sign in. Telling it by telephone is safer.",
    )
    shown_password = fields.Char(string="New Password", compute="_compute_shown_password")

    # === COMPUTE METHODS === #

    @api.depends("partner_id")
    def _compute_has_login(self):
        for wizard in self:
            wizard.has_login = wizard.partner_id.portal_access != "none"

    @api.depends("partner_id")
    def _compute_login(self):
        for wizard in self:
            wizard.login = wizard.partner_id and wizard.partner_id._suggest_portal_login(
                is_mailed=False
            )

    @api.depends_context("portal_password")
    def _compute_shown_password(self):
        self.shown_password = self.env.context.get("portal_password")

    # === ACTIONS === #

    def action_set_password(self):
        """Set the password and show it.

        :return: the same dialog, with the password
        :rtype: dict
        :raise UserError: for an internal user, a login that is taken, or a password that Odoo's
            policy refuses
        """
        self.ensure_one()
        self.partner_id.check_access("write")
        user_sudo = self._get_login_user().sudo()  # logins are not the officer's to edit
        password = self._choose_password()
        if self.portal_state == "invited":
            user_sudo = user_sudo._without_security_mail()
        user_sudo.password = password
        # Whoever got a link before would otherwise change the password again.
        self.partner_id._renew_grant_key()
        self.env["kundenportal.link"]._revoke(None, user_sudo)
        self.password = False
        if self.send_by_mail:
            self._send_password(user_sudo, password)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Password of %s", self.partner_id.name),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"portal_password": password},
        }

    # === BUSINESS METHODS === #

    def _get_login_user(self):
        """Return the contact's login, made now if there is none.

        :raise UserError: if there cannot be one
        """
        if self.portal_state == "internal":
            raise UserError(self.env._("%s is an internal user.", self.partner_id.name))
        if self.partner_id.portal_access == "none":
            wizard = self.env["portal.wizard"].create(
                {"partner_ids": [(6, 0, self.partner_id.ids)], "portal_invite": False}
            )
            row = wizard.user_ids
            row.write({"portal_level": self.portal_level, "login": self.login})
            row.action_grant_access()
        return self.partner_id.portal_user_id

    def _choose_password(self):
        """Return the password that was typed, or a new one that Odoo's policy accepts.

        :rtype: str
        """
        if self.method == "typed":
            if not self.password:
                raise UserError(self.env._("Please type a password."))
            return self.password
        # The policy is Odoo's module auth_password_policy, which need not be installed.
        min_length = (
            self.env["ir.config_parameter"]
            .sudo()  # a number that the sign-up page shows to everybody
            .get_param("auth_password_policy.minlength", 0)
        )
        return generate_password(int(min_length))

    def _send_password(self, user_sudo, password):
        """Mail the password, and say so in the protocol."""
        if not user_sudo.partner_id.email_normalized:
            raise UserError(self.env._("%s has no valid e-mail address.", self.partner_id.name))
        self.env.ref("kundenportal_addon.mail_template_password").sudo()._send_portal_mail(
            user_sudo, user_sudo.company_id, portal_password=password
        )  # sudo: templates may look at the login, which officers do not read
        self.env["kundenportal.protocol"]._log(
            "password_mailed", self.partner_id, note=user_sudo.partner_id.email_normalized
        )
