from odoo import api, fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    """What of a contact waits for a review."""

    _inherit = "res.partner"

    portal_open_review_count = fields.Integer(
        string="Open Reviews",
        compute="_compute_portal_open_review_count",
        groups="kundenportal_addon.group_officer",
        help="Open entries of the protocol about the contact; for a company also those about its "
        "contacts.",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_portal_open_review_count(self):
        companies = self._origin.filtered("is_company")
        rows = self.env["kundenportal.protocol"]._read_group(
            Domain("review_state", "=", "open")
            & (
                Domain("partner_id", "in", self._origin.ids)
                | Domain("commercial_partner_id", "in", companies.ids)
            ),
            ["commercial_partner_id", "partner_id"],
            ["__count"],
        )
        for partner in self:
            partner.portal_open_review_count = sum(
                count
                for company, contact, count in rows
                if (company if partner.is_company else contact) == partner._origin
            )

    def action_view_open_reviews(self):
        """Open what waits for a review of the contact; for a company also of its contacts.

        :return: an action
        :rtype: dict
        """
        action = self.action_view_protocol()
        action["domain"] += [("review_state", "=", "open")]
        return action
