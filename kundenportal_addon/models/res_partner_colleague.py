from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.sql import escape_psql

FUNCTION_GROUP = "kundenportal_addon.group_function_colleagues"


class ResPartner(models.Model):
    """What main users see of their company's contacts, and the one gate to changing their access.

    Customers have no right to write contacts or logins, so what main users do is done as superuser.
    Every method that acts starts with `_enter_colleague`, which asks who acts and on whom.
    """

    _inherit = "res.partner"

    portal_main_withheld_function_ids = fields.Many2many(
        "kundenportal.function",
        "kundenportal_partner_main_withheld_rel",
        "partner_id",
        "function_id",
        string="Withheld by Main Users",
        groups="kundenportal_addon.group_officer",
        help="What main users of the company took from the contact. They can give it back, but "
        "never more than the contact would have anyway.",
    )

    # === THE GATE === #

    @api.model
    def _get_colleagues_company(self, user=None):
        """Return the customer's company whose colleagues a user manages.

        :param user: by default the acting one
        :return: the commercial entity as superuser; a person without a company is its own
        :raise AccessError: unless the user is a main user with the function
        """
        user_sudo = (user or self.env.user).sudo()  # groups of logins are not for customers to read
        main_group_id = self.env["res.users"]._level_group_ids()["main_user"]
        function_group_id = self.env["ir.model.data"]._xmlid_to_res_id(FUNCTION_GROUP)
        # The database is asked, not a cache: another main user may just have changed it. Whoever is
        # blocked, or whose portal is not active, has no function.
        if not user_sudo.search_count(
            Domain("id", "=", user_sudo.id)
            & Domain("share", "=", True)
            & Domain("group_ids", "in", [main_group_id])
            & Domain("group_ids", "in", [function_group_id])
        ):
            raise AccessError(self.env._("Only main users manage their colleagues' access."))
        return user_sudo.partner_id.commercial_partner_id

    @api.model
    def _get_colleague_domain(self, company):
        """Return the domain of the contacts that main users of a company manage.

        Neither addresses nor other companies, nobody who also works for us, nobody who has left.

        :param company: what `_get_colleagues_company` returns
        :rtype: Domain
        """
        if not company.is_company:
            return Domain.FALSE
        return (
            Domain("commercial_partner_id", "=", company.id)
            & Domain("id", "!=", company.id)
            & Domain("type", "=", "contact")
            & Domain("is_company", "=", False)
            & Domain(
                "user_ids", "not any", [("share", "=", False), ("active", "in", (True, False))]
            )
            # Who has access again belongs to the company again, whatever was reported.
            & (
                Domain("portal_left_on", "=", False)
                | Domain("user_ids", "any", [("active", "=", True)])
            )
        )

    @api.model
    def _find_colleague(self, partner_id, user=None):
        """Return a contact that a main user manages.

        :param int partner_id: as the browser sent it
        :param user: by default the acting one
        :return: the contact as superuser, in the company of the user
        :raise AccessError: without saying whether there is such a contact
        """
        user = user or self.env.user
        company = self._get_colleagues_company(user)
        # Past the gate: sudo, as customers cannot write contacts.
        colleague_sudo = self.sudo().search(
            self._get_colleague_domain(company) & Domain("id", "=", partner_id)
        )
        if not colleague_sudo:
            raise AccessError(self.env._("There is no such colleague."))
        return colleague_sudo.with_company(user.sudo().company_id)

    def _enter_colleague(self):
        """Start an action of a main user on a colleague: wait for the others, then check.

        :return: the contact as superuser; the acting user stays the one who acts
        :raise AccessError: unless the acting user manages the contact
        """
        self.ensure_one()
        self._lock_colleagues()
        return self._find_colleague(self.id)

    @api.model
    def _lock_colleagues(self):
        """Let one main user of a company act at a time.

        The row is touched, not only locked: PostgreSQL then refuses the second one's outdated
        snapshot, Odoo starts that request anew, and it sees what the first has done.
        """
        # Without the function master_data the company is not the user's to read.
        company_id = self.env.user.sudo().partner_id.commercial_partner_id.id
        self.env.cr.execute(
            SQL("UPDATE res_partner SET write_date = write_date WHERE id = %s", company_id),
            log_exceptions=False,
        )

    def _check_not_blocked(self):
        """Leave a block to the staff who set it.

        :raise UserError: if the contact or its company is blocked
        """
        if self.portal_state == "blocked":
            raise UserError(
                self.env._("%s is blocked. Only we can change that; please ask us.", self.name)
            )

    def _check_main_user_remains(self):
        """Keep the last main user of a company.

        :raise UserError: if nobody else could act as main user without this contact
        """
        if self.portal_access == "main_user" and not self._get_other_main_users():
            raise UserError(
                self.env._(
                    "%s is the last main user of the company. Another main user comes first.",
                    self.name,
                )
            )

    def _get_other_main_users(self):
        """Return the logins of the company's main users beside the contact who are let in."""
        main_group_id = self.env["res.users"]._level_group_ids()["main_user"]
        Users_sudo = self.env["res.users"].sudo()  # logins are nobody's to read
        return Users_sudo.search(
            Domain("share", "=", True)
            & Domain("group_ids", "in", [main_group_id])
            & Domain("partner_id", "!=", self.id)
            & Domain("partner_id.commercial_partner_id", "=", self.commercial_partner_id.id)
            & Domain("partner_id.portal_switch", "!=", "blocked")
        )

    # === FUNCTIONS === #

    def _get_tickable_functions(self, user=None):
        """Return the functions that a main user may take from the contact and give back.

        Those that the contact would have if no main user had taken any, that the main user has
        itself, and that have a page. So what staff withhold stays withheld, and nobody gives what
        the company does not have.

        :param user: the main user, by default the acting one
        :return: functions as superuser, in display order
        """
        self.ensure_one()
        Function_sudo = self.env["kundenportal.function"].sudo()  # customers do not read functions
        main_user_sudo = (user or self.env.user).sudo()
        main_sudo = main_user_sudo.partner_id.with_company(main_user_sudo.company_id)
        self.env.flush_all()
        contact = SQL(
            """
            SELECT id AS partner_id, commercial_partner_id, %s AS company_id, %s AS is_main,
                   NULL::int AS user_id
              FROM res_partner WHERE id = %s
            """,
            self._get_portal_company().id,
            self.portal_access == "main_user",
            self.id,
        )
        rows = self.env.execute_query(Function_sudo._effective_sql(contact, with_main_users=False))
        own_rows = main_sudo._get_effective_functions().get(main_sudo.id, [])
        own_ids = {row[0] for row in own_rows}
        functions = Function_sudo.browse(row[2] for row in rows if row[2] in own_ids)
        return functions.filtered("has_page").sorted()

    # === WHAT PAGES SHOW === #

    @api.model
    def _get_colleague_search_domain(self, words):
        """Return the domain of the acting main user's colleagues that match what was typed.

        :param str words: part of a name, position, address or number
        :rtype: Domain
        :raise AccessError: unless the acting user is a main user with the function
        """
        domain = self._get_colleague_domain(self._get_colleagues_company())
        if words:
            domain &= Domain.OR(
                Domain(name, "ilike", escape_psql(words))
                for name in ("name", "function", "email", "phone")
            )
        return domain

    def _prepare_colleagues(self):
        """Return what pages show of these colleagues, by the same queries for any number.

        :rtype: list[dict]
        """
        states = {
            "none": self.env._("Without access"),
            "invited": self.env._("Never signed in"),
            "active": self.env._("Active"),
            "blocked": self.env._("Blocked by us"),
        }
        levels = dict(self._fields["portal_access"]._description_selection(self.env))
        waiting = self.env["kundenportal.access.request"]._get_open(self).grouped("partner_id")
        rows = []
        for partner in self:
            has_access = partner.portal_access != "none"
            functions = partner.portal_function_ids.filtered("has_page") if has_access else ()
            rows.append(
                {
                    "id": partner.id,
                    "name": partner.name or "",
                    "position": partner.function or "",
                    "email": partner.email or "",
                    "phone": partner.phone or "",
                    "is_self": partner == self.env.user.partner_id,
                    "level": partner.portal_access,
                    "level_label": levels[partner.portal_access],
                    "state": partner.portal_state,
                    "state_label": states.get(partner.portal_state, ""),
                    "is_waiting": partner in waiting,
                    "functions": [function.name for function in functions],
                }
            )
        return rows

    def _prepare_colleague(self):
        """Return what the page of one colleague shows, with what may be done.

        :rtype: dict
        """
        self.ensure_one()
        request = self.env["kundenportal.access.request"]._get_latest(self)
        tickable = self._get_tickable_functions()
        withheld = self.portal_main_withheld_function_ids
        wanted = request.function_ids if request.state == "requested" else tickable.browse()
        values = self._prepare_colleagues()[0]
        values.update(
            request=request._prepare_for_colleagues(),
            has_address=bool(self.email_normalized),
            needs_approval=self._needs_approval(),
            tickable=[
                {
                    "id": function.id,
                    "name": function.name,
                    "is_ticked": function not in withheld or function in wanted,
                    "is_waiting": function in wanted,
                }
                for function in tickable
            ],
            fixed=[
                function.name
                for function in self.portal_function_ids - tickable
                if function.has_page
            ],
        )
        return values
