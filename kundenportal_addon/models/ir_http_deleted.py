from odoo import api, models
from odoo.http import request


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _match(cls, path):
        """Make a visitor of whoever was deleted while signed in, before anything is done for it.

        Odoo checks sessions only after the address is known; until then, `website` asks for records
        on behalf of a user that is gone, and answers every page with a 403. The token is cached.
        """
        session = request.session
        if session.uid:
            user = request.env["res.users"].browse(session.uid)
            if not user._compute_session_token(session.sid):
                session.logout(keep_db=True)
                request.env = api.Environment(request.env.cr, None, session.context)
        return super()._match(path)
