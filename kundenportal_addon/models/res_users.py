from odoo import api, models, tools
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import LEVEL_GROUPS


class ResUsers(models.Model):
    """Levels and functions of portal users; both are groups, so that every way in respects them."""

    _inherit = "res.users"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        users._adopt_portal_users()
        return users

    def write(self, vals):
        result = super().write(vals)
        if not {"group_ids", "active", "company_id", "partner_id"}.isdisjoint(vals):
            self._adopt_portal_users()
            portal_users = self.sudo().filtered("share")  # reads groups of others' logins
            if portal_users:
                if "partner_id" in vals:
                    self.env.registry.clear_cache()
                self._sync_portal_functions(portal_users.partner_id)
        return result

    # === LEVELS === #

    @api.model
    def _level_group_ids(self):
        """Return ``{level: id of its group}``."""
        get_id = self.env["ir.model.data"]._xmlid_to_res_id
        return {level: get_id(xmlid) for level, xmlid in LEVEL_GROUPS.items()}

    def _get_portal_level(self):
        """Return the user's level: ``"main_user"``, ``"user"``, or None without one."""
        self.ensure_one()
        user_sudo = self.sudo()  # has_group of another user is refused to portal users
        if user_sudo.has_group(LEVEL_GROUPS["main_user"]):
            return "main_user"
        return "user" if user_sudo.has_group(LEVEL_GROUPS["user"]) else None

    def _adopt_portal_users(self):
        """Give portal users who were born without us (quotation link, checkout) the lowest level.

        Only where the portal is active: elsewhere installing us changes nothing for anybody.
        """
        levels = self._level_group_ids()
        # Rights are not asked: whoever could create the login caused this.
        newcomers_sudo = self.sudo().filtered(
            lambda user: (
                user.active
                and user.company_id.portal_active
                and user._is_portal()
                and not set(levels.values()) & set(user.all_group_ids.ids)
            )
        )
        newcomers_sudo._set_portal_level("user")

    def _set_portal_level(self, level):
        """Put portal users on a level, by one statement for all of them.

        :param str level: ``"user"`` or ``"main_user"``
        :raise ValueError: for another level, or if one of the users is not a portal user
        """
        groups = self._level_group_ids()
        if level not in groups:
            raise ValueError(f"Unknown portal level {level!r}")
        if not self:
            return
        self.env.flush_all()
        # Counted by the database: the assistant may bring ten thousand. Sudo: logins of others.
        portal_users = (
            self.sudo()
            .with_context(active_test=False)
            .search_count(
                [
                    ("id", "in", self.ids),
                    ("all_group_ids", "in", self.env.ref("base.group_portal").ids),
                ]
            )
        )
        if portal_users != len(self):
            raise ValueError("Only portal users have a level")
        self.env.cr.execute(
            SQL(
                """
                WITH removed AS (
                    DELETE FROM res_groups_users_rel
                     WHERE uid IN %(users)s AND gid IN %(others)s
                )
                INSERT INTO res_groups_users_rel (uid, gid)
                SELECT u, %(group)s FROM unnest(%(user_ids)s) u
                    ON CONFLICT DO NOTHING
                """,
                users=self._ids,
                others=tuple(set(groups.values()) - {groups[level]}),
                group=groups[level],
                user_ids=list(self._ids),
            )
        )
        self._forget_groups()
        self._sync_portal_functions(self.sudo().partner_id)  # partner of a login not one's own

    # === FUNCTIONS === #

    @api.model
    def _sync_portal_functions(self, partners=None):
        """Make portal users' function groups what settings, groups and ticks say, at one go.

        :param partners: only the users of these contacts and of the contacts below them; None: all
        """
        if partners is not None and not partners:
            return
        self.env.flush_all()
        scope = SQL("TRUE")
        if partners is not None:
            scope = SQL(
                "(p.id IN %(ids)s OR p.commercial_partner_id IN %(ids)s)", ids=tuple(partners.ids)
            )
        level_groups = self._level_group_ids()
        contacts = SQL(
            """
            SELECT p.id AS partner_id, p.commercial_partner_id, u.company_id,
                   bool_or(r.gid = %(main)s) AS is_main, u.id AS user_id
              FROM res_users u
              JOIN res_partner p ON p.id = u.partner_id
              JOIN res_groups_users_rel r ON r.uid = u.id AND r.gid IN %(levels)s
             WHERE u.active AND %(scope)s
          GROUP BY p.id, u.id
            """,
            main=level_groups["main_user"],
            levels=tuple(level_groups.values()),
            scope=scope,
        )
        self.env.cr.execute(
            SQL(
                """
                WITH desired AS (%(effective)s),
                removed AS (
                    DELETE FROM res_groups_users_rel r
                          USING res_users u
                           JOIN res_partner p ON p.id = u.partner_id
                          WHERE r.uid = u.id AND u.share AND %(scope)s
                            AND r.gid IN (SELECT group_id FROM kundenportal_function)
                            AND NOT EXISTS (
                                SELECT 1 FROM desired d
                                 WHERE d.user_id = r.uid AND d.group_id = r.gid
                            )
                      RETURNING 1
                ),
                added AS (
                    INSERT INTO res_groups_users_rel (uid, gid)
                    SELECT user_id, group_id FROM desired
                        ON CONFLICT DO NOTHING
                 RETURNING 1
                )
                SELECT EXISTS (SELECT 1 FROM removed) OR EXISTS (SELECT 1 FROM added)
                """,
                effective=self.env["kundenportal.function"]._effective_sql(contacts),
                scope=scope,
            )
        )
        if self.env.cr.fetchone()[0]:
            self._forget_groups()

    @api.model
    def _forget_groups(self):
        """Drop what the ORM and every worker remember of groups, after SQL changed them."""
        self.env["res.users"].invalidate_model(["group_ids", "all_group_ids", "share"])
        self.env["res.groups"].invalidate_model(["user_ids", "all_user_ids"])
        self.env["res.partner"].invalidate_model(["portal_access", "portal_function_ids"])
        self.env.registry.clear_cache()

    # === WHO MAY SEE WHAT: called by record rules, so the result is cached per user === #

    @tools.ormcache("self.id")
    def _portal_is_open(self):
        """Tell whether the user's portal is active and the contact not blocked."""
        self.ensure_one()
        user_sudo = self.sudo()  # the company's and the contact's switches are staff's
        partner_sudo = user_sudo.partner_id
        switch = partner_sudo.portal_switch or partner_sudo.commercial_partner_id.portal_switch
        return user_sudo.company_id.portal_active and switch != "blocked"

    def _has_portal_function(self, code):
        """Tell whether the user has the portal function ``code``."""
        # See _get_portal_level.
        return self.sudo().has_group(f"kundenportal_addon.group_function_{code}")

    def _get_portal_contact(self):
        """Return the contact of a member of the staff, as every page of a customer shows it.

        By one query: reading the name of a login takes two.

        :return: as superuser, with name, telephone number and address read
        """
        contacts_sudo = self.env["res.partner"].sudo()  # customers do not read the staff's contacts
        return contacts_sudo.with_context(active_test=False).search_fetch(
            [("user_ids", "in", self.ids)], ["name", "phone", "email_normalized"]
        )

    def _portal_order_domain(self):
        """Return the orders that the user's level and functions leave it; all without a level.

        :rtype: list
        """
        return self._portal_document_domain(Domain("partner_id", "=", self.partner_id.id))

    def _portal_move_domain(self):
        """Return the invoices that the user's level and functions leave it.

        An invoice is the user's own if it names it, or if the order it came from does: its partner
        is mostly the company's invoice address.

        :rtype: list
        """
        return self._portal_document_domain(
            Domain("partner_id", "=", self.partner_id.id)
            | Domain("invoice_line_ids.sale_line_ids.order_id.partner_id", "=", self.partner_id.id)
        )

    def _portal_document_domain(self, own):
        level = self._get_portal_level()
        if not level:
            return []
        if not self._has_portal_function("documents"):
            return list(Domain.FALSE)
        # The second is what the user had as a private person, before it joined a company.
        domain = Domain(
            "portal_commercial_partner_id",
            "in",
            (self.commercial_partner_id | self.partner_id).ids,
        )
        if level == "user":
            # The document's company decides, which need not be the user's.
            free_ids = self.env["res.company"]._get_unrestricted_ids()
            domain &= Domain("company_id", "in", free_ids) | own
        return list(domain)

    def _portal_contact_domain(self):
        """Return the contacts that the user's level and functions leave it.

        Always itself; with ``master_data`` a main user its whole company, a user the company and
        its addresses, but never a colleague's record.

        :rtype: list
        """
        level = self._get_portal_level()
        if not level:
            return []
        domain = Domain("id", "=", self.partner_id.id)
        if self._has_portal_function("master_data"):
            if level == "main_user":
                return []
            domain |= Domain("id", "=", self.commercial_partner_id.id)
            # An address with a login is a colleague like any other.
            domain |= Domain("type", "in", ("invoice", "delivery", "other")) & Domain(
                "user_ids", "=", False
            )
        return list(domain)
