from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from .res_partner_contact import NUMBER_LENGTH

#: Contact data beyond Odoo's own address form that customers may edit.
MORE_DATA_FIELDS = {
    "mobile",
    "fax",
    "website",
    "lang",
    "form_of_address",
    "gender_title",
    "academic_title",
    "function",
    "reachability",
}

NUMBERS = ("phone", "mobile", "fax")

#: How many characters the fields take; nobody's data are longer.
MAX_LENGTHS = {
    **dict.fromkeys(NUMBERS, NUMBER_LENGTH),
    "email": 254,
    "website": 500,
    "academic_title": 60,
    "zip": 24,
    "vat": 40,
}
MAX_LENGTH = 200


class KundenportalFieldPolicy(models.Model):
    """What becomes of a field when a customer edits it: applied, held back, or refused.

    Fields without a policy are applied at once and reviewed afterwards.
    """

    _name = "kundenportal.field.policy"
    _description = "Field Policy"
    _inherit = ["kundenportal.cached.mixin"]
    _order = "scope, field_id"

    field_id = fields.Many2one(
        "ir.model.fields",
        required=True,
        ondelete="cascade",
        domain=lambda self: [
            ("model", "=", "res.partner"),
            ("name", "in", sorted(self.env["res.partner"]._get_portal_data_fields())),
        ],
    )
    field_name = fields.Char(related="field_id.name", string="Technical Name")
    scope = fields.Selection(
        [("company", "Company data"), ("own", "Own data")],
        string="Data",
        required=True,
        default="company",
        help="Company data: the company and its addresses. Own data: a person's.",
    )
    mode = fields.Selection(
        [
            ("review", "Apply, review afterwards"),
            ("approve", "Wait for approval"),
            ("locked", "Locked"),
        ],
        required=True,
        default="review",
    )
    reason = fields.Char(
        translate=True, help="Shown to customers who try to change a locked field."
    )

    _field_unique = models.Constraint(
        "UNIQUE (field_id, scope)", "There is a policy for this field already."
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("field_id")
    def _check_field(self):
        known = self.env["res.partner"]._get_portal_data_fields()
        for policy in self:
            if policy.field_id.model != "res.partner" or policy.field_id.name not in known:
                raise ValidationError(
                    self.env._("“%s” is no field that customers edit.", policy.field_id.name)
                )

    # === BUSINESS METHODS === #

    @api.model
    @tools.ormcache("scope", "self.env.lang")
    def _get_modes(self, scope):
        """Return the policies of a scope.

        :param str scope: ``"company"`` or ``"own"``
        :return: per field name, the mode and the reason
        :rtype: dict[str, tuple[str, str]]
        """
        policies = self.sudo().search([("scope", "=", scope)])  # customers do not read policies
        return {policy.field_id.name: (policy.mode, policy.reason or "") for policy in policies}
