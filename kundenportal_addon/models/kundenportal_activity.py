from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.case_state import RUNNING

#: Opens ``write`` for the methods of the model: no remote call can bring this very object.
OWN = object()


class KundenportalActivity(models.Model):
    """A case: a ticket, a request or a job at the customer's.

    Customers read what the record rule leaves them (`res.users._portal_case_domain`), and nothing
    of what has ``groups``: pages look that up as superuser, after the door. They write nothing,
    only methods do. The topics have files of their own: what a new one gets (``…_new.py``), states
    (``…_state.py``), what customers see (``…_portal.py``), conversation and mail (``…_mail.py``),
    who deals with it (``…_inbox.py``), target times (``…_deadline.py``), waiting customers
    (``…_waiting.py``), duplicates (``…_merge.py``), orders (``…_order.py``).
    """

    _name = "kundenportal.activity"
    _description = "Case"
    _inherit = ["mail.thread", "mail.activity.mixin", "kundenportal.inbox.mixin"]
    # Running ones first, then the newest; an integer, since Odoo orders by booleans through an
    # expression that no index has.
    _order = "list_rank, id desc"
    _check_company_auto = True
    _rec_names_search = ["number", "name"]
    _primary_email = "email_from"

    number = fields.Char(string="Case No.", readonly=True, copy=False, index="trigram")
    name = fields.Char(string="Subject", required=True, tracking=True, index="trigram")
    description = fields.Html(sanitize="email_outgoing")
    type_id = fields.Many2one(
        "kundenportal.activity.type",
        required=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        default=lambda self: self.env["kundenportal.activity.type"].search([], limit=1),
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        ondelete="restrict",
        tracking=True,
        help="Empty only for mails from somebody unknown, until it is found out who that is.",
    )
    commercial_partner_id = fields.Many2one(
        "res.partner",
        string="Company of the Customer",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="The company that the case was opened for; it stays there when the contact leaves.",
    )
    company_id = fields.Many2one(
        "res.company",
        string="Our Company",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    stage_id = fields.Many2one(
        "kundenportal.activity.stage",
        ondelete="restrict",
        copy=False,
        index=True,
        tracking=True,
        group_expand="_read_group_stage_ids",
        domain="[('type_ids', 'in', type_id)]",
        groups="base.group_user",
    )
    state = fields.Selection(related="stage_id.state", string="Status", store=True, index=True)
    list_rank = fields.Integer(
        compute="_compute_list_rank", store=True, help="0 as long as the case runs, then 1."
    )
    date_start = fields.Datetime(string="Start", tracking=True)
    date_stop = fields.Datetime(string="End")
    location_id = fields.Many2one(
        "res.partner",
        compute="_compute_location_id",
        compute_sudo=True,
        store=True,
        readonly=False,
        ondelete="set null",
        help="Where the work is done; by default the address of the contact.",
    )
    equipment_id = fields.Many2one(
        "maintenance.equipment",
        string="Device",
        check_company=True,
        index="btree_not_null",
        ondelete="set null",
    )
    participant_ids = fields.Many2many(
        "res.partner",
        "kundenportal_activity_participant_rel",
        "activity_id",
        "partner_id",
        string="Participants",
        copy=False,
        help="Colleagues of the customer who may see the case, too.",
    )
    is_confidential = fields.Boolean(
        string="Confidential",
        tracking=True,
        help="Only the customer and the participants see the case, not other main users.",
    )
    email_from = fields.Char(
        string="Sender", readonly=True, groups="base.group_user", help="Of the mail that opened it."
    )
    channel = fields.Selection(
        [("portal", "Portal"), ("mail", "E-mail"), ("phone", "Telephone"), ("staff", "Staff")],
        required=True,
        readonly=True,
        copy=False,
        default="staff",
        groups="base.group_user",
    )

    # What only staff see
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        domain=lambda self: self.env["kundenportal.deputy"]._get_staff_domain(),
        check_company=True,
        index=True,
        tracking=True,
        copy=False,
        groups="base.group_user",
    )
    team_id = fields.Many2one(
        "kundenportal.team",
        check_company=True,
        index="btree_not_null",
        tracking=True,
        groups="base.group_user",
    )
    priority = fields.Selection(
        [("0", "Low"), ("1", "Medium"), ("2", "High"), ("3", "Urgent")],
        default="1",
        required=True,
        groups="base.group_user",
    )
    color = fields.Integer(related="type_id.color", groups="base.group_user")
    customer_replied = fields.Boolean(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The customer has written; taken away by the next answer.",
    )
    closed_on = fields.Datetime(readonly=True, copy=False)
    merged_into_id = fields.Many2one(
        "kundenportal.activity",
        string="Merged into",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
    )

    _number_unique = models.UniqueIndex("(company_id, number) WHERE number IS NOT NULL")
    # The portal's list and its count, answered by the index alone, in the order of the list.
    _customer_company_idx = models.Index(
        "(commercial_partner_id, list_rank, id DESC) "
        "INCLUDE (partner_id, type_id, is_confidential, state)"
    )
    _customer_idx = models.Index(
        "(partner_id, list_rank, id DESC) INCLUDE (commercial_partner_id, type_id, state)"
    )
    _replied_idx = models.Index("(company_id, id) WHERE customer_replied IS TRUE")
    _running_idx = models.Index("(company_id, list_rank, id DESC)")

    # === CONSTRAINT METHODS === #

    @api.constrains("participant_ids", "partner_id")
    def _check_participants(self):
        """Let only colleagues take part: the others could read what is the company's.

        :raise ValidationError: naming the first stranger
        """
        for case_sudo in self.sudo():  # whose company a contact is of, whoever asks
            strangers = case_sudo.participant_ids.filtered(
                lambda partner, case=case_sudo: (
                    partner.commercial_partner_id != case.commercial_partner_id
                )
            )
            if strangers:
                raise ValidationError(
                    self.env._(
                        "%s is no colleague of the customer and cannot take part.",
                        strangers[0].display_name,
                    )
                )

    # === COMPUTE METHODS === #

    @api.depends("number", "name")
    def _compute_display_name(self):
        for case in self:
            case.display_name = " ".join(filter(None, (case.number, case.name)))

    @api.depends("state")
    def _compute_list_rank(self):
        for case in self:
            case.list_rank = 0 if case.state in RUNNING else 1

    @api.depends("partner_id")
    def _compute_location_id(self):
        for case in self:
            case.location_id = case.partner_id

    @api.model
    def _read_group_stage_ids(self, stages, domain):
        """Show the empty columns of the kanban, too: of the type if there is one."""
        type_id = self.env.context.get("default_type_id")
        return stages.search(
            [("type_ids", "in", type_id)] if type_id else [("type_ids", "!=", False)]
        )

    # === ONCHANGE METHODS === #

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """Know the company before the case is saved: devices and colleagues are chosen by it."""
        self.commercial_partner_id = self.partner_id.commercial_partner_id

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        cases = super().create([self._prepare_new_case(vals) for vals in vals_list])
        cases._after_move({})
        protocol = self.env["kundenportal.protocol"]
        for case_sudo in cases.sudo():  # customers open cases, too
            protocol._log(
                "activity_opened",
                case_sudo.partner_id,
                note=case_sudo.display_name,
                record=case_sudo,
                company=case_sudo.company_id,
            )
            case_sudo._enter_inbox()
        if not self.env.context.get("case_mail_is_automatic"):  # two machines would go on for ever
            cases.sudo().filtered(lambda case: case.channel == "mail")._send_receipt()
        return cases

    def write(self, vals):
        """Write, and let state, customer and responsible change by their own methods.

        What only the portal itself writes is left as it is.
        """
        if self.env.context.get("case_write") is OWN:
            return super().write(vals)
        self.check_access("write")  # what is left of the values may be a method's only
        vals = self._without_own_fields(vals)
        stage_id = vals.pop("stage_id", None)
        result = self._write_case(vals) if vals else True
        if stage_id:
            self._change_stage(self.env["kundenportal.activity.stage"].browse(stage_id))
        return result

    def _write_case(self, vals):
        cases_sudo = self.sudo()  # staff's fields
        before = {case.id: (case.partner_id, case.participant_ids) for case in cases_sudo}
        unassigned = cases_sudo.filtered(lambda case: not case.user_id)
        if "partner_id" in vals:
            vals = self._prepare_move(vals)
        result = self._own_write(vals)
        if "type_id" in vals:
            self._fit_stage()
        if not {"partner_id", "participant_ids"}.isdisjoint(vals):
            self._after_move(before)
        if "user_id" in vals:
            self._leave_inbox(unassigned)
        return result

    def _own_write(self, vals):
        """Write past the guard in ``write``; for the model's own methods only."""
        return self.with_context(case_write=OWN).write(vals)
