from odoo.http import request

from odoo.addons.sale.controllers.portal import CustomerPortal


class PortalDocuments(CustomerPortal):
    """Odoo's own document pages under our levels: lists show what the rules leave over."""

    def _get_page_view_values(
        self, document, access_token, values, session_history, *args, **kwargs
    ):
        """Keep documents that are no longer readable out of previous and next."""
        history = request.session.get(session_history, [])
        documents = request.env[document._name]
        # Strangers with a link that carries a token read the one document, not the model.
        is_reader = history and documents.has_access("read")
        readable = documents.search([("id", "in", history)]).ids if is_reader else []
        if len(readable) < len(history):
            request.session[session_history] = [id_ for id_ in history if id_ in set(readable)]
        return super()._get_page_view_values(
            document, access_token, values, session_history, *args, **kwargs
        )

    def _document_check_access(self, model_name, document_id, access_token=None):
        """Do not let a link open what its customer may not know yet."""
        document_sudo = super()._document_check_access(
            model_name, document_id, access_token=access_token
        )
        if model_name == "sale.order":
            document_sudo._check_told(request.env.user)
        return document_sudo

    def _prepare_quotations_domain(self, partner):
        return self._by_level(super()._prepare_quotations_domain(partner))

    def _prepare_orders_domain(self, partner):
        return self._by_level(super()._prepare_orders_domain(partner))

    def _by_level(self, domain):
        """Let the record rules decide whose orders are listed, where the user has a level.

        Odoo's own condition would hide a company's orders whose contact has left it.
        """
        if not request.env.user._get_portal_level():
            return domain
        return [leaf for leaf in domain if leaf[0] != "partner_id"]
