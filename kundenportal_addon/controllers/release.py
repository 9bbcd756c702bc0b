import contextlib

from werkzeug.exceptions import NotFound

from odoo.exceptions import AccessError, UserError
from odoo.http import request, route

from ..models.sale_order_release import FUNCTIONS
from ..tools.typed_text import clean
from .cart import CART_URL, PortalCart
from .portal import MAX_ID
from .routes import portal_form, portal_page

RELEASE_URL = f"{CART_URL}/release"

#: How long a reason may be.
REASON_LENGTH = 500


class PortalRelease(PortalCart):
    """/my/cart/release: what main users release, and who stands in for them."""

    # === RELEASES === #

    @route(RELEASE_URL, **portal_page())
    def portal_releases(self, done=None, **kw):
        """List what waits, and to main users their deputies."""
        return self._render_releases(done=clean(done))

    @route(f"{RELEASE_URL}/<int:release_id>", **portal_page())
    def portal_release(self, release_id, done=None, **kw):
        """Show an order that waits for a release."""
        return self._render_release(self._get_release(release_id), done=clean(done))

    @route(f"{RELEASE_URL}/<int:release_id>", **portal_form())
    def portal_release_decide(self, release_id, decision="", reason="", seen="", **kw):
        """Release the order, or refuse it with a reason."""
        order_sudo = self._get_release(release_id)
        decision, reason = clean(decision), clean(reason)
        if error := self._find_decision_error(decision, reason):
            return self._render_release(order_sudo, reason=reason, errors=error)
        try:
            with request.env.cr.savepoint():
                if decision == "release":
                    order_sudo._release_by_customer(clean(seen))
                else:
                    order_sudo._refuse_by_customer(reason)
        except UserError as error:
            return self._render_release(order_sudo, errors={"form": str(error)})
        return request.redirect(f"{RELEASE_URL}/{order_sudo.id}?done={decision}")

    @route("/my/orders/<int:order_id>/release", **portal_form())
    def portal_order_ask_release(self, order_id, **kw):
        """Ask the main users to release a quotation that the customer may not accept alone."""
        order = self._get_portal_record("sale.order", order_id)
        # It may have been accepted, withdrawn or released meanwhile; the page says so.
        with contextlib.suppress(UserError), request.env.cr.savepoint():
            order._ask_for_release_by_customer()
        return request.redirect(f"/my/orders/{order.id}")

    # === DEPUTIES === #

    @route(f"{RELEASE_URL}/deputy", **portal_form())
    def portal_release_deputy_add(self, **typed):
        """Let a colleague stand in."""
        errors = self._act_on_deputies("_add_by_customer", typed)
        if errors:
            return self._render_releases(typed=typed, errors=errors)
        return request.redirect(f"{RELEASE_URL}?done=deputy")

    @route(f"{RELEASE_URL}/deputy/<int:release_deputy_id>/remove", **portal_form())
    def portal_release_deputy_remove(self, release_deputy_id, **kw):
        """Let somebody stand in no longer."""
        if not self._act_on_deputies("_remove_by_customer", release_deputy_id):
            raise NotFound()
        return request.redirect(f"{RELEASE_URL}?done=removed")

    # === ACCESS === #

    def _get_release(self, release_id):
        """Return an order that the customer may release, or might have, as superuser.

        :raise NotFound: without saying whether there is such an order
        """
        order_sudo = request.env["sale.order"]._find_to_release(min(release_id, MAX_ID))
        if not order_sudo:
            raise NotFound()
        return order_sudo

    def _check_releases(self):
        """Let only customers in who can see something that may wait for a release.

        :raise NotFound: for everybody else
        """
        user_sudo = request.env.user  # always sudoed
        if not any(user_sudo._has_portal_function(code) for code in FUNCTIONS.values()):
            raise NotFound()

    def _act_on_deputies(self, method, argument):
        """Do what a form asks for.

        :raise NotFound: for everybody but main users who can see what waits for a release
        """
        self._check_releases()
        try:
            return getattr(request.env["kundenportal.release.deputy"], method)(argument)
        except AccessError:
            raise NotFound() from None

    def _find_decision_error(self, decision, reason):
        """Return a sentence per wrong field of the form."""
        if decision not in ("release", "refuse"):
            return {"form": request.env._("Please choose what is to happen.")}
        if decision == "refuse" and not reason:
            return {"reason": request.env._("Please say why.")}
        if len(reason) > REASON_LENGTH:
            return {"reason": request.env._("Please enter at most %s characters.", REASON_LENGTH)}
        return {}

    # === RENDERING === #

    def _render_releases(self, done=None, typed=None, errors=None):
        orders = request.env["sale.order"]
        is_main_user = request.env.user._get_portal_level() == "main_user"
        self._check_releases()
        if not is_main_user and orders._get_release_domain().is_false():
            raise NotFound()
        deputies = request.env["kundenportal.release.deputy"]
        return self._render_cart_page(
            "portal_releases",
            rows=orders._search_to_release(limit=100)._prepare_release_rows(),
            deputies=deputies._get_own() if is_main_user else None,
            candidates=deputies._get_candidates() if is_main_user else None,
            typed={name: clean(value) for name, value in (typed or {}).items()},
            errors=errors or {},
            done=done,
            crumbs=[{"text": request.env._("Releases")}],
        )

    def _render_release(self, order_sudo, reason="", errors=None, done=None):
        return self._render_cart_page(
            "portal_release",
            order=order_sudo._prepare_release_page(),
            reason=reason,
            reason_length=REASON_LENGTH,
            errors=errors or {},
            done=done,
            crumbs=[
                {"text": request.env._("Releases"), "url": RELEASE_URL},
                {"text": order_sudo.name},
            ],
        )
