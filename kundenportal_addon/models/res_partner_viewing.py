from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_view_as_customer(self):
        """Ask why, then open the portal as this contact sees it; or say what it would have.

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        return self.env["kundenportal.viewing.start"].create({"partner_id": self.id})._get_action()
