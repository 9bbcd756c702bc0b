from odoo import models
from odoo.http import request


class IrHttp(models.AbstractModel):
    """Signing in and out as the session sees it, whichever way it happens."""

    _inherit = "ir.http"

    @classmethod
    def _dispatch(cls, endpoint):
        """Record when a request begins or ends somebody's session.

        Password, second factor, trusted device, passkey, sign-up: they all end in a session that
        has a user, and not before they are through. Requests that change nothing cost no query.
        """
        before = request.session.uid
        result = super()._dispatch(endpoint)
        after = request.session.uid
        if before != after and request.session.db == request.env.cr.dbname:
            cls._log_session(before, "signed_out")
            cls._log_session(after, "signed_in")
        return result

    @classmethod
    def _log_session(cls, uid, kind_code):
        if not uid:
            return
        env = request.env(user=uid, su=True)
        if env.cr.readonly:
            # Odoo's page for signing out asks a replica where there is one. Its transaction has
            # nothing to lose and ends here: tests refuse to write while one that may not is open.
            env.cr.rollback()
            with env.registry.cursor() as cr:
                env(cr=cr).user._log_portal_user(kind_code)
        else:
            env.user._log_portal_user(kind_code)
