from odoo.http import request, route

from odoo.addons.auth_signup.controllers.main import AuthSignupHome

from .access import check_identifier, render_in_login_frame


class PortalPassword(AuthSignupHome):
    """Odoo's page for forgotten passwords tells who has an account; not where customers sign in."""

    @route()
    def web_auth_reset_password(self, *args, **kw):
        """Give everybody the same answer, and send what there is to send afterwards."""
        if not request.env["res.company"]._is_any_portal_active():
            return super().web_auth_reset_password(*args, **kw)
        # Odoo redirects those it knows, with the login in the address.
        typed = request.params.get("login") or request.params.get("signup_email", "")
        request.params.pop("signup_email", None)
        values = self.get_auth_signup_qcontext()
        if values.get("token") or not values["reset_password_enabled"]:
            return super().web_auth_reset_password(*args, **kw)
        error = None
        if request.httprequest.method == "POST":
            typed, error = check_identifier("password_request", typed)
            if not error:
                request.env["kundenportal.link.request"]._ask(
                    "password", typed, ip=request.httprequest.remote_addr
                )
                return render_in_login_frame("access_requested", identifier=typed)
        return request.render(
            "auth_signup.reset_password",
            {**values, "login": typed, "error": error, "kp_asks_for_link": True},
            headers={
                "X-Frame-Options": "SAMEORIGIN",
                "Content-Security-Policy": "frame-ancestors 'self'",
            },
        )

    @route()
    def web_auth_signup(self, *args, **kw):
        """Do not tell whose address somebody tries, not even with a wrong token."""
        if request.env["res.company"]._is_any_portal_active():
            request.params.pop("signup_email", None)
        return super().web_auth_signup(*args, **kw)
