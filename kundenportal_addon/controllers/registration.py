from odoo.http import Controller, request, route

from .routes import portal_form, portal_page
from .sign_in import HEADERS


class KundenportalRegistration(Controller):
    """The public pages of self-registration: the form, the verification, where it stands."""

    @route("/register", **portal_page(auth="public"))
    def register(self, company=None, **kwargs):
        """Show the form, or how else to get access."""
        return self._render_form(self._get_registrations(company))

    @route("/register", **portal_form(auth="public", captcha="kundenportal_register"))
    def register_submit(self, company=None, form_key=None, **kwargs):
        """Take the form; the answer is the same whatever we know of the applicant."""
        registrations = self._get_registrations(company)
        if not registrations._is_open():
            return self._render_form(registrations)
        values, errors = registrations._parse_form(kwargs)
        refusal = None
        if not errors:
            refusal = registrations._submit_form(values, form_key, request.httprequest.remote_addr)
        if errors or refusal:
            return self._render_form(registrations, typed=values, errors=errors, refusal=refusal)
        return self._render("registration_sent", registrations.env.company, email=values["email"])

    @route("/register/verify/<string:token>", **portal_page(auth="public"))
    def verify(self, token, **kwargs):
        """Show the button that verifies the address; mail scanners follow links."""
        registrations = self._get_registrations()
        link = request.env["kundenportal.link"]._peek("registration", token)
        registration = link._get_record() if link else registrations._find_verified(token)
        if not registration:
            return self._render("registration_dead", registrations.env.company)
        if not link:
            return request.redirect(registration._get_status_path())
        return self._render(
            "registration_verify", registration.company_id, registration=registration, token=token
        )

    @route(
        "/register/verify/<string:token>",
        **portal_form(auth="public", captcha="kundenportal_register"),
    )
    def verify_submit(self, token, **kwargs):
        """Verify the address and lead to where the registration stands."""
        registrations = self._get_registrations()
        registration = registrations._verify_by_link(token)
        if not registration:
            return self._render("registration_dead", registrations.env.company)
        return request.redirect(registration._get_status_path())

    @route("/register/status/<string:token>", **portal_page(auth="public"))
    def status(self, token, **kwargs):
        """Show the applicant where its registration stands."""
        registrations = self._get_registrations()
        registration = registrations._find_by_status(token)
        if not registration:
            return self._render("registration_dead", registrations.env.company)
        return self._render(
            "registration_status", registration.company_id, registration=registration
        )

    def _get_registrations(self, company=None):
        """Return the model, in the company whose portal the visitor means.

        As superuser: visitors may not read registrations; the methods decide what they get.
        """
        return request.env["kundenportal.registration"].sudo()._with_requested_company(company)

    def _render_form(self, registrations, **values):
        """Render the form, or the page for companies that take no registrations."""
        company = registrations.env.company
        if not registrations._is_open():
            return self._render("registration_closed", company)
        values = {"typed": {}, "errors": {}, "refusal": None, **values}
        values.setdefault("form_key", registrations._get_form_key())
        return self._render(
            "registration_form", company, fields=registrations._get_form(), **values
        )

    def _render(self, template, company, **values):
        """Render a page with what it shows of the company."""
        values.update(company=company, look=company._get_portal_look(), page_name="registration")
        # Behind the form, the address is the secret.
        headers = None if template == "registration_form" else HEADERS
        return request.render(f"kundenportal_addon.{template}", values, headers=headers)
