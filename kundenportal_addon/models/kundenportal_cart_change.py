from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from ..tools.quantity import read_quantity
from ..tools.typed_text import clean

#: The database knows no larger ids.
MAX_ID = 2**31 - 1
ID_LENGTH = len(str(MAX_ID))
#: Nobody sends more with one form.
MAX_ROWS = 100
#: How many articles a cart takes.
MAX_LINES = 200
#: How many characters may be typed.
REFERENCE_LENGTH = 100
NOTE_LENGTH = 2000
#: How far ahead one may wish.
WISH_MONTHS = 24


class KundenportalCart(models.Model):
    """What customers put into their carts, change and take out; sentences for what is wrong."""

    _inherit = "kundenportal.cart"

    # === BUSINESS METHODS: PUT IN === #

    @api.model
    def _add_by_customer(self, channel, rows):
        """Put articles into the acting customer's cart; all of them, or none if one is wrong.

        :param str channel: one of `SHOP_CHANNELS`
        :param list rows: triples of texts as a browser sent them: ids of an article and of a device
            (of supplies), and a quantity
        :return: a sentence for each wrong row, by its number; one for all under ``"form"``
        :rtype: dict
        :raise AccessError: unless the customer has the shop
        """
        self._check_channel(channel)
        if not rows or len(rows) > MAX_ROWS:
            return {"form": self.env._("Please choose what is to be put into the cart.")}
        self._lock()
        found = self._read_rows(channel, rows)
        refusals = self._find_refusals(channel, found)
        if not any(refusals):
            refusals = self._find_sum_refusals(channel, found)
        errors = {number: text for number, text in enumerate(refusals) if text}
        if not errors and not self._has_room(channel, found):
            errors["form"] = self.env._("The cart is full: it takes %s articles.", MAX_LINES)
        if not errors:
            self._put_in(channel, found)
        return errors

    @api.model
    def _has_room(self, channel, rows):
        """Tell whether a cart takes some articles; more of what lies in it needs no room.

        :param str channel: one of `SHOP_CHANNELS`
        :param list rows: tuples of an article, a quantity and a device, which may be empty
        :rtype: bool
        """
        lines_sudo = self._get_lines(channel)
        known = {(line.product_id, line.equipment_id) for line in lines_sudo}
        known |= {(product, device) for product, _quantity, device in rows}
        return len(known) <= MAX_LINES

    @api.model
    def _put_in(self, channel, rows):
        partner_sudo, company_sudo = self._get_owner()
        lines_sudo = self.env["kundenportal.cart.line"].sudo()  # see the class of the cart
        lines_sudo._add(partner_sudo, company_sudo, channel, rows)

    @api.model
    def _read_rows(self, channel, rows):
        """Return which articles, quantities and devices a browser means, all by two queries.

        :rtype: list[tuple]
        """
        products_sudo = self.env["product.product"].sudo()  # customers read neither of the two
        devices_sudo = self.env["maintenance.equipment"].sudo()
        product_ids = [self._read_id(row[0]) for row in rows]
        # A shop that knows no devices notes none.
        device_ids = [self._read_id(row[1]) if channel == "printers" else 0 for row in rows]
        known_products = set(products_sudo.browse(filter(None, product_ids)).exists().ids)
        known_devices = set(devices_sudo.browse(filter(None, device_ids)).exists().ids)
        return [
            (
                products_sudo.browse(product_id if product_id in known_products else ()),
                read_quantity(clean(row[2])),
                devices_sudo.browse(device_id if device_id in known_devices else ()),
            )
            for row, product_id, device_id in zip(rows, product_ids, device_ids, strict=True)
        ]

    @api.model
    def _read_id(self, text):
        text = clean(text)
        if not text.isascii() or not text.isdecimal() or len(text) > ID_LENGTH:
            return 0
        return int(text) if int(text) <= MAX_ID else 0

    # === BUSINESS METHODS: CHANGE AND TAKE OUT === #

    @api.model
    def _update_by_customer(self, channel, typed):
        """Take what the acting customer typed on the page of its cart.

        What is right is kept even if something else is wrong.

        :param str channel: one of `SHOP_CHANNELS`
        :param dict typed: what the browser sent; what it did not send stays as it is
        :return: a sentence per wrong field
        :rtype: dict[str, str]
        :raise AccessError: unless the customer has the shop
        """
        self._check_channel(channel)
        self._lock()
        return self._take_quantities(channel, typed) | self._take_details(channel, typed)

    @api.model
    def _remove_by_customer(self, channel, line_text):
        """Take an article out of the acting customer's cart; one that is gone is no error.

        :param str channel: one of `SHOP_CHANNELS`
        :param str line_text: id of a row, as the browser sent it
        :raise AccessError: unless the customer has the shop
        """
        self._check_channel(channel)
        self._lock()
        line_id = self._read_id(line_text)
        self._get_lines(channel).filtered(lambda line: line.id == line_id).unlink()

    @api.model
    def _take_quantities(self, channel, typed):
        errors = {}
        for line_sudo in self._get_lines(channel):
            name = f"quantity_{line_sudo.id}"
            if name not in typed:
                continue
            quantity = read_quantity(clean(typed[name]))
            refusal = self._get_quantity_refusal(line_sudo.product_id, quantity)
            if refusal:
                errors[name] = refusal
            elif quantity != line_sudo.quantity:
                line_sudo.quantity = quantity
        return errors

    @api.model
    def _take_details(self, channel, typed):
        values, errors = self._read_details(typed)
        details_sudo = self._get_details(channel)
        values = {
            name: value
            for name, value in values.items()
            if details_sudo._fields[name].convert_to_write(details_sudo[name], details_sudo)
            != value
        }
        if values and not details_sudo:
            partner_sudo, company_sudo = self._get_owner()
            values |= {
                "partner_id": partner_sudo.id,
                "commercial_partner_id": partner_sudo.commercial_partner_id.id,
                "company_id": company_sudo.id,
                "channel": channel,
            }
            self._forget_details(channel)
            details_sudo.create(values)
        elif values:
            details_sudo.write(values)
        return errors

    @api.model
    def _forget_details(self, channel):
        """Drop what the person said for another company of its, which this one need not know."""
        partner_sudo, company_sudo = self._get_owner()
        self.sudo().search(  # see the class of the cart
            [
                ("partner_id", "=", partner_sudo.id),
                ("company_id", "=", company_sudo.id),
                ("channel", "=", channel),
            ]
        ).unlink()

    @api.model
    def _read_details(self, typed):
        """Return what was typed about the order, and what is wrong with it.

        :return: values of the fields that were sent and are right, a sentence per wrong field
        :rtype: tuple[dict, dict]
        """
        values, errors = {}, {}
        for name, length in (("reference", REFERENCE_LENGTH), ("note", NOTE_LENGTH)):
            text = clean(typed.get(name))
            if name == "reference":
                text = " ".join(text.split())  # a subject of a mail is one line
            if len(text) > length:
                errors[name] = self.env._("Please enter at most %s characters.", length)
            elif name in typed:
                values[name] = text or False
        if "delivery" in typed:
            address_id = self._read_id(typed["delivery"])
            if address_id in self._get_addresses().ids:
                values["delivery_id"] = address_id
            else:
                errors["delivery"] = self.env._("Please choose one of the addresses.")
        if "wished_date" in typed:
            try:
                values["wished_date"] = self._read_wished_date(clean(typed["wished_date"]))
            except ValueError as error:
                errors["wished_date"] = str(error)
        return values, errors

    @api.model
    def _read_wished_date(self, text):
        """Return the day that a text says, False for an empty one.

        :param str text: as browsers send dates, such as ``2027-03-31``
        :raise ValueError: with a sentence for the customer
        """
        if not text:
            return False
        try:
            wished = date.fromisoformat(text)
        except ValueError:
            raise ValueError(self.env._("Please enter a date.")) from None
        today = fields.Date.context_today(self)
        if not today <= wished <= today + relativedelta(months=WISH_MONTHS):
            raise ValueError(self.env._("Please choose a day from today on, within two years."))
        return wished
