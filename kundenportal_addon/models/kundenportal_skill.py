from odoo import fields, models


class KundenportalSkill(models.Model):
    """What somebody of the staff can do; cases go to who has the skills that they need."""

    _name = "kundenportal.skill"
    _description = "Skill"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    color = fields.Integer()
    active = fields.Boolean(default=True)
    user_ids = fields.Many2many(
        "res.users",
        "kundenportal_skill_user_rel",
        "skill_id",
        "user_id",
        string="Who Has It",
        domain=[("share", "=", False)],
    )

    _name_unique = models.Constraint("UNIQUE (name)", "There is a skill of this name already.")
