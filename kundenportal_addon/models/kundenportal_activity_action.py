from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..const import PORTAL_LEVELS
from ..tools.case_state import STATES


class KundenportalActivityAction(models.Model):
    """Something that customers may do with the cases of a type, or on the portal's home.

    What it is, is its ``code``; the model of that name does it, see ``kundenportal.action`` for the
    contract. Here is what all have in common; whether somebody may now is in
    ``…_action_condition.py``, how it is done in ``…_action_submit.py``.
    """

    _name = "kundenportal.activity.action"
    _description = "Portal Action"
    _inherit = ["kundenportal.cached.mixin"]
    _order = "sequence, id"

    name = fields.Char(
        string="Label", required=True, translate=True, help="What stands on the button."
    )
    explanation = fields.Text(
        translate=True, help="Shown above the form: what happens, and what is needed for it."
    )
    icon = fields.Char(
        default="fa-hand-o-right", help="Name of a Font Awesome 4.7 icon, such as fa-camera."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    code = fields.Selection(
        [
            ("form", "Fill in a form"),
            ("upload", "Upload files or photos"),
            ("comment", "Write a comment"),
            ("confirm", "Confirm a proposal"),
            ("close", "Mark as solved"),
            ("reopen", "Reopen"),
            ("withdraw", "Withdraw"),
            ("request", "Open a follow-up case"),
            ("questionnaire", "Answer a questionnaire"),
        ],
        string="Kind",
        required=True,
        default="form",
    )
    type_id = fields.Many2one(
        "kundenportal.activity.type",
        string="Case Type",
        index=True,
        ondelete="cascade",
        help="Empty: the action belongs to no case and stands on the portal's home.",
    )
    company_id = fields.Many2one(
        "res.company",
        string="Our Company",
        index=True,
        ondelete="cascade",
        help="Whose customers have the action on the portal's home; empty: all our companies'.",
    )
    level = fields.Selection(
        PORTAL_LEVELS, string="Only For", help="Access level that is needed; empty: everybody."
    )
    when_new = fields.Boolean(string="New", compute="_compute_states", store=True, readonly=False)
    when_planned = fields.Boolean(
        string="Planned", compute="_compute_states", store=True, readonly=False
    )
    when_in_progress = fields.Boolean(
        string="In progress", compute="_compute_states", store=True, readonly=False
    )
    when_waiting = fields.Boolean(
        string="Waiting for the customer", compute="_compute_states", store=True, readonly=False
    )
    when_done = fields.Boolean(string="Done", compute="_compute_states", store=True, readonly=False)
    when_cancelled = fields.Boolean(
        string="Cancelled", compute="_compute_states", store=True, readonly=False
    )
    condition = fields.Char(
        default="[]", help="Cases for which the action is there, beyond their status."
    )
    condition_hint = fields.Char(
        string="Why Not",
        translate=True,
        help="What customers read where the condition does not hold, or no longer.",
    )
    is_repeatable = fields.Boolean(
        string="Can Be Repeated", compute="_compute_kind_defaults", store=True, readonly=False
    )
    is_to_do = fields.Boolean(
        string="To Do",
        compute="_compute_kind_defaults",
        store=True,
        readonly=False,
        help="Stands first on the portal's home as long as it waits for the customer.",
    )
    ends_before_date = fields.Boolean(string="Until the Date")
    until_hours = fields.Integer(
        string="Hours Before the Date",
        help="The action ends so many hours before the case's date; without a date it does not.",
    )
    after_stage_id = fields.Many2one(
        "kundenportal.activity.stage",
        string="Then Move to",
        ondelete="restrict",
        help="Stage that the case gets when the action is done.",
    )
    after_note = fields.Text(
        string="Then Note", help="Written into the case; customers do not read it."
    )
    after_inbox = fields.Boolean(
        string="Then into the Inbox", help="An entry waits for whoever is responsible."
    )
    after_mail_id = fields.Many2one(
        "mail.template",
        string="Then Mail",
        domain=[("model", "=", "kundenportal.activity")],
        ondelete="restrict",
    )
    use_ids = fields.One2many("kundenportal.activity.action.use", "action_id", string="Uses")

    # === CONSTRAINT METHODS === #

    @api.constrains("condition")
    def _check_condition(self):
        cases_sudo = self.env["kundenportal.activity"].sudo()  # as it is asked about customers'
        for action in self:
            try:
                condition = action._get_condition()
                cases_sudo._search(condition).select()
                with self.env.cr.savepoint():
                    cases_sudo.search([], limit=1).filtered_domain(condition)
            except Exception as error:  # whatever an expression can raise
                raise ValidationError(
                    self.env._(
                        "The condition of “%(action)s” cannot be evaluated: %(error)s",
                        action=action.name,
                        error=str(error),
                    )
                ) from error

    @api.constrains("code", "type_id")
    def _check_place(self):
        for action in self:
            if not action.type_id and not action._get_handler()._is_for_company:
                raise ValidationError(
                    self.env._(
                        "“%s” needs a case: choose the case type that it belongs to.", action.name
                    )
                )

    @api.constrains("after_stage_id", "type_id")
    def _check_after_stage(self):
        for action in self:
            if action.after_stage_id and action.after_stage_id not in action.type_id.stage_ids:
                raise ValidationError(
                    self.env._(
                        "“%s” is no stage of the case type.", action.after_stage_id.display_name
                    )
                )

    # === COMPUTE METHODS === #

    @api.depends("code")
    def _compute_states(self):
        for action in self:
            for state, _label in STATES:
                action[f"when_{state}"] = (
                    bool(action.code) and state in action._get_handler()._states
                )

    @api.depends("code")
    def _compute_kind_defaults(self):
        for action in self:
            action.is_repeatable = bool(action.code) and action._get_handler()._is_repeatable
            action.is_to_do = bool(action.code) and action._get_handler()._is_to_do

    # === BUSINESS METHODS: WHICH ACTIONS === #

    @api.model
    def _find_for(self, case):
        """Return what the acting user can do with a case now, in display order.

        :param case: which the user may read
        :return: actions as superuser: customers do not read how they are set up
        """
        actions_sudo = case.sudo().type_id.action_ids
        return actions_sudo.filtered(lambda action: not action._get_refusal(case))

    @api.model
    def _find_for_home(self):
        """Return what the acting customer can do without a case, in display order.

        :return: actions as superuser, see `_find_for`
        """
        if not self.env.user._has_portal_function("activities"):
            return self.sudo().browse()
        # Customers do not read actions.
        actions_sudo = self.sudo().search(
            [("type_id", "=", False), ("company_id", "in", [False, self.env.user.company_id.id])]
        )
        return actions_sudo.filtered(
            lambda action: not action._get_refusal(self.env["kundenportal.activity"])
        )

    @api.model
    def _prepare_home(self):
        """Return what the portal's home shows of actions to the acting customer.

        From a cache; actions, types, levels and groups of customers clear it.

        :return: dicts ``name``, ``icon`` and ``url``
        :rtype: list[dict]
        """
        if not self.env.user._has_portal_function("activities"):
            return []
        keys = ("name", "icon", "url")
        return [dict(zip(keys, shown, strict=True)) for shown in self._get_cached_home()]

    @api.model
    @tools.ormcache("self.env.uid", "self.env.lang")
    def _get_cached_home(self):
        no_case = self.env["kundenportal.activity"]
        return tuple(
            (
                action_sudo._get_label(no_case),
                action_sudo.icon or "fa-hand-o-right",
                action_sudo._get_url(no_case),
            )
            for action_sudo in self._find_for_home()
        )

    @api.model
    @tools.ormcache()
    def _get_to_do_ids(self):
        """Return the ids of the actions that wait for customers, of all types.

        :rtype: tuple[int]
        """
        to_do = [("is_to_do", "=", True), ("type_id", "!=", False)]
        return self.sudo().search(to_do)._ids  # customers do not read actions

    @api.model
    def _find_one(self, action_id, case):
        """Return an action that a browser asks for by its id, available now or not.

        :param int action_id: as it came
        :param case: which the user may read; empty for an action on the portal's home
        :return: the action as superuser; empty if it is none of this case, or not for the user
        """
        action_sudo = self.sudo().search([("id", "=", action_id)])  # see `_find_for`
        return action_sudo.filtered(
            lambda action: action._is_for_level() and action._belongs_to(case.sudo())
        )

    def _get_handler(self):
        """Return the model that does it, see ``kundenportal.action``."""
        return self.env[f"kundenportal.action.{self.code}"]
