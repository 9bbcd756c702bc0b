from odoo import models
from odoo.fields import Domain


class ResUsers(models.Model):
    """Which printers a customer sees."""

    _inherit = "res.users"

    def _portal_printer_domain(self):
        """Return the printers that the user's level leaves it; for the record rule, thus cached.

        All of its company, whatever the level: whoever stands before an empty printer orders; less
        where our company says so. Whatever it reads clears the caches when it changes.

        :rtype: list
        """
        level = self._get_portal_level()
        if not level:
            return list(Domain.FALSE)
        partner = self.partner_id
        # The second is what the user had as a private person, before it joined a company.
        customers = self.commercial_partner_id | partner
        domain = (
            Domain("customer_id", "in", customers.ids)
            & Domain("is_printer", "=", True)
            & Domain("active", "=", True)
        )
        return list(domain & self._portal_location_domain())

    def _portal_location_domain(self):
        """Return the devices at the user's location, where our company says that it sees no others.

        :return: all of them for everybody else
        :rtype: Domain
        """
        company_sudo = self.company_id.sudo()  # its settings are staff's
        if not company_sudo.portal_printers_own_location or self._get_portal_level() != "user":
            return Domain.TRUE
        partner = self.partner_id
        return Domain("contact_id", "=", partner.id) | Domain(
            "site_id", "in", partner._get_site_ids()
        )
