import base64

import qrcode
from qrcode.image.svg import SvgPathImage

from odoo import fields, models
from odoo.tools import format_date

from .kundenportal_link import LIFETIMES


class ResPartner(models.Model):
    """The access letter: a code on paper for whom mail does not reach."""

    _inherit = "res.partner"

    def _render_access_letters(self):
        """Return a page to print, with a letter for each contact; all must have a login.

        :return: HTML, with the codes, which are kept nowhere
        :rtype: str
        """
        letters = [partner._prepare_access_letter() for partner in self]
        return str(
            self.env["ir.qweb"]._render("kundenportal_addon.access_letters", {"letters": letters})
        )

    def _prepare_access_letter(self):
        """Make the contact's code and return what its letter says.

        :rtype: dict
        """
        self.ensure_one()
        user_sudo = self.portal_user_id.sudo()  # the login's company is not the officer's to read
        company_sudo = user_sudo.company_id
        code = self.env["kundenportal.link"]._issue("access_letter", user_sudo)
        url = f"{self.get_base_url()}/portal/start"
        image = qrcode.make(f"{url}#{code}", image_factory=SvgPathImage).to_string()
        self.env["kundenportal.protocol"]._log("access_letter_printed", self, company=company_sudo)
        lang = self.lang or self.env.lang
        # Each contact reads its own language, whatever the staff's.
        partner = self.with_context(lang=lang)
        return {
            "partner": partner,
            "lang": lang,
            "html_lang": (lang or "en").replace("_", "-"),
            "company": company_sudo.with_context(lang=lang),
            "login": user_sudo.login,
            "code": code,
            "url": url,
            "qr_code": base64.b64encode(image).decode(),
            "today": format_date(self.env, fields.Date.context_today(self), lang_code=lang),
            "expires": format_date(
                self.env,
                fields.Date.context_today(self) + LIFETIMES["access_letter"],
                lang_code=lang,
            ),
            "is_informal": self.form_of_address == "informal",
        }
