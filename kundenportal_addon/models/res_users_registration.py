from odoo import api, models


class ResUsers(models.Model):
    """Odoo's own free sign-up, and what is built on it, is no way around the registration."""

    _inherit = "res.users"

    @api.model
    def _get_signup_invitation_scope(self):
        """Close the free sign-up of websites whose company's portal is active.

        Those of providers (`auth_oauth`) come without a user, thus in the company of the superuser.
        """
        if "website" in self.env:
            # Visitors may not read companies.
            website_sudo = self.env["website"].sudo().get_current_website()
            if website_sudo.company_id.portal_active:
                return "b2b"
        return super()._get_signup_invitation_scope()
