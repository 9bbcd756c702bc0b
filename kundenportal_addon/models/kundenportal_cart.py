from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import SHOP_CHANNELS

#: Nobody looks for its address in a longer list.
MAX_ADDRESSES = 100


class KundenportalCart(models.Model):
    """A person's cart in one of the two shops.

    A record keeps what is said about the next order: where to, for whom, until when. The methods
    are all that pages know of carts; they act for the acting customer, who has no access to the
    tables: which articles may be ordered (``…_check.py``), what is put in, changed and taken out
    (``…_change.py``), what pages show (``…_page.py``), the order that it stands for
    (``…_order.py``) and that is made of it (``…_send.py``), and what was ordered before
    (``…_reorder.py``).
    """

    _name = "kundenportal.cart"
    _description = "Cart of the Customer Portal"
    _order = "id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, readonly=True, ondelete="cascade"
    )
    commercial_partner_id = fields.Many2one(
        "res.partner",
        string="Company of the Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", string="Our Company", required=True, readonly=True, ondelete="cascade"
    )
    channel = fields.Selection(SHOP_CHANNELS, string="Shop", required=True, readonly=True)
    delivery_id = fields.Many2one(
        "res.partner", string="Delivery Address", readonly=True, ondelete="set null"
    )
    reference = fields.Char(string="Customer's Reference", readonly=True)
    note = fields.Text(readonly=True)
    wished_date = fields.Date(readonly=True)

    _cart_unique = models.UniqueIndex("(partner_id, company_id, channel)")

    # === BUSINESS METHODS === #

    @api.model
    def _get_channels(self):
        """Return the shops that the acting customer has.

        :rtype: list[str]
        """
        user_sudo = self.env.user  # always sudoed
        return [code for code, _label in SHOP_CHANNELS if user_sudo._has_portal_function(code)]

    @api.model
    def _check_channel(self, channel):
        """Refuse a shop that the acting customer does not have.

        :raise AccessError: for that, and for what is no shop
        """
        if channel not in self._get_channels():
            raise AccessError(self.env._("This shop is not open to you."))

    @api.model
    def _get_owner(self):
        """Return whose carts these are, and who sells: the acting customer and our company.

        :return: as superuser
        :rtype: tuple
        """
        user_sudo = self.env.user  # always sudoed
        return user_sudo.partner_id, user_sudo.company_id

    @api.model
    def _get_owner_domain(self, channel):
        partner_sudo, company_sudo = self._get_owner()
        channels = [channel] if isinstance(channel, str) else channel
        return (
            Domain("partner_id", "=", partner_sudo.id)
            & Domain("commercial_partner_id", "=", partner_sudo.commercial_partner_id.id)
            & Domain("company_id", "=", company_sudo.id)
            & Domain("channel", "in", channels)
        )

    @api.model
    def _get_lines(self, channel):
        """Return what lies in the acting customer's cart, as superuser.

        :param channel: one of `SHOP_CHANNELS`, or a list of some
        """
        lines_sudo = self.env["kundenportal.cart.line"].sudo()  # see the class's docstring
        return lines_sudo.search_fetch(self._get_owner_domain(channel))

    @api.model
    def _get_details(self, channel):
        """Return what the acting customer has said about its next order, as superuser.

        :return: empty if it has said nothing yet
        """
        return self.sudo().search_fetch(self._get_owner_domain(channel))  # see the class

    @api.model
    def _lock(self):
        """Let one request at a time act on the acting customer's carts.

        A real update, so that whoever waited starts anew and sees what has been done.
        """
        partner_sudo, _company = self._get_owner()
        self.env.cr.execute(
            SQL("UPDATE res_partner SET id = id WHERE id = %s", partner_sudo.id),
            log_exceptions=False,
        )

    # === BUSINESS METHODS: WHERE TO === #

    @api.model
    def _get_addresses(self):
        """Return where the acting customer can have things sent: to addresses of its company.

        :return: as superuser, where Odoo would send it first
        """
        partner_sudo, company_sudo = self._get_owner()
        customer_sudo = partner_sudo.commercial_partner_id
        own = partner_sudo | customer_sudo
        found_sudo = partner_sudo.search_fetch(
            Domain("commercial_partner_id", "=", customer_sudo.id)
            & (Domain("id", "=", customer_sudo.id) | Domain("type", "in", ("delivery", "other")))
            & Domain("company_id", "in", (False, company_sudo.id))
            # An address with a login is a colleague like any other.
            & (Domain("user_ids", "=", False) | Domain("id", "in", own.ids))
            & self._get_place_domain(own),
            order="name, id",
            limit=MAX_ADDRESSES,
        )
        return self._find_default_address(found_sudo) | found_sudo

    @api.model
    def _get_place_domain(self, own):
        """Return which addresses are no colleague's, such as its home: those main users see only.

        :param own: the acting customer and its company
        :rtype: Domain
        """
        if self.env.user._get_portal_level() == "main_user":
            return Domain.TRUE
        colleague = (
            Domain("type", "=", "contact")
            & Domain("is_company", "=", False)
            & Domain("id", "not in", own.ids)
        )
        return ~Domain("parent_id", "any", colleague)

    @api.model
    def _find_default_address(self, addresses):
        """Return where Odoo would send what the acting customer orders.

        :param addresses: of the customer, as superuser
        """
        partner_sudo, _company = self._get_owner()
        deliveries = addresses.filtered(lambda one: one.type == "delivery")
        return partner_sudo._find_delivery_address(deliveries)

    # === BUSINESS METHODS: CONTACTS THAT ARE MERGED === #

    @api.model
    def _keep_latest(self, partners):
        """Leave one record of each shop among contacts that become one: the newest.

        :param partners: the contacts that are merged, with the one that is kept
        """
        carts = self.search([("partner_id", "in", partners.ids)], order="write_date desc, id desc")
        kept = {}
        for cart in carts:
            kept.setdefault((cart.company_id, cart.channel), cart)
        (carts - self.union(*kept.values())).unlink()
