from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.typed_text import clean
from .kundenportal_action import Outcome


class KundenportalActivityAction(models.Model):
    """What staff set up for a form."""

    _inherit = "kundenportal.activity.action"

    field_ids = fields.One2many("kundenportal.form.field", "action_id", string="Fields", copy=True)
    remind_days = fields.Integer(
        string="Remind before the Date (days)",
        help="So many days before the case's date the customer is reminded by mail of a form that "
        "is not finished. 0: never.",
    )
    response_count = fields.Integer(string="Answers", compute="_compute_response_count")

    _remind_days_positive = models.Constraint(
        "CHECK (COALESCE(remind_days, 0) >= 0 AND COALESCE(until_hours, 0) >= 0)",
        "A number of hours or days cannot be negative.",
    )

    # === COMPUTE METHODS === #

    def _compute_response_count(self):
        counts = dict(
            self.env["kundenportal.form.response"]._read_group(
                [("action_id", "in", self.ids)], ["action_id"], ["__count"]
            )
        )
        for action in self:
            action.response_count = counts.get(action._origin, 0)

    # === CRUD METHODS === #

    def copy(self, default=None):
        copies = super().copy(default)
        for action, copied in zip(self, copies, strict=True):
            action.field_ids._copy_conditions_to(copied.field_ids)
        return copies

    # === ACTION METHODS === #

    def action_fill_in(self):
        """Open the form for the case in the context, to fill it in with the customer (button).

        :return: an action
        :rtype: dict
        :raise UserError: if it cannot be filled in now
        :raise AccessError: unless the acting user may write the case
        """
        self.ensure_one()
        case = self.env["kundenportal.activity"].browse(self.env.context.get("fill_activity_id"))
        return self.env["kundenportal.form.fill"]._open_for(case, self)

    def action_view_responses(self):
        """Open the responses to the form (smart button).

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kundenportal_addon.kundenportal_form_response_action"
        )
        return {**action, "domain": [("action_id", "=", self.id)], "context": {}}


class KundenportalActionForm(models.AbstractModel):
    """Fill in a form: at once, or half of it and the rest later; again, as a new version."""

    _name = "kundenportal.action.form"
    _inherit = "kundenportal.action"
    _description = "Customer Action: Form"

    _template = "kundenportal_addon.portal_action_form"
    _is_to_do = True

    @api.model
    def _get_label(self, action, case):
        latest = self.env["kundenportal.form.response"]._find_latest(case, action)
        if latest.state == "half":
            return self.env._("Continue: %s", action.name)
        return self.env._("Change: %s", action.name) if latest else action.name

    @api.model
    def _get_due(self, action, case):
        if not case.date_start:
            return None
        hours = action.until_hours if action.ends_before_date else 0
        return fields.Date.context_today(self, case.date_start - timedelta(hours=hours))

    @api.model
    def _get_to_do_domain(self, action):
        finished = Domain("action_id", "=", action.id) & Domain("state", "=", "done")
        return Domain("form_response_ids", "not any!", finished)

    @api.model
    def _prepare(self, action, case):
        latest = self.env["kundenportal.form.response"]._find_latest(case, action)
        return {
            "fields": action.field_ids,
            "response": latest,
            "typed": latest._get_typed() if latest else {},
        }

    @api.model
    def _submit(self, action, case, data, files):
        responses = self.env["kundenportal.form.response"]
        is_final = clean(data.get("save")) != "half"
        latest = responses._find_latest(case, action)
        answers, errors = action.field_ids._read_answers(
            data, files, response=latest, is_final=is_final
        )
        if errors:
            return Outcome(errors=errors)
        response = responses._save(case, action.field_ids, answers, action, is_final=is_final)
        if is_final:
            self._go_on(case)
        return self._get_outcome(response)

    @api.model
    def _get_outcome(self, record):
        return Outcome(record, is_done=record.state == "done")
