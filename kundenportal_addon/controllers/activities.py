import secrets

from werkzeug.exceptions import NotFound

from odoo.exceptions import AccessError
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..tools.typed_text import clean
from .colleagues import PAGE_SIZE
from .portal import KundenportalPortal
from .routes import portal_form, portal_page

ACTIVITY_URL = "/my/activities/<int:activity_id>"


class PortalActivities(KundenportalPortal):
    """/my/activities: requests and tickets, and what is written about them."""

    # === HOME === #

    @route()
    def home(self, **kw):
        response = super().home(**kw)
        if response.is_qweb:
            response.qcontext["portal_report"] = self._get_report(self._get_offers())
        return response

    # === LIST === #

    @route(["/my/activities", "/my/activities/page/<int:page>"], **portal_page())
    def portal_my_activities(self, page=1, **typed):
        """List the cases."""
        self._check_activities()
        cases = request.env["kundenportal.activity"]
        filters = cases._get_portal_filters()
        choice, asked = cases._read_portal_choice(typed, filters)
        total = cases._count_for_portal(choice)
        pager = portal_pager("/my/activities", total, page, PAGE_SIZE, url_args=asked)
        found = cases._search_for_portal(choice, limit=PAGE_SIZE, offset=pager["offset"])
        return self._render_activities(
            "portal_my_activities",
            groups=found._group_portal_rows(choice),
            pager=pager,
            total=total,
            choice=choice,
            filters=filters,
            is_narrowed=not asked.keys().isdisjoint(("search", "type", "state")),
            is_arranged=bool(asked.keys() - {"search"}),
            offers=self._get_offers(),
            report=self._get_report(self._get_offers()),
        )

    # === A NEW CASE === #

    @route("/my/activities/new", **portal_page())
    def portal_activity_new(self, **typed):
        """Show the form for a new case, or what kinds there are to choose from."""
        self._check_activities()
        case_type_sudo = self._find_offered_type(typed)
        # Whoever comes from one of its devices need not choose it again.
        device = request.env["kundenportal.activity"]._read_device(typed)
        if not case_type_sudo:
            return self._render_activities(
                "portal_activity_new",
                crumbs=[self._get_new_crumb()],
                offers=self._get_offers(),
                device=device,
            )
        return self._render_new_activity(case_type_sudo, {"equipment": device})

    @route("/my/activities/new", **portal_form())
    def portal_activity_add(self, form_key="", **typed):
        """Open a case."""
        self._check_activities()
        case_type_sudo = self._find_offered_type(typed)
        if not case_type_sudo:
            return request.redirect("/my/activities/new")
        with request.env.cr.savepoint():
            case_sudo, errors = request.env["kundenportal.activity"]._open_by_customer(
                case_type_sudo, typed, request.httprequest.files, clean(form_key)
            )
        if errors:
            return self._render_new_activity(case_type_sudo, typed, errors, form_key)
        return self._redirect_to_activity(case_sudo, "created")

    # === A CASE === #

    @route(ACTIVITY_URL, **portal_page())
    def portal_activity(self, activity_id, done=None, **kw):
        """Show a case."""
        return self._render_activity(self._get_case(activity_id), done=done, show_all="all" in kw)

    @route(f"{ACTIVITY_URL}/comment", **portal_form())
    def portal_activity_comment(self, activity_id, form_key="", **typed):
        """Take a message."""
        case = self._get_case(activity_id)
        try:
            with request.env.cr.savepoint():
                errors = case._comment_by_customer(
                    typed, request.httprequest.files, clean(form_key)
                )
        except AccessError:
            raise NotFound() from None
        if errors:
            return self._render_activity(case, typed=typed, errors=errors, form_key=form_key)
        return self._redirect_to_activity(case, "sent", "#conversation")

    @route(f"{ACTIVITY_URL}/attachment/<int:attachment_id>", **portal_page())
    def portal_activity_attachment(self, activity_id, attachment_id, **kw):
        """Hand out a file that the page shows; never to be shown inside the page."""
        attachment_sudo = self._get_case(activity_id)._find_portal_attachment(attachment_id)
        if not attachment_sudo:
            raise NotFound()
        stream = request.env["ir.binary"]._get_stream_from(attachment_sudo, "raw")
        response = stream.get_response(as_attachment=True)
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    # === ACCESS === #

    def _check_activities(self):
        """Let only customers with the function in; staff read cases elsewhere.

        :raise NotFound: for everybody else
        """
        if not request.env.user._has_portal_function("activities"):
            raise NotFound()

    def _get_case(self, activity_id):
        """Return a case that the customer may read.

        :raise NotFound: without saying whether there is such a case
        """
        self._check_activities()
        return self._get_portal_record("kundenportal.activity", activity_id)

    def _find_offered_type(self, typed):
        """Return the type that was asked for, or the only one there is; empty for none of these."""
        types = request.env["kundenportal.activity.type"]
        offered_sudo = types._get_offered(request.env.user)
        chosen_sudo = types._find_offered(clean(typed.get("type")))
        return chosen_sudo or (offered_sudo if len(offered_sudo) == 1 else chosen_sudo)

    # === RENDERING === #

    def _get_offers(self):
        return request.env["kundenportal.activity.type"]._prepare_offers()

    def _get_report(self, offers):
        """Return the offer with which a problem is reported: form, photo, send."""
        return next((offer for offer in offers if offer["is_problem_report"]), None)

    def _get_new_crumb(self):
        return {"text": request.env._("New request"), "url": "/my/activities/new"}

    def _redirect_to_activity(self, case, done, anchor=""):
        return request.redirect(f"{case._get_portal_path()}?done={done}{anchor}")

    def _render_new_activity(self, case_type_sudo, typed=None, errors=None, form_key=None):
        typed, errors = typed or {}, errors or {}
        cases = request.env["kundenportal.activity"]
        typed = self._clean_typed(typed)
        return self._render_activity_form(
            "portal_activity_new_form",
            f"new-{case_type_sudo.id}-{cases._read_device(typed)}",
            form_key,
            typed=typed,
            errors=errors,
            crumbs=[self._get_new_crumb(), {"text": case_type_sudo.name}],
            **cases._prepare_portal_request(case_type_sudo, typed, errors),
        )

    def _render_activity(
        self, case, typed=None, errors=None, form_key=None, done=None, show_all=False
    ):
        shown = case._prepare_portal_page(show_all)
        # What has arrived need not be kept by the browser any longer.
        type_id = case.sudo().type_id.id  # of the customer's own form
        drafts = {"created": f"new-{type_id}-", "sent": f"case-{case.id}"}
        arrived = drafts.get(done, f"action-{case.id}-")
        return self._render_activity_form(
            "portal_activity",
            f"case-{case.id}",
            form_key,
            portal_activity=shown,
            typed=self._clean_typed(typed or {}),
            errors=errors or {},
            done=done,
            draft_done=self._get_draft(arrived),
            crumbs=[{"text": shown["title"]}],
            **case._prepare_portal_form(),
        )

    def _render_activity_form(self, page, draft, form_key, **values):
        return self._render_activities(
            page,
            draft=self._get_draft(draft),
            form_key=clean(form_key) or secrets.token_urlsafe(16),
            **values,
        )

    def _get_draft(self, name):
        """Return under which name a browser keeps what this person typed into a form."""
        return f"{request.env.uid}-{name}"

    def _clean_typed(self, typed):
        return {name: clean(value) for name, value in typed.items()}

    def _render_activities(self, page, crumbs=(), **values):
        return request.render(
            f"kundenportal_addon.{page}",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "activities",
                "page_title": self._get_tile_name("activities"),
                "portal_crumbs": list(crumbs),
                **values,
            },
        )

    def _get_tile_name(self, code):
        """Return what the function's tile is called, which managers may change."""
        tiles = request.env["kundenportal.function"]._get_tiles()
        return next((name for _group, known, name, *_rest in tiles if known == code), "")
