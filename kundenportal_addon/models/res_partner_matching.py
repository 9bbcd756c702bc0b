from odoo import api, fields, models

from ..tools import matching


class ResPartner(models.Model):
    """By what an applicant is recognised as somebody we know."""

    _inherit = "res.partner"

    match_name = fields.Char(
        string="Name without Legal Form",
        compute="_compute_match_name",
        store=True,
        index="btree_not_null",
        groups="base.group_user",
        help="Name of a company in lower case, without punctuation and legal form.",
    )
    registration_match = fields.Char(
        string="Why It Matches",
        compute="_compute_registration_match",
        groups="kundenportal_addon.group_officer",
        help="What the contact has in common with the registration named by the context.",
    )

    @api.depends("name", "is_company")
    def _compute_match_name(self):
        for partner in self:
            partner.match_name = partner.is_company and matching.company_key(partner.name)

    @api.depends_context("registration_id")
    def _compute_registration_match(self):
        registration = self.env["kundenportal.registration"].browse(
            self.env.context.get("registration_id")
        )
        reasons = registration._find_matches() if registration else {}
        for partner in self:
            partner.registration_match = ", ".join(reasons.get(partner._origin.id, []))
