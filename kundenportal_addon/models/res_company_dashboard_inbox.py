from odoo import api, fields, models
from odoo.fields import Domain

from .kundenportal_protocol_inbox import WAITING
from .res_company_dashboard import OFFICER


class ResCompany(models.Model):
    """The inbox on the dashboard: by kind, the reader's own, and what is nobody's."""

    _inherit = "res.company"

    portal_inbox_kinds = fields.Json(
        string="Inbox by Kind", compute="_compute_portal_inbox_kinds", groups=OFFICER
    )
    portal_inbox_mine_count = fields.Integer(
        string="Mine in the Inbox", compute="_compute_portal_inbox_persons", groups=OFFICER
    )
    portal_inbox_unassigned_count = fields.Integer(
        string="Inbox without Responsible", compute="_compute_portal_inbox_persons", groups=OFFICER
    )

    # === COMPUTE METHODS === #

    @api.depends_context("uid", "tz", "lang")
    def _compute_portal_inbox_kinds(self):
        rows = self._count_inbox(Domain.TRUE, "kind_id")
        overdue = {
            (company, kind): count
            for company, kind, count in self._count_inbox(self._get_overdue_domain(), "kind_id")
        }
        lines = {}
        for company, kind, count in rows:
            lines.setdefault(company, []).append(
                {
                    "id": kind.id,
                    "name": kind.name,
                    "icon": kind.icon or "fa-circle-o",
                    "count": count,
                    "overdue": overdue.get((company, kind), 0),
                }
            )
        for company in self:
            company.portal_inbox_kinds = lines.get(company, [])

    @api.depends_context("uid", "tz")
    def _compute_portal_inbox_persons(self):
        mine = self.env["kundenportal.protocol"]._get_mine()
        numbers = {}
        for company, person, count in self._count_inbox(Domain.TRUE, "responsible_id"):
            if not person or person in mine:
                key = company, bool(person)
                numbers[key] = numbers.get(key, 0) + count
        for company in self:
            company.portal_inbox_mine_count = numbers.get((company, True), 0)
            company.portal_inbox_unassigned_count = numbers.get((company, False), 0)

    def _count_inbox(self, domain, field_name):
        """Count what waits in the inbox: rows ``(company, value of the field, number)``."""
        domain &= WAITING & Domain("company_id", "in", self.ids)
        return self.env["kundenportal.protocol"]._read_group(
            domain, ["company_id", field_name], ["__count"]
        )

    @api.model
    def _get_overdue_domain(self):
        return Domain("deadline", "<", fields.Date.context_today(self))

    # === ACTION METHODS === #

    def action_portal_inbox(self):
        """Open what waits in the inbox.

        :rtype: dict
        """
        return self._get_portal_inbox_action(self.env._("Inbox"), Domain.TRUE)

    def action_portal_inbox_overdue(self):
        """Open what of the inbox should have been dealt with by now.

        :rtype: dict
        """
        return self._get_portal_inbox_action(self.env._("Overdue"), self._get_overdue_domain())

    def action_portal_inbox_mine(self):
        """Open what of the inbox is the reader's, also as somebody's deputy.

        :rtype: dict
        """
        domain = Domain("is_mine", "=", True)
        return self._get_portal_inbox_action(self.env._("Mine in the Inbox"), domain)

    def action_portal_inbox_unassigned(self):
        """Open what of the inbox nobody is responsible for.

        :rtype: dict
        """
        domain = Domain("responsible_id", "=", False)
        return self._get_portal_inbox_action(self.env._("Without Responsible"), domain)

    def action_portal_inbox_kind(self, kind_id, overdue=False):
        """Open what of the inbox is of a kind.

        :param int kind_id: id of the kind
        :param bool overdue: whether only what should have been dealt with by now
        :rtype: dict
        """
        domain = Domain("kind_id", "=", kind_id)
        if overdue:
            domain &= self._get_overdue_domain()
        return self._get_portal_inbox_action(self.env._("Inbox"), domain)

    def _get_portal_inbox_action(self, name, domain):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kundenportal_addon.kundenportal_inbox_action"
        )
        domain &= WAITING & Domain("company_id", "=", self.id)
        # The domain says all; the filter "open" of the action would be said twice.
        return {**action, "name": name, "display_name": name, "domain": list(domain), "context": {}}
