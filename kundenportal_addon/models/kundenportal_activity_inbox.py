from odoo import api, models
from odoo.exceptions import UserError

from ..tools.case_state import RUNNING


class KundenportalActivity(models.Model):
    """Who deals with a case; as long as that is nobody, it waits in the inbox."""

    _inherit = "kundenportal.activity"
    _inbox_step_methods = {"answer": "action_open_case"}

    # === ACTION METHODS === #

    def action_open_case(self):
        """Open the case (button in the row of the inbox).

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        return self._get_records_action(context={})

    def action_assign_to_me(self):
        """Make the acting user responsible for the cases (button).

        :return: True
        :raise AccessError: unless the acting user may write them
        """
        self.check_access("write")
        self.user_id = self.env.user
        return True

    # === HOOKS OF THE INBOX === #

    def _get_inbox_steps(self):
        return {case.id: ("answer",) for case in self}

    def _check_inbox_done(self):
        self.ensure_one()
        if not self.user_id and self.state in RUNNING:
            raise UserError(
                self.env._(
                    "“%s” is nobody's: make somebody responsible. The entry then closes by itself.",
                    self.display_name,
                )
            )

    def _check_inbox_reopen(self):
        self.ensure_one()
        if self.user_id or self.state not in RUNNING:
            raise UserError(
                self.env._(
                    "“%s” has been dealt with; taking the entry back would not change that.",
                    self.display_name,
                )
            )

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_from_inbox(self):
        """Let no entry wait for what is gone."""
        self.env["kundenportal.protocol"]._close_for(self, self.env._("Deleted"))

    # === BUSINESS METHODS === #

    @api.model
    def _prepare_assignment(self, case_type, company, vals):
        """Return who deals with a new case: what was said, else what its type says.

        :param case_type: as superuser
        :param company: our company
        :param dict vals: of the new case
        :rtype: dict
        """
        team = self.env["kundenportal.team"].sudo().browse(vals.get("team_id"))
        team = team or case_type.team_id
        team = team or team._find_for_skills(case_type.skill_ids, company)
        user_id = vals.get("user_id") or case_type.user_id._filter_case_workers(company).id
        if not user_id and team:
            user_id = team._find_assignee(case_type.skill_ids, company).id
        return {"team_id": team.id, "user_id": user_id}

    def _enter_inbox(self):
        """Write the entry with which the case waits for somebody, unless somebody has it."""
        self.ensure_one()
        case_sudo = self.sudo()  # staff's fields
        if case_sudo.user_id or case_sudo.state not in RUNNING or case_sudo._is_in_inbox():
            return
        self.env["kundenportal.protocol"]._log(
            "activity_unassigned",
            case_sudo.partner_id,
            note=case_sudo.display_name,
            record=case_sudo,
            company=case_sudo.company_id,
            responsible=case_sudo.team_id.leader_id,
        )

    def _is_in_inbox(self):
        return bool(
            self.env["kundenportal.protocol"]
            .sudo()  # whoever causes it need not read the protocol
            .search_count(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("review_state", "=", "open"),
                    ("kind_id.code", "=", "activity_unassigned"),
                ],
                limit=1,
            )
        )

    def _leave_inbox(self, unassigned):
        """Close the entries of cases that were nobody's and are somebody's, and the other way.

        :param unassigned: those of these cases that were nobody's until now
        """
        for case_sudo in self.sudo():  # see `_enter_inbox`
            if not case_sudo.user_id:
                case_sudo._enter_inbox()
            elif case_sudo in unassigned:
                self.env["kundenportal.protocol"]._close_for(
                    case_sudo, self.env._("Assigned to %s", case_sudo.user_id.name)
                )
