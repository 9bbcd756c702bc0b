from odoo import api, models


class ResUsers(models.Model):
    """The first password of a login whose letter has arrived."""

    _inherit = "res.users"

    @api.model
    def _start_with_code(self, code, password):
        """Set the password of the login that a letter's code belongs to; the code is used up.

        :param str code: as it was typed, in lower case
        :param str password: the one that was chosen
        :return: the login, or None for a code that opens nothing any more
        :rtype: str
        :raise UserError: if the password policy refuses the password
        """
        link_sudo = self.env["kundenportal.link"]._redeem("access_letter", code)
        user_sudo = link_sudo._get_record() if link_sudo else None
        if not user_sudo or not user_sudo.active or not user_sudo._is_portal():
            return None
        user_sudo._without_security_mail().password = password
        user_sudo._log_portal_user("link_used")
        return user_sudo.login
