from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo.tests import BaseCase, tagged

from ..tools.local_time import moment, seconds
from ..tools.slots import Job, find_slots
from ..tools.tours import Technician
from ..tools.travel import GreatCircle

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE, HOUR = 60, 3600
HERE = (53.0, 8.0)


def at(hour, day, month):
    """Return a time in Berlin, in 2026."""
    return seconds(datetime(2026, month, day, hour, tzinfo=BERLIN))


@tagged("post_install", "-at_install")
class TestLocalTime(BaseCase):
    """Slots on a local clock: the hour that exists twice, and the one that does not exist."""

    def starts(self, start, stop, zone=BERLIN, step=1800, duration=HOUR):
        anna = Technician("Anna", [(start, stop)], home=HERE)
        slots = find_slots(
            [anna],
            Job(duration, HERE),
            travel=GreatCircle(),
            zone=zone,
            now=0,
            step=step,
            recommend=0,
        )
        for slot in slots:
            self.assertEqual(slot.stop - slot.start, duration, "real hours")
        return [slot.start for slot in slots]

    def show(self, starts, zone=BERLIN):
        return " ".join(f"{datetime.fromtimestamp(start, zone):%H:%M}" for start in starts)

    def test_in_march_an_hour_is_missing(self):
        starts = self.starts(at(0, 29, 3), at(6, 29, 3), step=HOUR)
        self.assertEqual(self.show(starts), "00:00 01:00 03:00 04:00 05:00")
        self.assertEqual(moment(starts[2]), datetime(2026, 3, 29, 1))

    def test_in_october_an_hour_comes_twice(self):
        starts = self.starts(at(1, 25, 10), at(4, 25, 10), step=HOUR)
        self.assertEqual(self.show(starts), "01:00 02:00 02:00 03:00")
        self.assertEqual(moment(starts[1]), datetime(2026, 10, 25, 0))
        self.assertEqual(moment(starts[2]), datetime(2026, 10, 25, 1))

    def test_the_same_local_hours_before_and_after(self):
        for month, day in ((3, 29), (10, 25)):
            for weekday in (day - 1, day + 1):
                starts = self.starts(at(8, weekday, month), at(12, weekday, month), step=HOUR)
                self.assertEqual(self.show(starts), "08:00 09:00 10:00 11:00")

    def test_every_zone_and_step_like_asking_each_minute(self):
        for name, day in (
            ("Europe/Berlin", datetime(2026, 10, 24)),
            ("America/New_York", datetime(2026, 3, 8)),
            ("Australia/Lord_Howe", datetime(2026, 4, 4)),  # is put back half an hour
            ("Asia/Kathmandu", datetime(2026, 6, 1)),  # five hours and three quarters
            ("America/St_Johns", datetime(2026, 11, 1)),
            ("UTC", datetime(2026, 6, 1)),
        ):
            zone, start = ZoneInfo(name), seconds(day)
            for step in (15 * MINUTE, 40 * MINUTE, HOUR, 2 * HOUR):
                with self.subTest(zone=name, step=step):
                    expected = [
                        minute
                        for minute in range(start, start + 47 * HOUR + 1, MINUTE)
                        if self.second_of_day(minute, zone) % step == 0
                    ]
                    self.assertEqual(self.starts(start, start + 48 * HOUR, zone, step), expected)

    def second_of_day(self, at, zone):
        clock = datetime.fromtimestamp(at, zone)
        return clock.hour * HOUR + clock.minute * MINUTE

    def test_moments(self):
        summer = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=2)))
        self.assertEqual(moment(seconds(summer)), datetime(2026, 7, 1, 10))
        self.assertEqual(seconds(datetime(2026, 7, 1, 10)), seconds(summer), "no zone is UTC")
        midnight = datetime(2026, 7, 1, 23, 59, 59, 999999)
        self.assertEqual(moment(seconds(midnight)), datetime(2026, 7, 2))
