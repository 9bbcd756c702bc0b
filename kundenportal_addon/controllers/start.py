from odoo.exceptions import UserError
from odoo.http import Controller, request, route

from odoo.addons.web.controllers.utils import _get_login_redirect_url

from .access import render_in_login_frame
from .sign_in import HEADERS

#: Longer than any code, and than any password that people type.
MAX_LENGTH = 200


class PortalStart(Controller):
    """Public pages behind the code of an access letter and behind the link that verifies."""

    # === ACCESS LETTER === #

    @route(
        "/portal/start",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
        sitemap=False,
    )
    def portal_start(self, **kwargs):
        """Ask for the code of the letter.

        The picture on the letter has it behind a #, which browsers keep to themselves: an address
        ends up in logs.
        """
        return self._render("start_code")

    @route(
        "/portal/start",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        captcha="portal_start",
        sitemap=False,
    )
    def portal_start_submit(self, code="", password=None, confirm_password="", **kwargs):
        """Take the code, then the password: set it on the login that the code belongs to, and sign
        in."""
        code = _clean(code).lower()
        if password is None:
            return self._render_password(code)
        error = self._get_password_error(password, confirm_password)
        if error:
            return self._render_password(code, error)
        try:
            with request.env.cr.savepoint():
                # Whoever holds the letter is the login; there is no session yet.
                login = request.env["res.users"].sudo()._start_with_code(code, password)
        except UserError as error:  # the password policy's
            return self._render_password(code, str(error))
        if not login:
            return self._render_password(code)
        auth_info = request.session.authenticate(
            request.env, {"type": "password", "login": login, "password": password}
        )
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

    @route(
        "/portal/verify/<string:token>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
        sitemap=False,
    )
    def portal_verify(self, token, **kwargs):
        """Show the button; mail scanners follow links, so opening this one proves nothing."""
        link_sudo = request.env["kundenportal.link"]._peek("verify_email", token)
        state = "ask" if link_sudo and link_sudo._get_record() else "dead"
        return self._render("verify_email", state=state, token=token, address=link_sudo.address)

    @route(
        "/portal/verify/<string:token>",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        captcha="portal_verify",
        sitemap=False,
    )
    def portal_verify_submit(self, token, **kwargs):
        """Take the address as verified."""
        link_sudo = request.env["kundenportal.link"]._redeem("verify_email", token)
        partner_sudo = link_sudo._get_record() if link_sudo else None
        is_verified = partner_sudo and partner_sudo._set_email_verified(link_sudo.address)
        return self._render("verify_email", state="done" if is_verified else "dead")

    def _render(self, template, **values):
        """Render a page in Odoo's frame of the sign-in page, without its link to the databases."""
        return render_in_login_frame(template, headers=HEADERS, **values)


def _clean(value):
    """Return what was typed; a file may come in a field's place, and the database takes no NUL."""
    return value.replace("\x00", "").strip()[:MAX_LENGTH] if isinstance(value, str) else ""
