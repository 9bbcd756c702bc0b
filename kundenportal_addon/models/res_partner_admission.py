from odoo import api, models
from odoo.fields import Domain
from odoo.tools import email_normalize


class ResPartner(models.Model):
    """Which contacts may ask for their access themselves."""

    _inherit = "res.partner"

    @api.model
    def _find_access_seekers(self, identifier):
        """Find the contacts that an address or number stands for and that may have access.

        :param str identifier: e-mail address or telephone number, in any spelling
        :return: contacts as superuser, empty for an unknown one and one without the right
        """
        # Whoever asks is nobody yet.
        Partner_sudo = self.env["res.partner"].sudo()
        email = email_normalize(identifier)
        number = not email and self._parse_portal_number(identifier)
        if email:
            domain = Domain("email_normalized", "=", email)
        elif number:
            domain = Domain("phone_sanitized", "=", number)
        else:
            return Partner_sudo
        # Delivery and invoice addresses are nobody who could sign in.
        seekers_sudo = Partner_sudo.search(domain & Domain("type", "=", "contact")).filtered(
            lambda partner: partner._may_have_portal_access()
        )
        # The one whose login it is: anybody may enter another's address as its own e-mail.
        owner_sudo = seekers_sudo.filtered(
            lambda partner: partner.portal_user_id.active and partner.portal_user_id.login == email
        )
        return owner_sudo or seekers_sudo

    @api.model
    def _parse_portal_number(self, text):
        """Return a number as E.164, read as one of the company's country; False if it is none."""
        country = self.env.company.country_id or self.env.ref("base.de")
        return self._phone_format(number=text or "", country=country, force_format="E164")

    def _may_have_portal_access(self):
        """Tell whether the contact may sign in, or be given a login when it asks for one.

        The contact's own switch beats its company's, which beats the admission of the business
        unit; nobody gets past a portal that is inactive.
        """
        self.ensure_one()
        company = self._get_portal_company()
        switch = self.portal_switch or self.commercial_partner_id.portal_switch
        if not company.portal_active or switch == "blocked" or self.portal_state == "internal":
            return False
        if self.portal_access != "none":
            return True
        return self.portal_switch == "allowed" or company.portal_admission == "all"
