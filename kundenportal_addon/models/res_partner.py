from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import PORTAL_ACCESS

#: Fields that decide which functions a contact has, and whether it is let in.
ACCESS_FIELDS = {
    "category_id",
    "portal_switch",
    "portal_extra_function_ids",
    "portal_withheld_function_ids",
    "portal_main_withheld_function_ids",
}
#: Fields that decide which company a contact belongs to.
COMPANY_FIELDS = {"parent_id", "is_company"}


class ResPartner(models.Model):
    """Who of a customer has access, on which level, with which functions."""

    _inherit = "res.partner"

    portal_user_id = fields.Many2one(
        "res.users",
        string="Portal Login",
        compute="_compute_portal_user",
        compute_sudo=True,
        groups="base.group_user",
    )
    portal_access = fields.Selection(
        PORTAL_ACCESS,
        string="Kundenportal",
        compute="_compute_portal_user",
        compute_sudo=True,
        search="_search_portal_access",
        help="Main user: sees everything of the company. User: sees only its own.",
    )
    portal_state = fields.Selection(
        [
            ("none", "Without access"),
            ("invited", "Invited, never signed in"),
            ("active", "Active"),
            ("blocked", "Blocked"),
            ("internal", "Internal user"),
        ],
        string="Portal Status",
        compute="_compute_portal_user",
        compute_sudo=True,
        search="_search_portal_state",
        groups="base.group_user",
    )
    portal_login_date = fields.Datetime(
        string="Last Sign-in",
        compute="_compute_portal_user",
        compute_sudo=True,
        groups="base.group_user",
    )
    portal_switch = fields.Selection(
        [("allowed", "Allowed"), ("blocked", "Blocked")],
        groups="kundenportal_addon.group_officer",
        help="On a company it holds for all its contacts; on a contact it beats the company's "
        "switch and the admission of the business unit. Empty: nothing special.",
    )
    portal_extra_function_ids = fields.Many2many(
        "kundenportal.function",
        "kundenportal_partner_extra_rel",
        "partner_id",
        "function_id",
        string="Additional Functions",
        groups="kundenportal_addon.group_officer",
    )
    portal_withheld_function_ids = fields.Many2many(
        "kundenportal.function",
        "kundenportal_partner_withheld_rel",
        "partner_id",
        "function_id",
        string="Withheld Functions",
        groups="kundenportal_addon.group_officer",
    )
    portal_function_ids = fields.Many2many(
        "kundenportal.function",
        string="Effective Functions",
        compute="_compute_portal_functions",
        compute_sudo=True,
        groups="base.group_user",
    )
    portal_function_sources = fields.Text(
        string="Where They Come From",
        compute="_compute_portal_functions",
        compute_sudo=True,
        groups="base.group_user",
    )
    portal_contact_ids = fields.One2many(
        "res.partner",
        "parent_id",
        string="Contacts with Kundenportal",
        domain=[("type", "=", "contact")],
        groups="kundenportal_addon.group_officer",
    )
    form_of_address = fields.Selection(
        [("formal", "Sie"), ("informal", "Du")],
        string="Form of Address",
        default="formal",
        required=True,
        help="How mails in German address the contact.",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "user_ids.group_ids", "user_ids.active", "user_ids.log_ids", "portal_switch", "parent_id"
    )
    def _compute_portal_user(self):
        users = (
            self.env["res.users"]
            .with_context(active_test=False)
            .search_fetch(
                [("partner_id", "in", self._origin.ids)],
                ["partner_id", "active", "share", "group_ids"],
            )
        )
        last_logins = dict(
            self.env["res.users.log"]._read_group(
                [("create_uid", "in", users.ids)], ["create_uid"], ["create_date:max"]
            )
        )
        by_partner = users.grouped("partner_id")
        for partner in self:
            own_users = by_partner.get(partner._origin, users.browse())
            user = own_users.filtered("active")[:1] or own_users[:1]
            is_portal = user.active and user._is_portal()
            switch = partner.portal_switch or partner.commercial_partner_id.portal_switch
            partner.portal_user_id = user.share and user
            partner.portal_login_date = user.share and last_logins.get(user)
            partner.portal_access = (is_portal and user._get_portal_level()) or "none"
            if user.active and not user.share:
                partner.portal_state = "internal"
            elif not is_portal:
                partner.portal_state = "blocked" if switch == "blocked" else "none"
            elif switch == "blocked":
                partner.portal_state = "blocked"
            else:
                partner.portal_state = "active" if last_logins.get(user) else "invited"

    def _search_portal_access(self, operator, value):
        if operator != "in":
            return NotImplemented
        groups = self.env["res.users"]._level_group_ids()
        main = Domain("user_ids.group_ids", "in", [groups["main_user"]])
        domains = {
            "main_user": main,
            "user": Domain("user_ids.group_ids", "in", [groups["user"]]) & ~main,
            "none": ~Domain("user_ids.group_ids", "in", list(groups.values())),
        }
        return Domain.OR(domains[item] for item in value if item in domains)

    def _search_portal_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        portal = Domain("user_ids.all_group_ids", "in", [self.env.ref("base.group_portal").id])
        internal = Domain("user_ids.share", "=", False) & Domain("user_ids", "!=", False)
        # A contact's own switch beats its company's.
        blocked = Domain("portal_switch", "=", "blocked") | (
            Domain("portal_switch", "=", False)
            & Domain("commercial_partner_id.portal_switch", "=", "blocked")
        )
        seen = Domain("user_ids.log_ids", "!=", False)
        domains = {
            "internal": internal,
            "blocked": blocked & ~internal,
            "none": ~internal & ~portal & ~blocked,
            "invited": portal & ~seen & ~blocked,
            "active": portal & seen & ~blocked,
        }
        return Domain.OR(domains[item] for item in value if item in domains)

    @api.depends(
        "portal_access",
        "portal_switch",
        "portal_extra_function_ids",
        "portal_withheld_function_ids",
        "portal_main_withheld_function_ids",
        "category_id",
        "parent_id",
    )
    @api.depends_context("company", "lang")
    def _compute_portal_functions(self):
        """What the contact has, or would have as User if it has no login yet."""
        rows = self._get_effective_functions() if self._origin else {}
        for partner in self:
            own_rows = rows.get(partner._origin.id, [])
            functions = self.env["kundenportal.function"].browse(row[0] for row in own_rows)
            partner.portal_function_ids = functions.sorted()
            partner.portal_function_sources = "\n".join(
                partner._describe_function_source(function, source, category)
                for function, source, category in zip(
                    functions,
                    (row[1] for row in own_rows),
                    (row[2] for row in own_rows),
                    strict=True,
                )
            )

    def _describe_function_source(self, function, source, category_id):
        if source == "contact":
            origin = self.env._("given to the contact")
        elif source == "category":
            category = self.env["res.partner.category"].browse(category_id)
            origin = self.env._("customer group %s", category.name)
        else:
            origin = self.env._("default of the company")
        return f"{function.name}: {origin}"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        if partners._get_customer_groups():  # also by a default from the context
            self.env["res.partner.category"]._check_portal_manager()
        return partners

    def write(self, vals):
        groups_before = {}
        if "category_id" in vals:
            groups_before = {partner: partner._get_customer_groups() for partner in self}
        switch_before = {}
        if "portal_switch" in vals:
            switch_before = {partner: partner.portal_switch for partner in self}
        entities = self.browse()
        if not COMPANY_FIELDS.isdisjoint(vals):
            entities = self.filtered("is_company")
            # What is still to be computed belongs to the company of before.
            for model_name, field_name in self._get_company_bound_fields():
                self.env[model_name].flush_model([field_name])
        if vals.get("active") is False:
            self.filtered(lambda partner: partner.portal_access != "none")._revoke_portal_access()

        result = super().write(vals)

        if any(
            partner._get_customer_groups() != groups for partner, groups in groups_before.items()
        ):
            self.env["res.partner.category"]._check_portal_manager()
        for partner, before in switch_before.items():
            if partner.portal_switch != before:
                partner._log_portal_switch()
        if entities:
            entities._take_documents_along()
        if not COMPANY_FIELDS.isdisjoint(vals) or "portal_switch" in vals:
            self._forget_portal_rights()
        if not (ACCESS_FIELDS | COMPANY_FIELDS).isdisjoint(vals):
            self.env["res.users"]._sync_portal_functions(self)
        return result

    def unlink(self):
        # The database takes them from their company and tells nobody; others' contacts count too.
        orphans_sudo = (
            self.sudo()
            .with_context(active_test=False)
            .search([("id", "child_of", self.ids), ("id", "not in", self.ids)])
        )
        result = super().unlink()
        if orphans_sudo:
            orphans_sudo._forget_portal_rights()
            self.env["res.users"]._sync_portal_functions(orphans_sudo)
        return result

    # === BUSINESS METHODS: WHAT A CONTACT HAS === #

    def _get_customer_groups(self):
        """Return the customer groups of the contacts, whoever asks."""
        return self.sudo().category_id.filtered("is_portal_group")

    def _get_portal_company(self):
        """Return the company (business unit) whose portal settings hold for the contact."""
        self.ensure_one()
        partner_sudo = self.sudo()  # the login's company is not the reader's business
        return partner_sudo.portal_user_id.company_id or partner_sudo.company_id or self.env.company

    def _get_effective_functions(self):
        """Return which functions the contacts have and why.

        :return: per contact id, rows ``(function_id, source, category_id)`` as
            ``kundenportal.function._effective_sql`` explains them
        :rtype: dict[int, list[tuple]]
        """
        self.env.flush_all()
        contacts = self.env["kundenportal.function"]._contacts_sql(self.env.company, self._origin)
        query = self.env["kundenportal.function"]._effective_sql(contacts)
        rows = {}
        for partner_id, _user, function_id, _group, source, category_id in self.env.execute_query(
            query
        ):
            rows.setdefault(partner_id, []).append((function_id, source, category_id))
        return rows

    # === BUSINESS METHODS: WHEN A CONTACT MOVES === #

    @api.model
    def _get_company_bound_fields(self):
        """List the stored columns that name the company a record was made for.

        Hook: each feature adds its own, so that they follow when a company becomes part of another.

        :return: pairs ``(model, field)``
        :rtype: list[tuple[str, str]]
        """
        return [
            ("sale.order", "portal_commercial_partner_id"),
            ("account.move", "portal_commercial_partner_id"),
            ("kundenportal.protocol", "commercial_partner_id"),
            ("kundenportal.access.request", "commercial_partner_id"),
            ("kundenportal.data.change", "commercial_partner_id"),
            ("kundenportal.message.recipient", "commercial_partner_id"),
            ("kundenportal.activity", "commercial_partner_id"),
            ("kundenportal.cart", "commercial_partner_id"),
            ("kundenportal.cart.line", "commercial_partner_id"),
            ("kundenportal.release.deputy", "commercial_partner_id"),
        ]

    def _take_documents_along(self):
        """Hand the records of companies that became a child to their new commercial entity.

        A person's stay its own: what it ordered as a private person is no business of the company
        that it joins.
        """
        for partner in self:
            commercial = partner.commercial_partner_id
            if commercial == partner:
                continue
            for model_name, field_name in self._get_company_bound_fields():
                column = SQL.identifier(field_name)
                self.env[model_name].flush_model([field_name])
                # By SQL: posted invoices and protocol entries cannot be written, and need not be.
                self.env.cr.execute(
                    SQL(
                        "UPDATE %s SET %s = %s WHERE %s = %s",
                        SQL.identifier(self.env[model_name]._table),
                        column,
                        commercial.id,
                        column,
                        partner.id,
                    )
                )
                self.env[model_name].invalidate_model([field_name])

    def _forget_portal_rights(self):
        """Drop every worker's cached record rules, if one of these or below them signs in."""
        Users_sudo = self.env[
            "res.users"
        ].sudo()  # logins of other contacts are not the writer's to read
        if Users_sudo.search_count(
            [
                ("share", "=", True),
                ("partner_id", "child_of", self.ids),
            ],
            limit=1,
        ):
            self.env.registry.clear_cache()

    def _log_portal_switch(self):
        """Write into the protocol that the contact was blocked, or is no longer."""
        kind = "access_blocked" if self.portal_switch == "blocked" else "access_unblocked"
        self.env["kundenportal.protocol"]._log(kind, self)
