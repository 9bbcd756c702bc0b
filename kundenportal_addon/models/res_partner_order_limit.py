from odoo import fields, models
from odoo.fields import Domain

from ..const import ORDER_LIMIT_MODES


class ResPartner(models.Model):
    """How much a customer's users may order; of a contact its company says so."""

    _inherit = "res.partner"

    portal_order_limit_mode = fields.Selection(
        ORDER_LIMIT_MODES,
        string="Users May Order",
        company_dependent=True,
        groups="base.group_user",
        help="For the users of this customer; main users order freely. Empty: as the settings say.",
    )
    portal_order_limit = fields.Float(
        string="Up to the Amount of",
        company_dependent=True,
        groups="base.group_user",
        help="Total of one order with taxes, in the currency of our company. More needs the "
        "release of a main user.",
    )

    # === BUSINESS METHODS === #

    def _get_portal_order_limit(self, company):
        """Return how much users of the contact's customer may order by themselves.

        :param company: our company that sells
        :return: a code of `ORDER_LIMIT_MODES`, and the amount in the company's currency
        :rtype: tuple[str, float]
        """
        self.ensure_one()
        # Limits are staff's; they hold whoever orders.
        customer_sudo = self.sudo().commercial_partner_id.with_company(company)
        company_sudo = company.sudo()
        if customer_sudo.portal_order_limit_mode:
            return customer_sudo.portal_order_limit_mode, customer_sudo.portal_order_limit
        return company_sudo.portal_order_limit_mode, company_sudo.portal_order_limit

    def _get_portal_main_users(self):
        """Return the logins of the customer's main users who are let in, as superuser."""
        main_group_id = self.env["res.users"]._level_group_ids()["main_user"]
        customers_sudo = self.sudo().commercial_partner_id
        users_sudo = self.env["res.users"].sudo()  # logins are nobody's to read
        allowed = Domain("partner_id.portal_switch", "=", "allowed") | (
            Domain("partner_id.portal_switch", "=", False)
            & Domain("partner_id.commercial_partner_id.portal_switch", "!=", "blocked")
        )
        return users_sudo.search(
            Domain("share", "=", True)
            & Domain("group_ids", "in", [main_group_id])
            & Domain("partner_id.commercial_partner_id", "in", customers_sudo.ids)
            & allowed
        )
