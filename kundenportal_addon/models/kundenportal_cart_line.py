from odoo import api, fields, models
from odoo.tools import SQL

from ..const import SHOP_CHANNELS
from ..tools.quantity import MAX_QUANTITY


class KundenportalCartLine(models.Model):
    """What a person has put into its cart: one row for each article, of supplies for each printer.

    Rows belong to the person, so that they are there on every device. Customers have no access to
    the table; ``kundenportal.cart`` reads and writes it for them.
    """

    _name = "kundenportal.cart.line"
    _description = "Cart Line of the Customer Portal"
    _order = "id"
    _rec_name = "product_id"

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
        help="The company that the contact belonged to when it put the article into the cart.",
    )
    company_id = fields.Many2one(
        "res.company", string="Our Company", required=True, readonly=True, ondelete="cascade"
    )
    channel = fields.Selection(SHOP_CHANNELS, string="Shop", required=True, readonly=True)
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="cascade"
    )
    quantity = fields.Float(digits="Product Unit", required=True, readonly=True)
    equipment_id = fields.Many2one(
        "maintenance.equipment",
        string="For Device",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )

    _line_unique = models.UniqueIndex(
        "(partner_id, company_id, channel, product_id, COALESCE(equipment_id, 0))"
    )

    # === CRUD METHODS === #

    def unlink(self):
        partners = self.partner_id
        result = super().unlink()
        partners._recount_portal_cart()
        return result

    # === BUSINESS METHODS === #

    @api.model
    def _add(self, partner, company, channel, rows):
        """Put articles into a person's cart, beside what is there already, by one statement.

        What the person may order has been asked before.

        :param partner: the person
        :param company: our company that sells
        :param str channel: one of `SHOP_CHANNELS`
        :param list rows: tuples of an article, a quantity and a device, which may be empty
        """
        wanted = {}
        for product, quantity, equipment in rows:
            key = product.id, equipment.id or None
            wanted[key] = min(wanted.get(key, 0) + quantity, MAX_QUANTITY)
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO kundenportal_cart_line AS line (
                    partner_id, commercial_partner_id, company_id, channel,
                    product_id, equipment_id, quantity,
                    create_uid, create_date, write_uid, write_date
                )
                SELECT partner.id, partner.commercial_partner_id, %(company)s, %(channel)s,
                       wish.product_id, wish.equipment_id, wish.quantity,
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM res_partner partner,
                       unnest(%(products)s::int[], %(devices)s::int[], %(quantities)s::numeric[])
                       WITH ORDINALITY wish (product_id, equipment_id, quantity, position)
                 WHERE partner.id = %(partner)s
              ORDER BY wish.position
                    ON CONFLICT (
                       partner_id, company_id, channel, product_id, COALESCE(equipment_id, 0)
                       )
                    DO UPDATE
                   SET quantity = LEAST(line.quantity + EXCLUDED.quantity, %(most)s),
                       write_uid = EXCLUDED.write_uid, write_date = EXCLUDED.write_date
                """,
                company=company.id,
                channel=channel,
                partner=partner.id,
                products=[product_id for product_id, _device in wanted],
                devices=[device_id for _product, device_id in wanted],
                quantities=list(wanted.values()),
                most=MAX_QUANTITY,
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        self.invalidate_model()
        partner._recount_portal_cart()

    @api.model
    def _merge_carts(self, partners, keep):
        """Put the carts of contacts that become one together: what lies in both is added up.

        :param partners: the contacts that are merged, with the one that is kept
        :param keep: the one that is kept
        """
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                WITH heap AS (
                    SELECT id,
                           SUM(quantity) OVER twins AS total,
                           ROW_NUMBER() OVER (twins ORDER BY partner_id = %(keep)s DESC, id) AS rank
                      FROM kundenportal_cart_line
                     WHERE partner_id = ANY(%(partners)s)
                    WINDOW twins AS (
                           PARTITION BY company_id, channel, product_id, COALESCE(equipment_id, 0)
                           )
                ),
                doubled AS (
                    DELETE FROM kundenportal_cart_line line
                          USING heap WHERE heap.id = line.id AND heap.rank > 1
                )
                UPDATE kundenportal_cart_line line
                   SET quantity = LEAST(heap.total, %(most)s)
                  FROM heap
                 WHERE heap.id = line.id AND heap.rank = 1 AND heap.total != line.quantity
                """,
                keep=keep.id,
                partners=list(partners.ids),
                most=MAX_QUANTITY,
            )
        )
        self.invalidate_model()

    @api.autovacuum
    def _gc_counts(self):
        """Count carts anew of which the database took something: articles that were deleted."""
        partners = self.env["res.partner"].with_context(active_test=False)
        partners.search([("portal_cart_count", ">", 0)])._recount_portal_cart()
