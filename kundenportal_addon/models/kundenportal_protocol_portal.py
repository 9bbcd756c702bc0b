from functools import partial

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.sql import escape_psql

from ..tools.typed_text import clean
from .kundenportal_protocol_kind_portal import SHOWN

#: Nobody searches for more, and each word is a condition of its own.
SEARCH_LENGTH = 100
SEARCH_WORDS = 10
#: Kinds about records: main users see them if they may read the record, whoever it belongs to.
RECORD_GROUPS = ("cases", "appointments", "orders")
#: Function without which a main user sees none of the company's.
GROUP_FUNCTIONS = {"access": "colleagues", "data": "master_data"}


class KundenportalProtocol(models.Model):
    """The history that customers see: what was done in their name, and by whom.

    They have no access to the model; `_search_for_portal` and `_prepare_portal_rows` are the one
    door. Everybody sees the entries about itself and those of its own doing. Main users see of
    their company what is not personal: accesses and data by function, and what is about a record
    (request, appointment, order) only as far as they may read that record now. So neither what is
    confidential nor what is a former colleague's business elsewhere shows up. Sign-ins, messages
    and what somebody has looked at are each person's own.
    """

    _inherit = "kundenportal.protocol"

    # === BUSINESS METHODS: WHAT IS ASKED FOR === #

    @api.model
    def _read_portal_choice(self, typed):
        """Return what a browser asks of the history; what nobody knows is as if it were not there.

        :param dict typed: as it came; may be anything
        :return: ``search``, ``group`` and ``whose`` (``own`` or empty)
        :rtype: dict[str, str]
        """
        groups = self.env["kundenportal.protocol.kind"]._get_portal_groups()
        group, whose = clean(typed.get("group")), clean(typed.get("whose"))
        return {
            "search": clean(typed.get("search"), SEARCH_LENGTH),
            "group": group if group in groups else "",
            "whose": whose if whose == "own" else "",
        }

    # === BUSINESS METHODS: WHAT IS FOUND === #

    @api.model
    def _count_for_portal(self, choice):
        """Return how many entries `_search_for_portal` finds without a limit.

        :param dict choice: as `_read_portal_choice` returns it
        :rtype: int
        """
        return self.sudo().search_count(self._get_portal_domain(choice))  # see the class

    @api.model
    def _search_for_portal(self, choice, limit=None, offset=0):
        """Return a page of the acting customer's history, the latest first.

        :param dict choice: as `_read_portal_choice` returns it
        :param int limit: rows of the page
        :param int offset: rows before it
        :return: entries as superuser, to be shown by `_prepare_portal_rows` only
        """
        domain = self._get_portal_domain(choice)
        return self.sudo().search(domain, limit=limit, offset=offset)  # see the class

    @api.model
    def _get_portal_domain(self, choice):
        level = self.env.user._get_portal_level()
        if not level:
            return Domain.FALSE
        domain = self._get_own_domain()
        if level == "main_user" and not choice["whose"]:
            domain |= self._get_company_domain()
        if choice["group"]:
            domain &= self._get_kind_domain(lambda shown: shown.group == choice["group"])
        words = choice["search"].split()[:SEARCH_WORDS]
        return domain & Domain.AND(self._get_word_domain(word) for word in words)

    @api.model
    def _get_own_domain(self):
        """Return what is about the acting customer, or of its doing for its present company."""
        user_sudo = self.env.user  # always sudoed
        firm = Domain("commercial_partner_id", "=", user_sudo.commercial_partner_id.id)
        about = Domain("partner_id", "=", user_sudo.partner_id.id)
        by = firm & Domain("user_id", "=", user_sudo.id)
        return (about | by) & self._get_kind_domain(lambda shown: True)

    @api.model
    def _get_company_domain(self):
        """Return what a main user sees of its company's other contacts."""
        user_sudo = self.env.user  # always sudoed
        domain = Domain.FALSE
        for group in ("access", "data", *RECORD_GROUPS):
            code = GROUP_FUNCTIONS.get(group)
            if code and not user_sudo._has_portal_function(code):
                continue
            kinds = self._get_kind_domain(
                lambda shown, group=group: shown.is_company and shown.group == group
            )
            domain |= kinds & self._get_record_domain(group)
        return domain & Domain("commercial_partner_id", "=", user_sudo.commercial_partner_id.id)

    @api.model
    def _get_record_domain(self, group):
        """Return the condition that an entry of a group is about a record the customer may read."""
        if group == "orders":
            return self._get_order_domain(Domain.TRUE)
        names = {"cases": "kundenportal.activity", "appointments": "kundenportal.appointment"}
        if group not in names:
            return Domain.TRUE
        records = self.env[names[group]]
        if not records.has_access("read"):
            return Domain.FALSE
        return self._get_about_domain(records._name, records._search([]))

    @api.model
    def _get_order_domain(self, domain):
        """Return the condition that an entry is about one of some orders that the customer knows.

        What the record rules of orders say of customers, without asking for all contacts of the
        company, as Odoo's own does: what it reads, or what it has sent.
        """
        user_sudo = self.env.user  # always sudoed
        read = Domain(user_sudo._portal_order_domain())
        read &= Domain("company_id", "in", list(user_sudo._get_company_ids()))
        orders_sudo = self.env["sale.order"].sudo()  # see above
        found = orders_sudo._search(domain & (read | user_sudo._portal_sent_order_domain()))
        return self._get_about_domain("sale.order", found)

    @api.model
    def _get_about_domain(self, model_name, found):
        """Return the condition that an entry is about one of the records that a query finds.

        :param str model_name: of the records
        :param found: a query, see ``_search``
        """
        about = Domain.custom(to_sql=partial(self._get_about_sql, found=found))
        return Domain("res_model", "=", model_name) & about

    @api.model
    def _get_about_sql(self, model, alias, query, found):
        """Return the condition for `_get_about_domain`; takes what Odoo passes."""
        return SQL("%s IN %s", SQL.identifier(alias, "res_id"), found.subselect())

    @api.model
    def _get_kind_domain(self, is_meant):
        """Return the condition that an entry is of one of the kinds that customers see.

        :param is_meant: function of what `SHOWN` says
        """
        kinds = self.env["kundenportal.protocol.kind"]._get_portal_kinds()
        ids = [id_ for id_, (code, _name, _icon) in kinds.items() if is_meant(SHOWN[code])]
        return Domain("kind_id", "in", ids)

    @api.model
    def _get_word_domain(self, word):
        """Return the condition that an entry says a word in what the customer reads of it.

        What is not shown must not be found either.
        """
        kinds = self.env["kundenportal.protocol.kind"]._get_portal_kinds()
        needle, folded = escape_psql(word), word.casefold()
        named = [id_ for id_, (_c, name, _icon) in kinds.items() if folded in name.casefold()]
        note = Domain("note", "ilike", needle)
        own = Domain("partner_id", "=", self.env.user.partner_id.id)
        domain = (
            Domain("kind_id", "in", named)
            | note & self._get_kind_domain(lambda shown: shown.note == "all")
            | note & own & self._get_kind_domain(lambda shown: shown.note == "own")
            | Domain("partner_id.name", "ilike", needle)
            | self._get_order_domain(Domain("name", "ilike", needle))
        )
        cases = self.env["kundenportal.activity"]
        if cases.has_access("read"):
            found = cases._search(cases._get_word_domain(word))
            domain |= self._get_about_domain(cases._name, found)
        return domain
