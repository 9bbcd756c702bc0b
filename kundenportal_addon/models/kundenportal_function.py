from odoo import api, fields, models, tools
from odoo.exceptions import AccessError
from odoo.tools import SQL


class KundenportalFunction(models.Model):
    """A part of the portal that can be unlocked; whoever has it is in its group."""

    _name = "kundenportal.function"
    _description = "Portal Function"
    _order = "sequence, id"

    code = fields.Char(required=True, readonly=True)
    name = fields.Char(required=True, translate=True)
    description = fields.Char(translate=True, help="The line under the name on the tile.")
    icon = fields.Char(help="Name of a Font Awesome 4.7 icon, such as fa-print.")
    url = fields.Char(string="Page", required=True, help="Where the tile leads.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    group_id = fields.Many2one(
        "res.groups",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="Portal users who have the function are put into this group by the portal itself.",
    )
    is_main_user_only = fields.Boolean(
        string="Main Users Only", help="Users never have this function, whatever is ticked."
    )
    has_page = fields.Boolean(
        compute="_compute_has_page",
        search="_search_has_page",
        help="Whether an installed module serves the page; without one there is no tile.",
    )

    _code_unique = models.Constraint("UNIQUE (code)", "A function's code must be unique.")
    _group_unique = models.Constraint(
        "UNIQUE (group_id)", "Each function needs a group of its own."
    )

    @api.depends("url")
    def _compute_has_page(self):
        router = self.env["ir.http"].routing_map().bind("")
        for function in self:
            function.has_page = bool(function.url) and router.test(function.url, "GET")

    def _search_has_page(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Whether a page is there depends on nobody's rights.
        functions = self.sudo().with_context(active_test=False).search([])
        return [("id", "in", functions.filtered(lambda f: f.has_page in value).ids)]

    @api.model_create_multi
    def create(self, vals_list):
        functions = super().create(vals_list)
        self.env["res.users"]._sync_portal_functions()
        self.env.registry.clear_cache()
        return functions

    def write(self, vals):
        self._check_identity_unchanged(vals)
        result = super().write(vals)
        if not {"active", "group_id", "is_main_user_only"}.isdisjoint(vals):
            self.env["res.users"]._sync_portal_functions()
        self.env.registry.clear_cache()
        return result

    def _check_identity_unchanged(self, vals):
        """Refuse another code or group: whoever has the function would be put into that group.

        Fields that are read-only in views are not so for remote calls. Superusers are no exception,
        a manager's settings page writes as one.

        :raise AccessError: if ``vals`` changes one of the two
        """
        for function in self:
            if vals.get("code", function.code) != function.code or (
                vals.get("group_id", function.group_id.id) != function.group_id.id
            ):
                raise AccessError(
                    self.env._("The code and the group of a portal function cannot be changed.")
                )

    @api.model
    @tools.ormcache("self.env.lang")
    def _get_tiles(self):
        """Return what the portal's home needs of every function that has a page.

        :return: in display order, one tuple ``(group_id, code, name, description, icon, url)`` each
        :rtype: tuple[tuple]
        """
        # Customers do not read functions, but have tiles of them.
        return tuple(
            (f.group_id.id, f.code, f.name, f.description or "", f.icon or "fa-circle-o", f.url)
            for f in self.sudo().search([])
            if f.has_page
        )

    @api.model
    def _effective_sql(self, contacts, *, with_main_users=True):
        """Build the query for the functions that contacts have, and for where each comes from.

        The first of these that speaks of a function decides: what a main user of its company took
        from the contact, what is taken from the contact itself, what is given to it, what one of
        its customer groups (or its company's) withholds, what one unlocks, the default of the
        business unit. A contact that is shut out has none.

        :param SQL contacts: rows
            ``(partner_id, commercial_partner_id, company_id, is_main, user_id)``
        :param bool with_main_users: False for what the contacts would have if main users had not
            taken anything
        :return: rows ``(partner_id, user_id, function_id, group_id, source, category_id)``;
            ``source`` is ``contact``, ``category`` or ``company``
        :rtype: SQL
        """
        return SQL(
            """
            WITH contact AS (%s),
            rule AS (
                SELECT c.partner_id, r.function_id, 0 AS rank, FALSE AS is_given,
                       'contact' AS source, NULL::int AS category_id
                  FROM contact c
                  JOIN kundenportal_partner_main_withheld_rel r ON r.partner_id = c.partner_id
                 WHERE %s
             UNION ALL
                SELECT c.partner_id, r.function_id, 1, FALSE, 'contact', NULL
                  FROM contact c
                  JOIN kundenportal_partner_withheld_rel r ON r.partner_id = c.partner_id
             UNION ALL
                SELECT c.partner_id, r.function_id, 2, TRUE, 'contact', NULL
                  FROM contact c
                  JOIN kundenportal_partner_extra_rel r ON r.partner_id = c.partner_id
             UNION ALL
                SELECT c.partner_id, r.function_id, r.rank, r.is_given, 'category', g.id
                  FROM contact c
                  JOIN res_partner_res_partner_category_rel t
                    ON t.partner_id = ANY(ARRAY[c.partner_id, c.commercial_partner_id])
                  JOIN res_partner_category g
                    ON g.id = t.category_id AND g.active AND g.is_portal_group
                  JOIN (
                       SELECT category_id, function_id, 3 AS rank, FALSE AS is_given
                         FROM kundenportal_category_withheld_rel
                        UNION ALL
                       SELECT category_id, function_id, 4, TRUE
                         FROM kundenportal_category_function_rel
                       ) r ON r.category_id = g.id
             UNION ALL
                SELECT c.partner_id, r.function_id, 5, TRUE, 'company', NULL
                  FROM contact c
                  JOIN kundenportal_company_function_rel r ON r.company_id = c.company_id
            ),
            decided AS (
                SELECT DISTINCT ON (partner_id, function_id) *
                  FROM rule
              ORDER BY partner_id, function_id, rank, category_id
            )
            SELECT c.partner_id, c.user_id, f.id AS function_id, f.group_id, d.source, d.category_id
              FROM decided d
              JOIN contact c ON c.partner_id = d.partner_id
              JOIN kundenportal_function f
                ON f.id = d.function_id AND f.active
               AND (c.is_main OR f.is_main_user_only IS NOT TRUE)
              JOIN res_partner p ON p.id = c.partner_id
         LEFT JOIN res_partner commercial ON commercial.id = c.commercial_partner_id
              JOIN res_company company ON company.id = c.company_id AND company.portal_active
             WHERE d.is_given
               AND COALESCE(p.portal_switch, commercial.portal_switch, 'allowed') = 'allowed'
            """,
            contacts,
            with_main_users,
        )

    @api.model
    def _contacts_sql(self, company, partners):
        """Build the rows that :meth:`_effective_sql` asks for, of contacts with a login or not.

        :param company: business unit that is asked for contacts that belong to none
        :param partners: the contacts
        :rtype: SQL
        """
        return SQL(
            """
            SELECT p.id AS partner_id, p.commercial_partner_id,
                   COALESCE(u.company_id, p.company_id, %(company)s) AS company_id,
                   EXISTS (
                       SELECT 1 FROM res_groups_users_rel r WHERE r.uid = u.id AND r.gid = %(main)s
                   ) AS is_main,
                   u.id AS user_id
              FROM res_partner p
         LEFT JOIN LATERAL (
                   SELECT id, company_id FROM res_users
                    WHERE partner_id = p.id AND share AND active ORDER BY id LIMIT 1
                   ) u ON TRUE
             WHERE p.id = ANY(%(partners)s)
            """,
            company=company.id,
            main=self.env["res.users"]._level_group_ids()["main_user"],
            partners=list(partners.ids),
        )
