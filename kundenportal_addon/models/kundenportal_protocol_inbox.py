from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: What waits in the inbox; the condition of its index, too.
WAITING = Domain("review_state", "=", "open") & Domain("in_inbox", "=", True)


class KundenportalProtocol(models.Model):
    """The inbox: open entries of the kinds that are work, each with its next step.

    What steps there are is the record's to say, see ``kundenportal.inbox.mixin``.
    """

    _inherit = "kundenportal.protocol"

    is_mine = fields.Boolean(
        compute="_compute_is_mine",
        search="_search_is_mine",
        help="The reader is responsible, or stands in for who is.",
    )
    waiting_days = fields.Integer(string="Age (days)", compute="_compute_waiting_days")
    can_approve = fields.Boolean(compute="_compute_steps")
    can_decline = fields.Boolean(compute="_compute_steps")
    can_answer = fields.Boolean(compute="_compute_steps")
    can_finish = fields.Boolean(compute="_compute_steps", help="Nothing needs to be decided.")
    can_reopen = fields.Boolean(compute="_compute_steps")

    # Counted by company, kind, person and deadline without touching the table.
    _inbox_idx = models.Index(
        "(id, company_id, kind_id, responsible_id, deadline) "
        "WHERE review_state = 'open' AND in_inbox IS TRUE"
    )

    # === COMPUTE METHODS === #

    @api.depends("responsible_id")
    @api.depends_context("uid", "tz")
    def _compute_is_mine(self):
        mine = self._get_mine()
        for entry in self:
            entry.is_mine = entry.responsible_id in mine

    def _search_is_mine(self, operator, _value):
        if operator != "in":
            return NotImplemented
        return [("responsible_id", "in", self._get_mine().ids)]

    @api.model
    def _get_mine(self):
        """Return whose entries are the acting user's: its own, and of those it stands in for."""
        return self.env.user | self.env["kundenportal.deputy"]._get_represented(self.env.user)

    @api.depends("create_date")
    @api.depends_context("tz")
    def _compute_waiting_days(self):
        today = fields.Date.context_today(self)
        for entry in self:
            moment = entry.create_date
            entry.waiting_days = (
                moment and (today - fields.Date.context_today(self, moment)).days or 0
            )

    @api.depends("review_state", "reviewer_id", "res_model", "res_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_steps(self):
        steps = self._get_steps()
        still_open = self.filtered(lambda entry: entry.review_state == "open")
        done = self.filtered(lambda entry: entry.review_state == "done")
        refused = {
            *still_open._find_refusals("_check_inbox_done"),
            *done._find_refusals("_check_inbox_reopen"),
        }
        is_manager = self.env.user.has_group("kundenportal_addon.group_manager")
        for entry in self:
            entry.can_approve = "approve" in steps.get(entry.id, ())
            entry.can_decline = "decline" in steps.get(entry.id, ())
            entry.can_answer = "answer" in steps.get(entry.id, ())
            entry.can_finish = entry in still_open and entry not in refused
            entry.can_reopen = (
                entry in done
                and entry not in refused
                and (is_manager or entry.reviewer_id == self.env.user)
            )

    # === ACTION METHODS === #

    def action_inbox_approve(self):
        """Approve what the entry is about (button in the row).

        :return: what the record's own button returns
        :raise UserError: if there is nothing to approve, or in the record's own words
        """
        return self._take_step("approve")

    def action_inbox_decline(self):
        """Decline what the entry is about (button in the row).

        :return: what the record's own button returns, usually a dialog that asks for the reason
        :raise UserError: if there is nothing to decline, or in the record's own words
        """
        return self._take_step("decline")

    def action_inbox_answer(self):
        """Answer what the entry is about (button in the row).

        :return: what the record's own button returns, a dialog that asks for the text
        :raise UserError: if there is nothing to answer
        """
        return self._take_step("answer")

    def action_assign_to_me(self):
        """Make the acting user responsible for the open entries among these.

        :return: True
        :raise UserError: if none is open, or if somebody else has taken the entry since the list
            was opened
        """
        self._lock_review()
        self.invalidate_recordset(["responsible_id"])
        still_open = self.filtered(lambda entry: entry.review_state == "open")
        if not still_open:
            raise UserError(self._get_review_refusal())
        if len(self) == 1 and "seen_responsible_id" in self.env.context:
            taken_sudo = self.responsible_id.sudo() - self.env.user  # only the name
            if taken_sudo and taken_sudo.id != self.env.context["seen_responsible_id"]:
                raise UserError(self.env._("%s has taken this entry meanwhile.", taken_sudo.name))
        still_open.write({"responsible_id": self.env.uid})
        return True

    # === BUSINESS METHODS: STEPS === #

    def _take_step(self, step):
        self.ensure_one()
        self.check_access("write")
        record = self._get_inbox_records().get(self.res_model, {}).get(self.res_id)
        if record is None:
            if self.review_state == "done":
                raise UserError(self._get_review_refusal())
            raise UserError(self.env._("The record no longer exists, or you may not see it."))
        # No need to ask whether the step is offered: the record's action tells why it is not.
        return record._take_inbox_step(step) or True

    def _get_steps(self):
        """Return what the records of the open entries offer to the acting user, by id of the entry.

        :rtype: dict[int, tuple[str, ...]]
        """
        still_open = self.filtered(lambda entry: entry.review_state == "open")
        steps = {
            name: self.env[name].browse(records)._get_inbox_steps()
            for name, records in still_open._get_inbox_records().items()
        }
        return {
            entry.id: steps.get(entry.res_model, {}).get(entry.res_id, ()) for entry in still_open
        }

    def _find_refusals(self, check):
        """Ask the records of the entries whether they agree.

        :param str check: ``"_check_inbox_done"`` or ``"_check_inbox_reopen"``
        :return: what they say, by entry that they refuse
        :rtype: dict
        """
        # Whether something must be decided, or has been, does not depend on who asks.
        records_sudo = self.sudo()._get_inbox_records()
        refusals = {}
        for entry in self:
            record_sudo = records_sudo.get(entry.res_model, {}).get(entry.res_id)
            if record_sudo is not None:
                try:
                    getattr(record_sudo, check)()
                except UserError as error:
                    refusals[entry] = str(error)
        return refusals

    def _get_inbox_records(self):
        """Return the records with steps that the entries are about, if the acting user sees them.

        :return: by model and id, the records of a model fetched together
        :rtype: dict[str, dict[int, object]]
        """
        found = {}
        mixin = self.env.registry["kundenportal.inbox.mixin"]
        for name, entries in self.grouped("res_model").items():
            model = self.env[name] if name in self.env else None
            if isinstance(model, mixin) and model.has_access("read"):
                records = model.search([("id", "in", entries.mapped("res_id"))])
                found[name] = {record.id: record for record in records}
        return found

    # === BUSINESS METHODS: DIGEST === #

    @api.model
    def _prepare_inbox_digest(self):
        """Sum up what waits for the acting user: its own, as a deputy, and what is nobody's.

        :return: per kind its ``name``, the numbers ``count`` and ``overdue``, and ``oldest``, the
            day since when the oldest waits; empty if nothing does
        :rtype: list[dict]
        """
        domain = WAITING & (Domain("is_mine", "=", True) | Domain("responsible_id", "=", False))
        late = domain & Domain("deadline", "<", fields.Date.context_today(self))
        overdue = dict(self._read_group(late, ["kind_id"], ["__count"]))
        rows = self._read_group(domain, ["kind_id"], ["__count", "create_date:min"])
        return [
            {
                "name": kind.name,
                "count": count,
                "overdue": overdue.get(kind, 0),
                "oldest": fields.Date.context_today(self, since),
            }
            for kind, count, since in rows
        ]
