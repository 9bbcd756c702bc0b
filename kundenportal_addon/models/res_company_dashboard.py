from datetime import UTC, datetime, time, timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_datetime

OFFICER = "kundenportal_addon.group_officer"

#: How far back the dashboard looks for sign-ins, today included, and how many names it shows.
SIGN_IN_DAYS = 7
SIGN_IN_NAMES = 5


class ResCompany(models.Model):
    """The dashboard for the morning: a card for each company, each number opens what it counts."""

    _inherit = "res.company"

    portal_review_count = fields.Integer(
        string="To Review", compute="_compute_portal_open_entries", groups=OFFICER
    )
    portal_review_overdue_count = fields.Integer(
        string="Reviews Overdue", compute="_compute_portal_open_entries", groups=OFFICER
    )
    portal_inbox_count = fields.Integer(
        string="In the Inbox", compute="_compute_portal_open_entries", groups=OFFICER
    )
    portal_inbox_overdue_count = fields.Integer(
        string="Inbox Overdue", compute="_compute_portal_open_entries", groups=OFFICER
    )
    portal_sign_in_today_count = fields.Integer(
        string="Signed In Today", compute="_compute_portal_sign_ins", groups=OFFICER
    )
    portal_sign_in_week_count = fields.Integer(
        string="Signed In, Last 7 Days", compute="_compute_portal_sign_ins", groups=OFFICER
    )
    portal_sign_in_names = fields.Text(
        string="Last Sign-ins", compute="_compute_portal_sign_ins", groups=OFFICER
    )
    portal_invited_count = fields.Integer(
        string="Invited, Never Signed In", compute="_compute_portal_invited_count", groups=OFFICER
    )

    # === COMPUTE METHODS === #

    @api.depends_context("uid", "tz")
    def _compute_portal_open_entries(self):
        everything = self._count_open_entries(Domain.TRUE)
        overdue = self._count_open_entries(Domain("deadline", "<", fields.Date.context_today(self)))
        for company in self:
            company.portal_review_count = everything.get((company, False), 0)
            company.portal_review_overdue_count = overdue.get((company, False), 0)
            company.portal_inbox_count = everything.get((company, True), 0)
            company.portal_inbox_overdue_count = overdue.get((company, True), 0)

    def _count_open_entries(self, domain):
        """Count open entries of the protocol.

        :param Domain domain: which of them
        :return: numbers by ``(company, in_inbox)``
        :rtype: dict[tuple, int]
        """
        domain &= Domain("review_state", "=", "open") & Domain("company_id", "in", self.ids)
        rows = self.env["kundenportal.protocol"]._read_group(
            domain, ["company_id", "in_inbox"], ["__count"]
        )
        return {(company, in_inbox): count for company, in_inbox, count in rows}

    @api.depends_context("uid", "tz", "lang")
    def _compute_portal_sign_ins(self):
        today = dict(self._count_sign_ins(self._get_portal_day_start()))
        week = dict(self._count_sign_ins(self._get_portal_day_start(SIGN_IN_DAYS - 1)))
        names = self._get_last_sign_ins()
        for company in self:
            company.portal_sign_in_today_count = today.get(company, 0)
            company.portal_sign_in_week_count = week.get(company, 0)
            company.portal_sign_in_names = "\n".join(names.get(company.id, [])) or False

    def _count_sign_ins(self, since):
        """Count the persons, not the sign-ins: rows ``(company, number)``."""
        domain = Domain(self._get_sign_in_domain(since)) & Domain("company_id", "in", self.ids)
        return self.env["kundenportal.protocol"]._read_group(
            domain, ["company_id"], ["partner_id:count_distinct"]
        )

    @api.model
    def _get_sign_in_domain(self, since):
        kind = self.env["kundenportal.protocol.kind"]._get_by_code("signed_in")
        return [("kind_id", "=", kind.id), ("create_date", ">=", since)]

    @api.model
    def _get_portal_day_start(self, days_ago=0):
        """Return when a day of the reader began.

        :param int days_ago: 0 for today
        :return: naive, in UTC
        :rtype: datetime
        """
        day = fields.Date.context_today(self) - timedelta(days=days_ago)
        midnight = self.env.tz.localize(datetime.combine(day, time.min))
        return midnight.astimezone(UTC).replace(tzinfo=None)

    def _get_last_sign_ins(self):
        """Return who signed in last, one line for each person, by id of the company.

        :rtype: dict[int, list[str]]
        """
        protocol = self.env["kundenportal.protocol"]
        protocol.check_access("read")
        protocol.flush_model()
        kind = self.env["kundenportal.protocol.kind"]._get_by_code("signed_in")
        # The newest hundred of each company are enough to find a handful of persons in.
        rows = self.env.execute_query(
            SQL(
                """
                SELECT company.id, person.name, person.at
                  FROM unnest(%(companies)s::int[]) company (id)
                 CROSS JOIN LATERAL (
                       SELECT last.partner_name AS name, max(last.create_date) AS at
                         FROM (
                              SELECT partner_id, partner_name, create_date
                                FROM kundenportal_protocol
                               WHERE company_id = company.id AND kind_id = %(kind)s
                                 AND create_date >= %(since)s
                            ORDER BY create_date DESC
                               LIMIT 100
                              ) last
                     GROUP BY last.partner_id, last.partner_name
                     ORDER BY at DESC
                        LIMIT %(limit)s
                       ) person
                 ORDER BY company.id, person.at DESC
                """,
                companies=self.ids,
                kind=kind.id,
                since=self._get_portal_day_start(SIGN_IN_DAYS - 1),
                limit=SIGN_IN_NAMES,
            )
        )
        lines = {}
        for company_id, name, moment in rows:
            when = format_datetime(self.env, moment, dt_format="EEE HH:mm")
            lines.setdefault(company_id, []).append(f"{when}  {name}")
        return lines

    @api.depends_context("uid")
    def _compute_portal_invited_count(self):
        rows = self.env["res.users"]._read_group(
            [("partner_id.portal_state", "=", "invited"), ("company_id", "in", self.ids)],
            ["company_id"],
            ["partner_id:count_distinct"],
        )
        counts = dict(rows)
        for company in self:
            company.portal_invited_count = counts.get(company, 0)

    # === ACTION METHODS === #

    def action_portal_reviews(self):
        """Open the entries to review.

        :rtype: dict
        """
        domain = [("review_state", "=", "open"), ("in_inbox", "=", False)]
        return self._get_portal_entries_action(self.env._("To Review"), domain)

    def action_portal_overdue(self):
        """Open what should have been dealt with by now, reviews and inbox.

        :rtype: dict
        """
        domain = [("review_state", "=", "open"), ("deadline", "<", fields.Date.context_today(self))]
        return self._get_portal_entries_action(self.env._("Overdue"), domain)

    def action_portal_sign_ins(self):
        """Open the sign-ins of the last seven days.

        :rtype: dict
        """
        domain = self._get_sign_in_domain(self._get_portal_day_start(SIGN_IN_DAYS - 1))
        return self._get_portal_entries_action(self.env._("Sign-ins"), domain)

    def _get_portal_entries_action(self, name, domain):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "kundenportal.protocol",
            "views": [(False, "list"), (False, "form")],
            "domain": [*domain, ("company_id", "=", self.id)],
        }

    def action_portal_invited(self):
        """Open the contacts that were invited and never signed in; the list can invite them again.

        :rtype: dict
        """
        self.ensure_one()
        view = self.env.ref("kundenportal_addon.res_partner_view_list")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invited, Never Signed In"),
            "res_model": "res.partner",
            "views": [(view.id, "list"), (False, "form")],
            "domain": [("portal_state", "=", "invited"), ("user_ids.company_id", "=", self.id)],
            "context": {"create": False},
            "help": self.env._("Everybody who was invited has signed in."),
        }

    def action_portal_settings(self):
        """Open the settings of the current company's portal.

        :rtype: dict
        """
        return self.env["kundenportal.settings"].with_company(self).action_open()
