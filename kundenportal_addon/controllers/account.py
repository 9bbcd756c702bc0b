from werkzeug.exceptions import NotFound

from odoo.exceptions import UserError
from odoo.http import request, route

from odoo.addons.sale.controllers.portal import CustomerPortal

from ..tools import reachability
from .routes import portal_form, portal_page


class PortalOwnAccount(CustomerPortal):
    """What customers keep up to date about themselves."""

    @route("/my/account/reachability", **portal_page())
    def portal_my_reachability(self, saved=None, **kwargs):
        """Show the hours of a week as check boxes."""
        return self._render_reachability(saved=bool(saved))

    @route("/my/account/reachability", **portal_form())
    def portal_my_reachability_submit(self, **kwargs):
        """Take the hours that were chosen."""
        contact_sudo = self._get_own_contact()
        try:
            # Odoo hands over only one of the boxes that share a name.
            pattern = reachability.from_choices(request.httprequest.form.getlist("hours"))
        except ValueError:
            error = request.env._("Please choose hours of the table. Nothing was changed.")
            return self._render_reachability(error=error)
        try:
            with request.env.cr.savepoint():
                contact_sudo.reachability = pattern
        except UserError as error:
            return self._render_reachability(error=str(error))
        return request.redirect("/my/account/reachability?saved=1")

    def _get_own_contact(self):
        """Return the user's own contact, as superuser: customers may write these fields only.

        :raise NotFound: for who has no level; theirs is Odoo's plain portal
        """
        user_sudo = request.env.user  # always sudoed
        if not user_sudo._get_portal_level():
            raise NotFound()
        return user_sudo.partner_id

    def _render_reachability(self, **messages):
        contact_sudo = self._get_own_contact()
        values = self._prepare_portal_layout_values()
        values.update(
            messages,
            page_name="reachability",
            week=contact_sudo._prepare_reachability_form(),
            portal_data=contact_sudo._prepare_data_form(["reachability"]),
        )
        return request.render("kundenportal_addon.portal_my_reachability", values)
