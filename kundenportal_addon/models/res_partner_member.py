from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.web_address import safe_website


class ResPartner(models.Model):
    """The member list: what a company shows the public of its customers, if they want it."""

    _inherit = "res.partner"

    is_listed_member = fields.Boolean(
        string="In the Member List",
        groups="base.group_user",
        help="Shows name, town, website and logo on the public page of members, where the company "
        "has one.",
    )

    # The page's order; a few hundred of a hundred thousand contacts.
    _listed_member_idx = models.Index("(name, id) WHERE is_listed_member")

    @api.model
    def _has_member_list(self, company):
        """Tell whether a company of ours shows its members to the public."""
        company_sudo = company.sudo()  # visitors may not read companies
        return company_sudo.portal_active and company_sudo.portal_member_list

    @api.model
    def _get_member_domain(self, company, text=""):
        """Return whom the public may see; nobody where the list or the portal is off.

        Who is blocked in the portal is not shown off as a member either.

        :param company: our company whose list it is
        :param str text: part of a name or a town that a visitor searches for
        :rtype: Domain
        """
        if not self._has_member_list(company):
            return Domain.FALSE
        # As `_search_portal_state` has it: a contact's own switch beats its company's.
        blocked = Domain("portal_switch", "=", "blocked") | (
            Domain("portal_switch", "=", False)
            & Domain("commercial_partner_id.portal_switch", "=", "blocked")
        )
        domain = (
            Domain("is_listed_member", "=", True)
            & Domain("name", "!=", False)
            & Domain("company_id", "in", (False, company.id))
            & ~blocked
        )
        if text:
            domain &= Domain("name", "ilike", text) | Domain("city", "ilike", text)
        return domain

    def _prepare_members(self):
        """Return what the public is shown of members, in their order, and nothing else.

        :rtype: list[dict]
        """
        members_sudo = self.sudo()  # flagged by the staff to be shown to everybody
        # Who has a picture is found without reading it, and for all at once; as superuser, like the
        # members themselves.
        pictures = (
            self.env["ir.attachment"]
            .sudo()
            ._read_group(
                [
                    ("res_model", "=", self._name),
                    ("res_field", "=", "image_128"),
                    ("res_id", "in", self.ids),
                ],
                ["res_id"],
            )
        )
        with_picture = {res_id for (res_id,) in pictures}
        return [
            {
                "name": member.name,
                "city": member.city,
                "website": safe_website(member.website),
                "logo_url": member.id in with_picture and f"/members/{member.id}/logo",
            }
            for member in members_sudo
        ]
