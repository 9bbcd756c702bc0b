import re

from odoo.http import Controller, request, route

from ..tools.typed_text import clean
from .routes import portal_form, portal_page

#: A page of this site. No backslash and no blank: browsers read both as the start of another.
LOCAL_PAGE = re.compile(r"/(?!/)[!-\[\]-~]{0,500}")


class PortalAccess(Controller):
    """The public page on which a contact asks for its link."""

    @route("/portal/access", **portal_page(auth="public"))
    def portal_access(self, redirect=None, **kwargs):
        """Show the form."""
        return render_in_login_frame("access_request", redirect=get_local_page(redirect))

    @route("/portal/access", **portal_form(auth="public", captcha="portal_access"))
    def portal_access_submit(self, identifier="", redirect=None, **kwargs):
        """Take the address or number; the answer is the same whoever asks, and as fast."""
        redirect = get_local_page(redirect)
        identifier, error = check_identifier("access_request", identifier)
        if error:
            return render_in_login_frame(
                "access_request", error=error, identifier=identifier, redirect=redirect
            )
        request.env["kundenportal.link.request"]._ask(
            "access", identifier, redirect=redirect, ip=request.httprequest.remote_addr
        )
        return render_in_login_frame("access_requested", identifier=identifier)


def check_identifier(scope, typed):
    """Check what somebody typed who asks for a link, and count the attempt.

    :param str scope: of ``kundenportal.throttle``
    :param typed: login, e-mail address or telephone number as it came; may be anything
    :return: what was typed, and a sentence for the visitor or None
    :rtype: tuple[str, str | None]
    """
    identifier = clean(typed, 200)
    if not identifier:
        return "", request.env._("Please enter an e-mail address or a telephone number.")
    return identifier, request.env["kundenportal.throttle"]._get_refusal(
        scope, typed=identifier, network=request.httprequest.remote_addr
    )


def get_local_page(address):
    """Return the address of a page if it is one of this site.

    :param address: as it came; may be anything
    :rtype: str | None
    """
    is_local = isinstance(address, str) and LOCAL_PAGE.fullmatch(address)
    return address if is_local else None


def render_in_login_frame(template, headers=None, **values):
    """Render a page of ours in Odoo's frame of the sign-in page, without its link to the databases.

    :param str template: XML id within this addon
    :param dict headers: of the response
    :rtype: odoo.http.Response
    """
    return request.render(
        f"kundenportal_addon.{template}",
        {"disable_database_manager": True, **values},
        headers=headers,
    )
