from odoo import api, models
from odoo.tools.misc import formatLang

from ..tools.quantity import MAX_QUANTITY, find_problem, get_limits


class KundenportalCart(models.Model):
    """Which articles a customer may order, and how many; asked when put in and when sent."""

    _inherit = "kundenportal.cart"

    # === BUSINESS METHODS === #

    @api.model
    def _find_refusals(self, channel, rows):
        """Tell for each row why the acting customer cannot order it.

        :param str channel: one of `SHOP_CHANNELS`
        :param list rows: tuples of an article (as superuser), a quantity (None for what is no
            number) and a device (as superuser), which may be empty
        :return: a sentence, or None, for each row
        :rtype: list
        """
        _partner, company_sudo = self._get_owner()
        no_product = self.env["product.product"].sudo()
        products_sudo = no_product.union(*(product for product, _quantity, _device in rows))
        orderable_sudo = self._get_sellable(products_sudo, company_sudo)
        if channel == "shop":
            offered = orderable_sudo.with_company(company_sudo).filtered("portal_shop_ok").ids
            orderable_sudo = orderable_sudo.browse(offered)
        no_device = self.env["maintenance.equipment"].sudo()
        devices = no_device.union(*(device for _product, _quantity, device in rows))
        own_sudo = self._get_own_devices(devices)
        return [
            self._find_refusal(channel, row, row[0] in orderable_sudo, row[2] in own_sudo)
            for row in rows
        ]

    @api.model
    def _find_refusal(self, channel, row, is_orderable, is_own):
        product_sudo, quantity, device_sudo = row
        if not product_sudo or not is_orderable:
            return self.env._("This article is not available.")
        if channel == "printers" and not is_own:
            return self.env._("This printer is not one of yours.")
        fitting_sudo = device_sudo.printer_model_id.supply_ids
        if channel == "printers" and product_sudo.product_tmpl_id not in fitting_sudo:
            return self.env._("This article does not fit the printer.")
        return self._get_quantity_refusal(product_sudo, quantity)

    @api.model
    def _get_quantity_refusal(self, product, quantity):
        """Return why a quantity of an article cannot be ordered, or None.

        :param product: as superuser
        :param quantity: a number, or None for what is no number
        """
        limits = product.portal_min_quantity, product.portal_step_quantity
        problem = find_problem(quantity, *limits)
        least, step = (self._show_number(limit) for limit in get_limits(*limits))
        if problem == "number":
            return self.env._("Please enter a quantity above zero.")
        if problem == "maximum":
            return self.env._(
                "Please order at most %s in the portal. For more, please get in touch.",
                self._show_number(MAX_QUANTITY),
            )
        if problem == "minimum":
            return self.env._("The least quantity is %s.", least)
        if problem == "step":
            return self.env._(
                "The quantity is %(least)s, or more in steps of %(step)s.", least=least, step=step
            )
        return None

    @api.model
    def _find_sum_refusals(self, channel, rows):
        """Tell for each row why it cannot be added to what lies in the cart: packs that do not fit.

        :param str channel: one of `SHOP_CHANNELS`
        :param list rows: as `_find_refusals` takes them
        :return: a sentence, or None, for each row
        :rtype: list
        """
        known = {
            (line.product_id, line.equipment_id): line.quantity for line in self._get_lines(channel)
        }
        refusals = []
        for product, quantity, device in rows:
            lying = known.get((product, device), 0)
            limits = product.portal_min_quantity, product.portal_step_quantity
            is_odd = lying and find_problem(lying + quantity, *limits) == "step"
            refusals.append(
                self.env._(
                    "%s of it lie in the cart already. Please change the quantity there.",
                    self._show_number(lying),
                )
                if is_odd
                else None
            )
        return refusals

    @api.model
    def _show_number(self, number):
        """Return a number as the reader writes it, without superfluous zeros."""
        return formatLang(self.env, number, digits=0 if float(number).is_integer() else 2)

    @api.model
    def _get_sellable(self, products, company):
        """Return which of some articles our company sells to customers of the portal.

        :param products: as superuser
        :param company: our company
        """
        templates = products.product_tmpl_id._get_portal_sellable(company)
        return products.filtered(
            lambda product: (
                product.active
                and product.product_tmpl_id in templates
                and product.type != "combo"  # has no price or stock of its own
            )
        )

    @api.model
    def _get_own_devices(self, devices):
        """Return which of some devices are printers that the acting customer may see.

        :param devices: as superuser
        :return: as superuser
        """
        readable = self.env["maintenance.equipment"]  # by the customer's own rights
        if not devices or not readable.has_access("read"):
            return devices.browse()
        _partner, company_sudo = self._get_owner()
        found = readable.search(
            [("id", "in", devices.ids), ("company_id", "in", (False, company_sudo.id))]
        )
        return found.sudo()
