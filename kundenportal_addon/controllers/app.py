from werkzeug.exceptions import NotFound

from odoo.http import Controller, Stream, request, route
from odoo.tools import file_open

from ..models.res_company_app import ICON_SIDES
from .routes import portal_page

WORKER = "kundenportal_addon/static/src/service_worker/portal_worker.js"

ICON_MAX_AGE = 60 * 60 * 24

#: Browsers ask for these without a session, in the address that is written into them: `website`
#: must not lead them to another language.
PUBLIC_FILE = {"auth": "public", "website": False, "save_session": False}


class KundenportalApp(Controller):
    """The portal on a telephone's home screen, and what it says without a connection."""

    @route("/my/manifest.webmanifest", **portal_page(**PUBLIC_FILE))
    def portal_manifest(self, company=None, **kw):
        """Describe the portal of a company to whoever puts it on a home screen."""
        manifest = self._get_company(company)._prepare_portal_manifest()
        headers = {"Content-Type": "application/manifest+json", "Cache-Control": "no-cache"}
        response = request.make_json_response(manifest, headers)
        response.add_etag()
        return response.make_conditional(request.httprequest.environ)

    @route("/kundenportal/icon/<int:company_id>/<int:icon_side>", **portal_page(**PUBLIC_FILE))
    def portal_icon(self, company_id, icon_side, **kw):
        """Return the icon of a company's portal; it is drawn only for those that have another."""
        company_sudo = self._get_company(company_id)
        if icon_side not in ICON_SIDES:
            raise NotFound()
        tag = f"{company_sudo._get_portal_icon_tag()}-{icon_side}"
        is_known = tag in request.httprequest.if_none_match
        stream = Stream(
            type="data",
            data=b"" if is_known else company_sudo._draw_portal_icon(icon_side),
            mimetype="image/png",
            etag=tag,
            max_age=ICON_MAX_AGE,
            public=True,
        )
        return stream.get_response()

    @route("/my/service-worker.js", **portal_page(**PUBLIC_FILE))
    def portal_service_worker(self, **kw):
        """Return the worker that shows the page below when there is no connection."""
        with file_open(WORKER) as script:
            headers = {
                "Content-Type": "text/javascript; charset=utf-8",
                "Cache-Control": "no-cache",
                # `website` puts a language in front: /de/my
                "Service-Worker-Allowed": "/",
            }
            return request.make_response(script.read(), headers)

    @route("/my/offline", **portal_page(**PUBLIC_FILE))
    def portal_offline(self, company=None, lang=None, **kw):
        """Return the only page that browsers keep; it is the same for everybody."""
        if code := request.env["res.lang"]._get_code(lang):
            request.update_context(lang=code)
        look = self._get_company(company)._get_portal_look()
        values = {"look": look, "html_lang": (request.env.lang or "en_US").replace("_", "-")}
        headers = {"Cache-Control": "no-cache"}
        return request.render("kundenportal_addon.portal_offline", values, headers=headers)

    def _get_company(self, company_id):
        """Return the company that an address means, as superuser: see its method.

        :raise NotFound: if there is none with an active portal
        """
        company_sudo = request.env["res.company"]._find_portal_app(company_id)
        if not company_sudo:
            raise NotFound()
        return company_sudo
