from werkzeug.exceptions import NotFound

from odoo.exceptions import AccessError, UserError
from odoo.http import content_disposition, request, route

from ..models.kundenportal_appointment import SlotTaken
from ..tools.typed_text import clean
from .activities import ACTIVITY_URL
from .activity_actions import PortalActivityActions
from .routes import portal_form, portal_page

TIMES_URL = f"{ACTIVITY_URL}/appointment"
APPOINTMENT_URL = f"{TIMES_URL}/<int:appointment_id>"
OTHER_TIMES_URL = f"{APPOINTMENT_URL}/times"

#: States of appointments that belong into a calendar; what is asked for may not come about.
SETTLED = ("booked", "conflict")

#: Characters of a reason that are kept.
REASON_LENGTH = 1000


class PortalAppointments(PortalActivityActions):
    """Customers choose when somebody comes, move it, or call it off."""

    # === HOME === #

    @route()
    def home(self, **kw):
        response = super().home(**kw)
        if response.is_qweb and request.env.user._has_portal_function("activities"):
            coming = request.env["kundenportal.appointment"]._find_next(limit=1)
            response.qcontext["portal_appointments"] = coming._prepare_portal_rows()
        return response

    # === TIMES === #

    @route(TIMES_URL, **portal_page())
    def portal_appointment_times(self, activity_id, week=None, taken=None, **kw):
        """Show when somebody could come: the best times, and those of a week."""
        case = self._get_case(activity_id)
        action_sudo = self._get_appointment_action(case)
        return self._render_appointment_times(
            case, action_sudo, week=clean(week), is_taken=bool(taken)
        )

    @route(TIMES_URL, **portal_form())
    def portal_appointment_choose(self, activity_id, **typed):
        """Keep a time for the customer."""
        # No key: of two times that are chosen, the later one is kept.
        return self._choose_appointment(self._get_case(activity_id), {"start": typed.get("start")})

    @route(OTHER_TIMES_URL, **portal_page())
    def portal_appointment_other_times(
        self, activity_id, appointment_id, week=None, taken=None, **kw
    ):
        """Show to when one of the appointments could be moved."""
        case = self._get_case_for_moving(activity_id, appointment_id)
        if not case._get_current_appointment():
            return request.redirect(f"{case._get_appointment_path()}/{appointment_id}")
        action_sudo = self._get_appointment_action(case)
        return self._render_appointment_times(
            case, action_sudo, week=clean(week), is_taken=bool(taken)
        )

    @route(OTHER_TIMES_URL, **portal_form())
    def portal_appointment_choose_other(self, activity_id, appointment_id, **typed):
        """Keep another time for one of the appointments."""
        case = self._get_case_for_moving(activity_id, appointment_id)
        if not case._get_current_appointment():
            return request.redirect(f"{case._get_appointment_path()}/{appointment_id}")
        return self._choose_appointment(case, {"start": typed.get("start")})

    # === AN APPOINTMENT === #

    @route(APPOINTMENT_URL, **portal_page())
    def portal_appointment(self, activity_id, appointment_id, **kw):
        """Show an appointment, or the time that is kept and waits to be confirmed."""
        case = self._get_case(activity_id)
        appointment_sudo = self._find_appointment(case, appointment_id)
        if not appointment_sudo:
            # What was kept for too long is no more.
            return request.redirect(f"{case._get_appointment_path()}?taken=1")
        return self._render_appointment(case, appointment_sudo)

    @route(f"{APPOINTMENT_URL}/calendar", **portal_page())
    def portal_appointment_calendar(self, activity_id, appointment_id, **kw):
        """Hand out the file with which an appointment is put into a calendar."""
        case = self._get_case(activity_id)
        appointment_sudo = self._find_appointment(case, appointment_id)
        if appointment_sudo.state not in SETTLED:
            raise NotFound()
        headers = {
            "Content-Type": "text/calendar; charset=utf-8",
            "Content-Disposition": content_disposition("appointment.ics"),
            "X-Content-Type-Options": "nosniff",
        }
        return request.make_response(appointment_sudo._get_ics(), headers=list(headers.items()))

    @route(f"{APPOINTMENT_URL}/confirm", **portal_form())
    def portal_appointment_confirm(self, activity_id, appointment_id, **typed):
        """Make sure of the time that is kept."""
        values = {"form_key": typed.get("form_key"), "confirm": str(appointment_id)}
        case = self._get_case(activity_id)
        case = case._for_moving(self._find_appointment(case, appointment_id).replaces_id)
        return self._choose_appointment(case, values)

    @route(f"{APPOINTMENT_URL}/cancel", **portal_form())
    def portal_appointment_cancel(self, activity_id, appointment_id, reason="", **typed):
        """Call an appointment off."""
        case = self._get_case(activity_id)
        appointment_sudo = self._find_appointment(case, appointment_id)
        if not appointment_sudo:
            raise NotFound()
        try:
            with request.env.cr.savepoint():
                appointment_sudo._cancel(clean(reason)[:REASON_LENGTH], by_customer=True)
        except UserError as error:
            return self._render_appointment(case, appointment_sudo, error=str(error))
        return self._redirect_to_activity(case, "cancelled")

    def _choose_appointment(self, case, typed):
        action_sudo = self._get_appointment_action(case)
        try:
            with request.env.cr.savepoint():
                outcome = action_sudo._submit(
                    case, typed, request.httprequest.files, clean(typed.get("form_key"))
                )
        except AccessError:
            raise NotFound() from None
        except SlotTaken:
            # This transaction does not see who was quicker; the next one does.
            return request.redirect(f"{case._get_times_path()}?taken=1")
        except UserError as error:
            return self._render_appointment_times(case, action_sudo, error=str(error))
        return request.redirect(outcome.url)

    # === ACCESS === #

    def _get_appointment_action(self, case):
        """Return the action with which appointments are chosen for a case, as superuser.

        :raise NotFound: if there is none for cases of the type, or for the customer's level
        """
        action_sudo = request.env["kundenportal.activity.action"]._find_for_appointments(case)
        if not action_sudo:
            raise NotFound()
        return action_sudo

    def _get_case_for_moving(self, activity_id, appointment_id):
        """Return a case that the customer may read, for the page of one of its appointments.

        :raise NotFound: if that is none of the case's
        """
        case = self._get_case(activity_id)
        appointment_sudo = self._find_appointment(case, appointment_id)
        if not appointment_sudo:
            raise NotFound()
        return case._for_moving(appointment_sudo)

    def _find_appointment(self, case, appointment_id):
        """Return an appointment of a case that the customer may read, as superuser, or none."""
        appointments_sudo = case.sudo().appointment_ids  # after the door to the case
        return appointments_sudo.filtered(lambda one: one.id == appointment_id)

    # === RENDERING === #

    def _render_action(self, action_sudo, case, typed=None, errors=None, form_key=None):
        if action_sudo.code != "appointment":
            return super()._render_action(action_sudo, case, typed, errors, form_key)
        return request.redirect(action_sudo._get_url(case))

    def _render_appointment_times(self, case, action_sudo, week=None, is_taken=False, error=None):
        refusal = action_sudo._get_refusal(case)
        return self._render_activity_form(
            "portal_appointment_times",
            f"appointment-{case.id}",
            None,
            portal_action=action_sudo,
            refusal=refusal,
            error=error,
            is_taken=is_taken,
            url=case._get_times_path(),
            back_url=case._get_portal_path(),
            crumbs=[self._get_activity_crumb(case), {"text": action_sudo.name}],
            **({} if refusal else case._prepare_appointment_page(week)),
        )

    def _render_appointment(self, case, appointment_sudo, error=None):
        row = appointment_sudo._prepare_portal_rows()[0]
        is_held = appointment_sudo.state == "held"
        case = case._for_moving(appointment_sudo.replaces_id if is_held else appointment_sudo)
        action_sudo = request.env["kundenportal.activity.action"]._find_for_appointments(case)
        return self._render_activity_form(
            "portal_appointment",
            f"appointment-{case.id}",
            None,
            row=row,
            is_held=is_held,
            replaced=appointment_sudo.replaces_id._prepare_portal_rows(),
            error=error,
            url=case._get_appointment_path(appointment_sudo),
            may_move=bool(action_sudo) and not action_sudo._get_refusal(case),
            times_url=case._get_times_path(),
            back_url=case._get_portal_path(),
            reason_length=REASON_LENGTH,
            crumbs=[self._get_activity_crumb(case), {"text": request.env._("Appointment")}],
        )

    def _get_activity_crumb(self, case):
        row = case._prepare_portal_rows()[0]
        return {"text": row["title"], "url": case._get_portal_path()}
