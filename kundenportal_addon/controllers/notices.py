from werkzeug.exceptions import NotFound

from odoo.http import request, route

from odoo.addons.portal.controllers.portal import CustomerPortal

from .routes import portal_form, portal_page


class PortalNotices(CustomerPortal):
    """/my/notices: the customer chooses which notices come by mail."""

    @route("/my/notices", **portal_page())
    def portal_my_notices(self, saved=None, **kwargs):
        """Show each kind with a check box."""
        return self._render_notices(saved=bool(saved))

    @route("/my/notices", **portal_form())
    def portal_my_notices_submit(self, **kwargs):
        """Take all choices at once."""
        contact_sudo = self._get_chooser()
        # Odoo hands over only one of the boxes that share a name.
        form = request.httprequest.form
        try:
            contact_sudo._choose_notices(form.getlist("shown"), form.getlist("by_mail"))
        except ValueError:
            error = request.env._("Please choose from the list. Nothing was changed.")
            return self._render_notices(error=error)
        return request.redirect("/my/notices?saved=1")

    def _get_chooser(self):
        """Return the user's own contact, as superuser: customers have no access to the choices.

        :raise NotFound: for who has no level; theirs is Odoo's plain portal
        """
        user_sudo = request.env.user  # always sudoed
        if not user_sudo._get_portal_level():
            raise NotFound()
        return user_sudo.partner_id

    def _render_notices(self, **messages):
        contact_sudo = self._get_chooser()
        values = self._prepare_portal_layout_values()
        values.update(
            messages,
            page_name="notices",
            notices=contact_sudo._prepare_notice_form(),
            address=contact_sudo.email,
        )
        return request.render("kundenportal_addon.portal_my_notices", values)
