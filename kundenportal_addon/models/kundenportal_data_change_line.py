from odoo import api, fields, models

from ..tools import reachability


class KundenportalDataChangeLine(models.Model):
    """One field of a data change, as it was and as the customer wants it."""

    _name = "kundenportal.data.change.line"
    _description = "Field of a Data Change"
    _order = "id"

    change_id = fields.Many2one(
        "kundenportal.data.change", required=True, readonly=True, index=True, ondelete="cascade"
    )
    field_id = fields.Many2one(
        "ir.model.fields", string="Field", required=True, readonly=True, ondelete="cascade"
    )
    old_raw = fields.Json(readonly=True)
    new_raw = fields.Json(readonly=True)
    state = fields.Selection(
        [
            ("applied", "Applied"),
            ("pending", "Waiting for approval"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("withdrawn", "Withdrawn"),
            ("replaced", "Replaced by a later request"),
        ],
        required=True,
        readonly=True,
    )
    old_value = fields.Char(string="Old", compute="_compute_values")
    new_value = fields.Char(string="New", compute="_compute_values")
    current_value = fields.Char(
        string="Now", compute="_compute_values", help="What the contact says today."
    )
    has_conflict = fields.Boolean(
        compute="_compute_values",
        help="The contact was changed meanwhile: it no longer says what the customer saw, or what "
        "it wanted.",
    )

    # === COMPUTE METHODS === #

    @api.depends("old_raw", "new_raw", "state")
    @api.depends_context("lang")
    def _compute_values(self):
        for line in self:
            partner = line.change_id.partner_id
            name = line.field_id.name
            line.old_value = partner._display_data(name, line.old_raw)
            line.new_value = partner._display_data(name, line.new_raw)
            now = partner._get_raw_data(name) if name in partner._fields else None
            line.current_value = partner._display_data(name, now)
            expected = {"pending": line.old_raw, "applied": line.new_raw}
            line.has_conflict = (
                line.state in expected and (now or False) != (expected[line.state] or False)
            )

    # === ACTION METHODS === #

    def action_approve(self):
        """Apply these fields only.

        :raise UserError: see ``kundenportal.data.change.action_approve``
        """
        for change in self.change_id:
            change._approve(self & change.line_ids)

    def action_reject(self):
        """Ask why these fields are rejected.

        :return: an action
        :rtype: dict
        """
        action = self.change_id.action_reject()
        return {**action, "context": {**action["context"], "default_line_ids": self.ids}}


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _get_raw_data(self, name, value=None):
        """Return a value as it is kept in a line: an id for a record, else itself.

        :param str name: of the field
        :param value: of the field; by default the contact's own
        """
        value = self[name] if value is None else value
        return (value.id or False) if isinstance(value, models.BaseModel) else value

    @api.model
    def _display_data(self, name, raw):
        """Return a kept value as people read it, in the reader's language.

        :param str name: of the field, which may be gone
        :param raw: as `_get_raw_data` returns it
        :rtype: str
        """
        field = self._fields.get(name)
        if field is None or raw is None or raw is False or raw == "":
            if field is not None and field.type == "boolean":
                return self.env._("No")
            return ""
        if field.type == "many2one":
            # The name of a country or state is no secret, and it may be gone.
            return self.env[field.comodel_name].sudo().browse(raw).exists().display_name or ""
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(raw, raw)
        if field.type == "boolean":
            return self.env._("Yes")
        if name == "reachability":
            return self.new({"reachability": raw}).reachability_summary
        return str(raw)
