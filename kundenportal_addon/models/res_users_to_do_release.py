from odoo import models

#: So many orders are looked at for both lists, those that wait for a release first.
LOOKED_AT = 100


class ResUsers(models.Model):
    """Orders that wait for a main user's release."""

    _inherit = "res.users"

    # === BUSINESS METHODS === #

    def _get_quotation_to_dos(self):
        """Return what waits for this main user, or for whom it stands in today, too.

        Together, since both are orders: the home asks for them on every view.
        """
        release = self.env["sale.order"]._get_release_domain()
        if release.is_false():
            return super()._get_quotation_to_dos()
        release &= self.env["sale.order"]._get_waiting_domain()
        quotations = self._get_quotation_domain()
        found_sudo = self._search_to_do_orders(
            release | quotations,
            ["name", "validity_date", "state", *self._get_release_fields()],
            LOOKED_AT,
            # By good luck the first of the states is also the last of the alphabet.
            "portal_release_state desc, validity_date, id",
        )
        waiting_sudo = found_sudo.filtered_domain(release)
        return self._make_release_to_dos(waiting_sudo) + self._make_quotation_to_dos(
            # What it releases itself it need not accept as well.
            found_sudo - waiting_sudo
        )

    def _get_release_fields(self):
        return [
            "portal_release_state",
            "portal_release_asked_id",
            "portal_channel",
            "portal_commercial_partner_id",
            "partner_id",
        ]

    def _make_release_to_dos(self, orders_sudo):
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
