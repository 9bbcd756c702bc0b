from werkzeug.exceptions import NotFound

from odoo.http import request, route

from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..tools.typed_text import clean
from .activities import PortalActivities
from .colleagues import PAGE_SIZE, SEARCH_LENGTH
from .routes import portal_page

PRINTERS_URL = "/my/printers"


class PortalPrinters(PortalActivities):
    """/my/printers: the customer's printers, and the supplies that fit.

    The address of a printer is what the QR code on its label says. What is put into the cart goes
    to /my/cart.
    """

    # === LIST === #

    @route([PRINTERS_URL, f"{PRINTERS_URL}/page/<int:page>"], **portal_page())
    def portal_my_printers(self, page=1, search="", **kw):
        """List the printers."""
        self._check_printers()
        devices = request.env["maintenance.equipment"]
        search = clean(search, SEARCH_LENGTH)
        domain = devices._get_portal_search_domain(search)
        total = devices.search_count(domain)
        pager = portal_pager(
            PRINTERS_URL, total, page, PAGE_SIZE, url_args={"search": search} if search else None
        )
        found = devices.search(
            domain, order="name, id", limit=PAGE_SIZE, offset=max(pager["offset"], 0)
        )
        return self._render_printers(
            "portal_my_printers",
            printers=found._prepare_portal_rows(),
            pager=pager,
            total=total,
            search=search,
        )

    # === A PRINTER === #

    @route(f"{PRINTERS_URL}/<int:equipment_id>", **portal_page())
    def portal_printer(self, equipment_id, **kw):
        """Show a printer with its supplies; staff who scan its label are led to the device."""
        if request.env.user._is_internal():
            return self._lead_to_device(equipment_id)
        printer = self._get_printer(equipment_id)._prepare_portal_page()
        return self._render_printers(
            "portal_printer", printer=printer, crumbs=[{"text": printer["name"]}]
        )

    @route(f"{PRINTERS_URL}/<int:equipment_id>/image", **portal_page())
    def portal_printer_image(self, equipment_id, supply="", **kw):
        """Hand out a picture of the printer or of a supply; another picture has another address."""
        printer = self._get_printer(equipment_id)
        record_sudo, field_name = printer._find_portal_picture(clean(supply))
        if not record_sudo:
            raise NotFound()
        stream = request.env["ir.binary"]._get_image_stream_from(record_sudo, field_name)
        return stream.get_response(immutable=True)

    # === ACCESS === #

    def _check_printers(self):
        """Let only customers with the function in.

        :raise NotFound: for everybody else
        """
        if not request.env.user._has_portal_function("printers"):
            raise NotFound()

    def _get_printer(self, equipment_id):
        """Return a printer that the customer may see.

        :raise NotFound: without saying whether there is such a device
        """
        self._check_printers()
        return self._get_portal_record("maintenance.equipment", equipment_id)

    def _lead_to_device(self, equipment_id):
        """Lead staff to the device in the backend.

        :raise NotFound: unless they may read it
        """
        self._get_portal_record("maintenance.equipment", equipment_id)
        return request.redirect(f"/odoo/maintenance.equipment/{equipment_id}")

    # === RENDERING === #

    def _render_printers(self, page, crumbs=(), **values):
        return request.render(
            f"kundenportal_addon.{page}",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "printers",
                "page_title": self._get_tile_name("printers"),
                "portal_crumbs": list(crumbs),
                "report_url": self._get_report_url(),
                "shows_prices": self._shows_printer_prices(),
                **values,
            },
        )

    def _get_report_url(self):
        """Return where a problem with a device is reported, ready for the device's id to follow.

        :return: None for customers who cannot open cases
        """
        offers = self._get_offers()
        if not offers:
            return None
        report = self._get_report(offers)
        return f"{report['url']}&equipment=" if report else "/my/activities/new?equipment="

    def _shows_printer_prices(self):
        user_sudo = request.env.user  # always sudoed
        return user_sudo.partner_id._shows_prices("printers", user_sudo.company_id)
