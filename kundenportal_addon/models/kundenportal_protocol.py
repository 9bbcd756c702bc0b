from datetime import timedelta

from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.tools import SQL

#: What may change after an entry was written, beside its review.
PLANNING_FIELDS = {"responsible_id", "deadline"}

#: Opens ``write`` for the methods of the review: no remote call can bring this very object.
REVIEW = object()

INSERT_ENTRIES = """
    INSERT INTO kundenportal_protocol (
        partner_id, commercial_partner_id, partner_name, user_id, user_name, kind_id, note,
        res_model, res_id, review_state, in_inbox, deadline, ip_address, once_key,
        responsible_id, company_id, create_uid, create_date, write_uid, write_date
    )
    SELECT partner.id, partner.commercial_partner_id, COALESCE(partner.complete_name, partner.name),
           actor.id, actor_partner.name, %(kind)s, %(note)s,
           %(res_model)s, %(res_id)s, %(review_state)s, %(in_inbox)s, %(deadline)s::date, %(ip)s,
           %(once_key)s,
           COALESCE(deputy.id, responsible.id),
           ours.company_id,
           %(uid)s, NOW() AT TIME ZONE 'UTC', %(uid)s, NOW() AT TIME ZONE 'UTC'
      FROM unnest(%(partners)s::int[]) WITH ORDINALITY about (id, position)
      LEFT JOIN res_partner partner ON partner.id = about.id
      LEFT JOIN res_partner firm ON firm.id = partner.commercial_partner_id
      LEFT JOIN res_users actor ON actor.id = %(user)s
      LEFT JOIN res_partner actor_partner ON actor_partner.id = actor.partner_id
     CROSS JOIN LATERAL (
               SELECT COALESCE(
                   %(company)s,
                   partner.company_id,
                   (SELECT company_id FROM res_users
                     WHERE partner_id = partner.id ORDER BY active DESC, id LIMIT 1),
                   %(acting_company)s,
                   actor.company_id
               ) AS company_id
           ) ours
      LEFT JOIN res_users responsible
        ON responsible.id = COALESCE(%(responsible)s, partner.user_id, firm.user_id)
       AND %(responsible_may)s
      LEFT JOIN kundenportal_deputy absence
        ON absence.user_id = responsible.id
       AND %(today)s::date BETWEEN absence.date_from AND absence.date_to
      LEFT JOIN res_users deputy ON deputy.id = absence.deputy_id AND %(deputy_may)s
  ORDER BY about.position
        ON CONFLICT (once_key) WHERE once_key IS NOT NULL DO NOTHING
 RETURNING id
"""

#: Whether a user can see the entry: somebody responsible who cannot would let it wait for ever.
SEES_ENTRY = """
    %(who)s.active
    AND EXISTS (SELECT FROM res_groups_users_rel held
                 WHERE held.uid = %(who)s.id AND held.gid = ANY(%(groups)s))
    AND (ours.company_id IS NULL
         OR EXISTS (SELECT FROM res_company_users_rel allowed
                     WHERE allowed.user_id = %(who)s.id AND allowed.cid = ours.company_id))
"""


class KundenportalProtocol(models.Model):
    """One line of the append-only log of what happens in the portal.

    Entries are written by ``_log`` only. Who, when, what and about whom is never rewritten, by
    nobody; only the review, the responsible person and the deadline change. The exceptions go by
    SQL: retention deletes, Odoo's merge of contacts moves ``partner_id``, ``_anonymise`` blanks a
    deleted person.
    """

    _name = "kundenportal.protocol"
    _description = "Protocol Entry"
    # Entries are only ever appended, so the newest have the highest ids. Ordering by create_date
    # would say the same, but sort a million rows where this walks the primary key backwards.
    _order = "id desc"
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, ondelete="set null"
    )
    commercial_partner_id = fields.Many2one(
        "res.partner",
        string="Company of the Customer",
        readonly=True,
        ondelete="set null",
        help="The company that the contact belonged to when it happened.",
    )
    partner_name = fields.Char(
        string="Name of the Customer", readonly=True, help="Kept for when the contact is deleted."
    )
    user_id = fields.Many2one("res.users", string="Done by", readonly=True, ondelete="set null")
    user_name = fields.Char(
        string="Name of Who Did It", readonly=True, help="Kept for when the user is deleted."
    )
    kind_id = fields.Many2one(
        "kundenportal.protocol.kind", required=True, readonly=True, ondelete="restrict"
    )
    note = fields.Text(readonly=True, index="trigram")
    res_model = fields.Char(string="Model of the Record", readonly=True)
    res_id = fields.Many2oneReference(string="Record", model_field="res_model", readonly=True)
    review_state = fields.Selection(
        [("none", "No review needed"), ("open", "To review"), ("done", "Reviewed")],
        string="Review",
        required=True,
        readonly=True,
        default="none",
    )
    reviewed_on = fields.Date(help="Enter the date to mark the entry as reviewed.")
    reviewer_id = fields.Many2one(
        "res.users", string="Reviewed by", readonly=True, ondelete="set null"
    )
    review_remark = fields.Char(string="Remark")
    responsible_id = fields.Many2one(
        "res.users",
        domain=lambda self: self.env["kundenportal.deputy"]._get_staff_domain(),
        ondelete="set null",
    )
    deadline = fields.Date()
    in_inbox = fields.Boolean(string="In the Inbox", readonly=True)
    company_id = fields.Many2one(
        "res.company", string="Our Company", readonly=True, ondelete="restrict"
    )
    ip_address = fields.Char(
        string="Network Address", readonly=True, groups="kundenportal_addon.group_manager"
    )
    once_key = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="An entry with the same key exists only once, such as “active today”.",
    )
    create_date = fields.Datetime(string="Time", readonly=True)

    _once_key_unique = models.UniqueIndex("(once_key) WHERE once_key IS NOT NULL")
    # Each list is one of these conditions plus the companies, newest first, 80 rows of a million.
    # They carry the company, so that counting 10,000 of them touches no table, only an index.
    _open_idx = models.Index("(id, company_id) WHERE review_state = 'open'")
    _company_idx = models.Index("(company_id, id)")
    _partner_idx = models.Index("(partner_id, id) INCLUDE (company_id)")
    _commercial_partner_idx = models.Index("(commercial_partner_id, id) INCLUDE (company_id)")
    # Retention and the graph of sign-ins ask for a kind and a time; filters like "today" for a time
    # only: a block range index of a few kilobytes is enough in a table that only grows at its end.
    _kind_idx = models.Index("(kind_id, create_date)")
    _open_record_idx = models.Index("(res_model, res_id) WHERE review_state = 'open'")
    _time_idx = models.Index("USING brin (create_date) WITH (pages_per_range = 16)")

    # === CONSTRAINT METHODS === #

    @api.constrains("kind_id")
    def _check_written_by_log(self):
        """Refuse what the ORM creates: entries are made by ``_log``, out of reach of remote calls.

        :raise UserError: always
        """
        raise UserError(self.env._("Protocol entries are written by the portal itself."))

    # === COMPUTE METHODS === #

    @api.depends("kind_id", "partner_name")
    def _compute_display_name(self):
        for entry in self:
            entry.display_name = " – ".join(filter(None, (entry.kind_id.name, entry.partner_name)))

    # === CRUD METHODS === #

    def write(self, vals):
        """Let the plan of an entry change, and take a date in ``reviewed_on`` as its review.

        :raise UserError: for any other field, or if somebody else has reviewed the entry already
        """
        if self.env.context.get("protocol_review") is REVIEW:
            return super().write(vals)
        self.check_access("write")
        if not vals.keys() <= PLANNING_FIELDS | {"reviewed_on", "review_remark"}:
            raise UserError(self.env._("What the protocol says happened cannot be changed."))
        if "review_remark" in vals and not vals.get("reviewed_on"):
            raise UserError(self.env._("A remark is entered together with the date of the review."))
        if vals.get("reviewed_on"):
            reviewed_on = fields.Date.to_date(vals["reviewed_on"])
            (self - self._check_done())._mark_reviewed(vals.get("review_remark"), reviewed_on)
        elif "reviewed_on" in vals:
            self.action_reopen_review()
        plan = {name: vals[name] for name in PLANNING_FIELDS & vals.keys()}
        self._check_responsible(plan.get("responsible_id"))
        return super().write(plan) if plan else True

    def _check_responsible(self, user_id):
        """Refuse to make somebody responsible who has no right to the inbox.

        :raise UserError: naming that user
        """
        user_sudo = self.env["res.users"].sudo().browse(user_id)  # groups of another user
        if user_id and not user_sudo.has_group("kundenportal_addon.group_officer"):
            raise UserError(self.env._("%s has no rights to the inbox.", user_sudo.name))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        """Refuse to delete entries, whoever asks; retention goes by SQL."""
        raise UserError(self.env._("Protocol entries cannot be deleted."))

    def _write_review(self, values):
        """Write review fields past the guard in ``write``; for the methods of the review only."""
        return self.with_context(protocol_review=REVIEW).write(values)

    # === ACTION METHODS === #

    def action_open_record(self):
        """Open the record that the entry is about.

        :return: an action
        :rtype: dict
        :raise UserError: if it is gone or not for the acting user to see
        """
        self.ensure_one()
        record = (
            self.env[self.res_model].browse(self.res_id) if self.res_model in self.env else None
        )
        if record is None or not record.exists() or not record.has_access("read"):
            raise UserError(self.env._("The record no longer exists, or you may not see it."))
        return record._get_records_action(context={})

    # === BUSINESS METHODS === #

    @api.model
    def _log(
        self,
        kind_code,
        partner,
        note=None,
        *,
        record=None,
        user=None,
        company=None,
        once_key=None,
        responsible=None,
        ip=None,
    ):
        """Write what happened, in one query.

        The row is made by the database from the contact's row, so that neither cold caches nor the
        number of contacts cost further queries. Rights are not asked: nobody writes entries
        directly.

        :param str kind_code: code of the kind
        :param partner: the customer it is about; may be empty; several contacts get an entry each
        :param str note: what happened, beyond what the kind says
        :param record: the record it is about
        :param user: who acted; by default the acting user, also under sudo
        :param company: our company; by default the record's, else the contact's, else that of the
            contact's login, else the acting one
        :param str once_key: a second entry of the kind with the same key is not written; for one
            contact only
        :param responsible: who is to deal with it; by default the salesperson of the contact, else
            of its company; while that person is absent, its deputy
        :param str ip: network address of whoever acted
        :return: the new entries; empty if ``once_key`` is known already or the kind is archived
        :raise ValueError: for an unknown kind, or for ``once_key`` with several contacts
        """
        kind = self.env["kundenportal.protocol.kind"]._get_by_code(kind_code)
        if not kind.active:
            return self.browse()
        partner = partner or self.env["res.partner"]
        if once_key and len(partner) > 1:
            raise ValueError("once_key is for one contact")
        self._flush_for_log()
        values = {
            "user": (self.env.user if user is None else user).id or None,
            "note": note or None,
            "res_model": record._name if record else None,
            "res_id": record.id if record else None,
            "responsible": responsible.id if responsible else None,
            **self._prepare_by_kind(kind),
            **self._prepare_who_may(),
            "company": self._get_log_company_id(record, company),
            "acting_company": self.env.company.id
            if self.env.context.get("allowed_company_ids")
            else None,
            "ip": ip or None,
            "once_key": f"{kind_code}:{once_key}" if once_key else None,
            "uid": self.env.uid,
            "partners": partner.ids or [None],
        }
        # Two at once with one key: Odoo retries the second, which finds the first. No error to log.
        self.env.cr.execute(SQL(INSERT_ENTRIES, **values), log_exceptions=not once_key)
        return self.browse(row[0] for row in self.env.cr.fetchall())

    @api.model
    def _flush_for_log(self):
        """Let the database know what it makes an entry from."""
        self.env["res.partner"].flush_model(
            ["name", "complete_name", "commercial_partner_id", "company_id", "user_id"]
        )
        self.env["res.users"].flush_model(["active"])
        self.env["kundenportal.deputy"].flush_model()

    @api.model
    def _prepare_by_kind(self, kind):
        """Return what an entry's kind says of it: whether it is reviewed, and until when.

        :param kind: what ``kundenportal.protocol.kind._get_by_code`` returns
        :rtype: dict
        """
        today = fields.Date.today()  # asking for somebody's time zone would cost queries
        return {
            "kind": kind.id,
            "review_state": "open" if kind.is_review_required or kind.is_in_inbox else "none",
            "in_inbox": kind.is_in_inbox,
            "today": today,
            "deadline": today + timedelta(days=kind.deadline_days) if kind.deadline_days else None,
        }

    @api.model
    def _prepare_who_may(self):
        """Return the conditions for whoever is responsible: an officer of the entry's company."""
        groups = self._get_staff_group_ids()
        return {
            f"{who}_may": SQL(SEES_ENTRY, who=SQL.identifier(who), groups=groups)
            for who in ("responsible", "deputy")
        }

    @api.model
    @tools.ormcache()
    def _get_staff_group_ids(self):
        """Return the ids of the groups whose members see the inbox."""
        officer = self.env["ir.model.data"]._xmlid_to_res_id("kundenportal_addon.group_officer")
        # Not by a field of the group: whoever signs in has no environment that could compute it.
        definitions = self.env["res.groups"]._get_group_definitions()
        return [officer, *definitions.get_subset_ids([officer])]

    @api.model
    def _close_for(self, record, remark=None):
        """Close the open entries about a record that has been dealt with, naming who did it.

        :param record: what the entries are about; several are fine
        :param str remark: what came of it
        """
        # The entries may belong to another company than the one that whoever acts is in.
        open_sudo = self.sudo().search(
            [
                ("res_model", "=", record._name),
                ("res_id", "in", record.ids),
                ("review_state", "=", "open"),
            ]
        )
        if open_sudo:
            open_sudo._mark_reviewed(remark, fields.Date.context_today(self))

    @api.model
    def _get_log_company_id(self, record, company):
        """Return the id of the company that is known without asking the contact, or None."""
        if not company and record and "company_id" in record._fields:
            company = record.sudo().company_id  # whoever acts may lack access to it
        return company.id if company else None
