import hashlib

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize, is_html_empty

from ..tools import color

FALLBACK_ACCENT = "#1f5b8f"

#: Behind links in the portal: the page (white) and Odoo's cards; the darker of them decides.
LIGHT_BACKGROUND = "#f0f0f0"


#: What a cached look is made of.
LOOK_FIELDS = {
    "portal_logo",
    "portal_accent_color",
    "portal_greeting",
    "portal_hotline",
    "portal_hotline_hours",
}


class ResCompany(models.Model):
    """How a company's portal looks: what pages read of the settings, ready to be shown."""

    _inherit = "res.company"

    portal_logo_version = fields.Char(
        compute="_compute_portal_logo_version",
        store=True,
        help="Empty without a portal logo. Part of the logo's address, so that browsers may keep "
        "it, and so that pages need no query to know whether there is one.",
    )

    @api.constrains("portal_mail_sender")
    def _check_portal_mail_sender(self):
        for company in self:
            sender = company.portal_mail_sender
            if sender and not email_normalize(sender):
                raise ValidationError(
                    self.env._("“%s” is no e-mail address that mails can be sent from.", sender)
                )

    @api.depends("portal_logo")
    def _compute_portal_logo_version(self):
        for company in self.with_context(bin_size=False):
            logo = company.portal_logo
            company.portal_logo_version = logo and hashlib.sha256(logo).hexdigest()[:12]

    def write(self, vals):
        result = super().write(vals)
        if not LOOK_FIELDS.isdisjoint(vals):
            self.env.registry.clear_cache()
        return result

    def _update_field_translations(self, field_name, *args, **kwargs):
        result = super()._update_field_translations(field_name, *args, **kwargs)
        if field_name in LOOK_FIELDS:
            self.env.registry.clear_cache()
        return result

    def _get_portal_look(self):
        """Return what portal pages show of the company.

        :return: ``name``, ``email`` and what :meth:`_get_portal_settings_look` returns
        :rtype: dict
        """
        self.ensure_one()
        company_sudo = self.sudo()  # customers may not read the company's settings, but see these
        # The company's contact may change these two at any time, so they are not cached.
        return {
            "name": company_sudo.name,
            "email": company_sudo.email,
            **company_sudo._get_portal_settings_look(),
        }

    @tools.ormcache("self.id", "self.env.lang")
    def _get_portal_settings_look(self):
        """Return what portal pages show of the company's settings, from a cache: all pages ask.

        :return: ``accent`` (colour), ``style`` (CSS custom properties), ``logo_url``, ``greeting``,
            ``hotline``, ``hotline_url``, ``hotline_hours``
        :rtype: dict
        """
        version = self.portal_logo_version
        hotline = (self.portal_hotline or "").strip()
        return {
            "accent": color.normalize(self.portal_accent_color, FALLBACK_ACCENT),
            "style": self._get_portal_style(),
            "logo_url": version and f"/kundenportal/logo/{self.id}/{version}",
            "greeting": False if is_html_empty(self.portal_greeting) else self.portal_greeting,
            "hotline": hotline,
            "hotline_url": self._get_phone_url(hotline),
            "hotline_hours": self.portal_hotline_hours,
        }

    def _get_portal_style(self):
        """Return the CSS custom properties of the accent colour; safe whatever is stored.

        :rtype: str
        """
        accent = color.normalize(self.portal_accent_color, FALLBACK_ACCENT)
        link = color.readable_on(accent, LIGHT_BACKGROUND)
        return (
            f"--kp-accent: {accent}; --kp-accent-text: {color.text_on(accent)}; --kp-link: {link};"
        )

    def _get_portal_button_style(self):
        """Return the colours of a button in a mail, as CSS: mails know no custom properties.

        :rtype: str
        """
        accent = color.normalize(self.portal_accent_color, FALLBACK_ACCENT)
        return f"background-color: {accent}; color: {color.text_on(accent)};"

    @api.model
    def _get_phone_url(self, number):
        """Return a ``tel:`` address that telephones understand: digits and a leading plus only.

        A zero in brackets is dropped from international numbers, as in +49 (0)421 123.

        :param str number: as a person wrote it
        :return: False if there is no digit in it
        :rtype: str | bool
        """
        number = (number or "").strip()
        international = number.startswith(("+", "00"))
        if international:
            number = number.replace("(0)", "")
        digits = "".join(character for character in number if character in "0123456789")
        return bool(digits) and f"tel:{'+' if number.startswith('+') else ''}{digits}"
