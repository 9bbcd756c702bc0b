from odoo import api, models

#: What only the portal itself writes; no remote call does.
OWN_FIELDS = {
    "number",
    "state",
    "list_rank",
    "commercial_partner_id",
    "customer_replied",
    "first_answered_on",
    "closed_on",
    "waiting_since",
    "reminded_on",
    "merged_into_id",
    "origin_id",
    "proposal_state",
    "rating_score",
    "rating_date",
    "questionnaire_asked_on",
}


class KundenportalActivity(models.Model):
    """What a new case gets, and what nobody chooses."""

    _inherit = "kundenportal.activity"

    # === BUSINESS METHODS === #

    @api.model
    def _prepare_new_case(self, vals):
        """Complete the values of a new case: number, company, stage, who deals with it.

        :param dict vals: as for ``create``
        :rtype: dict
        """
        vals = {**self.default_get(["type_id", "company_id", "partner_id"]), **vals}
        if not self.env.su:
            vals = {name: value for name, value in vals.items() if name not in OWN_FIELDS}
        case_type_sudo = (
            self.env["kundenportal.activity.type"].sudo().browse(vals["type_id"])
        )  # customers open cases, too
        vals["company_id"] = case_type_sudo.company_id.id or vals["company_id"]
        company_sudo = self.env["res.company"].sudo().browse(vals["company_id"])
        number = case_type_sudo.sequence_id.with_company(company_sudo).next_by_id()
        stage_sudo = case_type_sudo.stage_ids.filtered(lambda one: one.id == vals.get("stage_id"))
        stage_sudo = stage_sudo or case_type_sudo._get_stage("new")
        vals |= {
            "number": number,
            "stage_id": stage_sudo.id,
            **self._prepare_customer(vals.get("partner_id")),
            **self._prepare_assignment(case_type_sudo, company_sudo, vals),
        }
        return {**vals, **self._prepare_state(stage_sudo.state)}

    def _without_own_fields(self, vals):
        """Return values without what only the portal writes; a form may send it back unchanged."""
        if self.env.su:
            return dict(vals)
        return {name: value for name, value in vals.items() if name not in OWN_FIELDS}
