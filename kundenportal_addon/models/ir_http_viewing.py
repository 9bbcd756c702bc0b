import base64
import hashlib
import logging
import re
from urllib.parse import urlsplit

from werkzeug.exceptions import Forbidden, abort

from odoo import api, models
from odoo.exceptions import AccessDenied, UserError
from odoo.http import (
    SAFE_HTTP_METHODS,
    STORED_SESSION_BYTES,
    Session,
    get_default_session,
    request,
)
from odoo.tools.misc import format_time

from .ir_http_viewing_cursor import Viewing, get_viewing, is_refused_write, make_read_only

#: Where a session keeps which view its user has begun.
VIEWING = "kundenportal_viewing"
#: Addresses of the portal's pages, behind a language or not.
PORTAL_PATH = re.compile(r"(/[a-z]{2,3}([_@-][A-Za-z0-9]+)*)?/my(/|$)")
#: Shared addresses that are the customer's when one of the portal's pages asks for them.
SHARED_PATHS = ("/mail/", "/portal/", "/web/image", "/web/content", "/report/")
#: Addresses that are always the staff member's own: the way back, and signing out.
OWN_PATHS = ("/kundenportal/viewing/", "/web/session/", "/web/login")


class IrHttp(models.AbstractModel):
    """Requests of staff who look at the portal through a customer's eyes.

    Such a request begins as the staff member's own, with all that Odoo asks of a session. Then its
    connection becomes read-only, and only after that its environment the customer's.

    The session that the request sees is a copy that cannot be saved. Its id is another one, so that
    the CSRF tokens of forms on these pages hold for this view only: one that is sent after the view
    is over does nothing in the staff member's own name.
    """

    _inherit = "ir.http"

    # === WHO ASKS === #

    @classmethod
    def _authenticate(cls, endpoint):
        cls._close_customers_eyes()
        result = super()._authenticate(endpoint)
        session = request.session
        if (
            session.get(VIEWING)
            and session.uid
            and session.uid == request.env.uid
            and cls._is_seen_by_customer(endpoint)
        ):
            cls._open_customers_eyes()
        return result

    @classmethod
    def _is_seen_by_customer(cls, endpoint):
        """Tell whether a request is one of the portal's, rather than of a tab of the backend.

        Where the page before is unknown, or another one, it is the staff member's own.
        """
        if cls._is_portal_address(endpoint):
            return True
        path = request.httprequest.path
        before = urlsplit(request.httprequest.referrer or "")
        if before.netloc != request.httprequest.host or not PORTAL_PATH.match(before.path):
            return False
        if path.startswith(OWN_PATHS):
            return False
        # What a portal's page sends is the customer's, wherever it is sent: payments, for example.
        return path.startswith(SHARED_PATHS) or request.httprequest.method not in SAFE_HTTP_METHODS

    @classmethod
    def _is_portal_address(cls, endpoint):
        routes = endpoint.routing.get("routes") or ()  # a page may have got another address
        return any(PORTAL_PATH.match(path) for path in (request.httprequest.path, *routes))

    @classmethod
    def _open_customers_eyes(cls):
        """Make the request read-only, then the customer's."""
        session = request.session
        viewing_sudo = request.env["kundenportal.viewing"]._get_running(session[VIEWING])
        if not viewing_sudo:
            request.portal_viewing_ended = True  # a page says so, as soon as it can be rendered
            return
        customer = viewing_sudo.customer_id
        staff = request.env.user
        viewing = Viewing(
            customer=customer.partner_id.display_name,
            staff=staff.name,
            until=format_time(request.env, viewing_sudo.valid_until, staff.tz, "short"),
            csrf_token=request.csrf_token(),
            own_session=session,
            own_uid=request.env.uid,
        )
        context = request.env(user=customer.id)["res.users"].context_get()
        own_id = f"{session.sid[:STORED_SESSION_BYTES]}:{viewing_sudo.id}"
        request._save_session()  # Odoo does so after the page; then there will be only the copy
        make_read_only(request.env.cr)
        request.portal_viewing = viewing
        request.session = cls._copy_session(session, own_id, context)
        # Printing an invoice for the first time would keep it.
        request.update_env(user=customer.id, context={**context, "report_pdf_no_attachment": True})

    @classmethod
    def _copy_session(cls, session, own_id, context):
        """Return a session that is as good as the staff member's for reading, and never saved.

        It goes on naming the staff member: what Odoo saves of it nevertheless (a report's session
        that fetches pictures) must not be the customer's. What pages have noted of the staff
        member's own visits (a cart, the documents seen last) is nothing that the customer has.
        """
        kept = {*get_default_session(), "force_website_id"}
        values = {key: value for key, value in session.items() if key in kept}
        sid = base64.urlsafe_b64encode(hashlib.sha512(own_id.encode()).digest()[:-1]).decode()
        copy = Session({**values, "context": dict(context)}, sid)
        copy.can_save = False
        return copy

    @classmethod
    def _close_customers_eyes(cls):
        """Let a request that is tried once more begin as the staff member's again.

        Odoo goes on with the environment of the first try, whose connection is gone.
        """
        viewing = get_viewing()
        request.portal_viewing = None
        request.portal_viewing_ended = False
        if viewing:
            request.session = viewing.own_session
            request.update_env(user=viewing.own_uid, context=viewing.own_session.context)

    # === THE SESSION === #

    @classmethod
    def _remember_viewing(cls, viewing):
        """Let the acting user's session look through the customer's eyes from now on.

        :param viewing: the view, which is running
        """
        request.session[VIEWING] = viewing.id

    @classmethod
    def _has_session_to_view(cls):
        """Tell whether the acting user sits at a browser, rather than calls from elsewhere."""
        return bool(request) and request.session.can_save and request.session.uid == request.env.uid

    @classmethod
    def _end_viewing(cls):
        """End what the session looks at.

        :return: the address of the contact in the backend
        :rtype: str
        """
        viewing_id = request.session.pop(VIEWING, None)
        viewing_sudo = request.env["kundenportal.viewing"]._get_own(viewing_id)
        viewing_sudo._end()
        return viewing_sudo._get_back_url()

    @classmethod
    def _pre_dispatch(cls, rule, args):
        result = super()._pre_dispatch(rule, args)
        if request.portal_viewing_ended is True:
            cls._say_viewing_ended(rule.endpoint)
        return result

    @classmethod
    def _say_viewing_ended(cls, endpoint):
        """Say that the time is over, instead of showing the staff member's own portal.

        :raise HTTPException: with the page
        :raise AccessDenied: to scripts
        """
        if endpoint.routing["type"] != "http":
            raise AccessDenied(request.env._("The view through the customer's eyes has ended."))
        viewing_sudo = request.env["kundenportal.viewing"]._get_own(request.session[VIEWING])
        values = {"back_url": viewing_sudo._get_back_url()}
        response = cls._render_viewing_page("portal_viewing_ended", values)
        if isinstance(response, Forbidden):
            raise response
        if cls._is_portal_address(endpoint):  # what a page loads in passing shows nothing
            del request.session[VIEWING]
        abort(response)

    # === WHAT IT MAY DO === #

    @classmethod
    def _dispatch(cls, endpoint):
        is_page = request.httprequest.method in SAFE_HTTP_METHODS
        if is_page and get_viewing() and cls._is_portal_address(endpoint):
            # The customer's rights are enough; with a token, Odoo notes that it has been there.
            request.params.pop("access_token", None)
        return super()._dispatch(endpoint)

    @classmethod
    def _handle_error(cls, exception):
        if not get_viewing() or not is_refused_write(exception):
            return super()._handle_error(exception)
        exception.loglevel = logging.INFO  # nothing went wrong that a traceback would explain
        request.env.cr.rollback()
        if request.dispatcher.routing_type != "http":
            sentence = request.env._("This is a view only: nothing can be changed or sent.")
            return request.dispatcher.handle_error(UserError(sentence))
        response = cls._render_viewing_page("portal_viewing_refused", {})
        if not isinstance(response, Forbidden):
            cls._post_dispatch(response)
        return response

    @classmethod
    def _render_viewing_page(cls, page, values):
        if not request.is_frontend:
            return Forbidden()  # a file or a script's request: nobody reads a page
        response = request.render(f"kundenportal_addon.{page}", values, status=403)
        response.flatten()
        return response

    @api.model
    def get_frontend_session_info(self):
        """Tell scripts whose page it is, and that they need not report anything."""
        session_info = super().get_frontend_session_info()
        if get_viewing():
            session_info.update(uid=self.env.uid, is_portal_viewing=True)
        return session_info
