"""What tests of the planner and of its pages share: technicians, places, a week that lies ahead."""

from datetime import UTC, date, datetime, time, timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo

from odoo.fields import Command

from .activity_common import ActivityFixture

BERLIN = ZoneInfo("Europe/Berlin")
#: Latitudes of places on a line: a tenth of a degree is 11 km, about 18 minutes with a detour.
HERE, NEAR, FAR = 53.0, 53.1, 53.5


def at(day, hour, minute=0):
    """Return a time in Berlin as Odoo keeps it.

    :param int day: days after the Monday after next, far from any lead time
    """
    today = date.today()
    monday = today + timedelta(days=14 - today.weekday())
    local = datetime.combine(monday + timedelta(days=day), time(hour, minute), BERLIN)
    return local.astimezone(UTC).replace(tzinfo=None)


class PlanningFixture(ActivityFixture):
    """Mixin: Anna and Ben work from 8 to 12 and from 13 to 17 o'clock, and start from our place."""

    @classmethod
    def _extend_portal_fixture(cls):
        result = super()._extend_portal_fixture()
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Acht bis fünf",
                "tz": "Europe/Berlin",
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": "Arbeit",
                                "dayofweek": str(day),
                                "hour_from": start,
                                "hour_to": start + 4,
                                "day_period": "morning" if start < 12 else "afternoon",
                            }
                        )
                        for day in range(5)
                        for start in (8, 13)
                    ),
                ],
            }
        )
        cls.company.resource_calendar_id = cls.calendar
        cls.company.partner_id.tz = "Europe/Berlin"
        cls.company.write({"portal_travel_speed": 50, "portal_travel_detour": 1.3})
        cls.env.registry.clear_cache()  # of the company's time zone
        cls.anna, cls.ben = (cls._create_technician(name) for name in ("Annabert", "Benedikta"))
        cls.team = cls.env["kundenportal.team"].create(
            {"name": "Technik", "resource_ids": [Command.set((cls.anna | cls.ben).ids)]}
        )
        cls.job_type = cls._create_type(
            "Einsatz",
            team_id=cls.team.id,
            appointment_minutes=60,
            appointment_step="60",
            appointment_lead_hours=0,
            appointment_days=60,
        )
        cls._place(cls.company.partner_id, HERE)
        cls._place(cls.nord, HERE)
        cls._place(cls.sued, FAR)
        return result

    @classmethod
    def _create_technician(cls, name, **values):
        return cls.env["resource.resource"].create(
            {"name": name, "calendar_id": cls.calendar.id, "tz": "Europe/Berlin", **values}
        )

    @classmethod
    def _place(cls, partner, latitude):
        partner.write({"partner_latitude": latitude, "partner_longitude": 8.0})

    @classmethod
    def _create_job(cls, partner=None, **values):
        return cls._create_case(partner or cls.user, "Wartung", cls.job_type, **values)

    def find(self, case=None, first=0, days=1, **options):
        """Return the planner's slots of some days."""
        return self.env["kundenportal.planner"]._find_slots(
            case or self.case, at(first, 0), at(first + days, 0), **options
        )

    def hours(self, *args, **options):
        """Return when slots begin, in Berlin and in time."""
        starts = sorted(slot["start"] for slot in self.find(*args, **options))
        return [start.replace(tzinfo=UTC).astimezone(BERLIN).hour for start in starts]

    def book(self, case, *when, resources=None, hours=1, **options):
        """Book a time for a case, as staff do."""
        start = at(*when)
        slot = {
            "start": start,
            "stop": start + timedelta(hours=hours),
            "resource_ids": (resources or self.anna).ids,
        }
        return self.env["kundenportal.appointment"]._book(
            case, slot, **{"by_customer": False, **options}
        )

    def answer_of_routing_server(self, answer):
        """Let the routing server answer; a function of the address, or an exception."""
        return patch.object(
            self.env.registry["kundenportal.planner"], "_fetch_table", side_effect=answer
        )
