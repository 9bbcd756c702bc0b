from odoo.exceptions import UserError
from odoo.http import Controller, request, route

from odoo.addons.web.controllers.utils import _get_login_redirect_url

from ..tools.typed_text import clean
from .access import render_in_login_frame
from .routes import portal_form, portal_page
from .sign_in import HEADERS

#: Longer than any code, and than any password that people type.
MAX_LENGTH = 200


class PortalStart(Controller):
    """Public pages behind the code of an access letter and behind the link that verifies."""

    # === ACCESS LETTER === #

    @route("/portal/start", **portal_page(auth="public"))
    def portal_start(self, **kwargs):
        """Ask for the code of the letter.

        The picture on the letter has it behind a #, which browsers keep to themselves: an address
        ends up in logs.
        """
        return self._render("start_code")

    @route("/portal/start", **portal_form(auth="public", captcha="portal_start"))
    def portal_start_submit(self, code="", password=None, confirm_password="", **kwargs):
        """Take the code, then the password: set it on the login that the code belongs to, and sign
        in."""
        code = clean(code, MAX_LENGTH).lower()
        if password is None:
            return self._render_password(code)
        error = self._get_password_error(password, confirm_password)
        if error:
            return self._render_password(code, error)
        try:
            with request.env.cr.savepoint():
                # Whoever holds the letter is the login; there is no session yet.
                login = request.env["res.users"].sudo()._start_with_code(code, password)
                if not login:
                    return self._render_password(code)
                auth_info = request.session.authenticate(
                    request.env, {"type": "password", "login": login, "password": password}
                )
        # The password policy's words, or Odoo's after too many attempts; the code is not used up.
        except UserError as error:
            return self._render_password(code, error.args[0])
        return request.redirect(_get_login_redirect_url(auth_info["uid"], "/my"))

    def _get_password_error(self, password, confirm_password):
        """Return why a password cannot be taken as it was typed, or None.

        :rtype: str
        """
        if not isinstance(password, str) or not password or "\x00" in password:
            return request.env._("Please choose a password.")
        if len(password) > MAX_LENGTH:
            return request.env._("A password has at most %s characters.", MAX_LENGTH)
        if password != confirm_password:
            return request.env._("The two passwords are not the same.")
        return None

    def _render_password(self, code, error=None):
        user_sudo = request.env["res.users"]._get_letter_user(code)
        if not user_sudo:
            return self._render("start_code", code=code, is_unknown=True)
        return self._render("start_password", code=code, login=user_sudo.login, error=error)

    # === VERIFICATION OF AN ADDRESS === #

    @route("/portal/verify/<string:token>", **portal_page(auth="public"))
    def portal_verify(self, token, **kwargs):
        """Show the button; mail scanners follow links, so opening this one proves nothing."""
        link_sudo = request.env["kundenportal.link"]._peek("verify_email", token)
        state = "ask" if link_sudo and link_sudo._get_record() else "dead"
        return self._render("verify_email", state=state, token=token, address=link_sudo.address)

    @route("/portal/verify/<string:token>", **portal_form(auth="public", captcha="portal_verify"))
    def portal_verify_submit(self, token, **kwargs):
        """Take the address as verified."""
        link_sudo = request.env["kundenportal.link"]._redeem("verify_email", token)
        partner_sudo = link_sudo._get_record() if link_sudo else None
        is_verified = partner_sudo and partner_sudo._set_email_verified(link_sudo.address)
        return self._render("verify_email", state="done" if is_verified else "dead")

    def _render(self, template, **values):
        """Render a page in Odoo's frame of the sign-in page, without its link to the databases."""
        return render_in_login_frame(template, headers=HEADERS, **values)
