import logging
from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools.safe_eval import datetime, dateutil, safe_eval, time

from ..tools.case_state import STATES

_logger = logging.getLogger(__name__)


class KundenportalActivityAction(models.Model):
    """Whether somebody can do it now: asked when an action is shown, and again when it is sent."""

    _inherit = "kundenportal.activity.action"

    # === BUSINESS METHODS === #

    def _get_refusal(self, case):
        """Say why the acting user cannot do this with the case now.

        :param case: which the user may read; empty for an action on the portal's home
        :return: a sentence; empty if it can
        :rtype: str
        """
        self.ensure_one()
        self_sudo, case_sudo = self.sudo(), case.sudo()  # set up by staff, for fields of staff
        if not self_sudo.active or not self_sudo._belongs_to(case_sudo):
            return self.env._("This is not possible here.")
        if not self_sudo._is_for_level():
            return self.env._("This is for main users only.")
        if case_sudo and (refusal := self_sudo._get_case_refusal(case_sudo)):
            return refusal
        return self_sudo._get_handler()._get_refusal(self_sudo, case_sudo)

    def _get_case_refusal(self, case_sudo):
        """Say what about the case speaks against it: state, condition, date, done already."""
        states = self._get_states()
        if case_sudo.state not in states:
            labels = dict(case_sudo._fields["state"]._description_selection(self.env))
            return self.env._(
                "This is not possible any more, or not yet: “%(case)s” is “%(state)s”.",
                case=case_sudo.number or case_sudo.name,
                state=labels.get(case_sudo.state, case_sudo.state),
            )
        if not self.is_repeatable and self._is_used(case_sudo):
            return self.env._("This has been done already.")
        if self._is_too_late(case_sudo):
            return self.env._(
                "This was possible until %s hours before the date only.", self.until_hours
            )
        if not self._matches(case_sudo):
            return self.condition_hint or self.env._("This is not possible at the moment.")
        return ""

    def _belongs_to(self, case_sudo):
        """Tell whether it is an action of the case's type, or of the acting user's company."""
        if self.type_id != case_sudo.type_id:
            return False
        companies = (self.company_id.browse(), self.env.user.company_id)
        return bool(case_sudo) or self.company_id in companies

    def _is_for_level(self):
        """Tell whether the acting user has the level; staff who help on the telephone have any."""
        user = self.env.user
        if not user._is_portal():
            return user._is_internal()
        if self.level == "main_user":
            return user._get_portal_level() == "main_user"
        return not self.level or user._get_portal_level() == self.level

    def _get_states(self):
        """Return the states of a case in which the action is there."""
        return {state for state, _label in STATES if self[f"when_{state}"]}

    def _is_used(self, case_sudo):
        return self in case_sudo.action_use_ids.action_id

    def _is_too_late(self, case_sudo):
        if not self.ends_before_date or not case_sudo.date_start:
            return False
        return fields.Datetime.now() > case_sudo.date_start - timedelta(hours=self.until_hours)

    def _matches(self, case_sudo):
        """Tell whether the condition holds; one that cannot be evaluated does not."""
        if (self.condition or "[]").strip() == "[]":
            return True
        try:
            return bool(case_sudo.filtered_domain(self._get_condition()))
        except Exception:  # a field that has been removed since; no page is to fail by that
            _logger.warning("Condition of portal action %s: %s", self.id, self.condition)
            return False

    def _get_condition(self):
        """Return the condition for the domain editor's text.

        :rtype: Domain
        """
        # The names that the domain editor lets one use.
        context = {
            "uid": self.env.uid,
            "datetime": datetime,
            "dateutil": dateutil,
            "relativedelta": dateutil.relativedelta.relativedelta,
            "time": time,
            "context_today": lambda: fields.Date.context_today(self),
        }
        return Domain(safe_eval(self.condition or "[]", context))

    def _get_to_do_domain(self):
        """Return the cases for which the action waits for the customer, before `_get_refusal`.

        :return: a condition that may be searched with the customer's rights
        :rtype: Domain
        """
        self.ensure_one()
        self_sudo = self.sudo()  # customers do not read how actions are set up
        states = self_sudo._get_states()
        domain = Domain("type_id", "=", self_sudo.type_id.id) & Domain("state", "in", states)
        return domain & self_sudo._get_handler()._get_to_do_domain(self_sudo)
