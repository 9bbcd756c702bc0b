from odoo.exceptions import AccessError, MissingError
from odoo.http import request, route

from ..tools.typed_text import clean
from .portal import KundenportalPortal


class PortalAcceptance(KundenportalPortal):
    """Odoo's own acceptance of quotations: only of what the customer has seen."""

    @route()
    def portal_quote_accept(self, order_id, access_token=None, name=None, signature=None):
        seen = clean(request.httprequest.args.get("seen"))
        if seen and self._was_revised(order_id, access_token, seen):
            return {
                "error": request.env._(
                    "The quotation has been revised since the page was opened. Please reload it."
                )
            }
        return super().portal_quote_accept(
            order_id, access_token=access_token, name=name, signature=signature
        )

    def _was_revised(self, order_id, access_token, seen):
        """Tell whether a quotation that the user may see offers something else by now.

        :param str seen: as ``sale.order._get_offer_digest`` returned it for the page
        """
        access_token = access_token or request.httprequest.args.get("access_token")
        try:
            order_sudo = self._document_check_access("sale.order", order_id, access_token)
        except (AccessError, MissingError):
            return False  # Odoo says so
        return order_sudo._get_offer_digest() != seen
