import base64
import hashlib
import re

from odoo import api, models
from odoo.tools import file_path

from ..tools import app_icon, color
from .res_company_look import FALLBACK_ACCENT

#: Sides of the icons, in pixels, that telephones ask for.
ICON_SIDES = (192, 512)

ICON_FONT = "web/static/fonts/lato/Lato-Bol-webfont.ttf"


class ResCompany(models.Model):
    """The portal on the home screen of a telephone: with the company's name, icon and colour.

    Browsers ask for all of this without saying who is signed in, so the addresses name the company,
    and nothing of it is a secret.
    """

    _inherit = "res.company"

    @api.model
    def _find_portal_app(self, company_id):
        """Return the company whose portal an address means.

        :param company_id: what the browser sent
        :return: as superuser, since visitors may not read settings; empty without an active portal
        """
        if not re.fullmatch("[0-9]{1,9}", str(company_id or ""), re.ASCII):
            return self.sudo().browse()
        return self.sudo().browse(int(company_id)).exists().filtered("portal_active")

    def _get_portal_look(self):
        look = super()._get_portal_look()
        query = f"company={self.id}"
        lang = self.env.lang or "en_US"
        return {
            **look,
            "manifest_url": f"/my/manifest.webmanifest?{query}",
            "icon_url": self._get_portal_icon_url(ICON_SIDES[0]),
            "worker_url": f"/my/service-worker.js?{query}&lang={lang}",
        }

    def _get_portal_icon_url(self, side):
        return f"/kundenportal/icon/{self.id}/{side}"

    def _prepare_portal_manifest(self):
        """Return the web manifest of the company's portal (https://www.w3.org/TR/appmanifest/).

        :rtype: dict
        """
        self.ensure_one()
        icons = [
            {
                "src": self._get_portal_icon_url(side),
                "sizes": f"{side}x{side}",
                "type": "image/png",
                "purpose": purpose,
            }
            for side in ICON_SIDES
            for purpose in ("any", "maskable")
        ]
        return {
            "id": "/my",
            "name": self.name,
            "short_name": self.name,
            "start_url": "/my",
            "scope": "/my",
            "display": "standalone",
            "background_color": app_icon.WHITE,
            "theme_color": color.normalize(self.portal_accent_color, FALLBACK_ACCENT),
            "icons": icons,
        }

    def _get_portal_icon_source(self):
        """Return the picture that the icon is made of; empty if there is only the name.

        :rtype: bytes
        """
        self.ensure_one()
        company = self.with_context(bin_size=False)
        encoded = company.portal_logo or (not company.uses_default_logo and company.logo)
        return base64.b64decode(encoded or b"")

    def _get_portal_icon_tag(self):
        """Return a text that changes whenever the icon does, without drawing it.

        :rtype: str
        """
        texts = f"{self.name}\n{self.portal_accent_color}\n".encode()
        return hashlib.sha256(texts + self._get_portal_icon_source()).hexdigest()[:16]

    def _draw_portal_icon(self, side):
        """Draw the icon of the company's portal: its logo, else the first letter of its name.

        :param int side: length in pixels
        :return: a PNG file
        :rtype: bytes
        """
        source = self._get_portal_icon_source()
        accent = color.normalize(self.portal_accent_color, FALLBACK_ACCENT)
        return app_icon.draw_logo(side, source) or app_icon.draw_letter(
            side, self.name, accent, color.text_on(accent), file_path(ICON_FONT)
        )
