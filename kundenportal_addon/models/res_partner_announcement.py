from odoo import models


class ResPartner(models.Model):
    """What of a contact decides which announcements somebody sees."""

    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if "tz" in vals and self.sudo().ref_company_ids:  # companies are not everybody's to read
            self.env.registry.clear_cache()
        elif "category_id" in vals and self._has_portal_users():
            self.env.registry.clear_cache()
        return result

    def _has_portal_users(self):
        """Tell whether one of the contacts, or a contact below one, has a login of the portal."""
        users_sudo = self.env["res.users"].sudo()  # logins of others
        domain = [("partner_id", "child_of", self.ids), ("share", "=", True)]
        return bool(users_sudo.search_count(domain, limit=1))
