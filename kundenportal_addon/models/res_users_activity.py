from odoo import models
from odoo.fields import Domain


class ResUsers(models.Model):
    """Which cases a customer sees, and who of the staff can deal with them."""

    _inherit = "res.users"

    def _portal_case_domain(self):
        """Return the cases that the user's level leaves it; for the record rule, thus cached.

        Whatever it reads clears the caches when it changes: level, company and groups of the
        contact, types.

        :rtype: list
        """
        level = self._get_portal_level()
        if not level:
            return list(Domain.FALSE)
        partner = self.partner_id
        # One company is answered in the order of the index; two would have to be sorted. New cases
        # of the person itself cannot come up while it belongs to a company.
        companies = self.commercial_partner_id
        cases_sudo = self.env["kundenportal.activity"].sudo()
        private = Domain("commercial_partner_id", "=", partner.id)
        if partner != companies and cases_sudo.search_count(private, limit=1):
            companies |= partner
        types_sudo = self.env["kundenportal.activity.type"]._get_visible(self)
        own = Domain("partner_id", "=", partner.id) | Domain("participant_ids", "in", partner.ids)
        visible = own | Domain("is_confidential", "=", False) if level == "main_user" else own
        return list(
            Domain("commercial_partner_id", "in", companies.ids)
            & Domain("type_id", "in", types_sudo.ids)
            & visible
        )

    def _filter_case_workers(self, company):
        """Return who of these users can open cases of one of our companies.

        :param company: our company
        """
        return self.filtered(
            lambda user: (
                user.active
                and company in user.company_ids
                and user.has_group("kundenportal_addon.group_officer")
            )
        )
