from odoo import models
from odoo.exceptions import UserError


class KundenportalAppointment(models.Model):
    """What the protocol and the inbox of the staff know of appointments."""

    _inherit = "kundenportal.appointment"
    _inbox_step_methods = {
        "approve": "action_confirm",
        "decline": "action_cancel",
        "answer": "action_open",
    }

    # === ACTION METHODS === #

    def action_open(self):
        """Open the appointment (button in the row of the inbox).

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        return self._get_records_action(context={})

    # === HOOKS OF THE INBOX === #

    def _get_inbox_steps(self):
        steps = {"requested": ("approve", "decline"), "conflict": ("answer",)}
        return {appointment.id: steps.get(appointment.state, ()) for appointment in self}

    def _check_inbox_done(self):
        self.ensure_one()
        if self.state == "conflict":
            raise UserError(
                self.env._(
                    "“%s” stands elsewhere in the calendar than was agreed: open it and decide "
                    "which time holds. The entry then closes by itself.",
                    self.display_name,
                )
            )
        return super()._check_inbox_done()

    # === BUSINESS METHODS === #

    def _log_change(self, what, *, by_customer, old=None):
        """Write down what was done, in place of what waited about the appointment until now.

        What customers did waits in the inbox where its kind says so.

        :param str what: see `_after_change`
        :param bool by_customer: whether a customer did it
        :param str old: the window before
        """
        self.ensure_one()
        self.env["kundenportal.protocol"]._close_for(self, self._get_state_name())
        note = self._describe()
        if old and old != self._get_staff_window():
            note = self.env._("%(appointment)s, instead of %(old)s", appointment=note, old=old)
        if self.reason:
            note = f"{note}: {self.reason}"
        suffix = "" if by_customer or what == "requested" else "_by_staff"
        self._log(f"appointment_{what}{suffix}", note)

    def _log(self, kind_code, note):
        """Write an entry about the appointment, and a note into the case.

        :param str kind_code: code of the kind
        :param str note: what happened
        """
        self.ensure_one()
        case = self.activity_id
        self.env["kundenportal.protocol"]._log(
            kind_code,
            self.partner_id,
            note=note,
            record=self,
            company=self.company_id,
            responsible=case.user_id or case.team_id.leader_id,
        )
        case._message_log(body=f"{self._get_state_name()}: {note}")

    def _describe(self):
        """Return case and time in one line, for the staff."""
        self.ensure_one()
        return f"{self.activity_id.display_name}, {self._get_staff_window()}"
