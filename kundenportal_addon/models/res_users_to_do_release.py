from odoo import models

from .res_users_to_do import TO_DO_LIMIT


class ResUsers(models.Model):
    """Orders that wait for a main user's release."""

    _inherit = "res.users"

    # === BUSINESS METHODS === #

    def _get_portal_to_dos(self):
        return self._get_release_to_dos() + super()._get_portal_to_dos()

    def _get_release_to_dos(self):
        """Return what waits for this main user, or for whom it stands in today."""
        orders_sudo = self.env["sale.order"]._search_to_release(limit=TO_DO_LIMIT + 1)
        return self._make_to_dos(
            orders_sudo,
            lambda order: self._make_to_do(
                "release",
                self.env._("Release %s", order.name),
                f"/my/cart/release/{order.id}",
                "fa-check-square-o",
                about=order.portal_release_asked_id.name or order.partner_id.name,
            ),
            self._make_to_do(
                "release",
                self.env._("More orders to release"),
                "/my/cart/release",
                "fa-check-square-o",
            ),
        )
