from odoo import models
from odoo.fields import Domain

from .res_users_to_do import TO_DO_LIMIT


class ResUsers(models.Model):
    """Cases that wait for a customer: an answer, a form, a proposal, a questionnaire."""

    _inherit = "res.users"

    # === BUSINESS METHODS === #

    def _get_portal_to_dos(self):
        return self._get_case_to_dos() + super()._get_portal_to_dos()

    def _get_case_to_dos(self):
        """Return what can be done with the customer's cases now, and those that wait for it."""
        if not self._has_portal_function("activities"):
            return []
        actions_sudo = self._get_to_do_actions()
        cases_sudo = self._get_to_do_cases(actions_sudo)
        shown_sudo = cases_sudo[:TO_DO_LIMIT]
        half_sudo = self._get_half_filled(shown_sudo)
        titles = shown_sudo._render_portal_texts(("portal_title",))
        rows = [
            row
            for case_sudo in shown_sudo
            for row in self._make_case_to_dos(
                case_sudo,
                actions_sudo,
                half_sudo.filtered(lambda one, case=case_sudo: one.activity_id == case).action_id,
                titles[case_sudo.id]["portal_title"],
            )
        ]
        if len(cases_sudo) > TO_DO_LIMIT:
            more = self.env._("More requests")
            rows.append(self._make_to_do("case", more, "/my/activities", "fa-ticket"))
        return rows

    def _make_case_to_dos(self, case_sudo, actions_sudo, begun_sudo, title):
        """Return the rows of one case: the actions that wait, else the case itself if it does.

        :param actions_sudo: all actions that wait for customers
        :param begun_sudo: the forms of the case that are half-filled
        :param str title: what the customer knows the case by
        """
        rows = [
            self._make_to_do(
                action.code,
                (
                    self.env._("Continue %(action)s: %(case)s", action=action.name, case=title)
                    if action in begun_sudo
                    else self.env._("%(action)s: %(case)s", action=action.name, case=title)
                ),
                action._get_url(case_sudo),
                action.icon or "fa-hand-o-right",
                action._get_handler()._get_due(action, case_sudo),
            )
            for action in (actions_sudo | begun_sudo).sorted()
            if action.type_id == case_sudo.type_id and not action._get_refusal(case_sudo)
        ]
        if not rows and case_sudo.state == "waiting":
            text = self.env._("Waiting for an answer: %s", title)
            rows = [self._make_to_do("case", text, case_sudo._get_portal_path(), "fa-reply")]
        return rows

    def _get_to_do_actions(self):
        """Return the actions that wait for customers, as superuser."""
        # Customers do not read how actions are set up.
        return (
            self.env["kundenportal.activity.action"]
            .sudo()
            .search([("is_to_do", "=", True), ("type_id", "!=", False)])
        )

    def _get_to_do_cases(self, actions_sudo):
        """Return the cases that wait for this person, one more than are shown, as superuser."""
        waiting = Domain("state", "=", "waiting") | Domain.OR(
            action._get_to_do_domain() for action in actions_sudo
        )
        # A half-filled form is to be finished, whether or not it was asked for.
        waiting |= Domain("list_rank", "=", 0) & Domain(
            "form_response_ids", "any", [("state", "=", "half")]
        )
        # Not those that wait for one of its colleagues; main users speak for their company.
        partner = self.partner_id
        if self._get_portal_level() == "main_user":
            partner |= self.commercial_partner_id
        # What is asked for is staff's to read; whose cases they may be, the record rule says.
        rules = self.env["ir.rule"].sudo(False)  # superuser has none
        visible = Domain(rules._compute_domain("kundenportal.activity", "read"))
        return (
            self.env["kundenportal.activity"]
            .sudo()
            .search(
                Domain("partner_id", "in", partner.ids) & visible & waiting, limit=TO_DO_LIMIT + 1
            )
        )

    def _get_half_filled(self, cases_sudo):
        """Return the forms of some cases that are to be finished, as superuser."""
        responses_sudo = self.env["kundenportal.form.response"].sudo()  # as for the cases
        return responses_sudo.search(
            [
                ("activity_id", "in", cases_sudo.ids),
                ("action_id", "!=", False),
                ("state", "=", "half"),
            ]
        )
