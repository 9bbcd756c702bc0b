from odoo.exceptions import AccessDenied
from odoo.http import Controller, request, route

from odoo.addons.web.controllers.utils import _get_login_redirect_url

from ..models.res_users_link import LINK
from .access import get_local_page, render_in_login_frame
from .routes import portal_form, portal_page

#: The address is as good as a password for a quarter of an hour.
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "SAMEORIGIN",
    "Content-Security-Policy": "frame-ancestors 'self'",
}


class PortalSignIn(Controller):
    """The page behind a link that signs in once."""

    @route("/portal/link/<string:token>", **portal_page(auth="public"))
    def portal_link(self, token, redirect=None, **kwargs):
        """Show the button; mail scanners follow links, so opening this one has no effect."""
        return self._render_link(token, redirect)

    @route("/portal/link/<string:token>", **portal_form(auth="public", captcha="portal_link"))
    def portal_link_submit(self, token, redirect=None, **kwargs):
        """Sign in whom the link belongs to."""
        redirect = get_local_page(redirect)
        credential = {"type": LINK, "login": "", "token": token}
        try:
            auth_info = request.session.authenticate(request.env, credential)
        except AccessDenied as denied:
            if request.session.uid:  # clicked twice
                return request.redirect(redirect or "/my")
            # Odoo's words if there were too many attempts; the link is not used up then.
            return self._render_link(token, redirect, error=denied.args[0])
        return request.redirect(_get_login_redirect_url(auth_info["uid"], redirect or "/my"))

    def _render_link(self, token, redirect, error=None):
        # Whoever has the link is not told more than the name of the firm that sent it.
        user_sudo = request.env["res.users"]._get_link_user(token)
        return render_in_login_frame(
            "sign_in_link" if user_sudo else "sign_in_link_dead",
            headers=HEADERS,
            token=token,
            company_name=user_sudo.company_id.name,
            redirect=get_local_page(redirect),
            error=error,
        )
