import contextlib
import secrets

from werkzeug.exceptions import NotFound

from odoo.http import Response, content_disposition, request, route

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.ir_http_viewing_cursor import get_viewing
from ..tools.typed_text import clean
from .access import render_in_login_frame
from .colleagues import PAGE_SIZE
from .routes import portal_form, portal_page

PIECE_BYTES = 2**16


class PortalOwnData(CustomerPortal):
    """/my/protocol, what was done in the customer's name; /my/data, a copy of its own data."""

    # === HISTORY === #

    @route(["/my/protocol", "/my/protocol/page/<int:page>"], **portal_page())
    def portal_my_protocol(self, page=1, **typed):
        """List what was done."""
        level = self._check_has_level()
        entries = request.env["kundenportal.protocol"]
        choice = entries._read_portal_choice(typed)
        asked = {name: value for name, value in choice.items() if value}
        total = entries._count_for_portal(choice)
        pager = portal_pager("/my/protocol", total, page, PAGE_SIZE, url_args=asked)
        found = entries._search_for_portal(choice, limit=PAGE_SIZE, offset=pager["offset"])
        return self._render_own_data(
            "portal_my_protocol",
            rows=found._prepare_portal_rows(),
            groups=request.env["kundenportal.protocol.kind"]._get_portal_groups(),
            is_main_user=level == "main_user",
            choice=choice,
            is_narrowed=bool(asked),
            pager=pager,
            total=total,
        )

    # === COPY OF ONE'S DATA === #

    @route("/my/data", **portal_page())
    def portal_my_data(self, **kw):
        """Show what there is of a copy, and the button that asks for one."""
        self._check_has_level()
        return self._render_data()

    @route("/my/data", **portal_form())
    def portal_my_data_request(self, form_key="", **kw):
        """Take the wish for a copy."""
        self._check_has_level()
        _export, refusal = request.env["kundenportal.data.export"]._request_by_customer(
            clean(form_key)
        )
        if refusal:
            return self._render_data(error=refusal)
        return request.redirect("/my/data")

    @route("/my/data/download", **portal_page())
    def portal_my_data_download(self, **kw):
        """Send the copy to whom it belongs, not to staff who look with its eyes."""
        self._check_has_level()
        if get_viewing():
            raise NotFound()
        export_sudo = request.env["kundenportal.data.export"]._find_own(("ready",))
        # What is read while it is sent must not need the database any more.
        streams = self._get_part_streams(export_sudo.attachment_ids.sorted("id"))
        if not streams:
            raise NotFound()
        headers = {
            "Content-Type": "application/zip",
            "Content-Disposition": content_disposition(f"{request.env._('My data')}.zip"),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(self._read_parts(streams), headers=headers, direct_passthrough=True)

    def _get_part_streams(self, parts_sudo):
        """Return streams of the parts of a file; none at all if the disk has lost one."""
        with contextlib.suppress(FileNotFoundError):
            get_stream = request.env["ir.binary"]._get_stream_from
            return [get_stream(part, "raw") for part in parts_sudo]
        return []

    def _read_parts(self, streams):
        """Yield the content, a piece in memory at a time."""
        for stream in streams:
            if stream.type != "path":
                yield stream.read()
                continue
            with open(stream.path, "rb") as source:
                while piece := source.read(PIECE_BYTES):
                    yield piece

    # === THE ACCOUNT'S END === #

    @route()
    def deactivate_account(self, validation="", password="", **post):
        """Say at the end what has been deleted and what stays; Odoo leads to the sign-in page."""
        user_sudo = request.env.user  # always sudoed
        has_level = bool(user_sudo._get_portal_level())
        deletion = has_level and user_sudo.partner_id._prepare_portal_deletion()
        company_sudo = user_sudo.company_id
        response = super().deactivate_account(
            clean(validation),
            password if isinstance(password, str) else "",  # a file may come in its place
            **post,
        )
        if not has_level or request.session.uid:
            return response
        request.update_env(user=request.env.ref("base.public_user").id)
        return render_in_login_frame(
            "account_deleted", deletion=deletion, company_name=company_sudo.name
        )

    # === ACCESS AND RENDERING === #

    def _check_has_level(self):
        """Return the customer's level.

        :raise NotFound: for who has none; theirs is Odoo's plain portal
        """
        level = request.env.user._get_portal_level()
        if not level:
            raise NotFound()
        return level

    def _render_data(self, error=None):
        return self._render_own_data(
            "portal_my_data",
            export=request.env["kundenportal.data.export"]._find_own(),
            deletion=request.env.user.partner_id._prepare_portal_deletion(),
            form_key=secrets.token_urlsafe(16),
            error=error,
        )

    def _render_own_data(self, template, **values):
        return request.render(
            f"kundenportal_addon.{template}",
            {
                **self._prepare_portal_layout_values(),
                "page_name": template,
                **values,
            },
        )
