import re
from itertools import count

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import email_normalize
from odoo.tools.sql import escape_psql

#: A login that is neither an e-mail address nor a telephone number.
CHOSEN_NAME = re.compile(r"[^\W\d_][\w.\-]{2,63}")


class ResPartner(models.Model):
    """The login that a contact gets: its e-mail address, its number, or a name chosen for it."""

    _inherit = "res.partner"

    def _suggest_portal_login(self, email=None, *, is_mailed=True):
        """Return the login that the contact has, or the first that would be its alone.

        :param str email: address that the contact is about to get, by default the one it has
        :param bool is_mailed: whether the contact is to hear of it by mail; if not, its name will
            do where nothing else is its alone
        :return: a login that may be taken if nothing better is known; False without any
        :rtype: str | bool
        """
        self.ensure_one()
        self.check_access("read")  # wizards can be made for any contact by remote calls
        partner_sudo = self.sudo()  # numbers and logins of others decide
        user = partner_sudo.portal_user_id
        if user.active and user._is_portal():
            return user.login
        address = email_normalize(email or partner_sudo.email)
        if address and not self._is_portal_login_taken(address):
            return address
        for number in (partner_sudo.mobile_e164, partner_sudo.phone_e164):
            # A number that others have as well, such as a switchboard, is nobody's identity.
            if (
                number
                and not self._is_number_shared(number)
                and not self._is_portal_login_taken(number)
            ):
                return number
        return address if is_mailed else self._suggest_name_as_login()

    def _suggest_name_as_login(self):
        """Return a login made of the contact's name that nobody has, such as ``finn.claasen``.

        :rtype: str
        """
        name = self.env["ir.http"]._slugify(self.name or "").replace("-", ".")
        name = name[:50] if CHOSEN_NAME.fullmatch(name[:50]) else f"login.{name[:40]}"
        candidates = (f"{name}{number or ''}" for number in count())
        return next(login for login in candidates if not self._is_portal_login_taken(login))

    def _is_number_shared(self, number):
        """Tell whether another person has the number; one's own company may be reached by it.

        :param str number: as E.164
        :rtype: bool
        """
        return bool(
            self.env["res.partner"]
            .sudo()  # contacts of other companies count too
            .search_count(
                Domain("id", "!=", self.id)
                & Domain("is_company", "=", False)
                & (Domain("phone_e164", "=", number) | Domain("mobile_e164", "=", number)),
                limit=1,
            )
        )

    def _is_portal_login_taken(self, login):
        """Tell whether another user signs in with this login, in whatever case, even if archived.

        :rtype: bool
        """
        users_sudo = (
            self.env["res.users"]
            .sudo()  # everybody's logins count
            .with_context(active_test=False)
            .search_fetch([("login", "=ilike", escape_psql(login))], ["partner_id"])
        )
        return bool(users_sudo.partner_id - self)

    def _parse_portal_login(self, text):
        """Return a login as it is stored: an address in lower case, a number as E.164.

        :param str text: as it was typed
        :rtype: str
        """
        login = (text or "").strip()
        return email_normalize(login) or (login and self._parse_portal_number(login)) or login

    def _check_portal_login(self, login, email=None):
        """Refuse a login that would be somebody else's address or number.

        Exact logins come first when signing in: one that is another contact's address would take
        its place.

        :param str login: as `_parse_portal_login` returns it
        :param str email: address that the contact is about to get, by default the one it has
        :raise UserError: with a sentence for the staff
        """
        self.ensure_one()
        partner_sudo = self.sudo()  # numbers, for comparing only
        own = {
            email_normalize(email or partner_sudo.email),
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
        if self._is_portal_login_taken(login):
            raise UserError(self.env._("The login %s is taken already.", login))
