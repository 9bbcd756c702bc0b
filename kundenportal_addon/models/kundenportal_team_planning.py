from odoo import fields, models
from odoo.fields import Domain


class KundenportalTeam(models.Model):
    """Who of a team goes to the customers."""

    _inherit = "kundenportal.team"

    resource_ids = fields.Many2many(
        "resource.resource",
        "kundenportal_team_resource_rel",
        "team_id",
        "resource_id",
        string="Technicians",
        help="Who, or what, comes to appointments. Empty: the members, as far as they are "
        "resources.",
    )

    # === BUSINESS METHODS === #

    def _get_technicians(self, company):
        """Return who comes to the team's appointments.

        :param company: our company
        :return: resources as superuser; without a team those of all teams of the company
        """
        teams_sudo = self.sudo()  # customers plan, too
        if not teams_sudo:
            teams_sudo = teams_sudo.search(Domain("company_id", "in", (company.id, False)))
        found = teams_sudo.env["resource.resource"]
        for team in teams_sudo:
            found |= team.resource_ids or team.member_ids.resource_ids
        return found.filtered(
            lambda resource: resource.active and resource.company_id.id in (company.id, False)
        ).sorted("id")
