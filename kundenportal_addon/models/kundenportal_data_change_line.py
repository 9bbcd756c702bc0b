from collections import defaultdict

from odoo import api, fields, models


class KundenportalDataChangeLine(models.Model):
    """One field of a data change, as it was and as the customer wants it."""

    _name = "kundenportal.data.change.line"
    _description = "Field of a Data Change"
    _order = "id"

    change_id = fields.Many2one(
        "kundenportal.data.change", required=True, readonly=True, index=True, ondelete="cascade"
    )
    field_id = fields.Many2one("ir.model.fields", required=True, readonly=True, ondelete="cascade")
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
    reason = fields.Char(readonly=True, help="Why it was rejected; the customer reads it.")
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
    @api.depends_context("lang", "uid")
    def _compute_values(self):
        names = self._get_record_names()
        readable = self.change_id.partner_id._filtered_access("read")
        for line in self:
            partner, name = line.change_id.partner_id, line.field_id.name
            if not partner._is_data_visible(name):
                line.old_value = line.new_value = self.env._("(not visible)")
                line.current_value, line.has_conflict = "", False
                continue
            line.old_value = partner._display_data(name, line.old_raw, names)
            line.new_value = partner._display_data(name, line.new_raw, names)
            if partner not in readable or name not in partner._fields:
                line.current_value, line.has_conflict = "", False
                continue
            now = partner._get_raw_data(name)
            line.current_value = partner._display_data(name, now, names)
            expected = {"pending": line.old_raw, "applied": line.new_raw}
            line.has_conflict = line.state in expected and (now or False) != (
                expected[line.state] or False
            )

    def _get_record_names(self):
        """Return the names of the records in the lines, as few queries as models.

        :rtype: dict[tuple[str, int], str]
        """
        ids = defaultdict(set)
        for line in self:
            field = self.env["res.partner"]._fields.get(line.field_id.name)
            if field is not None and field.type == "many2one":
                ids[field.comodel_name].update(filter(None, (line.old_raw, line.new_raw)))
        return {
            (model, record.id): record.display_name
            for model, record_ids in ids.items()
            # The name of a country or state is no secret, and it may be gone.
            for record in self.env[model].sudo().browse(record_ids).exists()
        }

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

    # === BUSINESS METHODS === #

    def _find_others_who_sign_in(self):
        """Return the other portal users whose address or number the new values are.

        :rtype: res.users recordset, as superuser
        """
        users_sudo = self.env["res.users"].sudo()  # logins are not the officer's to read
        for line in self:
            if line.field_id.name in ("email", "phone", "mobile") and line.new_raw:
                found_sudo = users_sudo._find_portal_users(line.new_raw)
                users_sudo |= found_sudo.filtered(
                    lambda user, line=line: user.partner_id != line.change_id.sudo().partner_id
                )
        return users_sudo


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
    def _is_data_visible(self, name):
        """Tell whether the acting user may see a field; one that is gone hides nothing."""
        field = self._fields.get(name)
        return field is None or self._has_field_access(field, "read")

    @api.model
    def _display_data(self, name, raw, record_names=None):
        """Return a kept value as people read it, in the reader's language.

        :param str name: of the field, which may be gone
        :param raw: as `_get_raw_data` returns it
        :param dict record_names: known names of records, by model and id
        :rtype: str
        """
        field = self._fields.get(name)
        if field is None or raw is None or raw is False or raw == "":
            if field is not None and field.type == "boolean":
                return self.env._("No")
            return ""
        if field.type == "many2one":
            if record_names and (field.comodel_name, raw) in record_names:
                return record_names[field.comodel_name, raw]
            # The name of a country or state is no secret, and it may be gone.
            return self.env[field.comodel_name].sudo().browse(raw).exists().display_name or ""
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(raw, raw)
        if field.type == "boolean":
            return self.env._("Yes")
        if name == "reachability":
            return self.new({"reachability": raw}).reachability_summary
        return str(raw)
