"""A technician's days on the road: working time and fixed visits, cut where there is a night.

All moments are seconds since 1970 (see `local_time`), all lengths are seconds.
"""

from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from math import inf
from operator import itemgetter
from typing import NamedTuple

#: A pause at least this long is a night: the technician goes home. A shorter one is a break.
NIGHT = 5 * 3600

HOME_TRIPS = ("inside", "outside", "none")

_START = itemgetter(0)


class Visit(NamedTuple):
    """A commitment that stays where it is: an appointment, a meeting.

    :param int start: when it begins, buffers included
    :param int stop: when it ends, buffers included
    :param tuple point: where, see `travel`; None if nobody knows
    """

    start: int
    stop: int
    point: tuple | None = None


#: A stop is one visit, or several that overlap: a tuple of when it begins, when it ends, the point
#: where the technician arrives, and the one that he leaves from. There are thousands; plain tuples
#: are made and read more quickly than objects.
ARRIVAL, DEPARTURE = 2, 3


class Tour:
    """The stops between two nights, and a clock that runs only in working time.

    On that clock breaks do not exist, so that a drive before and after lunch is one drive, and
    whether it can be made is one comparison.

    >>> tour = Tour([(8, 12), (13, 17)], [])
    >>> [tour.clock(at) for at in (7, 8, 11, 12, 12.5, 13, 16, 17, 18)]
    [0, 0, 3, 4, 4, 4, 7, 8, 8]
    >>> tour.finish(8, 4), tour.finish(9, 4), tour.finish(13, 4)
    (12, 14, 17)
    >>> tour.stretches(), tour.stretches(pause=1)
    ([(8, 0, 4, 4), (13, 4, 8, 8)], [(8, 0, 4, 8), (13, 4, 8, 8)])
    """

    def __init__(self, work, stops):
        self.work = work
        self.start, self.stop = work[0][0], work[-1][1]
        self.length, self._spans = 0, []
        for start, stop in work:
            first, self.length = self.length, self.length + stop - start
            self._spans.append((start, first, self.length, self.length))
        #: What lies between two stops, or the home (None) and a stop: the one before, the one
        #: after, and the clock when it begins and when it ends.
        self.gaps, before, begin = [], None, 0
        clocks = iter(self._clocks([at for stop in stops for at in stop[:2]]))
        for stop, arrives, leaves in zip(stops, clocks, clocks, strict=True):
            self.gaps.append((before, stop, begin, arrives))
            before, begin = stop, leaves
        self.gaps.append((before, None, begin, self.length))

    def clock(self, at):
        """Return how much has been worked until a moment.

        :param int at: seconds since 1970
        :return: seconds, from 0 to the tour's length
        """
        if at <= self.start:
            return 0
        return self.length if at >= self.stop else self._clocks([at])[0]

    def _clocks(self, moments):
        """Return the clock at moments that are in order: one way through work and moments."""
        found, later, worked = [], iter(self.work), 0
        start, stop = next(later)
        for at in moments:
            while at > stop:
                worked += stop - start
                start, stop = next(later, (inf, inf))
            found.append(worked + at - start if at > start else worked)
        return found

    def finish(self, start, duration):
        """Return when a job ends that is interrupted by breaks.

        :param int start: seconds since 1970, in working time
        :param int duration: seconds of work, more than 0, that the tour has room for
        :return: seconds since 1970
        """
        left = self.clock(start) + duration
        for opens, closes in self.work:
            if left <= closes - opens:
                return opens + left
            left -= closes - opens
        raise ValueError("the tour ends before the job")

    def stretches(self, pause=0):
        """Return the intervals in which a job may begin, and how far it may go on from there.

        :param int pause: the longest break that a job may be interrupted by, in seconds
        :return: per interval of work its first moment, and three states of the clock: there, at the
            interval's end, and where the next longer break begins
        :rtype: list[tuple[int, int, int, int]]
        """
        if not pause:
            return self._spans
        found, reach, later = [], 0, inf
        for start, clock, stop_clock, _reach in reversed(self._spans):
            stop = start + stop_clock - clock
            if later - stop > pause:
                reach = stop_clock
            found.append((start, clock, stop_clock, reach))
            later = start
        return found[::-1]


@dataclass
class Technician:
    """Someone who can be sent.

    :param id: whatever the caller knows him by
    :param list work: intervals ``(start, stop)`` in which he works; without any he gets no slot
        (what it means that somebody has no calendar, the caller decides)
    :param list visits: what is booked: :class:`Visit`
    :param tuple home: the point where his days begin and end, home or depot; None if nobody knows
    :param str home_trips: the first and last trip of a day are made ``inside`` of working time,
        ``outside`` of it (and count as travel all the same), or there are ``none``
    :param frozenset skills: what he can do
    :raise ValueError: for unknown home trips

    >>> Technician("Anna", [], home_trips="never")
    Traceback (most recent call last):
    ValueError: home_trips is one of ('inside', 'outside', 'none')
    """

    id: object
    work: list
    visits: list = field(default_factory=list)
    home: tuple | None = None
    home_trips: str = "inside"
    skills: frozenset = frozenset()

    def __post_init__(self):
        if self.home_trips not in HOME_TRIPS:
            raise ValueError(f"home_trips is one of {HOME_TRIPS}")

    @cached_property
    def tours(self):
        """His days: see :func:`cut`."""
        return cut(self.work, self.visits)


def cut(work, visits):
    """Cut working time and visits into tours; days without work are none.

    :param list work: intervals ``(start, stop)``, in any order; they may overlap
    :param list visits: :class:`Visit`, in any order; they may overlap
    :rtype: list[Tour]
    :raise ValueError: for an interval or a visit that stops before it starts

    Visits belong to the working time that no night separates them from:

    >>> HOUR = 3600
    >>> monday = [(8 * HOUR, 12 * HOUR), (13 * HOUR, 17 * HOUR)]
    >>> tuesday, evening = (32 * HOUR, 41 * HOUR), Visit(19 * HOUR, 20 * HOUR, (53.1, 8.8))
    >>> [(len(tour.work), len(tour.gaps)) for tour in cut([*monday, tuesday], [evening])]
    [(2, 2), (1, 1)]
    >>> cut([], [evening]), cut([], [])
    ([], [])
    """
    work = [(start, stop) for start, stop in _union(work) if start < stop]
    stops = _stops(visits)
    days = _union(work + [stop[:2] for stop in stops], NIGHT - 1)
    work_of = _deal(work, days)
    stops_of = _deal(stops, days)
    return [Tour(own, stops) for own, stops in zip(work_of, stops_of, strict=True) if own]


def _deal(items, days):
    """Return the items of each day; both are sorted, and each item lies in one day."""
    cuts = [bisect_left(items, day[0], key=_START) for day in days]
    return [items[first:last] for first, last in pairwise([*cuts, None])]


def _union(intervals, gap=0):
    """Return intervals joined where at most a gap lies between them.

    >>> _union([(5, 6), (1, 3), (2, 4), (9, 9)]), _union([(5, 6), (1, 3), (9, 10)], 2)
    ([(1, 4), (5, 6), (9, 9)], [(1, 6), (9, 10)])
    """
    found, first, last = [], None, -inf
    for start, stop in sorted(intervals):
        if stop < start:
            raise ValueError(f"stops before it starts: {start} to {stop}")
        if start - last <= gap:
            last = stop if stop > last else last
        else:
            if first is not None:
                found.append((first, last))
            first, last = start, stop
    return found if first is None else [*found, (first, last)]


def _stops(visits):
    """Return stops in order; visits that overlap become one, left from where it ends last.

    >>> visits = [Visit(4, 6, "b"), Visit(1, 5, "a"), Visit(2, 3, "c"), Visit(6, 7, "d")]
    >>> _stops(visits)
    [(1, 6, 'a', 'b'), (6, 7, 'd', 'd')]
    """
    found, end = [], -inf
    for start, stop, point in sorted(visits, key=_START):
        if stop < start:
            raise ValueError(f"stops before it starts: {start} to {stop}")
        if start >= end:
            found.append((start, stop, point, point))
        elif stop > end:
            found[-1] = (found[-1][0], stop, found[-1][ARRIVAL], point)
        else:
            continue
        end = stop
    return found
