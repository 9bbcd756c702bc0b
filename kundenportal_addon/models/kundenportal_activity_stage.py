from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.case_state import STATES


class KundenportalActivityStage(models.Model):
    """A step on the way of a case; what it means is its state."""

    _name = "kundenportal.activity.stage"
    _description = "Stage of Cases"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    state = fields.Selection(
        STATES,
        required=True,
        default="in_progress",
        copy=True,  # Odoo copies no field of this name by itself
        help="What the stage means to the portal.",
    )
    type_ids = fields.Many2many(
        "kundenportal.activity.type",
        "kundenportal_activity_type_stage_rel",
        "stage_id",
        "type_id",
        string="Case Types",
    )
    is_in_portal = fields.Boolean(
        string="Shown in the Portal",
        default=True,
        help="Customers do not see the other stages; to them the case stands where it stood.",
    )
    portal_name = fields.Char(
        string="Name for Customers", translate=True, help="Empty: the name that staff read."
    )
    fold = fields.Boolean(string="Folded", help="Folded in the kanban view.")

    # === CRUD METHODS === #

    def write(self, vals):
        """Keep the meaning of stages in which cases are: closed ones would run again, unseen.

        :raise UserError: if another state is given to such a stage
        :raise ValidationError: if a type lacked a stage that it needs
        """
        changed = self.filtered(lambda stage: vals.get("state", stage.state) != stage.state)
        # Cases of other companies count, too.
        if changed and self.env["kundenportal.activity"].sudo().search_count(
            [("stage_id", "in", changed.ids)], limit=1
        ):
            raise UserError(
                self.env._(
                    "There are cases in this stage, so its status cannot be changed. Make another "
                    "stage and move them."
                )
            )
        result = super().write(vals)
        if not {"state", "active"}.isdisjoint(vals):
            self._get_types()._check_stages()
        return result

    def unlink(self):
        types = self._get_types()
        result = super().unlink()
        types._check_stages()
        return result

    # === BUSINESS METHODS === #

    def _get_types(self):
        """Return the types that go through these stages, archived ones and other companies', too.

        :return: as superuser
        """
        types_sudo = self.env["kundenportal.activity.type"].sudo()
        return types_sudo.with_context(active_test=False).search([("stage_ids", "in", self.ids)])

    def _get_portal_name(self):
        """Return what customers read.

        :rtype: str
        """
        self.ensure_one()
        return self.portal_name or self.name
