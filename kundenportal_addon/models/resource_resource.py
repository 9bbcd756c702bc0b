from odoo import fields, models
from odoo.tools import SQL


class ResourceResource(models.Model):
    """A technician, or a vehicle or machine that has to come along."""

    _inherit = "resource.resource"

    portal_team_ids = fields.Many2many(
        "kundenportal.team",
        "kundenportal_team_resource_rel",
        "resource_id",
        "team_id",
        string="Teams",
    )
    portal_skill_ids = fields.Many2many(
        "kundenportal.skill",
        "kundenportal_skill_resource_rel",
        "resource_id",
        "skill_id",
        string="Skills",
        help="Beside those of the user: what a vehicle or a machine is good for.",
    )
    portal_start_id = fields.Many2one(
        "res.partner",
        string="Starts From",
        ondelete="set null",
        help="Home or depot, where the days on the road begin and end. Empty: our company.",
    )
    portal_home_trips = fields.Selection(
        [
            ("inside", "In working time"),
            ("outside", "Before and after working time"),
            ("none", "Not planned"),
        ],
        string="First and Last Trip",
        required=True,
        default="inside",
    )

    # === BUSINESS METHODS === #

    def _get_portal_skills(self, needed):
        """Return which of some skills each has: its own, and those of its user.

        :param needed: the skills that matter
        :return: ids of skills by id of the resource
        :rtype: dict[int, frozenset[int]]
        """
        found = {resource_id: set() for resource_id in self.ids}
        if found and needed:
            self.flush_model(["user_id"])
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT own.resource_id, own.skill_id
                      FROM kundenportal_skill_resource_rel own
                     WHERE own.resource_id IN %(resources)s AND own.skill_id IN %(skills)s
                     UNION
                    SELECT resource.id, personal.skill_id
                      FROM resource_resource resource
                      JOIN kundenportal_skill_user_rel personal
                        ON personal.user_id = resource.user_id
                     WHERE resource.id IN %(resources)s AND personal.skill_id IN %(skills)s
                    """,
                    resources=self._ids,
                    skills=needed._ids,
                )
            )
            for resource_id, skill_id in rows:
                found[resource_id].add(skill_id)
        return {resource_id: frozenset(skills) for resource_id, skills in found.items()}

    def _get_start_points(self, company):
        """Return where the days of each begin and end.

        :param company: our company, where those start who have no place of their own
        :return: points by id of the resource, see ``tools/travel.py``; None for unknown ones
        :rtype: dict[int, tuple | None]
        """
        home = company.partner_id._get_point()
        return {
            resource.id: resource.portal_start_id._get_point() if resource.portal_start_id else home
            for resource in self
        }
