from odoo import api, fields, models
from odoo.fields import Command

from ..tools import form_values


class KundenportalFormResponse(models.Model):
    """A form that was filled in, or half of it, with a line for each field that was shown.

    Who reads the case reads the responses to its forms. Nobody writes them but `_save`: customers
    by their page, staff by ``kundenportal.form.fill``. Whoever answers again makes a new version.
    """

    _name = "kundenportal.form.response"
    _description = "Form Response"
    _order = "id desc"

    activity_id = fields.Many2one(
        "kundenportal.activity",
        string="Case",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    type_id = fields.Many2one(related="activity_id.type_id", string="Case Type", store=True)
    action_id = fields.Many2one(
        "kundenportal.activity.action",
        string="Portal Action",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Empty: the form with which the case was opened.",
    )
    name = fields.Char(
        string="Form", required=True, readonly=True, help="As it was called when it was filled in."
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, index="btree_not_null", ondelete="set null"
    )
    commercial_partner_id = fields.Many2one(
        "res.partner",
        string="Company of the Customer",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        related="activity_id.commercial_partner_id",
        store=True,
    )
    company_id = fields.Many2one(
        related="activity_id.company_id", string="Our Company", store=True, index=True
    )
    user_id = fields.Many2one(
        "res.users", string="Filled in by", readonly=True, ondelete="set null"
    )
    version = fields.Integer(required=True, readonly=True, default=1, aggregator=None)
    state = fields.Selection(
        [("half", "Half-filled"), ("done", "Done")],
        string="Status",
        required=True,
        readonly=True,
        default="half",
    )
    is_current = fields.Boolean(
        string="Latest", readonly=True, help="There is no later version that was finished."
    )
    answered_on = fields.Datetime(readonly=True)
    answer_ids = fields.One2many(
        "kundenportal.form.answer", "response_id", string="Answers", readonly=True
    )
    attachment_ids = fields.One2many(
        "ir.attachment",
        "res_id",
        string="Files",
        domain=[("res_model", "=", "kundenportal.form.response")],
        readonly=True,
    )

    _half_unique = models.UniqueIndex("(activity_id, action_id) WHERE state = 'half'")
    _version_unique = models.UniqueIndex("(activity_id, action_id, version)")

    # === COMPUTE METHODS === #

    @api.depends("name", "activity_id", "version")
    def _compute_display_name(self):
        for response in self:
            case = response.sudo().activity_id  # its number is no secret to whoever reads this
            parts = (case.number, response.name, f"v{response.version}")
            response.display_name = " – ".join(filter(None, parts))

    # === ACTION METHODS === #

    def action_finish(self):
        """Open the form to finish it together with the customer on the telephone (button).

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        return self.env["kundenportal.form.fill"]._open_for(self.activity_id, self.action_id)

    # === BUSINESS METHODS: READING === #

    @api.model
    def _find_latest(self, case, action):
        """Return what a form is to be continued or changed from.

        :param case: which the acting user may read
        :param action: the form; empty for the one with which the case was opened
        :return: as superuser: what is half-filled, else the latest version; empty if there is none
        """
        # Whoever reads the case reads its forms; asked here for staff and customers alike.
        case.check_access("read")
        return self.sudo()._search_versions(case, action)[:1]

    @api.model
    def _search_versions(self, case, action):
        """Return what there is of a form, the latest first."""
        return self.search(
            [("activity_id", "=", case.id), ("action_id", "=", action.id)],
            order="version desc, id desc",
        )

    def _get_files(self):
        """Return the files of the response by the field that they were sent with.

        :return: attachments as superuser
        :rtype: dict
        """
        self.ensure_one()
        return {
            answer.field_id: answer.attachment_ids
            for answer in self.sudo().answer_ids  # read by whoever reads the response
            if answer.field_id and answer.attachment_ids
        }

    def _get_typed(self):
        """Return what one would have to type to give the same answers.

        :return: texts by name of the field, see ``kundenportal.form.field._read_answers``
        :rtype: dict
        """
        typed = {}
        for answer in self.answer_ids.filtered("field_id"):
            typed.update(answer.field_id._get_typed(answer.raw))
        return typed

    # === BUSINESS METHODS: WRITING === #

    @api.model
    def _save(self, case, form_fields, answers, action=None, *, is_final=True):
        """Keep the answers to a form: continue what is half-filled, else begin a new version.

        Callers have let the acting user in, and let one at a time act on the case.

        :param case: the case, as superuser
        :param form_fields: of the form, as superuser
        :param dict answers: as ``kundenportal.form.field._read_answers`` returned them
        :param action: the form; empty for the one with which the case is opened
        :param bool is_final: whether this finishes the form
        :return: the response as superuser
        """
        responses_sudo = self.sudo()  # customers and staff write by this only
        action = action or self.env["kundenportal.activity.action"]
        latest = responses_sudo._search_versions(case, action)[:1]
        response = latest.filtered(lambda one: one.state == "half")
        if not response:
            response = responses_sudo.create(
                {
                    "activity_id": case.id,
                    "action_id": action.id,
                    "name": (action or case.type_id).name,
                    "version": latest.version + 1,
                }
            )
        user = self.env.user
        response.write(
            {
                "user_id": user.id,
                "partner_id": user.partner_id.id if user.share else case.partner_id.id,
                "name": (action or case.type_id).name,
            }
        )
        response._write_answers(form_fields, answers)
        if is_final:
            response._finish()
        return response

    def _write_answers(self, form_fields, answers):
        """Replace the lines by those of the fields that are visible with these answers."""
        visible = form_values.find_visible([field._get_spec() for field in form_fields], answers)
        lines, kept = [], self.env["ir.attachment"]
        for position, field in enumerate(field for field in form_fields if field in visible):
            answer = answers.get(field)
            files = self._keep_files(answer or ()) if field.kind == "file" else kept.browse()
            kept |= files
            lines.append(
                {
                    "field_id": field.id,
                    "sequence": position,
                    "label": field.name,
                    "kind": field.kind,
                    "value": field._show_answer(files.mapped("name") if files else answer),
                    "value_number": answer if field.kind == "number" else False,
                    "value_date": answer if field.kind == "date" else False,
                    "raw": field._get_raw(answer),
                    "attachment_ids": [Command.set(files.ids)],
                }
            )
        self.write({"answer_ids": [Command.clear(), *map(Command.create, lines)]})
        (self.attachment_ids - kept).unlink()

    def _keep_files(self, files):
        """Make files the response's own: those that came, and copies of an earlier version's.

        :param files: attachments, and pairs of a name and the content
        :return: attachments
        """
        kept = self.env["ir.attachment"]
        own = {"res_model": self._name, "res_id": self.id}
        for file in files:
            if isinstance(file, tuple):
                name, content = file
                kept |= kept.create({"name": name, "raw": content, **own})
            elif file in self.attachment_ids:
                kept |= file
            else:
                kept |= file.copy({"name": file.name, **own})
        return kept

    def _move_to(self, case):
        """Hand the response to the case with which its own is merged, as superuser.

        What is half-filled in both stays where it was; of two that count the case's own does.
        """
        self.ensure_one()
        versions = self._search_versions(case, self.action_id) if self.action_id else self.browse()
        if self.state == "half" and "half" in versions.mapped("state"):
            return
        values = {"activity_id": case.id}
        if versions:
            values["version"] = versions[0].version + 1
            values["is_current"] = self.is_current and not any(versions.mapped("is_current"))
        self.write(values)

    def _finish(self):
        """Make this the version that counts."""
        versions = self._search_versions(self.activity_id, self.action_id)
        versions.filtered("is_current").is_current = False
        self.write({"state": "done", "is_current": True, "answered_on": fields.Datetime.now()})
