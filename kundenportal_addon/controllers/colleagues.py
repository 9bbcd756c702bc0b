import secrets

from werkzeug.exceptions import NotFound

from odoo.exceptions import AccessError, UserError
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from .routes import portal_form, portal_page

PAGE_SIZE = 20

#: Nobody searches for more, and the database takes no NUL.
SEARCH_LENGTH = 100


class PortalColleagues(CustomerPortal):
    """/my/colleagues: main users see who of their company has access, and change it.

    Customers may not read logins, or each other without the function ``master_data``; so the door
    of these pages is ``res.partner._find_colleague``, not the reading of the record.
    """

    # === LIST === #

    @route(["/my/colleagues", "/my/colleagues/page/<int:page>"], **portal_page())
    def portal_my_colleagues(self, page=1, search="", done=None, **kw):
        """List the colleagues."""
        words = self._clean(search)[:SEARCH_LENGTH].strip()
        Partner = request.env["res.partner"]
        domain = self._through_door(Partner._get_colleague_search_domain, words)
        # Past the door: levels and logins are not customers' to read, what is shown of them is.
        Partner_sudo = Partner.sudo().with_company(request.env.user.company_id)
        total = Partner_sudo.search_count(domain)
        pager = portal_pager(
            "/my/colleagues", total, page, PAGE_SIZE, url_args={"search": words} if words else None
        )
        found_sudo = Partner_sudo.search(
            domain, order="name, id", offset=pager["offset"], limit=PAGE_SIZE
        )
        return self._render(
            "portal_my_colleagues",
            colleagues=found_sudo._prepare_colleagues(),
            has_company=request.env.user.partner_id.commercial_partner_id.is_company,
            pager=pager,
            total=total,
            search=words,
            done=self._get_done_text(done),
        )

    # === A NEW COLLEAGUE === #

    @route("/my/colleagues/new", **portal_page())
    def portal_colleague_new(self, **kw):
        """Show the form for a new colleague."""
        company = self._through_door(request.env["res.partner"]._get_colleagues_company)
        if not company.is_company:
            raise NotFound()
        return self._render_new({}, {})

    @route("/my/colleagues/new", **portal_form())
    def portal_colleague_add(self, access="", form_key="", **typed):
        """Add a colleague, and invite it if an access was chosen."""
        typed = {
            name: self._clean(typed.get(name)) for name in ("name", "function", "email", "phone")
        }
        access = self._clean(access)
        (colleague_sudo, errors), error = self._act(
            request.env["res.partner"]._add_colleague,
            typed,
            level=access if access in ("user", "main_user") else None,
            form_key=self._clean(form_key),
            refused=(None, {}),
        )
        if errors or error:
            return self._render_new({**typed, "access": access}, errors, error, form_key)
        return self._redirect(f"/my/colleagues/{colleague_sudo.id}", "added")

    # === A COLLEAGUE === #

    @route("/my/colleagues/<int:partner_id>", **portal_page())
    def portal_colleague(self, partner_id, done=None, **kw):
        """Show a colleague with what may be done."""
        colleague_sudo = self._get_colleague(partner_id)
        return self._render_colleague(colleague_sudo, done=self._get_done_text(done))

    @route("/my/colleagues/<int:partner_id>/invite", **portal_form())
    def portal_colleague_invite(self, partner_id, level="", email="", **kw):
        """Give a colleague access."""
        level, email = self._clean(level), self._clean(email)
        return self._do(partner_id, "_invite_colleague", level, email, level=level, email=email)

    @route("/my/colleagues/<int:partner_id>/remind", **portal_form())
    def portal_colleague_remind(self, partner_id, **kw):
        """Send the invitation again."""
        return self._do(partner_id, "_invite_colleague_again")

    @route("/my/colleagues/<int:partner_id>/level", **portal_form())
    def portal_colleague_level(self, partner_id, level="", **kw):
        """Put a colleague on another level."""
        level = self._clean(level)
        return self._do(partner_id, "_change_colleague_level", level, level=level)

    @route("/my/colleagues/<int:partner_id>/functions", **portal_form())
    def portal_colleague_functions(self, partner_id, **kw):
        """Let a colleague have the ticked functions."""
        ticked = request.httprequest.form.getlist("function_ids")
        # What the colleague may have is for the method to say; strange ids are ignored there.
        functions = request.env["kundenportal.function"].browse(
            {int(value) for value in ticked if value.isdecimal() and len(value) < 10}
        )
        return self._do(partner_id, "_set_colleague_functions", functions)

    @route("/my/colleagues/<int:partner_id>/withdraw", **portal_form())
    def portal_colleague_withdraw(self, partner_id, **kw):
        """Take back what waits for approval."""
        return self._do(partner_id, "_withdraw_colleague_request")

    # === TAKING ACCESS AWAY === #

    @route("/my/colleagues/<int:partner_id>/revoke", **portal_page())
    def portal_colleague_revoke_confirm(self, partner_id, **kw):
        """Ask before a colleague's access is taken away."""
        return self._render_leave(self._get_colleague(partner_id), "revoke")

    @route("/my/colleagues/<int:partner_id>/revoke", **portal_form())
    def portal_colleague_revoke(self, partner_id, **kw):
        """Take a colleague's access away."""
        return self._do(partner_id, "_revoke_colleague")

    @route("/my/colleagues/<int:partner_id>/leave", **portal_page())
    def portal_colleague_leave_confirm(self, partner_id, **kw):
        """Ask who takes over before a colleague is reported as gone."""
        return self._render_leave(self._get_colleague(partner_id), "leave")

    @route("/my/colleagues/<int:partner_id>/leave", **portal_form())
    def portal_colleague_leave(self, partner_id, successor_id="", **kw):
        """Report a colleague as gone."""
        colleague_sudo = self._get_colleague(partner_id)
        successor_id = self._clean(successor_id)
        _code, error = self._act(
            request.env["res.partner"].browse(partner_id)._report_colleague_gone,
            int(successor_id) if successor_id.isdecimal() and len(successor_id) < 10 else 0,
        )
        if error:
            return self._render_leave(colleague_sudo, "leave", error)
        return self._redirect("/my/colleagues", "gone")

    # === ACCESS AND ACTION === #

    def _through_door(self, method, *args, **kwargs):
        """Call a method that checks who acts and on whom; its refusal is a 404 without a word."""
        try:
            return method(*args, **kwargs)
        except AccessError:
            raise NotFound() from None

    def _get_colleague(self, partner_id):
        """Return the colleague behind an id of an address, as superuser.

        :raise NotFound: without saying whether there is such a contact
        """
        return self._through_door(request.env["res.partner"]._find_colleague, partner_id)

    def _act(self, method, *args, refused=None, **kwargs):
        """Call an action; what it refuses is undone and becomes a sentence.

        :param refused: what to return in place of the result
        :return: the result and no sentence, or ``refused`` and the sentence
        :rtype: tuple
        """
        try:
            with request.env.cr.savepoint():
                return self._through_door(method, *args, **kwargs), None
        except UserError as error:
            return refused, str(error)

    def _do(self, partner_id, method, *args, **typed):
        """Do something with a colleague, then show it, with what was typed if that was refused."""
        colleague_sudo = self._get_colleague(partner_id)
        action = getattr(request.env["res.partner"].browse(partner_id), method)
        code, error = self._act(action, *args)
        if error:
            return self._render_colleague(colleague_sudo, error=error, typed=typed)
        if colleague_sudo == request.env.user.partner_id and code == "level_changed":
            return request.redirect("/my")  # no longer a main user
        return self._redirect(f"/my/colleagues/{partner_id}", code)

    # === PAGES === #

    def _clean(self, value):
        """Return a form's text; a file may come in its place, and the database takes no NUL."""
        return value.replace("\x00", "") if isinstance(value, str) else ""

    def _redirect(self, url, code):
        return request.redirect_query(url, {"done": code})

    def _get_done_text(self, code):
        """Return the sentence for what was done, None for codes that nobody knows."""
        return {
            "added": request.env._("The colleague has been added."),
            "invited": request.env._("The invitation is on its way."),
            "requested": request.env._(
                "This is waiting for our approval; an answer comes by mail."
            ),
            "level_changed": request.env._("The level has been changed."),
            "functions_changed": request.env._("The functions have been changed."),
            "unchanged": request.env._("Nothing had to be changed."),
            "withdrawn": request.env._("The request has been withdrawn."),
            "revoked": request.env._("The access has been taken away."),
            "gone": request.env._("Thank you. The colleague is no longer listed."),
        }.get(code)

    def _render_new(self, typed, errors, error=None, form_key=None):
        return self._render(
            "portal_colleague_new",
            typed=typed,
            errors=errors,
            error=error,
            form_key=self._clean(form_key) or secrets.token_urlsafe(16),
            needs_approval=request.env.user.company_id.portal_colleague_approval,
        )

    def _render_colleague(self, colleague_sudo, **values):
        return self._render(
            "portal_colleague",
            colleague=colleague_sudo._prepare_colleague(),
            **{"error": None, "done": None, "typed": {}, **values},
        )

    def _render_leave(self, colleague_sudo, action, error=None):
        successors = colleague_sudo._get_successors() if action == "leave" else ()
        return self._render(
            f"portal_colleague_{action}",
            colleague=colleague_sudo._prepare_colleagues()[0],
            counts=colleague_sudo._get_handover_counts() if action == "leave" else (),
            successors=[(successor.id, successor.name) for successor in successors],
            own_id=request.env.user.partner_id.id,
            error=error,
        )

    def _render(self, template, **values):
        return request.render(
            f"kundenportal_addon.{template}",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "colleagues",
                "colleague": None,
                **values,
            },
        )
