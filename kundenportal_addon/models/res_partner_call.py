import re

from odoo import api, models
from odoo.fields import Domain

#: Fewer digits are not looked for as a telephone number.
MIN_DIGITS = 4


class ResPartner(models.Model):
    """Whom somebody who rings up may be: found by whatever the caller says first."""

    _inherit = "res.partner"

    @api.model
    def _search_display_name(self, operator, value):
        """Find by telephone and serial number, too, where the form for calls asks."""
        domain = super()._search_display_name(operator, value)
        if (
            not self.env.context.get("portal_call")
            or operator != "ilike"
            or not isinstance(value, str)
            or not self.env.user._is_internal()
        ):
            return domain
        text = value.strip()
        found = Domain(domain)
        if len(re.sub(r"\D", "", text)) >= MIN_DIGITS:
            found |= Domain("phone_mobile_search", "ilike", text)
        if text:
            devices = self.env["maintenance.equipment"].search(
                [("serial_no", "ilike", text), ("customer_id", "!=", False)], limit=20
            )
            found |= Domain("id", "in", (devices.customer_id | devices.contact_id).ids)
        return found
