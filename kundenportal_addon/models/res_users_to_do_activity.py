from odoo import models
from odoo.fields import Domain

from .res_users_to_do import TO_DO_LIMIT

#: So many cases are asked whether their actions are still possible.
ASKED_LIMIT = 4 * TO_DO_LIMIT


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
        half_sudo = self._get_half_filled(cases_sudo)
        begun = {
            case: half_sudo.filtered(lambda one, case=case: one.activity_id == case).action_id
            for case in cases_sudo
        }
        possible = {
            case: (actions_sudo | begun[case]).filtered(
                lambda action, case=case: (
                    action.type_id == case.type_id and not action._get_refusal(case)
                )
            )
            for case in cases_sudo
        }
        found_sudo = cases_sudo.filtered(lambda case: possible[case] or case.state == "waiting")
        shown_sudo = found_sudo[:TO_DO_LIMIT]
        titles = shown_sudo._render_portal_texts(("portal_title",))
        rows = [
            row
            for case in shown_sudo
            for row in self._make_case_to_dos(
                case, possible[case].sorted(), begun[case], titles[case.id]["portal_title"]
            )
        ]
        if len(found_sudo) > TO_DO_LIMIT:
            more = self.env._("More requests")
            rows.append(self._make_to_do("case", more, "/my/activities", "fa-ticket"))
        return rows

    def _make_case_to_dos(self, case_sudo, actions_sudo, begun_sudo, title):
        """Return the rows of one case: the actions that wait, or else that it waits itself.

        :param actions_sudo: what the customer can do with it now
        :param begun_sudo: the forms of the case that are half-filled
        :param str title: what the customer knows the case by
        """
        if not actions_sudo:
            text = self.env._("Answer us")
            path = case_sudo._get_portal_path()
            return [self._make_to_do("case", text, path, "fa-reply", about=title)]
        return [
            self._make_to_do(
                action.code,
                self.env._("Continue: %s", action.name) if action in begun_sudo else action.name,
                action._get_url(case_sudo),
                action.icon or "fa-hand-o-right",
                action._get_handler()._get_due(action, case_sudo),
                title,
            )
            for action in actions_sudo
        ]

    def _get_to_do_actions(self):
        """Return the actions that wait for customers, as superuser."""
        actions_sudo = self.env["kundenportal.activity.action"].sudo()  # staff's to read
        return actions_sudo.browse(actions_sudo._get_to_do_ids())

    def _get_to_do_cases(self, actions_sudo):
        """Return the cases that may wait for this person, as superuser.

        More than are shown, since what is refused only shows when each is asked.
        """
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
            .search(Domain("partner_id", "in", partner.ids) & visible & waiting, limit=ASKED_LIMIT)
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
