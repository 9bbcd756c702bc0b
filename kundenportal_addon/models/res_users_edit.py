from odoo import models
from odoo.exceptions import UserError


class ResUsers(models.Model):
    """What customers write on their own login of contact data is an edit of their contact."""

    _inherit = "res.users"

    def write(self, vals):
        """Make one edit of the contact of all its fields, which Odoo would write one by one.

        Odoo also would announce an address that only waits as changed already.
        """
        data = self._get_own_contact_data(vals)
        if not data:
            return super().write(vals)
        if "image_1920" in data:
            raise UserError(self.env._("The picture cannot be changed here; please ask us."))
        self.sudo().partner_id.write(data)  # the customer's own, by the policies of its fields
        rest = {name: value for name, value in vals.items() if name not in data}
        return super().write(rest) if rest else True

    def _get_own_contact_data(self, vals):
        """Return what a customer writes on its own login but belongs to its contact.

        :param dict vals: as given to ``write``
        :return: the part of ``vals``; empty if it is no customer's, or not for a login to write
        :rtype: dict
        """
        if self != self.env.user or not self._get_portal_level():
            return {}
        if not self.env.su and not vals.keys() <= self._self_accessible_fields()[1]:
            return {}
        data = self.env["res.partner"]._get_portal_data_fields() | {"image_1920"}
        return {name: vals[name] for name in data & vals.keys()}
