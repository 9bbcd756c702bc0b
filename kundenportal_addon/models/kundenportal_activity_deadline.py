from odoo import api, fields, models
from odoo.fields import Domain

#: What customers read as the answer that they waited for: the first of these.
TARGETS = {"first_answer_deadline": "first_answer_hours", "close_deadline": "close_hours"}


class KundenportalActivity(models.Model):
    """By when a case is to be answered and closed, in working hours of our company."""

    _inherit = "kundenportal.activity"

    first_answer_deadline = fields.Datetime(
        string="Answer by",
        compute="_compute_deadlines",
        store=True,
        readonly=False,
        groups="base.group_user",
    )
    close_deadline = fields.Datetime(
        string="Close by",
        compute="_compute_deadlines",
        store=True,
        readonly=False,
        groups="base.group_user",
    )
    first_answered_on = fields.Datetime(
        string="First Answer", readonly=True, copy=False, groups="base.group_user"
    )
    is_late = fields.Boolean(
        string="Overdue",
        compute="_compute_is_late",
        search="_search_is_late",
        groups="base.group_user",
    )

    _answer_due_idx = models.Index(
        "(first_answer_deadline) WHERE first_answered_on IS NULL AND list_rank = 0"
    )
    _close_due_idx = models.Index("(close_deadline) WHERE list_rank = 0")

    # === COMPUTE METHODS === #

    @api.depends("type_id")
    def _compute_deadlines(self):
        """Plan the target times of new cases; later changes of the type are for later cases."""
        for case in self:
            start = case.create_date or fields.Datetime.now()
            for name, hours in TARGETS.items():
                case[name] = case.company_id._plan_portal_hours(case.type_id[hours], start)

    @api.depends("first_answer_deadline", "close_deadline", "first_answered_on", "state")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for case in self:
            is_unanswered = not case.first_answered_on and case.first_answer_deadline
            case.is_late = not case.list_rank and bool(
                (is_unanswered and case.first_answer_deadline < now)
                or (case.close_deadline and case.close_deadline < now)
            )

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        late = Domain("list_rank", "=", 0) & (
            (Domain("first_answered_on", "=", False) & Domain("first_answer_deadline", "<", now))
            | Domain("close_deadline", "<", now)
        )
        return Domain.OR([late] * (True in value) + [~late] * (False in value))
