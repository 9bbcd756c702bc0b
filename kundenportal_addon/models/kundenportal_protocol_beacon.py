from odoo import api, fields, models

#: What a page may report of a document, and the kind of entry that it becomes.
DOCUMENT_EVENTS = {"opened": "document_opened", "downloaded": "document_downloaded"}


class KundenportalProtocol(models.Model):
    """What pages report of themselves: viewing is a GET and must not write, a report is a POST."""

    _inherit = "kundenportal.protocol"

    @api.model
    def _get_beacon_models(self):
        """Return the models whose records' pages report that they were opened or downloaded.

        Extended by whoever shows further documents in the portal; its page's element then carries
        ``data-kundenportal-document="model,id"``.

        :rtype: set[str]
        """
        return {"sale.order", "account.move"}

    @api.model
    def _log_beacon(self, event=None, document_model=None, document_id=None):
        """Record that the acting portal user is active today, and what it does with a document.

        Each is recorded once per person and day (of the person's time zone). What is unknown or not
        for the user to read is ignored: the answer tells nothing, and the page needs none.

        :param str event: ``opened``, ``downloaded`` or None
        :param str document_model: model of the document
        :param int document_id: id of the document
        """
        user = self.env.user
        if not user._is_protocolled():
            return
        today = fields.Date.context_today(self)
        user._log_portal_user("active_today", once_key=f"{user.id}:{today}")
        kind_code = DOCUMENT_EVENTS.get(str(event))
        document = self._get_beacon_document(str(document_model), document_id)
        if kind_code and document:
            user._log_portal_user(
                kind_code,
                note=document.display_name,
                record=document,
                once_key=f"{user.id}:{document._name}:{document.id}:{today}",
            )

    @api.model
    def _get_beacon_document(self, document_model, document_id):
        """Return the document if the acting user may read it by the normal rules, else None."""
        if document_model not in self._get_beacon_models() or type(document_id) is not int:
            return None
        document = self.env[document_model].browse(document_id)
        return document if document.exists() and document.has_access("read") else None
