from odoo import api, fields, models
from odoo.exceptions import ValidationError


class KundenportalDeputy(models.Model):
    """Who deals with somebody's entries of the inbox during an absence.

    While it lasts, new entries go to the deputy (``kundenportal.protocol._log``), and those that
    the absent person has open are also the deputy's.
    """

    _name = "kundenportal.deputy"
    _description = "Deputy"
    _order = "date_from desc, id desc"

    user_id = fields.Many2one(
        "res.users",
        string="Absent",
        required=True,
        ondelete="cascade",
        domain=lambda self: self._get_staff_domain(),
        default=lambda self: self.env.user,
    )
    deputy_id = fields.Many2one(
        "res.users",
        required=True,
        ondelete="cascade",
        domain=lambda self: self._get_staff_domain(),
    )
    date_from = fields.Date(
        string="From", required=True, default=lambda self: fields.Date.context_today(self)
    )
    date_to = fields.Date(string="Until", required=True, help="The last day, inclusive.")

    _someone_else = models.Constraint(
        "CHECK (user_id != deputy_id)", "Nobody can stand in for themselves."
    )
    _period = models.Constraint(
        "CHECK (date_from <= date_to)", "The absence ends before it begins."
    )
    # A range of one number instead of the number: so that it needs no extension of PostgreSQL.
    _one_at_a_time = models.Constraint(
        "EXCLUDE USING gist (int4range(user_id, user_id, '[]') WITH =, "
        "daterange(date_from, date_to, '[]') WITH &&)",
        "There is a deputy for a part of these days already.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("user_id", "deputy_id")
    def _check_deputy_is_staff(self):
        for absence in self:
            deputy_sudo = absence.deputy_id.sudo()  # groups and companies of another user
            if not deputy_sudo.has_group("kundenportal_addon.group_officer"):
                raise ValidationError(
                    self.env._("%s has no rights to the inbox.", deputy_sudo.name)
                )
            if not deputy_sudo.company_ids & absence.user_id.sudo().company_ids:
                raise ValidationError(
                    self.env._(
                        "%(deputy)s works for none of the companies of %(absent)s.",
                        deputy=deputy_sudo.name,
                        absent=absence.user_id.sudo().name,
                    )
                )

    # === DEFAULT METHODS === #

    @api.model
    def _get_staff_domain(self):
        officer = self.env["ir.model.data"]._xmlid_to_res_id("kundenportal_addon.group_officer")
        return [("all_group_ids", "in", [officer])]

    # === COMPUTE METHODS === #

    @api.depends("user_id", "deputy_id")
    def _compute_display_name(self):
        for absence in self:
            absence.display_name = f"{absence.user_id.name} → {absence.deputy_id.name}"

    # === CRUD METHODS === #

    def write(self, vals):
        """Refuse to make one's own absence somebody else's: Odoo asks the rules before, not after.

        :raise AccessError: for the absence of others, unless a manager writes
        """
        result = super().write(vals)
        self.check_access("write")
        return result

    # === BUSINESS METHODS === #

    @api.model
    def _get_represented(self, user):
        """Return whom a user stands in for today.

        :param user: the deputy
        :rtype: res.users recordset
        """
        today = fields.Date.context_today(self)
        return self.search(
            [("deputy_id", "=", user.id), ("date_from", "<=", today), ("date_to", ">=", today)]
        ).user_id
