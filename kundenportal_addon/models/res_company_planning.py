from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.routing import is_server_address
from ..tools.travel import GreatCircle


class ResCompany(models.Model):
    """How long the planner thinks that technicians are on the road."""

    _inherit = "res.company"

    portal_travel_speed = fields.Float(
        string="Speed (km/h)",
        default=50.0,
        groups="base.group_user",
        help="Mean from door to door, where no routing server tells how long a drive takes.",
    )
    portal_travel_detour = fields.Float(
        string="Detour Factor",
        default=1.3,
        groups="base.group_user",
        help="How much longer roads are than the straight line.",
    )
    portal_travel_minutes = fields.Integer(
        string="Drive to an Unknown Place (minutes)",
        default=30,
        groups="base.group_user",
        help="For addresses whose place on the map nobody knows.",
    )
    portal_routing_url = fields.Char(
        string="Routing Server",
        groups="base.group_user",
        help="Address of a server with OSRM's interface, such as http://osrm.example:5000. Empty, "
        "or when it does not answer: straight line, detour and speed.",
    )

    _portal_travel_numbers = models.Constraint(
        "CHECK (COALESCE(portal_travel_speed, 50) BETWEEN 1 AND 1000"
        " AND COALESCE(portal_travel_detour, 1.3) BETWEEN 1 AND 10"
        " AND COALESCE(portal_travel_minutes, 30) BETWEEN 0 AND 1440)",
        "The speed is at least 1 km/h, the detour factor at least 1, a drive takes a day at most.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("portal_routing_url")
    def _check_portal_routing_url(self):
        for company in self:
            if company.portal_routing_url and not is_server_address(company.portal_routing_url):
                raise ValidationError(
                    self.env._(
                        "“%s” is no address of a routing server.", company.portal_routing_url
                    )
                )

    # === BUSINESS METHODS === #

    def _get_default_travel(self):
        """Return the travel that needs no server.

        :rtype: tools.travel.GreatCircle
        """
        self.ensure_one()
        return GreatCircle(self.portal_travel_detour or 1.3, self.portal_travel_speed or 50.0)
