"""Moments as whole seconds since 1970 in UTC, and the times of a local clock among them.

Seconds have no time zone, no missing hour and no double one, and are compared quickly. A zone is
needed only to know where a local clock shows a round time.
"""

from bisect import bisect_left, bisect_right
from datetime import datetime, timezone

DAY = 86400


def seconds(moment):
    """Return a moment as seconds since 1970, rounded to a whole one.

    Rounded, because calendars write midnight as 23:59:59.999999.

    :param datetime.datetime moment: in UTC if it has no zone, as Odoo stores it
    :rtype: int

    >>> seconds(datetime(1970, 1, 2)), seconds(datetime(1970, 1, 1, 23, 59, 59, 999999))
    (86400, 86400)
    >>> from zoneinfo import ZoneInfo
    >>> seconds(datetime(1970, 1, 2, tzinfo=ZoneInfo("Europe/Berlin")))
    82800
    """
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return round(moment.timestamp())


def moment(at):
    """Return seconds since 1970 as a moment in UTC without a zone, as Odoo stores it.

    :param int at: seconds since 1970
    :rtype: datetime.datetime

    >>> moment(seconds(datetime(2026, 3, 29, 1)))
    datetime.datetime(2026, 3, 29, 1, 0)
    """
    return datetime.fromtimestamp(at, timezone.utc).replace(tzinfo=None)


class Grid:
    """The moments at which a local clock shows a multiple of a step since midnight.

    An hour that does not exist has no such moments; one that exists twice has them twice.

    :param datetime.tzinfo zone: of the clock
    :param int step: seconds; a day must be a multiple of it
    :param int first: seconds since 1970; where the grid begins
    :param int last: seconds since 1970; where it ends
    :raise ValueError: for a step that does not divide a day

    The clock is put from 2 to 3 on 29 March, and from 3 back to 2 on 25 October:

    >>> from zoneinfo import ZoneInfo
    >>> def show(day, zone="Europe/Berlin", step=1800):
    ...     start, zone = seconds(day), ZoneInfo(zone)
    ...     found = Grid(zone, step, start - DAY, start + 2 * DAY).between(start, start + 9000)
    ...     return " ".join(f"{datetime.fromtimestamp(at, zone):%H:%M}" for at in found)
    >>> show(datetime(2026, 3, 29)), show(datetime(2026, 10, 25))
    ('01:00 01:30 03:00 03:30 04:00 04:30', '02:00 02:30 02:00 02:30 03:00 03:30')
    >>> show(datetime(2026, 6, 1), "Asia/Kathmandu", 3600)
    '06:00 07:00 08:00'
    >>> show(datetime(2026, 6, 1), step=7000)
    Traceback (most recent call last):
    ValueError: a day is no multiple of 7000 seconds
    """

    def __init__(self, zone, step, first, last):
        if step <= 0 or DAY % step:
            raise ValueError(f"a day is no multiple of {step} seconds")
        self._zone, self._step = zone, step
        self._spans = self._find_spans(first, last)

    def between(self, first, last):
        """Return the moments of the grid from the first to the last, both included, in order.

        :param int first: seconds since 1970
        :param int last: seconds since 1970
        :rtype: list[int]
        """
        step, found = self._step, []
        for start, stop, offset in self._spans:
            if start <= last and first < stop:
                begin = max(first, start)
                found += range(begin + -(begin + offset) % step, min(last + 1, stop), step)
        return found

    def day(self, at):
        """Return the local day of a moment.

        :param int at: seconds since 1970
        :rtype: datetime.date
        """
        return datetime.fromtimestamp(at, self._zone).date()

    def _offset(self, at):
        return int(datetime.fromtimestamp(at, self._zone).utcoffset().total_seconds())

    def _find_spans(self, first, last):
        """Return stretches ``[start, stop, offset]`` in which the clock runs on undisturbed."""
        spans = [[first, last + 1, self._offset(first)]]
        for start in range(first, last + 1, DAY):
            stop = min(start + DAY, last + 1)
            if self._offset(stop) != spans[-1][2]:
                change = self._find_change(start, stop)
                spans[-1][1] = change
                spans.append([change, last + 1, self._offset(change)])
        return spans

    def _find_change(self, start, stop):
        """Return the first second with another offset than the start's: it is halved until found.

        A clock is changed at most once a day.
        """
        before = self._offset(start)
        while stop - start > 1:
            middle = (start + stop) // 2
            if self._offset(middle) == before:
                start = middle
            else:
                stop = middle
        return stop


class Moments:
    """A grid of chosen moments, whatever the clock shows then.

    :param datetime.tzinfo zone: of the clock whose days count
    :param list chosen: seconds since 1970

    >>> moments = Moments(timezone.utc, [9000, 3600])
    >>> moments.between(0, 3600), moments.between(3600, 9000), moments.between(3601, 8999)
    ([3600], [3600, 9000], [])
    """

    def __init__(self, zone, chosen):
        self._zone, self._chosen = zone, sorted(set(chosen))

    def between(self, first, last):
        """Return the chosen moments from the first to the last, as `Grid` does."""
        return self._chosen[bisect_left(self._chosen, first) : bisect_right(self._chosen, last)]

    def day(self, at):
        """Return the local day of a moment.

        :param int at: seconds since 1970
        :rtype: datetime.date
        """
        return datetime.fromtimestamp(at, self._zone).date()
