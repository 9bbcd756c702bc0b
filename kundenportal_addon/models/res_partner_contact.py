from odoo import api, fields, models


class ResPartner(models.Model):
    """How a contact is reached and addressed."""

    _inherit = "res.partner"

    mobile = fields.Char(unaccent=False)
    fax = fields.Char(unaccent=False)
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

    @api.depends("phone", "mobile", "country_id")
    def _compute_e164(self):
        germany = self.env.ref("base.de")
        for partner in self:
            country = partner.country_id or self.env.company.country_id or germany
            for name in ("phone", "mobile"):
                partner[f"{name}_e164"] = partner._phone_format(
                    number=partner[name] or "", country=country, force_format="E164"
                )
