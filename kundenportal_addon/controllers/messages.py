import secrets

from werkzeug.exceptions import NotFound

from odoo.exceptions import AccessError
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.kundenportal_message_reply import MAX_FILE_MEGABYTES, MAX_FILES, TEXT_LENGTH
from ..tools.typed_text import clean
from .colleagues import PAGE_SIZE, SEARCH_LENGTH
from .portal import KundenportalPortal
from .routes import portal_form, portal_page

MESSAGE_URL = "/my/messages/<int:message_recipient_id>"


class PortalMessages(KundenportalPortal):
    """/my/messages: what was sent to the customer, and what it answers."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "kundenportal_messages" in counters:
            values["kundenportal_messages"] = request.env.user.portal_unread_count or ""
        return values

    # === PAGES === #

    @route(["/my/messages", "/my/messages/page/<int:page>"], **portal_page())
    def portal_my_messages(self, page=1, search="", **kw):
        """List the messages."""
        self._check_messages()
        words = clean(search, SEARCH_LENGTH)
        recipients = request.env["kundenportal.message.recipient"]
        total = recipients._count_for_portal(words)
        pager = portal_pager(
            "/my/messages", total, page, PAGE_SIZE, url_args={"search": words} if words else None
        )
        found = recipients._search_for_portal(words, offset=pager["offset"], limit=PAGE_SIZE)
        return self._render_messages(
            "portal_my_messages",
            rows=found._prepare_portal_rows(),
            pager=pager,
            total=total,
            search=words,
            request_url=self._get_request_url(),
        )

    @route(MESSAGE_URL, **portal_page())
    def portal_message(self, message_recipient_id, done=None, **kw):
        """Show a message with the replies to it; that it was read is a POST of the page."""
        return self._render_message(self._get_message(message_recipient_id), done=done)

    @route(f"{MESSAGE_URL}/attachment/<int:attachment_id>", **portal_page())
    def portal_message_attachment(self, message_recipient_id, attachment_id, **kw):
        """Hand out a file of the message or of a reply; never to be shown inside the page."""
        recipient = self._get_message(message_recipient_id)
        attachment_sudo = recipient._find_portal_attachment(attachment_id)
        if not attachment_sudo:
            raise NotFound()
        stream = request.env["ir.binary"]._get_stream_from(attachment_sudo, "raw")
        response = stream.get_response(as_attachment=True)
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    # === FORMS === #

    @route(f"{MESSAGE_URL}/read", **portal_form())
    def portal_message_read(self, message_recipient_id, **kw):
        """Note that the customer has read the message."""
        self._get_message(message_recipient_id)._mark_read()
        return request.redirect(f"/my/messages/{message_recipient_id}")

    @route(f"{MESSAGE_URL}/reply", **portal_form())
    def portal_message_reply(self, message_recipient_id, text="", form_key="", **kw):
        """Take a reply."""
        recipient = self._get_message(message_recipient_id)
        files = [upload for upload in request.httprequest.files.getlist("files") if upload.filename]
        try:
            with request.env.cr.savepoint():
                _reply, errors = request.env["kundenportal.message.reply"]._submit(
                    recipient, text, files, clean(form_key)
                )
        except AccessError:
            raise NotFound() from None
        if errors:
            return self._render_message(recipient, typed=text, errors=errors, form_key=form_key)
        return request.redirect(f"/my/messages/{message_recipient_id}?done=replied")

    # === ACCESS === #

    def _check_messages(self):
        """Let only customers with the function in; staff who may read messages do so elsewhere.

        :raise NotFound: for everybody else
        """
        if not request.env.user._has_portal_function("messages"):
            raise NotFound()

    def _get_message(self, recipient_id):
        """Return the customer's copy of a message.

        :raise NotFound: without saying whether there is such a message
        """
        self._check_messages()
        return self._get_portal_record("kundenportal.message.recipient", recipient_id)

    # === RENDERING === #

    def _get_request_url(self):
        """Return the page on which customers begin a conversation, None if nothing serves it."""
        is_offered = request.env.user._has_portal_function("activities")
        router = request.env["ir.http"].routing_map().bind("")
        return "/my/activities/new" if is_offered and router.test("/my/activities/new") else None

    def _render_message(self, recipient, typed="", errors=None, form_key=None, done=None):
        return self._render_messages(
            "portal_message",
            **recipient._prepare_portal_page(),
            typed=clean(typed),
            errors=errors or {},
            done=done == "replied",
            form_key=clean(form_key) or secrets.token_urlsafe(16),
            text_length=TEXT_LENGTH,
            max_files=MAX_FILES,
            max_megabytes=MAX_FILE_MEGABYTES,
        )

    def _render_messages(self, template, **values):
        return request.render(
            f"kundenportal_addon.{template}",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "messages",
                "portal_message": None,
                **values,
            },
        )
