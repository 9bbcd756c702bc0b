import html

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import escape_psql, groupby

from ..tools.case_state import RUNNING, STATES
from ..tools.typed_text import clean

#: Nobody searches for more, and the database takes no NUL.
SEARCH_LENGTH = 100
#: Each word is a condition of its own.
SEARCH_WORDS = 10

#: What the list can be sorted by; in each case the running ones stand first. The default is
#: answered in the order of an index.
ORDERS = {
    "newest": "list_rank, id desc",
    "oldest": "list_rank, id",
    "date": "list_rank, date_start desc nulls last, id desc",
}
#: What comes first where the list is grouped. Of the states' codes the order backwards happens to
#: be useful: what waits for the customer first.
GROUPS = {
    "": "",
    "state": "list_rank, state desc, ",
    "type": "type_id, ",
    "contact": "partner_id, ",
}


class KundenportalActivity(models.Model):
    """The customers' list: search, filter, sort, group, page by page in the database.

    Whose cases are found is the record rule's to say (`res.users._portal_case_domain`).
    """

    _inherit = "kundenportal.activity"

    # === BUSINESS METHODS: WHAT IS ASKED FOR === #

    @api.model
    def _read_portal_choice(self, typed, filters):
        """Return what a browser asks of the list; what nobody knows is as if it were not there.

        :param dict typed: as it came; may be anything
        :param list filters: as `_get_portal_filters` returns them
        :return: ``search``, ``type``, ``state``, ``sort``, ``group``; and of these what differs
            from the default
        :rtype: tuple[dict[str, str], dict[str, str]]
        """
        defaults = {"search": ""} | {one["name"]: one["options"][0][0] for one in filters}
        choice = {"search": clean(typed.get("search"), SEARCH_LENGTH)}
        for one in filters:
            value = clean(typed.get(one["name"]))
            is_known = value in (key for key, _label in one["options"])
            choice[one["name"]] = value if is_known else defaults[one["name"]]
        return choice, {name: value for name, value in choice.items() if value != defaults[name]}

    @api.model
    def _get_portal_filters(self):
        """Return what the list can be narrowed and arranged by, the default of each first.

        :return: dicts ``name``, ``label`` and ``options``: pairs of a key and a label
        :rtype: list[dict]
        """
        types_sudo = self.env["kundenportal.activity.type"]._get_visible(self.env.user)
        types = {"": self.env._("All")} | {str(one.id): one.name for one in types_sudo}
        groups = {
            "": self.env._("Nothing"),
            "state": self.env._("Status"),
            "type": self.env._("Type"),
        }
        if self.env.user._get_portal_level() == "main_user":
            groups["contact"] = self.env._("Contact")
        states = {
            "": self.env._("All"),
            "running": self.env._("Running"),
            "closed": self.env._("Closed"),
        }
        orders = {
            "newest": self.env._("Newest"),
            "oldest": self.env._("Oldest"),
            "date": self.env._("Start"),
        }
        return [
            {"name": "type", "label": self.env._("Type"), "options": list(types.items())},
            {
                "name": "state",
                "label": self.env._("Status"),
                "options": [*states.items(), *self._get_portal_states().items()],
            },
            {"name": "sort", "label": self.env._("Sort by"), "options": list(orders.items())},
            {"name": "group", "label": self.env._("Group by"), "options": list(groups.items())},
        ]

    @api.model
    def _get_portal_states(self):
        """Return the names of the states as customers read them, in their language.

        :rtype: dict[str, str]
        """
        names = {state: self._get_state_name(state) for state, _label in STATES}
        return names | {
            "new": self.env._("Received"),
            "waiting": self.env._("Answer needed"),
        }

    # === BUSINESS METHODS: WHAT IS FOUND === #

    @api.model
    def _count_for_portal(self, choice):
        """Return how many cases `_search_for_portal` finds without a limit.

        :param dict choice: as `_read_portal_choice` returns it
        :rtype: int
        """
        return self.search_count(self._get_portal_domain(choice))

    @api.model
    def _search_for_portal(self, choice, limit=None, offset=0):
        """Return a page of the acting customer's cases.

        :param dict choice: as `_read_portal_choice` returns it
        :param int limit: rows of the page
        :param int offset: rows before it
        :rtype: recordset
        """
        order = GROUPS[choice["group"]] + ORDERS[choice["sort"]]
        return self.search(self._get_portal_domain(choice), order=order, limit=limit, offset=offset)

    @api.model
    def _get_portal_domain(self, choice):
        domain = Domain.AND(self._get_word_domain(word) for word in self._get_words(choice))
        if choice["type"]:
            domain &= Domain("type_id", "=", int(choice["type"]))
        if choice["state"] in ("running", "closed"):
            domain &= Domain("list_rank", "=", 0 if choice["state"] == "running" else 1)
        elif choice["state"]:
            domain &= Domain("state", "=", choice["state"])
        return domain

    @api.model
    def _get_words(self, choice):
        return choice["search"].split()[:SEARCH_WORDS]

    @api.model
    def _get_word_domain(self, word):
        """Return the condition that a case says a word, in what its customer reads of it.

        Where the type gives the cases their title, their own is the staff's, and not to be found
        out by searching.
        """
        # Types are not customers' to read: "any!" asks as superuser.
        own_title = Domain("type_id", "any!", Domain("portal_title", "=", False))
        needle = escape_psql(word)
        return (
            Domain("number", "ilike", needle)
            | (own_title & Domain("name", "ilike", needle))
            | Domain("description", "ilike", html.escape(needle, quote=False))
        )

    # === BUSINESS METHODS: WHAT IS SHOWN === #

    def _prepare_portal_rows(self):
        """Return what the list shows of each case to the acting customer.

        :return: ``id``, ``url``, ``number``, ``title``, ``type``, ``icon``, ``state``, ``stage``,
            ``date``, ``contact`` (empty if it is the reader), ``is_running`` and
            ``is_confidential``
        :rtype: list[dict]
        """
        titles = self._render_portal_texts(("portal_title",))
        stages = self._get_portal_status()
        reader = self.env.user.partner_id
        return [
            {
                "id": case_sudo.id,
                "url": case_sudo._get_portal_path(),
                "number": case_sudo.number or "",
                "title": titles[case_sudo.id]["portal_title"],
                "type": case_sudo.type_id.name,
                "icon": case_sudo.type_id.icon or "fa-ticket",
                "state": case_sudo.state,
                "stage": stages[case_sudo.id],
                "date": case_sudo.create_date,
                "contact": "" if case_sudo.partner_id == reader else case_sudo.partner_id.name,
                "is_running": case_sudo.state in RUNNING,
                "is_confidential": case_sudo.is_confidential,
            }
            for case_sudo in self.sudo()  # types and colleagues need not be customers' to read
        ]

    def _group_portal_rows(self, choice):
        """Return the rows of the page under the headings that were asked for.

        :param dict choice: as `_read_portal_choice` returns it
        :return: dicts ``label`` (empty if nothing was asked for) and ``rows``, in the list's order
        :rtype: list[dict]
        """
        rows = self._prepare_portal_rows()
        states = self._get_portal_states()
        own = self.env.user.partner_id.name
        label = {
            "": lambda row: "",
            "state": lambda row: states[row["state"]],
            "type": lambda row: row["type"],
            "contact": lambda row: row["contact"] or own,
        }[choice["group"]]
        return [{"label": name, "rows": found} for name, found in groupby(rows, label)]
