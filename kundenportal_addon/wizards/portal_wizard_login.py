import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import email_normalize
from odoo.tools.sql import escape_psql

#: A login that is neither an e-mail address nor a telephone number.
CHOSEN_NAME = re.compile(r"[^\W\d_][\w.\-]{2,63}")


class PortalWizardUser(models.TransientModel):
    """The login that a contact gets: its e-mail address, its number, or a name chosen for it.

    Odoo's wizard knows addresses only; here several contacts may share one, or have none.
    """

    _inherit = "portal.wizard.user"

    login = fields.Char(
        compute="_compute_login",
        store=True,
        readonly=False,
        help="E-mail address, telephone number or a chosen name; no two contacts have the same.",
    )

    # === COMPUTE METHODS === #

    @api.depends("email", "partner_id")
    def _compute_login(self):
        for row in self:
            # sudo: logins and numbers of others decide, which are not the officer's to read.
            row.login = row.sudo()._suggest_login()

    @api.depends("email", "login")
    def _compute_email_state(self):
        """Judge the login instead of the address; a bad address stays one."""
        super()._compute_email_state()
        for row in self:
            if row.email_state == "ko" and row.login and not row.email:
                row.email_state = "exist" if row._is_login_taken(row.login) else "ok"

    # === BUSINESS METHODS === #

    def _suggest_login(self):
        """Return the login that the contact has, or the first that would be its alone.

        :return: a login that may be taken if nothing better is known; False without address and
            number
        :rtype: str | bool
        """
        self.ensure_one()
        user = self.user_id
        if user.active and user.share and user._is_portal():
            return user.login
        address = email_normalize(self.email)
        if address and not self._is_login_taken(address):
            return address
        partner = self.partner_id
        for number in (partner.mobile_e164, partner.phone_e164):
            # A number that others have as well, such as a switchboard, is nobody's identity.
            if number and not self._is_number_shared(number) and not self._is_login_taken(number):
                return number
        return address

    def _is_number_shared(self, number):
        """Tell whether another person has the number; one's own company may be reached by it."""
        return bool(
            self.env["res.partner"].search_count(
                Domain("id", "!=", self.partner_id.id)
                & Domain("is_company", "=", False)
                & (Domain("phone_e164", "=", number) | Domain("mobile_e164", "=", number)),
                limit=1,
            )
        )

    def _is_login_taken(self, login):
        """Tell whether another user signs in with this login, in whatever case, even if archived.

        :rtype: bool
        """
        users_sudo = (
            self.env["res.users"]
            .sudo()  # everybody's logins count
            .with_context(active_test=False)
            .search_fetch([("login", "=ilike", escape_psql(login))], ["login"])
        )
        return bool(users_sudo - self.user_id)

    def _get_login(self):
        """Return the login as it will be stored."""
        self.ensure_one()
        login = (self.login or "").strip()
        number = self.partner_id._parse_portal_number(login) if login else False
        return email_normalize(login) or number or login or email_normalize(self.email)

    def _check_login(self):
        """Refuse a login that would be somebody else's address or number.

        Exact logins come first when signing in: one that is another contact's address would take
        its place.

        :raise UserError: with a sentence for the staff
        """
        self.ensure_one()
        login = self._get_login()
        if not login or (self.user_id.active and login == self.user_id.login):
            return
        partner_sudo = self.partner_id.sudo()  # numbers, for comparing only
        own = {
            email_normalize(self.email),
            partner_sudo.mobile_e164,
            partner_sudo.phone_e164,
        }
        if login not in own and not CHOSEN_NAME.fullmatch(login):
            raise UserError(
                self.env._(
                    "“%s” cannot be the login: take the contact's own e-mail address or number, "
                    "or a name of 3 to 64 letters, digits, dots, hyphens and underscores that "
                    "begins with a letter.",
                    login[:64],
                )
            )
        if self._is_login_taken(login):
            raise UserError(self.env._("The login %s is taken already.", login))

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
        if email_normalize(self.email):
            super()._update_partner_email()
