import re

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import email_normalize

#: What may stand in a telephone number; `phone_validation` would find one in any text with digits.
NUMBER = re.compile(r"[\d\s()+./\u2010-\u2015-]{5,40}")


class ResPartner(models.Model):
    """Which contacts may ask for their access themselves."""

    _inherit = "res.partner"

    _email_normalized_idx = models.Index("(email_normalized) WHERE email_normalized IS NOT NULL")

    def write(self, vals):
        """Make sign-in links useless that were sent to an address or a number of before."""
        result = super().write(vals)
        if {"email", "mobile"} & vals.keys() or vals.get("portal_switch") == "blocked":
            self._revoke_sign_in_links()
        return result

    @api.model
    def _find_access_seekers(self, identifier):
        """Find the contacts that an address or number stands for and that may have access.

        :param str identifier: e-mail address or telephone number, in any spelling
        :return: contacts as superuser, empty for an unknown one and one without the right
        """
        # Whoever asks is nobody yet.
        Partner_sudo = self.env["res.partner"].sudo()
        # Whom it would sign in: anybody may enter another's address as its own e-mail.
        Users = self.env["res.users"]
        owners_sudo = Users._find_by_login(identifier).filtered(
            lambda user: user._is_portal()
        ) or Users._find_portal_users(identifier)
        if owners_sudo:
            return owners_sudo.partner_id.filtered(
                lambda partner: partner._may_have_portal_access()
            )
        email = email_normalize(identifier)
        number = not email and self._parse_portal_number(identifier)
        if email:
            domain = Domain("email_normalized", "=", email)
        elif number:
            domain = Domain("phone_e164", "=", number) | Domain("mobile_e164", "=", number)
        else:
            return Partner_sudo
        # Delivery and invoice addresses are nobody who could sign in.
        return Partner_sudo.search(domain & Domain("type", "=", "contact")).filtered(
            lambda partner: partner._may_have_portal_access()
        )

    @api.model
    def _parse_portal_number(self, text):
        """Return a number as E.164, read as one of the company's country; False if it is none."""
        text = (text or "").strip()
        if not NUMBER.fullmatch(text):
            return False
        # Programs sign in without a company: visitors' then.
        company = self.env.company or self.env.ref("base.public_user").sudo().company_id
        country = company.country_id or self.env.ref("base.de")
        return self._phone_format(number=text, country=country, force_format="E164")

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

    def _get_sms_number(self):
        """Return the number at which SMS reach the contact; False where none are to be sent.

        :rtype: str | bool
        """
        company_sudo = self._get_portal_company().sudo()  # the setting is staff's to read
        return "sms.sms" in self.env and company_sudo.portal_sign_in_sms and self.mobile_e164

    def _revoke_sign_in_links(self):
        """Make the sign-in links of the contacts, and of those below blocked ones, useless."""
        users_sudo = (
            self.env["res.users"]
            .sudo()  # logins of others are not the writer's to read
            .with_context(active_test=False)
            .search([("partner_id", "child_of", self.ids), ("share", "=", True)])
        )
        if users_sudo:
            self.env["kundenportal.link"]._revoke("sign_in", users_sudo)
