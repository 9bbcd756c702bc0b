import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import SQL

#: A change and its lines in one query: every edit of a customer's pays for it.
INSERT_CHANGE = """
    WITH change AS (
        INSERT INTO kundenportal_data_change (
            partner_id, commercial_partner_id, user_id, company_id, kind, state, unchanged_raw,
            create_uid, create_date, write_uid, write_date
        )
        VALUES (
            %(partner)s, %(commercial_partner)s, %(uid)s, %(company)s, %(kind)s, %(state)s,
            %(unchanged)s::jsonb, %(uid)s, NOW() AT TIME ZONE 'UTC', %(uid)s,
            NOW() AT TIME ZONE 'UTC'
        )
        RETURNING id
    ), line AS (
        INSERT INTO kundenportal_data_change_line (
            change_id, field_id, old_raw, new_raw, state, create_uid, create_date, write_uid,
            write_date
        )
        SELECT change.id, (it ->> 'field_id')::int, it -> 'old_raw', it -> 'new_raw',
               it ->> 'state', %(uid)s, NOW() AT TIME ZONE 'UTC', %(uid)s, NOW() AT TIME ZONE 'UTC'
          FROM change, jsonb_array_elements(%(lines)s::jsonb) WITH ORDINALITY given (it, position)
      ORDER BY position
    )
    SELECT id FROM change
"""


class KundenportalDataChange(models.Model):
    """One edit that a customer made of one contact's data, with a line for each field.

    Written by the portal itself (``res_partner_edit.py``); staff review it or decide what waits.
    """

    _name = "kundenportal.data.change"
    _description = "Data Change"
    _order = "id desc"

    partner_id = fields.Many2one(
        "res.partner", string="Contact", required=True, readonly=True, ondelete="cascade"
    )
    commercial_partner_id = fields.Many2one(
        "res.partner",
        string="Company of the Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The company that the contact belonged to when it was edited.",
    )
    user_id = fields.Many2one("res.users", string="Edited by", readonly=True, ondelete="set null")
    company_id = fields.Many2one(
        "res.company", string="Our Company", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [("edited", "Edited"), ("added", "New address"), ("archived", "Address removed")],
        required=True,
        readonly=True,
        default="edited",
    )
    line_ids = fields.One2many("kundenportal.data.change.line", "change_id", readonly=True)
    state = fields.Selection(
        [
            ("applied", "Applied"),
            ("pending", "Waiting for approval"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        readonly=True,
        default="applied",
    )
    protocol_id = fields.Many2one(
        "kundenportal.protocol", string="Protocol Entry", readonly=True, ondelete="set null"
    )
    review_state = fields.Selection(related="protocol_id.review_state")
    responsible_id = fields.Many2one(related="protocol_id.responsible_id")
    deadline = fields.Date(related="protocol_id.deadline")
    decided_by_id = fields.Many2one(
        "res.users", string="Decided by", readonly=True, ondelete="set null"
    )
    decided_on = fields.Datetime(readonly=True)
    reason = fields.Char(readonly=True, help="Why it was rejected; the customer reads it.")
    summary = fields.Char(compute="_compute_summary")
    has_conflict = fields.Boolean(compute="_compute_has_conflict")
    unchanged_raw = fields.Json(readonly=True)
    unchanged = fields.Text(
        string="Unchanged Data",
        compute="_compute_unchanged",
        help="What the contact said at the time, beside the fields that were edited.",
    )
    shared_with = fields.Char(
        string="Also Used by",
        compute="_compute_shared_with",
        help="Other portal users who have the address or number, and sign in by it.",
    )
    earlier_ids = fields.Many2many(
        "kundenportal.data.change", string="Earlier Changes", compute="_compute_earlier_ids"
    )

    _pending_idx = models.Index("(partner_id) WHERE state = 'pending'")
    _partner_idx = models.Index("(partner_id, id)")
    _company_state_idx = models.Index("(company_id, state, id)")

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "create_date")
    def _compute_display_name(self):
        for change in self:
            change.display_name = change.sudo().partner_id.display_name

    @api.depends("line_ids")
    @api.depends_context("lang")
    def _compute_summary(self):
        """Say in one line what was changed, as OLD → NEW."""
        for change in self:
            change.summary = "; ".join(
                f"{line.field_id.field_description}: {line.old_value or '–'} → "
                f"{line.new_value or '–'}"
                for line in change.line_ids
            )

    @api.depends("line_ids.has_conflict")
    def _compute_has_conflict(self):
        for change in self:
            change.has_conflict = any(change.line_ids.mapped("has_conflict"))

    @api.depends("unchanged_raw", "line_ids")
    @api.depends_context("lang", "uid")
    def _compute_unchanged(self):
        partners = self.env["res.partner"]
        readable = self.partner_id._filtered_access("read")
        for change in self:
            if change.partner_id not in readable:
                change.unchanged = False  # it has become another company's
                continue
            edited = set(change.line_ids.field_id.mapped("name"))
            values = {
                name: partners._display_data(name, raw)
                for name, raw in sorted((change.unchanged_raw or {}).items())
                if name not in edited and partners._is_data_visible(name)
            }
            change.unchanged = "\n".join(
                f"{label}: {values[name]}"
                for name, label in zip(values, self._get_labels(values), strict=True)
                if values[name]
            )

    @api.depends("line_ids.state")
    def _compute_shared_with(self):
        for change in self:
            waiting = change.line_ids.filtered(lambda line: line.state == "pending")
            change.shared_with = ", ".join(waiting._find_others_who_sign_in().mapped("name"))

    @api.depends("partner_id")
    def _compute_earlier_ids(self):
        for change in self:
            change.earlier_ids = self.search(
                [("partner_id", "=", change.partner_id.id), ("id", "<", change._origin.id)],
                limit=20,
            )

    # === CRUD METHODS === #

    def write(self, vals):
        """Let the portal's own methods write, which do so as superuser; nobody else does.

        :raise AccessError: for everybody else
        """
        if not self.env.su:
            raise AccessError(self.env._("What a customer changed is not edited, only decided."))
        return super().write(vals)

    # === BUSINESS METHODS: WHAT CUSTOMERS DO === #

    @api.model
    def _record(self, partner, lines):
        """Keep an edit; what is written further in the same transaction joins it.

        :param partner: the contact, which has been written already where nothing waits
        :param dict lines: per field the old value, the new one, and whether it waits
        :return: the change as superuser; empty if everything waits already
        """
        partner_sudo = partner.sudo()  # customers do not read changes of others, or policies
        waiting = {name for name, (_old, _new, is_waiting) in lines.items() if is_waiting}
        raw = {
            name: (partner_sudo._get_raw_data(name, old), partner_sudo._get_raw_data(name, new))
            for name, (old, new, _waiting) in lines.items()
        }
        if waiting:
            raw = self.sudo()._replace_waiting(partner_sudo, raw, waiting)
        if not raw:
            return self.sudo().browse()
        change_sudo = self.sudo()._join_edit(partner_sudo, raw, waiting)
        if change_sudo:
            return change_sudo
        kind = "archived" if raw.get("active") == (True, False) else "edited"
        change_sudo = self.sudo()._insert(partner_sudo, kind, self._prepare_lines(raw, waiting))
        staff_lang = self.env["res.company"]._get_staff_lang(self.env.user.company_id.id)
        labels = self.with_context(lang=staff_lang)._get_labels(raw)
        code = "data_requested" if waiting & raw.keys() else "data_changed"
        change_sudo._enter_protocol(code, partner_sudo, ", ".join(labels))
        self._get_edits()[partner.id] = change_sudo.id
        return change_sudo

    @api.model
    def _record_new(self, partner):
        """Keep that a customer added an address.

        :param partner: the new contact
        :return: the change as superuser
        """
        partner_sudo = partner.sudo()  # see `_record`
        entered = {name: partner_sudo._get_raw_data(name) for name in self._get_data_names()}
        lines = self._prepare_lines({name: (None, raw) for name, raw in entered.items() if raw})
        change_sudo = self.sudo()._insert(partner_sudo, "added", lines)
        change_sudo._enter_protocol("data_changed", partner_sudo, partner_sudo.display_name)
        self._get_edits()[partner.id] = change_sudo.id
        return change_sudo

    @api.model
    def _insert(self, partner_sudo, kind, lines):
        """Make a change and its lines, by one query.

        :param partner_sudo: the contact, as it is after the edit
        :param str kind: of the change
        :param list lines: as `_prepare_lines` returns them
        :return: the change
        """
        edited = {line["field_id"] for line in lines}
        get_field = self.env["ir.model.fields"]._get
        unchanged = {
            name: partner_sudo._get_raw_data(name) or False
            for name in self._get_data_names()
            # What depends on our company, Odoo reads by a query of its own.
            if get_field("res.partner", name).id not in edited
            and not partner_sudo._fields[name].company_dependent
        }
        is_pending = any(line["state"] == "pending" for line in lines)
        rows = self.env.execute_query(
            SQL(
                INSERT_CHANGE,
                partner=partner_sudo.id,
                commercial_partner=partner_sudo.commercial_partner_id.id,
                uid=self.env.uid,
                company=self.env.user.company_id.id,
                kind=kind,
                state="pending" if is_pending else "applied",
                unchanged=json.dumps(unchanged, default=str),
                lines=json.dumps(lines, default=str),
            )
        )
        return self.browse(rows[0])

    @api.model
    def _prepare_lines(self, raw, waiting=frozenset()):
        """Return the values of lines.

        :param dict raw: per field the old value and the new one, as they are kept
        :param set waiting: the fields that wait for approval
        :rtype: list[dict]
        """
        get_field = self.env["ir.model.fields"]._get
        return [
            {
                "field_id": get_field("res.partner", name).id,
                "old_raw": old,
                "new_raw": new,
                "state": "pending" if name in waiting else "applied",
            }
            for name, (old, new) in raw.items()
        ]

    @api.model
    def _get_data_names(self):
        return sorted(self.env["res.partner"]._get_portal_data_fields())

    @api.model
    def _get_labels(self, names):
        partners = self.env["res.partner"]
        return [partners._fields[name]._description_string(self.env) for name in names]

    def _enter_protocol(self, kind_code, partner_sudo, note):
        """Write the entry with which the change is reviewed or waits in the inbox.

        What is known is not read again: every edit of a customer's pays for it.
        """
        self.protocol_id = self.env["kundenportal.protocol"]._log(
            kind_code, partner_sudo, note=note, record=self, company=self.env.user.company_id
        )

    @api.model
    def _get_edits(self):
        """Return the edits of this transaction: contact → change."""
        return self.env.cr.precommit.data.setdefault("kundenportal.data.change", {})

    @api.model
    def _join_edit(self, partner_sudo, raw, waiting):
        """Add to the change that this transaction has made of the contact, if there is one.

        Odoo's form writes the telephone number a second time, in another spelling.

        :return: the change; empty if there is none to join
        """
        change = self.browse(self._get_edits().get(partner_sudo.id)).exists()
        if not change or waiting or change.kind == "archived":
            return self.browse()
        by_name = {line.field_id.name: line for line in change.line_ids}
        for name in raw.keys() & by_name.keys():
            by_name[name].new_raw = raw[name][1]
        added = {name: values for name, values in raw.items() if name not in by_name}
        if added:
            change.line_ids = [Command.create(values) for values in self._prepare_lines(added)]
        return change

    def _replace_waiting(self, partner_sudo, raw, waiting):
        """Let a second request for a field replace the first; the same one again is none.

        :return: ``raw`` without what waits already
        :rtype: dict
        """
        pending = self.env["kundenportal.data.change.line"].search(
            [("change_id.partner_id", "=", partner_sudo.id), ("state", "=", "pending")]
        )
        by_name = pending.grouped(lambda line: line.field_id.name)
        same = {
            name
            for name in waiting & by_name.keys()
            # After a merge of contacts several may wait; then the latest counts.
            if (by_name[name].sorted("id")[-1].new_raw or False) == (raw[name][1] or False)
        }
        replaced = pending.browse().union(
            *(by_name[name] for name in (waiting - same) & by_name.keys())
        )
        if replaced:
            replaced.change_id._settle(replaced, "replaced")
        return {name: values for name, values in raw.items() if name not in same}

    def _withdraw(self):
        """Take back what waits (the customer who may edit the contact).

        :raise UserError: if it is not the customer's, or has been decided already
        """
        self.ensure_one()
        change_sudo = self.sudo()  # customers may only read their changes
        change_sudo.partner_id.with_user(self.env.user).sudo()._check_customer_may_edit()
        change_sudo._lock()
        waiting = change_sudo.line_ids.filtered(lambda line: line.state == "pending")
        if not waiting:
            raise UserError(self.env._("This has been decided already."))
        change_sudo._settle(waiting, "withdrawn")
