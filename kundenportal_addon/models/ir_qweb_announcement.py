from odoo import models
from odoo.http import request
from odoo.tools import lazy

#: Looks and words of each importance, ready for templates.
LOOKS = {
    "info": ("info", "fa-info-circle"),
    "warning": ("warning", "fa-exclamation-triangle"),
    "urgent": ("danger", "fa-exclamation-circle"),
}


class IrQweb(models.AbstractModel):
    _inherit = "ir.qweb"

    def _prepare_frontend_environment(self, values):
        """Let every frontend page know the announcements for its reader."""
        qweb = super()._prepare_frontend_environment(values)
        values["portal_announcements"] = lazy(qweb._get_portal_announcements)
        return qweb

    def _get_portal_announcements(self):
        """Return what templates need of the announcements for the acting user.

        :return: dicts; ``is_hidden``: not to be shown in the banner
        :rtype: list[dict]
        """
        rows = self.env.user._get_announcements()
        hidden = rows and self.env["ir.http"]._get_hidden_announcements()
        return [
            {
                "id": row.id,
                "revision": row.revision,
                "title": row.title,
                "importance": row.importance,
                "color": LOOKS[row.importance][0],
                "icon": LOOKS[row.importance][1],
                "publish_on": row.publish_on,
                "is_changed": row.revision > 1,
                "url": f"/my/announcements/{row.id}",
                "is_hidden": hidden.get(str(row.id)) == row.revision,
            }
            for row in rows
        ]

    def _is_portal_path(self):
        """Tell whether the page is one of the portal's, whose address begins with /my."""
        path = request.httprequest.path
        return path == "/my" or path.startswith("/my/")
