from odoo import api, models


class ResUsers(models.Model):
    """The first password of a login whose letter has arrived."""

    _inherit = "res.users"

    @api.model
    def _get_letter_user(self, code):
        """Return whose letter has this code, without any effect.

        :param str code: as it was typed, in lower case
        :return: a user as superuser; empty for a code that opens nothing, or nothing any more
        """
        link_sudo = self.env["kundenportal.link"]._peek("access_letter", code)
        users_sudo = link_sudo._get_record() if link_sudo else self.sudo()  # readers are strangers
        return users_sudo.filtered(
            lambda user: user.active and user._is_portal() and user._portal_is_open()
        )

    @api.model
    def _start_with_code(self, code, password):
        """Set the password of the login that a letter's code belongs to; the code is used up.

        :param str code: as it was typed, in lower case
        :param str password: the one that was chosen
        :return: the login, or None for a code that opens nothing any more
        :rtype: str
        :raise UserError: if the password policy refuses the password
        """
        user_sudo = self._get_letter_user(code)
        if not user_sudo or not self.env["kundenportal.link"]._redeem("access_letter", code):
            return None
        user_sudo._without_security_mail().password = password
        user_sudo._log_portal_user("link_used")
        return user_sudo.login
