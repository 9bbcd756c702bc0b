import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import email_normalize

#: Room for a number with an extension and a remark; what is longer is a mistake or an attack.
NUMBER_LENGTH = 100


class ResPartner(models.Model):
    """How a contact is reached: numbers, and the address that it proved to be its own."""

    _inherit = "res.partner"

    mobile = fields.Char()
    fax = fields.Char()
    phone_e164 = fields.Char(
        string="Telephone, for Sign-in",
        compute="_compute_e164",
        store=True,
        index="btree_not_null",
        groups="base.group_user",
    )
    mobile_e164 = fields.Char(
        string="Mobile, for Sign-in",
        compute="_compute_e164",
        store=True,
        index="btree_not_null",
        groups="base.group_user",
    )
    email_verified_on = fields.Datetime(
        string="E-mail Verified on",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="When the contact proved that mail to its address arrives; another address is not "
        "verified any more.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("phone", "mobile", "fax")
    def _check_number_length(self):
        for partner in self:
            for name in ("phone", "mobile", "fax"):
                if len(partner[name] or "") > NUMBER_LENGTH:
                    raise ValidationError(
                        self.env._(
                            "A telephone number has no more than %s characters.", NUMBER_LENGTH
                        )
                    )

    # === COMPUTE METHODS === #

    @api.depends("phone", "mobile", "country_id")
    def _compute_e164(self):
        for partner in self:
            country = partner.country_id or self.env.company.country_id or self.env.ref("base.de")
            for name in ("phone", "mobile"):
                # Of an empty number Odoo would take another field's.
                partner[f"{name}_e164"] = partner[name] and partner._phone_format(
                    fname=name, country=country, force_format="E164"
                )

    def _search_phone_mobile_search(self, operator, value):
        """Find telephone and mobile in every spelling: +49 89 1234, 0049 89…, 089/1234.

        Odoo compares what was typed with what was typed, so that 089 does not find +49 89.
        """
        domain = super()._search_phone_mobile_search(operator, value)
        number = value if isinstance(value, str) else ""
        digits = re.sub(r"\D", "", number)
        # The sanitized numbers are the staff's to read.
        if operator not in ("ilike", "like", "=") or not digits or not self.env.user._is_internal():
            return domain
        found = Domain.FALSE
        exact = self._parse_portal_number(number)
        if exact:
            found = Domain("phone_e164", "=", exact) | Domain("mobile_e164", "=", exact)
        if operator != "=":
            # Abroad the 0 of a national number, and 00 in front of the country, are left out.
            part = digits[2:] if digits.startswith("00") else digits.removeprefix("0")
            found |= Domain("phone_e164", "like", part) | Domain("mobile_e164", "like", part)
        return Domain(domain) | found

    # === ONCHANGE METHODS === #

    @api.onchange("mobile", "country_id", "company_id")
    def _onchange_mobile_validation(self):
        """Write the number as Odoo writes the telephone's."""
        if self.mobile:
            self.mobile = (
                self._phone_format(fname="mobile", force_format="INTERNATIONAL") or self.mobile
            )

    # === CRUD METHODS === #

    def write(self, vals):
        if "email" not in vals:
            return super().write(vals)
        email = email_normalize(vals["email"])
        changed_sudo = self.sudo().filtered(  # what follows is not the writer's to edit
            lambda partner: email_normalize(partner.email) != email
        )
        result = super().write(vals)
        changed_sudo._forget_email()
        return result

    # === BUSINESS METHODS === #

    def _forget_email(self):
        """Drop what was known of an address that is no longer the contact's."""
        known = self.filtered(lambda partner: partner.email_verified_on or partner.message_bounce)
        if known:
            known.write({"email_verified_on": False, "message_bounce": 0})
        if self:
            self.env["kundenportal.link"]._revoke("verify_email", self)

    def _set_email_verified(self, address):
        """Take note that the contact confirmed an address.

        :param str address: the address that the link was sent to
        :return: whether it is still the contact's, so that it counts
        :rtype: bool
        """
        self.ensure_one()
        partner_sudo = self.sudo()  # whoever opens the link may be a visitor
        email = email_normalize(address)
        if not email or email != email_normalize(partner_sudo.email):
            return False
        partner_sudo.email_verified_on = fields.Datetime.now()
        self.env["kundenportal.protocol"]._log("email_verified", self, note=email)
        return True
