from odoo import api, models
from odoo.fields import Domain
from odoo.tools import escape_psql, groupby
from odoo.tools.misc import formatLang

from ..tools.quantity import get_limits, show_quantity

#: What customers read of their printers by whatever way; the rest of a device is the staff's.
PORTAL_FIELDS = frozenset(
    {
        "id",
        "display_name",
        "name",
        "serial_no",
        "model",
        "location",
        "site_id",
        "customer_id",
        "company_id",
        "printer_model_id",
        "is_printer",
        "active",
    }
)

#: Each word is a condition of its own.
SEARCH_WORDS = 10

#: In pixels, one of ``PICTURE_SIZES`` of the shop: sharp on a telephone where 64 are shown.
PICTURE_SIZE = "256"


class MaintenanceEquipment(models.Model):
    """What customers see of their printers; which ones, the record rule says.

    See ``res.users._portal_printer_domain``.
    """

    _inherit = "maintenance.equipment"

    # === HOOKS OF ODOO'S ORM AND MAIL === #

    def _has_field_access(self, field, operation):
        """Leave customers what their pages show: costs, notes and vendors are the staff's."""
        if not super()._has_field_access(field, operation):
            return False
        if self.env.su or self.env.user._is_internal():
            return True
        return operation == "read" and field.name in PORTAL_FIELDS

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """Keep the conversation about a device among the staff."""
        if not self.env.user._is_internal():
            return dict.fromkeys(self, "write")  # which no customer has
        return super()._mail_get_operation_for_mail_message_operation(message_operation)

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Let no customer follow a device: it would be sent what staff write to each other.

        :param list partner_ids: ids of contacts
        :param list subtype_ids: ids of what they are told
        :return: whether they follow
        :rtype: bool
        """
        if not self.env.su and not self.env.user._is_internal():
            return False
        return super().message_subscribe(partner_ids, subtype_ids)

    # === BUSINESS METHODS: WHAT IS FOUND === #

    @api.model
    def _get_portal_search_domain(self, search):
        """Return the acting customer's printers that all words of a search say something about.

        :param str search: as typed; empty for all
        :rtype: Domain
        """
        domain = Domain("is_printer", "=", True)
        for word in search.split()[:SEARCH_WORDS]:
            needle = escape_psql(word)
            # Neither products nor addresses are customers' to read: "any!" asks as superuser.
            model = Domain("name", "ilike", needle) | Domain("default_code", "ilike", needle)
            site = Domain.OR(
                Domain(name, "ilike", needle) for name in ("name", "street", "zip", "city")
            )
            domain &= (
                Domain.OR(
                    Domain(name, "ilike", needle)
                    for name in ("name", "serial_no", "model", "location")
                )
                | Domain("printer_model_id", "any!", model)
                | Domain("site_id", "any!", site)
            )
        return domain

    # === BUSINESS METHODS: WHAT IS SHOWN === #

    def _get_portal_path(self):
        """Return the path of the printer's page in the portal."""
        self.ensure_one()
        return f"/my/printers/{self.id}"

    def _prepare_portal_rows(self):
        """Return what the list shows of each printer to the acting customer.

        :return: ``id``, ``url``, ``name``, ``model`` (empty if the name says it), ``serial_no``,
            ``location``, ``supplies`` (as `_prepare_portal_kinds` returns them), ``last_order``
            (UTC, or None) and ``picture_url`` (empty without one)
        :rtype: list[dict]
        """
        basis = self._get_portal_basis()
        return [device_sudo._prepare_portal_row(*basis) for device_sudo in self.sudo()]  # see there

    def _get_portal_basis(self):
        """Return what pages are made of, for all printers at once.

        :return: supplies as `_get_portal_supplies`, orders as `_get_last_orders` returns them, and
            the versions of the models' and the supplies' pictures by record
        :rtype: tuple[dict, dict, dict]
        """
        devices_sudo = self.sudo()  # models, addresses and contacts are not customers' to read
        people_sudo = devices_sudo.customer_id | devices_sudo.site_id | devices_sudo.contact_id
        # Read together, not one after the other.
        (people_sudo | self.env.user.partner_id).mapped("name")
        supplies = self._get_portal_supplies(self.env.user.company_id)
        products_sudo = self.env["product.product"].sudo().union(*supplies.values())
        templates_sudo = devices_sudo.printer_model_id | products_sudo.product_tmpl_id
        pictures = templates_sudo._find_pictures(PICTURE_SIZE, products_sudo)
        return supplies, self._get_last_orders(), pictures

    def _prepare_portal_row(self, supplies, orders, pictures):
        """Return a row of the list; called as superuser, with what `_get_portal_basis` returns."""
        self.ensure_one()
        dates = [
            order["date"] for (device_id, _product), order in orders.items() if device_id == self.id
        ]
        return {
            **self._prepare_portal_head(),
            "supplies": self._prepare_portal_kinds(supplies[self.id]),
            "last_order": max(dates, default=None),
            "picture_url": self._get_portal_picture_url(pictures.get(self.printer_model_id)),
        }

    def _prepare_portal_head(self):
        """Return what tells one printer from another; called as superuser."""
        self.ensure_one()
        model = self.printer_model_id.name or self.model or ""
        return {
            "id": self.id,
            "url": self._get_portal_path(),
            "name": self.name,
            "model": "" if model.casefold() in self.name.casefold() else model,
            "serial_no": self.serial_no or "",
            "location": self._get_portal_location(),
        }

    def _get_portal_location(self):
        """Return where the printer stands, in one line; called as superuser."""
        self.ensure_one()
        site = self.site_id if self._is_at_customer(self.site_id) else self.site_id.browse()
        if site == self.customer_id:
            site = site.browse()  # the main address; all know it
        place = site.name or ", ".join(filter(None, (site.street, site.city)))
        return " · ".join(filter(None, (place, self.location)))

    @api.model
    def _prepare_portal_kinds(self, supplies_sudo):
        """Return what kinds of supplies there are, each with its colours.

        :param supplies_sudo: products (variants), sorted
        :return: dicts ``label`` and ``colors``: pairs of a code and a label
        :rtype: list[dict]
        """
        kinds, colors = self._get_supply_labels()
        return [
            {
                "label": kinds[kind],
                "colors": [
                    (color, colors[color])
                    for color in dict.fromkeys(one.supply_color for one in found)
                    if color
                ],
            }
            for kind, found in groupby(supplies_sudo, lambda one: one.supply_kind or "other")
        ]

    @api.model
    def _get_supply_labels(self):
        """Return the names of kinds and colours, in the reader's language.

        :rtype: tuple[dict[str, str], dict[str, str]]
        """
        products = self.env["product.template"]
        kinds, colors = (
            dict(products._fields[name]._description_selection(self.env))
            for name in ("supply_kind", "supply_color")
        )
        return kinds, colors

    def _prepare_portal_page(self):
        """Return what the page of a printer shows to the acting customer.

        :return: what the list shows, ``contact``, and ``groups``: dicts ``label`` and ``rows``, as
            `_prepare_portal_supplies` returns them
        :rtype: dict
        """
        self.ensure_one()
        supplies, orders, pictures = self._get_portal_basis()
        device_sudo = self.sudo()  # see there
        kinds, _colors = self._get_supply_labels()
        contact = device_sudo.contact_id
        rows = device_sudo._prepare_portal_supplies(supplies[self.id], orders, pictures)
        return {
            **device_sudo._prepare_portal_row(supplies, orders, pictures),
            "contact": contact.name if self._is_at_customer(contact) else "",
            "groups": [
                {"label": kinds[kind], "rows": found}
                for kind, found in groupby(rows, lambda row: row["kind"])
            ],
        }

    def _prepare_portal_supplies(self, supplies_sudo, orders, pictures):
        """Return what the page of a printer shows of its supplies.

        :param supplies_sudo: products (variants), sorted
        :param dict orders: as `_get_portal_basis` returns them
        :param dict pictures: likewise
        :return: dicts ``id`` (of the variant), ``name``, ``code``, ``description``, ``kind``,
            ``color``, ``color_label``, ``unit``, ``minimum`` and ``step`` (as forms take them),
            ``picture_url``, ``last_date`` (UTC, None if it was never ordered), ``last_quantity``
            (as it is read), ``last_unit``, and ``price`` (None where prices are hidden), as
            ``product.product._get_portal_prices`` returns it
        :rtype: list[dict]
        """
        self.ensure_one()
        company, partner = self.env.user.company_id, self.env.user.partner_id
        shows_prices = partner._shows_prices("printers", company)
        least = {
            one.id: get_limits(one.portal_min_quantity, one.portal_step_quantity)[0]
            for one in supplies_sudo
        }
        prices = supplies_sudo._get_portal_prices(partner, company, least) if shows_prices else {}
        _kinds, colors = self._get_supply_labels()
        rows = []
        for one in supplies_sudo:
            order = orders.get((self.id, one.id), {})
            picture = pictures.get(one) or pictures.get(one.product_tmpl_id)
            minimum, step = get_limits(one.portal_min_quantity, one.portal_step_quantity)
            rows.append(
                {
                    "id": one.id,
                    "name": one.with_context(display_default_code=False).display_name,
                    "code": one.default_code or "",
                    "description": one.description_sale or "",
                    "kind": one.supply_kind or "other",
                    "color": one.supply_color or "",
                    "color_label": colors.get(one.supply_color, ""),
                    "unit": one.uom_id.name,
                    "minimum": show_quantity(minimum),
                    "step": show_quantity(step),
                    "picture_url": self._get_portal_picture_url(picture, one),
                    "last_date": order.get("date"),
                    "last_quantity": order and self._show_quantity(order["quantity"]),
                    "last_unit": one.uom_id.browse(order.get("uom_id")).name,
                    "price": prices.get(one.id),
                }
            )
        return rows

    @api.model
    def _show_quantity(self, quantity):
        """Return a quantity as the reader writes it, without superfluous zeros."""
        return formatLang(self.env, quantity, digits=0 if float(quantity).is_integer() else 2)

    # === BUSINESS METHODS: PICTURES === #

    def _get_portal_picture_url(self, version, supply=None):
        """Return the address at which a picture of the printer, or of a supply, is handed out.

        :param str version: of the picture; None if there is none
        :param supply: the supply (variant); of the printer's model, if left out
        :return: it can be kept for ever; empty without a picture
        :rtype: str
        """
        self.ensure_one()
        if not version:
            return ""
        query = f"v={version}" + (f"&supply={supply.id}" if supply else "")
        return f"{self._get_portal_path()}/image?{query}"

    def _find_portal_picture(self, supply):
        """Return the record and the field of a picture that a page asks for.

        :param str supply: id of one of the printer's supplies, as the browser sent it; empty for
            the printer's model
        :return: the record as superuser, empty if it is none of these
        :rtype: tuple
        """
        self.ensure_one()
        record_sudo = self.sudo().printer_model_id  # products are not customers' to read
        if supply:
            offered_sudo = self._get_portal_supplies(self.env.user.company_id)[self.id]
            record_sudo = offered_sudo.filtered(lambda one: str(one.id) == supply)
        return record_sudo, f"image_{PICTURE_SIZE}"
