from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import PORTAL_LEVELS

#: States that a case of any type must be able to reach.
NEEDED_STATES = {"new", "in_progress", "done", "cancelled"}

#: Stages of a new type: those of the types that the portal brings.
DEFAULT_STAGES = ("new", "planned", "in_progress", "waiting", "done", "cancelled")


class KundenportalActivityType(models.Model):
    """A kind of cases: what customers see of it and may do, and how staff work on it.

    Customers have no access to types; what pages show of one they look up as superuser, after the
    door to the case or `_get_offered` let them in.
    """

    _name = "kundenportal.activity.type"
    _description = "Case Type"
    _inherit = ["mail.alias.mixin.optional", "kundenportal.cached.mixin"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, help="What customers call it, too.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    icon = fields.Char(
        default="fa-ticket", help="Name of a Font Awesome 4.7 icon, such as fa-wrench."
    )
    company_id = fields.Many2one(
        "res.company",
        string="Our Company",
        index=True,
        ondelete="cascade",
        help="Empty: for all our companies.",
    )

    # What customers see
    is_in_portal = fields.Boolean(
        string="Shown in the Portal",
        default=True,
        help="If off, customers never see its cases, not even their own.",
    )
    level = fields.Selection(
        PORTAL_LEVELS, string="Only for", help="Empty: for main users and users."
    )
    category_ids = fields.Many2many(
        "res.partner.category",
        "kundenportal_activity_type_category_rel",
        "type_id",
        "category_id",
        string="Customer Groups",
        domain=[("is_portal_group", "=", True)],
        # What a type was narrowed by must not vanish: its cases would be shown to everybody.
        ondelete="restrict",
        context={"active_test": False},
        help="Only contacts who are in one of them, themselves or their company, see its cases. "
        "Empty: all customers.",
    )
    customers_may_create = fields.Boolean(
        string="Customers May Create It", default=True, help="Offered on the page of new requests."
    )
    is_problem_report = fields.Boolean(
        string="For “Report a Problem”",
        help="Offered first, with a photo taken on the spot.",
    )
    description = fields.Char(
        translate=True, help="What customers read below the name where they choose."
    )
    portal_title = fields.Char(
        string="Title in the Portal",
        translate=True,
        help="Placeholders may be used, such as {{ object.number }}. Empty: the case's title.",
    )
    portal_description = fields.Text(
        string="Text in the Portal",
        translate=True,
        help="Stands above the customer's own text. Placeholders may be used, such as "
        "{{ object.equipment_id.name }}.",
    )

    # How staff work on it
    stage_ids = fields.Many2many(
        "kundenportal.activity.stage",
        "kundenportal_activity_type_stage_rel",
        "type_id",
        "stage_id",
        string="Stages",
        default=lambda self: self._default_stage_ids(),
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        domain=lambda self: self.env["kundenportal.deputy"]._get_staff_domain(),
        help="Gets new cases. Empty: the team decides, else they wait in the inbox.",
    )
    team_id = fields.Many2one("kundenportal.team", check_company=True)
    skill_ids = fields.Many2many(
        "kundenportal.skill",
        "kundenportal_activity_type_skill_rel",
        "type_id",
        "skill_id",
        string="Skills Needed",
    )
    sequence_id = fields.Many2one(
        "ir.sequence", string="Numbers", copy=False, help="Empty: a sequence is made."
    )
    first_answer_hours = fields.Float(
        string="First Answer within (hours)",
        help="Working hours of our company. 0: no target.",
    )
    close_hours = fields.Float(
        string="Closed within (hours)", help="Working hours of our company. 0: no target."
    )
    remind_days = fields.Integer(
        string="Remind after (days)",
        help="Days of waiting for the customer after which it gets a reminder. 0: none.",
    )
    close_days = fields.Integer(
        string="Close after (days)",
        help="Days of waiting for the customer, after the reminder if there is one, after which "
        "the case is closed. 0: never.",
    )
    reopen_days = fields.Integer(
        string="Reopen within (days)",
        default=14,
        help="An answer of the customer takes up a case again that was closed no longer ago. "
        "0: never.",
    )
    case_count = fields.Integer(string="Open Cases", compute="_compute_case_count")

    _days_positive = models.Constraint(
        "CHECK (COALESCE(remind_days, 0) >= 0 AND COALESCE(close_days, 0) >= 0"
        " AND COALESCE(reopen_days, 0) >= 0 AND COALESCE(first_answer_hours, 0) >= 0"
        " AND COALESCE(close_hours, 0) >= 0)",
        "A number of hours or days cannot be negative.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("stage_ids")
    def _check_stages(self):
        """Refuse types whose cases could not be opened, worked on or closed.

        :raise ValidationError: naming the first status that no stage has
        """
        state_field = self.env["kundenportal.activity.stage"]._fields["state"]
        states = dict(state_field._description_selection(self.env))
        for case_type in self:
            stages = case_type.with_context(active_test=True).stage_ids
            missing = NEEDED_STATES - set(stages.mapped("state"))
            if missing:
                raise ValidationError(
                    self.env._(
                        "“%(type)s” needs a stage with the status “%(state)s”.",
                        type=case_type.name,
                        state=next(states[state] for state in states if state in missing),
                    )
                )

    # === DEFAULTS === #

    @api.model
    def _default_stage_ids(self):
        get_id = self.env["ir.model.data"]._xmlid_to_res_id
        stages = (get_id(f"kundenportal_addon.activity_stage_{code}") for code in DEFAULT_STAGES)
        return self.env["kundenportal.activity.stage"].browse(filter(None, stages)).exists()

    # === COMPUTE METHODS === #

    def _compute_case_count(self):
        counts = dict(
            self.env["kundenportal.activity"]._read_group(
                [("type_id", "in", self.ids), ("list_rank", "=", 0)], ["type_id"], ["__count"]
            )
        )
        for case_type in self:
            case_type.case_count = counts.get(case_type._origin, 0)

    # === ACTION METHODS === #

    def action_view_cases(self):
        """Open the running cases of the type (smart button).

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kundenportal_addon.kundenportal_activity_action"
        )
        context = {"search_default_running": 1, "default_type_id": self.id}
        return {**action, "domain": [("type_id", "=", self.id)], "context": context}

    # === BUSINESS METHODS === #

    @api.model
    def _get_visible(self, user):
        """Return the types whose cases a customer may see at all.

        :param user: the customer's login
        :return: as superuser
        """
        user_sudo = user.sudo()  # types, and groups of contacts, are not customers' to read
        level = user_sudo._get_portal_level()
        groups = (user_sudo.partner_id | user_sudo.commercial_partner_id)._get_customer_groups()
        return (
            self.sudo()
            .with_context(active_test=False)  # cases outlive the archiving of their type
            .search([("is_in_portal", "=", True)])
            .filtered(
                lambda case_type: (
                    case_type.level in (False, level)
                    and (not case_type.category_ids or case_type.category_ids & groups)
                )
            )
        )

    @api.model
    def _get_offered(self, user):
        """Return the types of which a customer may open cases, in display order.

        :param user: the customer's login
        :return: as superuser
        """
        return self._get_visible(user).filtered(
            lambda case_type: (
                case_type.active
                and case_type.customers_may_create
                and case_type.company_id.id in (False, user.sudo().company_id.id)
            )
        )

    def _get_stage(self, state):
        """Return the first stage of the type with a state.

        :param str state: a state of cases
        :return: as superuser; empty if there is none
        """
        self.ensure_one()
        stages_sudo = self.sudo().stage_ids  # customers cause changes of state, too
        return stages_sudo.sorted().filtered(lambda stage: stage.state == state)[:1]

    # === HOOKS OF ODOO'S MAIL ALIASES === #

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id("kundenportal.activity")
        if self.id:
            values["alias_defaults"] = {"type_id": self.id}
        return values
