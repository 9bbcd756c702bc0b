from collections import defaultdict
from datetime import UTC
from zoneinfo import ZoneInfo

from odoo import api, fields, models

from .kundenportal_appointment import LIVE

#: Page on which OpenStreetMap's German association shows a way from place to place.
MAP = "https://routing.openstreetmap.de/?"

#: States of appointments to which somebody drives, or has driven.
ON_THE_ROAD = (*LIVE, "done")


class KundenportalAppointmentTechnician(models.Model):
    """A technician's day on the road, stop by stop."""

    _inherit = "kundenportal.appointment.technician"

    activity_id = fields.Many2one(related="appointment_id.activity_id", string="Case")
    partner_id = fields.Many2one(related="appointment_id.partner_id", string="Customer")
    address_id = fields.Many2one(related="appointment_id.address_id", string="Address")
    company_id = fields.Many2one(related="appointment_id.company_id", string="Our Company")
    state = fields.Selection(related="appointment_id.state", string="Status")
    drive_minutes = fields.Integer(
        string="Drive (min)",
        compute="_compute_drive",
        compute_sudo=True,
        help="From the stop before, or from where the technician starts.",
    )
    map_url = fields.Char(
        string="Way There",
        compute="_compute_drive",
        compute_sudo=True,
        help="A map with the way from the stop before.",
    )

    # === COMPUTE METHODS === #

    @api.depends("start", "stop", "resource_id", "appointment_id.address_id")
    def _compute_drive(self):
        """Look at the way of whole days at once."""
        before = self._get_stops_before()
        for stop in self:
            company = stop.company_id
            here = stop.address_id._get_point()
            earlier = before.get(stop._origin.id)
            origin = (
                earlier.address_id._get_point()
                if earlier
                else stop.resource_id._get_start_points(company).get(stop.resource_id.id)
            )
            seconds = company._get_default_travel()(origin, here)
            if seconds is None:
                seconds = company.portal_travel_minutes * 60
            stop.drive_minutes = -(-seconds // 60)
            stop.map_url = self._get_map_url([origin, here])

    # === ACTION METHODS === #

    def action_open_route(self):
        """Open a map with the whole way of what is chosen, in order (button).

        :return: an action
        :rtype: dict
        """
        self.check_access("read")
        stops = self.sorted("start")
        resource = stops[:1].resource_id
        home = resource._get_start_points(stops[:1].company_id).get(resource.id)
        points = [stop.address_id._get_point() for stop in stops.sudo()]  # addresses of customers
        return {
            "type": "ir.actions.act_url",
            "url": self._get_map_url([home, *points, home]) or MAP,
            "target": "new",
        }

    # === BUSINESS METHODS === #

    def _get_stops_before(self):
        """Return the stop of the same technician and day that comes before each.

        :return: rows by id of the row; those that are the first of their day are not in it
        :rtype: dict
        """
        if not self.ids:
            return {}
        first, last = min(self.mapped("start")), max(self.mapped("stop"))
        rows = self.search(
            [
                ("state", "in", ON_THE_ROAD),
                ("resource_id", "in", self.resource_id.ids),
                ("start", ">=", fields.Datetime.subtract(first, days=1)),
                ("start", "<=", last),
            ],
            order="resource_id, start, id",
        )
        days = defaultdict(list)
        for row in rows:
            zone = ZoneInfo(row.resource_id.tz or "UTC")
            days[row.resource_id, row.start.replace(tzinfo=UTC).astimezone(zone).date()].append(row)
        return {
            later.id: earlier
            for stops in days.values()
            for earlier, later in zip(stops, stops[1:], strict=False)
        }

    @api.model
    def _get_map_url(self, points):
        """Return the address of a map with the way from point to point; None for unknown ways."""
        known = [point for point in points if point]
        if len(known) < 2:
            return False
        return MAP + "&".join(
            f"loc={latitude:.6f},{longitude:.6f}" for latitude, longitude in known
        )
