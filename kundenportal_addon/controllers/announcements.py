from werkzeug.exceptions import NotFound, abort

from odoo.http import request, route
from odoo.tools import html2plaintext

from odoo.addons.portal.controllers.portal import pager as portal_pager

from .portal import KundenportalPortal
from .routes import portal_form, portal_page

PAGE_SIZE = 20
EXCERPT_LENGTH = 200


class PortalAnnouncements(KundenportalPortal):
    """/my/announcements: what runs and is meant for the customer.

    Customers may not read the model, so the door is ``_find_for_customer``, not reading.
    """

    @route(["/my/announcements", "/my/announcements/page/<int:page>"], **portal_page())
    def portal_my_announcements(self, page=1, **kw):
        """List the announcements, the most important first."""
        user = request.env.user
        if not user._has_portal_function("announcements"):
            raise NotFound()
        announcements = request.env["ir.qweb"]._get_portal_announcements()
        pager = portal_pager("/my/announcements", len(announcements), page, PAGE_SIZE)
        shown = announcements[pager["offset"] : pager["offset"] + PAGE_SIZE]
        # Past the door: what is listed is meant for the user.
        found_sudo = (
            request.env["kundenportal.announcement"]
            .sudo()
            .search_fetch([("id", "in", [row["id"] for row in shown])], ["body"])
        )
        texts = {record.id: html2plaintext(record.body or "") for record in found_sudo}
        return request.render(
            "kundenportal_addon.portal_my_announcements",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "announcements",
                "pager": pager,
                "announcements": [
                    {**row, "excerpt": self._shorten(texts[row["id"]])}
                    for row in shown
                    if row["id"] in texts
                ],
            },
        )

    @route("/my/announcements/<int:announcement_id>", **portal_page())
    def portal_announcement(self, announcement_id, **kw):
        """Show one; that it has been read is a POST of the page."""
        announcement_sudo = self._get_announcement(announcement_id)
        return request.render(
            "kundenportal_addon.portal_announcement",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "announcement",
                "announcement": announcement_sudo,
            },
        )

    @route("/my/announcements/<int:announcement_id>/read", **portal_form())
    def portal_announcement_read(self, announcement_id, **kw):
        """Note that one has been read, and return its text for the panel."""
        announcement_sudo = self._get_announcement(announcement_id)
        if not announcement_sudo._mark_read():
            self._abort_gone()
        request.env["ir.http"]._hide_announcement(announcement_sudo)
        return request.render(
            "kundenportal_addon.announcement_text", {"announcement": announcement_sudo}
        )

    @route("/my/announcements/<int:announcement_id>/hide", **portal_form())
    def portal_announcement_hide(self, announcement_id, forever=None, back=None, **kw):
        """Close the banner until the next sign-in, or for good; without script, then go back."""
        announcement_sudo = self._get_announcement(announcement_id)
        if forever and not announcement_sudo._hide_for_good():
            self._abort_gone()
        request.env["ir.http"]._hide_announcement(announcement_sudo)
        # A line break is no part of an address: there would be no answer at all.
        is_page = isinstance(back, str) and back.startswith("/my") and back.isprintable()
        return request.redirect(back if is_page else "/my")

    # === TOOLING === #

    def _get_announcement(self, announcement_id):
        """The door: an id of an address → announcement as superuser, or a page that says sorry."""
        announcement_sudo = request.env["kundenportal.announcement"]._find_for_customer(
            announcement_id
        )
        if not announcement_sudo:
            self._abort_gone()
        return announcement_sudo

    def _abort_gone(self):
        """Answer 404 in the same words whether there was such an announcement or never was."""
        values = {**self._prepare_portal_layout_values(), "page_name": "announcement"}
        response = request.render("kundenportal_addon.portal_announcement_gone", values, status=404)
        response.flatten()
        abort(response)

    def _shorten(self, text):
        text = " ".join(text.split())
        return text if len(text) <= EXCERPT_LENGTH else f"{text[:EXCERPT_LENGTH].rstrip()} …"
