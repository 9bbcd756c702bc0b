from werkzeug.exceptions import NotFound

from odoo.exceptions import AccessError, UserError
from odoo.http import request, route

from ..tools.typed_text import clean
from .activities import ACTIVITY_URL, PortalActivities
from .portal import MAX_ID
from .routes import portal_form, portal_page


class PortalActivityActions(PortalActivities):
    """What customers can do with a case, or without one; see ``kundenportal.action``."""

    # === PAGES AND FORMS === #

    @route(f"{ACTIVITY_URL}/action/<int:action_id>", **portal_page())
    def portal_activity_action(self, activity_id, action_id, **kw):
        """Show what is to be filled in for an action, or why it cannot be done."""
        case = self._get_case(activity_id)
        return self._render_action(self._get_action(action_id, case), case)

    @route(f"{ACTIVITY_URL}/action/<int:action_id>", **portal_form())
    def portal_activity_act(self, activity_id, action_id, **typed):
        """Do what the customer asks for."""
        case = self._get_case(activity_id)
        return self._act_on_activity(self._get_action(action_id, case), case, typed)

    @route("/my/action/<int:company_action_id>", **portal_page())
    def portal_action(self, company_action_id, **kw):
        """Show an action that belongs to no case."""
        self._check_activities()
        no_case = request.env["kundenportal.activity"]
        return self._render_action(self._get_action(company_action_id, no_case), no_case)

    @route("/my/action/<int:company_action_id>", **portal_form())
    def portal_action_act(self, company_action_id, **typed):
        """Do what the customer asks for, without a case."""
        self._check_activities()
        no_case = request.env["kundenportal.activity"]
        return self._act_on_activity(self._get_action(company_action_id, no_case), no_case, typed)

    def _act_on_activity(self, action_sudo, case, typed):
        form_key = clean(typed.get("form_key"))
        try:
            with request.env.cr.savepoint():
                outcome = action_sudo._submit(case, typed, request.httprequest.files, form_key)
        except AccessError:
            raise NotFound() from None
        except UserError as error:
            return self._render_action(
                action_sudo, case, typed=typed, errors={"form": str(error)}, form_key=form_key
            )
        if outcome.errors:
            return self._render_action(
                action_sudo, case, typed=typed, errors=outcome.errors, form_key=form_key
            )
        if outcome.url:
            return request.redirect(outcome.url)
        made = outcome.record
        if made and made._name == case._name and made.id != case.id:
            return self._redirect_to_activity(made, "created")
        if not case:
            return request.redirect("/my")
        return self._redirect_to_activity(case, "action" if outcome.is_done else "saved")

    # === ACCESS === #

    def _get_action(self, action_id, case):
        """Return an action of the case as superuser, available now or not.

        :raise NotFound: if it is another type's, or not for the customer's level
        """
        action_sudo = request.env["kundenportal.activity.action"]
        if action_id <= MAX_ID:
            action_sudo = action_sudo._find_one(action_id, case)
        if not action_sudo:
            raise NotFound()
        return action_sudo

    # === RENDERING === #

    def _render_action(self, action_sudo, case, typed=None, errors=None, form_key=None):
        back_url = case._get_portal_path() if case else "/my"
        crumbs = [{"text": action_sudo.name}]
        if case:
            title = case._prepare_portal_rows()[0]["title"]
            crumbs.insert(0, {"text": title, "url": back_url})
        refusal = action_sudo._get_refusal(case)
        values = (
            action_sudo._prepare_refused(case, typed)
            if refusal
            else action_sudo._prepare(case, typed, errors)
        )
        return self._render_activity_form(
            "portal_activity_action",
            f"action-{case.id}-{action_sudo.id}",
            form_key,
            **{"errors": errors or {}, "typed": self._clean_typed(typed or {}), **values},
            portal_action=action_sudo,
            refusal=refusal,
            url=action_sudo._get_url(case),
            back_url=back_url,
            crumbs=crumbs,
        )
