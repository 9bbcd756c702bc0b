from odoo import fields, models


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

    def _get_portal_skills(self):
        """Return what each can do: what is theirs, and what their users can.

        :return: ids of skills by id of the resource
        :rtype: dict[int, frozenset[int]]
        """
        skills_sudo = self.env["kundenportal.skill"].sudo().search([])  # customers plan, too
        users = {user: set() for user in self.user_id}
        for skill in skills_sudo:
            for user in skill.user_ids & self.user_id:
                users[user].add(skill.id)
        return {
            resource.id: frozenset(
                users.get(resource.user_id, set()) | set(resource.portal_skill_ids.ids)
            )
            for resource in self
        }

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
