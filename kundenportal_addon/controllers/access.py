from odoo.http import Controller, request, route


class PortalAccess(Controller):
    """The public page on which a contact asks for its link."""

    @route(
        "/portal/access",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
        sitemap=False,
    )
    def portal_access(self, **kwargs):
        """Show the form."""
        return self._render("access_request")

    @route(
        "/portal/access",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        captcha="portal_access",
        sitemap=False,
    )
    def portal_access_submit(self, identifier="", **kwargs):
        """Take the address or number; the answer is the same whoever asks."""
        # A file may come in the field's place, and the database takes no NUL.
        identifier = identifier if isinstance(identifier, str) else ""
        identifier = identifier.replace("\x00", "").strip()[:200]
        if not identifier:
            error = request.env._("Please enter an e-mail address or a telephone number.")
        else:
            error = request.env["kundenportal.throttle"]._get_refusal(
                "access_request", typed=identifier, network=request.httprequest.remote_addr
            )
        if error:
            return self._render("access_request", error=error, identifier=identifier)
        # A stranger may ask; what may be done with it is the method's to decide.
        request.env["res.users"].sudo()._request_portal_access(identifier)
        return self._render("access_requested", identifier=identifier)

    def _render(self, template, **values):
        """Render a page in Odoo's frame of the sign-in page, without its link to the databases."""
        return request.render(
            f"kundenportal_addon.{template}", {"disable_database_manager": True, **values}
        )
