from odoo import models
from odoo.http import request

#: Where a session keeps what its user has hidden: ``{id of the announcement: revision}``.
HIDDEN = "kundenportal_hidden"


class IrHttp(models.AbstractModel):
    """Announcements that a person has hidden are known to its session, so that pages need not ask.

    What was read or closed is hidden in this session, what is not to be shown again in all later
    ones.
    """

    _inherit = "ir.http"

    @classmethod
    def _dispatch(cls, endpoint):
        """Begin every session with what its user has hidden for good, whichever way it signed in.

        Password, link, second factor, sign-up: they all end in a session that gets another id, even
        if the same user was signed in before.
        """
        result = super()._dispatch(endpoint)
        session = request.session
        if session.should_rotate and session.uid and session.db == request.env.cr.dbname:
            cls._load_hidden_announcements(request.env(user=session.uid).user)
        return result

    @classmethod
    def _load_hidden_announcements(cls, user):
        if user._has_portal_function("announcements"):
            request.session[HIDDEN] = user._get_hidden_announcements()

    @classmethod
    def _get_hidden_announcements(cls):
        """Return what the present session does not show in banners.

        :return: ``{id of the announcement, as text: revision}``
        :rtype: dict[str, int]
        """
        if HIDDEN not in request.session:  # it began before this was installed or unlocked
            cls._load_hidden_announcements(request.env.user)
        return request.session.get(HIDDEN, {})

    @classmethod
    def _hide_announcement(cls, announcement):
        """Show an announcement, as it is now, in no banner of this session any more."""
        hidden = cls._get_hidden_announcements()
        request.session[HIDDEN] = {**hidden, str(announcement.id): announcement.revision}
