from werkzeug.exceptions import NotFound

from odoo.fields import Domain
from odoo.http import Controller, request, route

from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..tools.typed_text import clean
from .routes import portal_page

MEMBERS_PER_PAGE = 24
LOGO_MAX_AGE = 60 * 60
SEARCH_LENGTH = 100


class PortalMembers(Controller):
    """The public list of members: what `_prepare_members` gives of the contacts, nothing else."""

    @route(["/members", "/members/page/<int:page>"], **portal_page(auth="public"))
    def members(self, page=1, search="", **kwargs):
        """Show a page of the list; 404 where the company has none."""
        # Strangers may not read contacts; the domain holds what the staff chose to show.
        Partner_sudo = request.env["res.partner"].sudo()
        if not Partner_sudo._has_member_list(request.env.company):
            raise NotFound()
        search = clean(search, SEARCH_LENGTH)
        domain = Partner_sudo._get_member_domain(request.env.company, search)
        total = Partner_sudo.search_count(domain)
        pager = portal_pager(
            url="/members",
            total=total,
            page=page,
            step=MEMBERS_PER_PAGE,
            url_args={"search": search} if search else None,
        )
        members_sudo = Partner_sudo.search(
            domain, order="name, id", limit=MEMBERS_PER_PAGE, offset=max(pager["offset"], 0)
        )
        return request.render(
            "kundenportal_addon.members",
            {
                "members": members_sudo._prepare_members(),
                "total": total,
                "search": search,
                "pager": pager,
                "look": request.env.company._get_portal_look(),
            },
        )

    @route("/members/<int:member_id>/logo", **portal_page(auth="public"))
    def member_logo(self, member_id, **kwargs):
        """Logo of a listed member; of anybody else there is none."""
        Partner_sudo = request.env["res.partner"].sudo()  # see members
        domain = Partner_sudo._get_member_domain(request.env.company)
        member_sudo = Partner_sudo.search(domain & Domain("id", "=", member_id))
        if not member_sudo.image_128:
            raise NotFound()
        stream = request.env["ir.binary"]._get_image_stream_from(member_sudo, "image_128")
        return stream.get_response(max_age=LOGO_MAX_AGE)
