from odoo import api, models
from odoo.tools import SQL, email_normalize

#: Longer than any login, e-mail address or telephone number that leads somewhere.
LONGEST_LOGIN = 254


class ResUsers(models.Model):
    """Signing in by e-mail address in any letter case, or by telephone number in any spelling.

    Whoever types a login exactly gets what Odoo would give. Everything else stands for portal users
    only, and only if it stands for a single one: a switchboard's number is nobody's identity.
    """

    _inherit = "res.users"

    _lower_login_idx = models.Index("(lower(login))")

    def _login(self, credential, user_agent_env):
        """Take what was typed for the login that it means, before attempts at it are counted."""
        if credential["type"] == "password":
            credential["login"] = self._resolve_login(credential.get("login"))
        return super()._login(credential, user_agent_env)

    @api.model
    def _resolve_login(self, typed):
        """Return the login that somebody means.

        :param typed: login, e-mail address or telephone number as it came; may be anything
        :return: a login, or what was typed if it stands for nobody or for several
        :rtype: str
        """
        # A file may come in the field's place, and the database takes no NUL.
        if not isinstance(typed, str) or "\x00" in typed:
            return ""
        if len(typed) > LONGEST_LOGIN or self._find_by_login(typed):
            return typed
        users_sudo = self._find_portal_users(typed)
        return users_sudo.login if len(users_sudo) == 1 else typed

    @api.model
    def _find_by_login(self, login):
        """Return the user that Odoo finds for a login, whoever it is.

        :rtype: res.users as superuser, perhaps empty
        """
        return self.sudo().search(  # whoever signs in is nobody yet
            self._get_login_domain(login), order=self._get_login_order(), limit=1
        )

    @api.model
    def _find_portal_users(self, typed):
        """Find the portal users that an address or a number stands for, by the first way that does.

        The login in any letter case, the contact's e-mail address, a login that is the number, the
        contact's numbers. Internal users are never among them, nor are blocked contacts.

        :param str typed: login, e-mail address or telephone number, in any spelling
        :return: users as superuser; several if it is ambiguous
        """
        typed = typed.strip()
        if not typed or "\x00" in typed or len(typed) > LONGEST_LOGIN:
            return self.sudo()  # see _find_by_login
        email = email_normalize(typed)
        # A number of the portal's country, unless it says its own.
        number = not email and self.env["res.partner"]._parse_portal_number(typed)
        # Each in a query of its own: an index serves it, which it would not if they were joined.
        ways = [SQL("lower(u.login) = %s", typed.lower())]
        if email:
            ways.append(SQL("p.email_normalized = %s", email))
        if number:
            ways.append(SQL("lower(u.login) = %s", number))
            ways.append(SQL("(p.phone_e164 = %(it)s OR p.mobile_e164 = %(it)s)", it=number))
        for way in ways:
            users_sudo = self._search_portal_users(way)
            if users_sudo:
                return users_sudo
        return self.sudo()  # empty, but like what is found

    @api.model
    def _search_portal_users(self, condition):
        """Return the portal users, of an open portal, that a condition holds for.

        :param SQL condition: about ``res_users u`` and ``res_partner p``
        :rtype: res.users as superuser
        """
        self.env["res.users"].flush_model(["login", "active", "share", "partner_id"])
        self.env["res.partner"].flush_model(["email_normalized", "phone_e164", "mobile_e164"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT u.id FROM res_users u JOIN res_partner p ON p.id = u.partner_id
                 WHERE u.active AND u.share AND %s
                """,
                condition,
            )
        )
        users_sudo = self.sudo().browse(row[0] for row in rows)  # see _find_by_login
        return users_sudo.filtered(
            lambda user: (
                user._is_portal()
                and user._portal_is_open()
                # With `website`, users of one website do not exist on another.
                and self._find_by_login(user.login) == user
            )
        )

    @api.model
    def _is_number_of_others(self, number, partner):
        """Tell whether portal users other than a contact's sign in by a number; in one query.

        :param str number: as E.164
        :param partner: the contact
        :rtype: bool
        """
        # Three selects, because an index serves each, which it would not serve a condition of all.
        return bool(
            self.env.execute_query(
                SQL(
                    """
                    SELECT 1 FROM res_users
                     WHERE active AND share AND partner_id != %(partner)s AND partner_id IN (
                           SELECT partner_id FROM res_users WHERE lower(login) = %(number)s
                           UNION ALL
                           SELECT id FROM res_partner WHERE phone_e164 = %(number)s
                           UNION ALL
                           SELECT id FROM res_partner WHERE mobile_e164 = %(number)s
                     )
                     LIMIT 1
                    """,
                    number=number,
                    partner=partner.id,
                )
            )
        )
