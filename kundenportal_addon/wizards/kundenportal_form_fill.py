from io import BytesIO

from werkzeug.datastructures import FileStorage, MultiDict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..tools import form_values


class KundenportalFormFill(models.TransientModel):
    """A customer's form, half-filled or not yet begun, finished together on the telephone.

    What staff enter goes the same way as what the customer would send: checked by the same rules,
    kept as the same version.
    """

    _name = "kundenportal.form.fill"
    _description = "Form Filled in for a Customer"

    activity_id = fields.Many2one(
        "kundenportal.activity", string="Case", required=True, readonly=True, ondelete="cascade"
    )
    action_id = fields.Many2one(
        "kundenportal.activity.action",
        string="Form",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    # With the rights of whoever asks: a dialog can be made for any case.
    partner_id = fields.Many2one(
        related="activity_id.partner_id", string="Customer", related_sudo=False
    )
    explanation = fields.Text(related="action_id.explanation", related_sudo=False)
    line_ids = fields.One2many("kundenportal.form.fill.line", "fill_id", string="Fields")

    # === ONCHANGE METHODS === #

    @api.onchange("line_ids")
    def _onchange_line_ids(self):
        # Not computed: a form is not told about computed fields of other lines than the changed.
        answers = {line.field_id: line._get_switch() for line in self.line_ids}
        specs = [field._get_spec() for field in self.line_ids.field_id]
        visible = form_values.find_visible(specs, answers)
        for line in self.line_ids:
            line.is_visible = line.field_id in visible

    # === ACTION METHODS === #

    def action_save(self):
        """Keep what is filled in; the customer, or whoever calls next, goes on there.

        :return: the action that closes the dialog
        :rtype: dict
        :raise UserError: naming what is wrong
        """
        return self._send(is_final=False)

    def action_finish(self):
        """Finish the form in the customer's stead.

        :return: the action that closes the dialog
        :rtype: dict
        :raise UserError: naming what is wrong or missing
        """
        return self._send(is_final=True)

    # === BUSINESS METHODS === #

    @api.model
    def _open_for(self, case, action):
        """Open the dialog for a form of a case.

        :param case: the case
        :param action: the form
        :return: an action
        :rtype: dict
        :raise UserError: if the form cannot be filled in now
        :raise AccessError: unless the acting user may write the case
        """
        self._check_fillable(case, action)
        if refusal := action._get_refusal(case):
            raise UserError(refusal)
        fill = self.create({"activity_id": case.id, "action_id": action.id})
        fill._add_lines()
        return {
            "type": "ir.actions.act_window",
            "name": action.name,
            "res_model": self._name,
            "res_id": fill.id,
            "views": [(False, "form")],
            "target": "new",
        }

    @api.model
    def _check_fillable(self, case, action):
        case.check_access("write")
        if action.code != "form":
            raise UserError(self.env._("The form with which a case was opened stays as it is."))

    def _add_lines(self):
        """Make a line for each field, with what has been answered."""
        latest_sudo = self.env["kundenportal.form.response"]._find_latest(
            self.activity_id, self.action_id
        )
        raw = {answer.field_id: answer.raw for answer in latest_sudo.answer_ids}
        files = latest_sudo._get_files() if latest_sudo else {}
        self.line_ids = [
            Command.create(
                {"field_id": field.id, **self._prepare_line(field, raw.get(field), files)}
            )
            for field in self.action_id.field_ids
        ]
        self._onchange_line_ids()

    def _prepare_line(self, field, raw, files):
        """Return the values of a line for what has been answered."""
        typed = field._get_typed(raw)
        text = typed.get(field._get_input_name(), "")
        return {
            "value_text": text if field.kind in ("text", "long", "number") else False,
            "value_date": text if field.kind == "date" and text else False,
            "value_choice_id": field.choice_ids.filtered(lambda one: str(one.id) == text).id,
            "value_choice_ids": [
                Command.set(
                    field.choice_ids.filtered(
                        lambda one: f"{field._get_input_name()}_{one.id}" in typed
                    ).ids
                )
            ],
            "value_tick": field.kind == "tick" and bool(text),
            "attachment_ids": [Command.set(files[field].ids if field in files else [])],
        }

    def _send(self, *, is_final):
        """Send the form as the customer's page would.

        :raise AccessError: unless the acting user may write the case
        """
        self.ensure_one().check_access("write")
        self._check_fillable(self.activity_id, self.action_id)
        data, files = self.line_ids._prepare_sending()
        data["save"] = "done" if is_final else "half"
        outcome = self.action_id._submit(self.activity_id, data, files, "")
        if outcome.errors:
            labels = {field._get_input_name(): field.name for field in self.action_id.field_ids}
            sentences = [f"{labels[name]}: {text}" for name, text in outcome.errors.items()]
            raise UserError("\n".join(sentences))
        return {"type": "ir.actions.act_window_close"}


class KundenportalFormFillLine(models.TransientModel):
    """A field of the form that is being filled in."""

    _name = "kundenportal.form.fill.line"
    _description = "Field Filled in for a Customer"
    _order = "id"

    fill_id = fields.Many2one(
        "kundenportal.form.fill", string="Form", required=True, ondelete="cascade"
    )
    field_id = fields.Many2one(
        "kundenportal.form.field", required=True, readonly=True, ondelete="cascade"
    )
    label = fields.Char(related="field_id.name", string="Label")
    kind = fields.Selection(related="field_id.kind")
    hint = fields.Char(related="field_id.hint", string="Help")
    is_required = fields.Boolean(related="field_id.is_required")
    is_visible = fields.Boolean(help="It counts with what the other fields say.")
    value_text = fields.Text(string="Text or Number")
    value_date = fields.Date(string="Date")
    value_choice_id = fields.Many2one(
        "kundenportal.form.choice", string="Choice", domain="[('field_id', '=', field_id)]"
    )
    value_choice_ids = fields.Many2many(
        "kundenportal.form.choice",
        "kundenportal_form_fill_choice_rel",
        "line_id",
        "choice_id",
        string="Choices",
        domain="[('field_id', '=', field_id)]",
    )
    value_tick = fields.Boolean(string="Tick")
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "kundenportal_form_fill_attachment_rel",
        "line_id",
        "attachment_id",
        string="Files",
        bypass_search_access=True,
    )

    # === BUSINESS METHODS === #

    def _get_switch(self):
        """Return the answer as far as other fields depend on it."""
        return {
            "tick": self.value_tick,
            "choice": self.value_choice_id.id or None,
            "several": tuple(self.value_choice_ids.ids),
        }.get(self.kind)

    def _prepare_sending(self):
        """Return what a browser would send.

        :return: texts by name, and uploads by name
        :rtype: tuple[dict, MultiDict]
        """
        data, files = {}, MultiDict()
        for line in self:
            name = line.field_id._get_input_name()
            data[name] = {
                "date": fields.Date.to_string(line.value_date) or "",
                "choice": str(line.value_choice_id.id or ""),
                "tick": "1" if line.value_tick else "",
            }.get(line.kind, line.value_text or "")
            for choice in line.value_choice_ids:
                data[f"{name}_{choice.id}"] = "1"
            line._add_files(name, data, files)
        return data, files

    def _add_files(self, name, data, files):
        """Add files that came, and the removal of those that were there and are not any more."""
        fill = self.fill_id
        latest_sudo = self.env["kundenportal.form.response"]._find_latest(
            fill.activity_id, fill.action_id
        )
        there = latest_sudo._get_files() if latest_sudo else {}
        there = there.get(self.field_id, self.env["ir.attachment"])
        for file in there - self.attachment_ids:
            data[f"{name}_remove_{file.id}"] = "1"
        for file in self.attachment_ids - there:
            file.check_access("read")
            files.add(name, FileStorage(BytesIO(file.raw), filename=file.name))
