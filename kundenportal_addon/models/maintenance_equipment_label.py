import base64

import qrcode
from qrcode.image.svg import SvgPathImage

from odoo import models


class MaintenanceEquipment(models.Model):
    """The label on a device: whoever scans it and may see the printer is where it needs to be."""

    _inherit = "maintenance.equipment"

    # === BUSINESS METHODS === #

    def _prepare_label(self):
        """Return what the label says.

        The address tells nothing: without the right to see the printer it leads nowhere.

        :return: ``name``, ``serial_no``, ``company``, ``hotline``, ``url``, ``qr_code`` (base64 of
            an SVG) and ``lang`` (of the customer)
        :rtype: dict
        """
        self.ensure_one()
        company_sudo = (self.company_id or self.env.company).sudo()  # its hotline is no secret
        url = self.get_base_url() + self._get_portal_path()
        image = qrcode.make(url, image_factory=SvgPathImage).to_string()
        return {
            "name": self.name,
            "serial_no": self.serial_no or "",
            "company": company_sudo.name,
            "hotline": company_sudo.portal_hotline or company_sudo.phone or "",
            "url": url,
            "qr_code": base64.b64encode(image).decode(),
            "lang": self.customer_id.lang or self.env.lang,
        }
