from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.case_state import RUNNING, may_follow


class KundenportalActivity(models.Model):
    """How a case gets from one state to another: by `_change_state`, and no other way."""

    _inherit = "kundenportal.activity"

    waiting_since = fields.Datetime(readonly=True, copy=False, groups="base.group_user")
    reminded_on = fields.Datetime(readonly=True, copy=False, groups="base.group_user")

    # === ACTION METHODS === #

    def action_start(self):
        """Take the cases in hand: in progress, and the acting user's if they are nobody's (button).

        :raise AccessError: unless the acting user may write them
        """
        self.check_access("write")
        self.filtered(lambda case: not case.user_id).user_id = self.env.user
        self.filtered(lambda case: case.state != "in_progress")._change_state("in_progress")

    def action_wait(self):
        """Wait for the customer (button).

        :raise AccessError: unless the acting user may write the cases
        """
        self.check_access("write")
        self._change_state("waiting")

    def action_done(self):
        """Close the cases as done (button).

        :raise AccessError: unless the acting user may write them
        """
        self.check_access("write")
        self._change_state("done")

    def action_cancel(self):
        """Cancel the cases (button).

        :raise AccessError: unless the acting user may write them
        """
        self.check_access("write")
        self._change_state("cancelled")

    def action_reopen(self):
        """Take up closed cases again (button).

        :raise AccessError: unless the acting user may write them
        """
        self.check_access("write")
        self._change_state("in_progress")

    # === BUSINESS METHODS === #

    def _change_state(self, state, *, by_customer=False, note=None, stage=None):
        """Bring cases into another state; the one method that does.

        Callers have checked that the acting user may cause it (staff: write access; customers: the
        door to the case). The rest is checked here, after waiting for whoever changes the case at
        the same time.

        :param str state: a state of cases
        :param bool by_customer: whether a customer causes it, who may do less
        :param str note: what is said about it, for the conversation and the protocol
        :param stage: a stage of this state; by default the type's first one
        :return: True
        :raise UserError: if the step is not allowed, in words for whoever causes it
        """
        cases_sudo = self.sudo()  # customers write nothing themselves
        cases_sudo._lock_state()
        for case_sudo in cases_sudo:
            case_sudo._check_step(state, by_customer=by_customer)
            new_stage = stage or case_sudo.type_id._get_stage(state)
            if not new_stage:
                raise UserError(
                    self.env._(
                        "“%(type)s” has no stage with the status “%(state)s”.",
                        type=case_sudo.type_id.name,
                        state=case_sudo._get_state_name(state),
                    )
                )
            case_sudo._check_stage(new_stage)
            case_sudo._own_write(
                {"stage_id": new_stage.id, **case_sudo._prepare_state(state)},
            )
            case_sudo._after_state(state, by_customer=by_customer, note=note)
        return True

    def _change_stage(self, stage, *, by_customer=False):
        """Bring cases into a stage, by `_change_state` if that is another state.

        :param stage: a stage of the cases' type
        :param bool by_customer: see `_change_state`
        :raise UserError: see `_change_state`
        """
        for case_sudo in self.sudo():  # see `_change_state`
            if case_sudo.stage_id == stage:
                continue
            case_sudo._check_stage(stage)
            if case_sudo.state == stage.sudo().state:
                case_sudo._own_write({"stage_id": stage.id})
            else:
                case_sudo._change_state(stage.sudo().state, stage=stage, by_customer=by_customer)

    def _can_change_state(self, state, *, by_customer=False):
        """Tell whether `_change_state` would agree, as things stand.

        :param str state: a state of cases
        :param bool by_customer: whether a customer would cause it
        :rtype: bool
        """
        self.ensure_one()
        if not may_follow(self.state, state, by_customer=by_customer):
            return False
        return not (by_customer and self.closed_on) or self._is_reopenable()

    def _is_reopenable(self):
        """Tell whether the customer may still take up the closed case again."""
        self.ensure_one()
        case_sudo = self.sudo()  # types and duplicates are not customers' to read
        return (
            case_sudo.state == "done"
            and not case_sudo.merged_into_id
            and bool(case_sudo.closed_on)
            and case_sudo.closed_on + timedelta(days=case_sudo.type_id.reopen_days)
            >= fields.Datetime.now()
        )

    def _check_step(self, state, *, by_customer):
        if self._can_change_state(state, by_customer=by_customer):
            return
        if by_customer and self.state == "done" and state == "in_progress":
            raise UserError(
                self.env._("This was closed too long ago to be taken up again. Please start anew.")
            )
        raise UserError(
            self.env._(
                "“%(case)s” is “%(old)s” and cannot become “%(new)s”.",
                case=self.display_name,
                old=self._get_state_name(self.state),
                new=self._get_state_name(state),
            )
        )

    def _check_stage(self, stage):
        """Refuse stages of other types, as a column of the kanban view may be one.

        :raise UserError: unless it is one of the case's type
        """
        if stage not in self.type_id.stage_ids:
            raise UserError(
                self.env._(
                    "“%(stage)s” is no stage of “%(type)s”.",
                    stage=stage.name,
                    type=self.type_id.name,
                )
            )

    def _lock_state(self):
        """Wait for others who change the same cases, so that of two steps the later one is checked.

        PostgreSQL refuses the second one's outdated snapshot once the row was written, and Odoo
        starts that request anew.
        """
        if self:
            self.flush_recordset()
            self.env.cr.execute(
                SQL(
                    "SELECT FROM kundenportal_activity WHERE id IN %s ORDER BY id "
                    "FOR NO KEY UPDATE",
                    self._ids,
                ),
                log_exceptions=False,
            )
            self.invalidate_recordset(["stage_id", "state", "closed_on"])

    @api.model
    def _prepare_state(self, state):
        """Return what goes with a state.

        :rtype: dict
        """
        now = fields.Datetime.now()
        values = {
            "closed_on": False if state in RUNNING else now,
            "waiting_since": now if state == "waiting" else False,
            "reminded_on": False,
        }
        # A duplicate that was taken up again is none, and others may be merged into it.
        return values | {"merged_into_id": False} if state in RUNNING else values

    def _after_state(self, state, *, by_customer, note):
        """Do what follows from a new state; hook for features.

        Called as superuser, for one case that is in the new state.
        """
        self.env["kundenportal.protocol"]._log(
            "activity_state",
            self.partner_id,
            note=": ".join(filter(None, (self._describe_state(), note))),
            record=self,
            company=self.company_id,
        )
        if state in RUNNING:
            self._enter_inbox()
        else:
            self._own_write({"customer_replied": False})
            self.env["kundenportal.protocol"]._close_for(self, self._get_state_name(state))

    def _describe_state(self):
        return f"{self.display_name} → {self._get_state_name(self.state)}"

    @api.model
    def _get_state_name(self, state):
        return dict(self._fields["state"]._description_selection(self.env)).get(state, state)

    def _fit_stage(self):
        """Move cases whose type changed to a stage of the new type, of the same state if it can."""
        for case_sudo in self.sudo():  # see `_change_state`
            case_type = case_sudo.type_id
            if case_sudo.stage_id not in case_type.stage_ids:
                stage = case_type._get_stage(case_sudo.state) or case_type._get_stage("in_progress")
                case_sudo._own_write({"stage_id": stage.id})
