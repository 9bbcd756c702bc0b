from odoo import models
from odoo.fields import Domain


class ResUsers(models.Model):
    """Which orders customers read, and which they follow from the moment they sent them."""

    _inherit = "res.users"

    def _portal_order_domain(self):
        domain = super()._portal_order_domain()
        if not self._get_portal_level():
            return domain
        return list(Domain(domain) & self.env["sale.order"]._get_told_domain())

    def _portal_sent_order_domain(self):
        """Return what the user, or its company, has sent from the shops of the portal.

        As `_portal_order_domain`, but for customers who have a shop: they follow what they sent
        before they may read it.

        :rtype: Domain
        """
        level = self._get_portal_level()
        channels = [code for code in ("shop", "printers") if self._has_portal_function(code)]
        if not level or not channels:
            return Domain.FALSE
        own = Domain("partner_id", "=", self.partner_id.id)
        domain = Domain("portal_channel", "in", channels) & Domain(
            "portal_commercial_partner_id",
            "in",
            (self.commercial_partner_id | self.partner_id).ids,
        )
        if level == "user":
            free_ids = self.env["res.company"]._get_unrestricted_ids()
            domain &= Domain("company_id", "in", free_ids) | own
        return domain
