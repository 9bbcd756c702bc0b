from odoo import api, fields, models

from ..tools.case_state import RUNNING


class ResPartner(models.Model):
    """The cases of a contact; for a company those of its contacts, too."""

    _inherit = "res.partner"

    portal_case_count = fields.Integer(
        string="Open Cases",
        compute="_compute_portal_case_count",
        groups="kundenportal_addon.group_officer",
        help="For a company also those of its contacts.",
    )

    # === COMPUTE METHODS === #

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_portal_case_count(self):
        cases = self.env["kundenportal.activity"]
        companies = self.filtered("is_company")
        counts = {}
        for field_name, partners in (
            ("commercial_partner_id", companies),
            ("partner_id", self - companies),
        ):
            if partners:
                domain = [(field_name, "in", partners.ids), ("list_rank", "=", 0)]
                counts |= dict(cases._read_group(domain, [field_name], ["__count"]))
        for partner in self:
            partner.portal_case_count = counts.get(partner._origin, 0)

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if "category_id" in vals:
            # Customer groups say which types of cases are seen.
            self._forget_portal_rights()
        return result

    # === ACTION METHODS === #

    def action_view_portal_cases(self):
        """Open the cases of the contact; for a company also those of its contacts (smart button).

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kundenportal_addon.kundenportal_activity_action"
        )
        field_name = "commercial_partner_id" if self.is_company else "partner_id"
        return {
            **action,
            "domain": [(field_name, "=", self.id)],
            "context": {"default_partner_id": self.id, "search_default_running": 1},
        }

    # === HOOKS: WHAT IS HANDED OVER === #

    def _get_handover_counts(self):
        counts = super()._get_handover_counts()
        number = len(self._get_open_cases())
        return [*counts, (self.env._("Open requests"), number)] if number else counts

    def _hand_over_to(self, successor):
        counts = super()._hand_over_to(successor)
        self._get_open_cases()._hand_over_to(self, successor)
        return counts

    def _get_open_cases(self):
        """Return the contact's running cases that were opened for its company, as superuser.

        Not the confidential ones: a main user would read them by saying that a colleague is gone.
        To whom these go, staff decide.
        """
        return (
            self.env["kundenportal.activity"]
            .sudo()  # called past the gate; nothing of them is shown but their number
            .search(
                [
                    ("partner_id", "=", self.id),
                    ("commercial_partner_id", "=", self.commercial_partner_id.id),
                    ("state", "in", RUNNING),
                    ("is_confidential", "=", False),
                ]
            )
        )
