from odoo import api, fields, models

from ..tools.case_state import RUNNING


class KundenportalTeam(models.Model):
    """Staff who work on the same cases."""

    _name = "kundenportal.team"
    _description = "Team"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        string="Our Company",
        index=True,
        ondelete="cascade",
        help="Empty: for all our companies.",
    )
    leader_id = fields.Many2one(
        "res.users", domain=lambda self: self.env["kundenportal.deputy"]._get_staff_domain()
    )
    member_ids = fields.Many2many(
        "res.users",
        "kundenportal_team_member_rel",
        "team_id",
        "user_id",
        string="Members",
        domain=lambda self: self.env["kundenportal.deputy"]._get_staff_domain(),
    )
    skill_ids = fields.Many2many(
        "kundenportal.skill",
        "kundenportal_team_skill_rel",
        "team_id",
        "skill_id",
        string="Skills",
        help="Cases of a type without a team go to the first team that has the skills they need.",
    )
    assignment = fields.Selection(
        [
            ("none", "Nobody: new cases wait in the inbox"),
            ("leader", "The leader"),
            ("balanced", "The member with the fewest open cases"),
        ],
        string="New Cases Go to",
        required=True,
        default="none",
        help="For cases whose type names nobody. Members count if they have the skills needed.",
    )

    # === BUSINESS METHODS === #

    @api.model
    def _find_for_skills(self, skills, company):
        """Return the first team of a company that has all of some skills.

        :param skills: what is needed; without any no team is found
        :param company: our company
        :return: the team as superuser, or none
        """
        if not skills:
            return self.sudo().browse()
        # Whoever opens a case need not read the teams.
        teams_sudo = self.sudo().search([("company_id", "in", (company.id, False))])
        return teams_sudo.filtered(lambda team: skills <= team.skill_ids)[:1]

    def _find_assignee(self, skills, company):
        """Return who of the team gets a new case.

        :param skills: what is needed; members without them do not count
        :param company: our company whose case it is; nobody gets what they cannot open
        :return: the user as superuser, or none
        """
        team_sudo = self.sudo()  # see `_find_for_skills`
        if team_sudo.assignment == "leader":
            return team_sudo.leader_id._filter_case_workers(company)
        if team_sudo.assignment != "balanced":
            return team_sudo.env["res.users"]
        members = team_sudo.member_ids._filter_case_workers(company).filtered(
            lambda user: all(user in skill.user_ids for skill in skills)
        )
        counts = dict(
            self.env["kundenportal.activity"]
            .sudo()  # cases of other companies keep people busy, too
            ._read_group(
                [("user_id", "in", members.ids), ("state", "in", RUNNING)],
                ["user_id"],
                ["__count"],
            )
        )
        return members.sorted(lambda user: (counts.get(user, 0), user.id))[:1]
