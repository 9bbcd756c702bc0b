from datetime import date

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..tools.typed_text import clean


class KundenportalReleaseDeputy(models.Model):
    """Who releases orders for a main user of the customer for some days.

    Several may stand in for the same one. Main users write it on their page, by methods only; both
    have to be of the same company still when it counts.
    """

    _name = "kundenportal.release.deputy"
    _description = "Deputy for Releases"
    _inherit = ["kundenportal.cached.mixin"]
    _order = "date_from, id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Main User",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    deputy_id = fields.Many2one(
        "res.partner", required=True, readonly=True, index=True, ondelete="cascade"
    )
    commercial_partner_id = fields.Many2one(
        "res.partner",
        string="Company of the Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    date_from = fields.Date(string="From", required=True, readonly=True)
    date_to = fields.Date(
        string="Until", required=True, readonly=True, help="The last day, inclusive."
    )

    _someone_else = models.Constraint(
        "CHECK (partner_id != deputy_id)", "Nobody can stand in for themselves."
    )
    _period = models.Constraint("CHECK (date_from <= date_to)", "The period ends before it begins.")

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "deputy_id")
    def _compute_display_name(self):
        for absence in self:
            absence.display_name = f"{absence.partner_id.name} → {absence.deputy_id.name}"

    # === BUSINESS METHODS: WHO STANDS IN === #

    @api.model
    def _get_running(self, customer):
        """Return today's deputies of a customer's main users; called as superuser.

        Whoever left, or is no main user any more, is represented by nobody.

        :param customer: the company
        """
        today = fields.Date.context_today(self)
        absences = self.search(
            [
                ("commercial_partner_id", "=", customer.id),
                ("date_from", "<=", today),
                ("date_to", ">=", today),
            ]
        )
        if not absences:
            return absences
        represented = customer._get_portal_main_users().partner_id
        return absences.filtered(
            lambda one: (
                one.partner_id in represented
                and one.deputy_id.commercial_partner_id == customer
                and one.deputy_id.portal_access != "none"
                and one.deputy_id.portal_switch != "blocked"
            )
        )

    @api.model
    def _is_deputy(self, user):
        """Tell whether a customer's login stands in for a main user today; called as superuser.

        :rtype: bool
        """
        partner = user.partner_id
        if partner.id not in self._get_deputy_ids(fields.Date.context_today(self)):
            return False
        return partner in self._get_running(partner.commercial_partner_id).deputy_id

    @api.model
    @tools.ormcache("day")
    def _get_deputy_ids(self, day):
        """Return who stands in on a day, if nothing has changed; every view of a home asks.

        :param datetime.date day: the day
        :return: ids of contacts, of all customers
        :rtype: frozenset[int]
        """
        return frozenset(
            self.sudo()  # the answer is the same for everybody
            .search([("date_from", "<=", day), ("date_to", ">=", day)])
            .deputy_id.ids
        )

    @api.model
    def _get_of(self, partners):
        """Return where one of the contacts is represented, or represents somebody."""
        return self.search(
            Domain("partner_id", "in", partners.ids) | Domain("deputy_id", "in", partners.ids)
        )

    # === BUSINESS METHODS: THE MAIN USER'S PAGE === #

    @api.model
    def _check_is_main_user(self):
        """Let only main users choose deputies, each its own.

        :return: the contact of the acting main user, as superuser
        :raise AccessError: for everybody else
        """
        user_sudo = self.env.user  # always sudoed
        if user_sudo._get_portal_level() != "main_user":
            raise AccessError(self.env._("Only main users choose deputies."))
        return user_sudo.partner_id

    @api.model
    def _get_candidates(self):
        """Return the colleagues with access who can stand in for the acting main user.

        :return: as superuser
        """
        main_sudo = self._check_is_main_user()
        return main_sudo.search(
            Domain("commercial_partner_id", "=", main_sudo.commercial_partner_id.id)
            & Domain("id", "!=", main_sudo.id)
            & Domain("portal_switch", "!=", "blocked")
            & Domain("portal_access", "in", ["user", "main_user"]),
            order="name, id",
        )

    @api.model
    def _get_own(self):
        """Return the acting main user's deputies, today's and later ones, as superuser."""
        main_sudo = self._check_is_main_user()
        return self.sudo().search(  # see the class's docstring
            [
                ("partner_id", "=", main_sudo.id),
                ("date_to", ">=", fields.Date.context_today(self)),
            ]
        )

    @api.model
    def _add_by_customer(self, typed):
        """Let a colleague stand in for the acting main user.

        :param dict typed: what the browser sent: ``deputy``, ``date_from``, ``date_to``
        :return: a sentence per wrong field; empty if it was taken
        :rtype: dict[str, str]
        :raise AccessError: unless the acting user is a main user
        """
        main_sudo = self._check_is_main_user()
        wanted, errors = clean(typed.get("deputy")), {}
        deputy_sudo = self._get_candidates().filtered(lambda one: str(one.id) == wanted)
        if not deputy_sudo:
            errors["deputy"] = self.env._("Please choose a colleague.")
        days = {}
        for name in ("date_from", "date_to"):
            try:
                days[name] = date.fromisoformat(clean(typed.get(name)))
            except ValueError:
                errors[name] = self.env._("Please enter a date.")
        if len(days) == 2 and days["date_to"] < days["date_from"]:
            errors["date_to"] = self.env._("The period ends before it begins.")
        elif "date_to" in days and days["date_to"] < fields.Date.context_today(self):
            errors["date_to"] = self.env._("This day has passed.")
        if errors:
            return errors
        values = {
            **days,
            "partner_id": main_sudo.id,
            "deputy_id": deputy_sudo.id,
            "commercial_partner_id": main_sudo.commercial_partner_id.id,
        }
        known = [(name, "=", value) for name, value in values.items()]
        deputies_sudo = self.sudo()  # see the class's docstring
        if not deputies_sudo.search_count(known, limit=1):  # sent twice
            deputies_sudo.create(values)._log_change()
        return {}

    @api.model
    def _remove_by_customer(self, absence_id):
        """Let somebody stand in no longer.

        :param int absence_id: as the browser sent it
        :return: whether there was such an absence of the acting main user
        :rtype: bool
        :raise AccessError: unless the acting user is a main user
        """
        absence_sudo = self._get_own().filtered(lambda one: one.id == absence_id)
        if not absence_sudo:
            return False
        absence_sudo._log_change(self.env._("removed"))
        return absence_sudo.unlink()

    def _log_change(self, what=""):
        period = f"{self.date_from:%Y-%m-%d} – {self.date_to:%Y-%m-%d}"
        self.env["kundenportal.protocol"]._log(
            "release_deputy",
            self.partner_id,
            note=", ".join(filter(None, (self.deputy_id.name, period, what))),
        )

    @api.model
    def _drop_for_merge(self, partners):
        """Drop who would stand in for itself once the contacts are one.

        :param partners: the contacts that are merged, with the one that is kept
        """
        self.search(
            [("partner_id", "in", partners.ids), ("deputy_id", "in", partners.ids)]
        ).unlink()
