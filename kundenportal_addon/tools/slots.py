"""When a technician can come, and how far he has to go for it.

What is booked stays where it is; one job is put between. Then looking at every gap is not a
heuristic but the exact answer: at any moment, a technician is in one gap between two fixed stops of
a tour (its first and last trip being gaps too). Where in the gap the job begins makes no
difference to the travel, so that each gap has one added travel and one range of moments, and the
best insertion is the least of them: there is nothing else to try. Several technicians do not
influence each other: the best team for a moment is those who each add least.

What is added: from the stop before to the job, from the job to the stop after, less from the stop
before to the stop after.

All moments are seconds since 1970 (`local_time.seconds`), all lengths are seconds; working time
lacks leaves and public holidays already. Travel and buffers are work: none of them is done in a
break, and the trips from and to the home only where :attr:`Technician.home_trips` says so.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from heapq import nsmallest
from math import inf
from typing import NamedTuple

from .local_time import Grid, Moments
from .tours import ARRIVAL, DEPARTURE, Technician, Tour

#: Seconds of a trip from or to a place that nobody knows.
DEFAULT_TRAVEL = 1800
#: Slots whose added travel falls into the same class of so many seconds are equally near.
NEARLY = 300


@dataclass(frozen=True)
class Job:
    """What there is to do, in one go: work of several days is several jobs.

    :param int duration: seconds of work, more than 0
    :param tuple point: where; None if nobody knows
    :param int technicians: how many come, all for the whole time
    :param frozenset skills: each of them must have them all
    :param int earliest: the job does not start before; None if that does not matter
    :param int latest: the job does not end after; None if that does not matter
    :param int before: buffer before the job, after the drive
    :param int after: buffer after the job, before the drive
    :param int pause: the longest break in working time that the job may be interrupted by: with 0,
        it does not go on over lunch; with 3600 it may, and the lunch comes on top of the duration
    :raise ValueError: for what cannot be done

    >>> Job(duration=0)
    Traceback (most recent call last):
    ValueError: a job takes time, somebody to do it, and no negative buffers
    """

    duration: int
    point: tuple | None = None
    technicians: int = 1
    skills: frozenset = frozenset()
    earliest: int | None = None
    latest: int | None = None
    before: int = 0
    after: int = 0
    pause: int = 0

    def __post_init__(self):
        if self.duration <= 0 or self.technicians < 1 or min(self.before, self.after) < 0:
            raise ValueError("a job takes time, somebody to do it, and no negative buffers")


class Opening(NamedTuple):
    """A range of moments at which a technician can begin, all in one gap.

    :param Technician technician: who
    :param int first: the first moment; every second from it to the last is possible
    :param int last: the last moment
    :param int added: seconds of travel that the job adds to the technician's day, at least 0
    :param bool known: False if a default took the place of an unknown travel
    :param Tour tour: the day
    """

    technician: Technician
    first: int
    last: int
    added: int
    known: bool
    tour: Tour


class Slot(NamedTuple):
    """A time at which the job can be done, by those for whom it adds the least travel.

    :param int start: when the work begins
    :param int stop: when it ends, breaks included
    :param tuple technicians: the ids of the team
    :param int added: seconds of travel that the job adds, all technicians together
    :param bool known: False if a default took the place of an unknown travel
    :param bool recommended: one of the best
    """

    start: int
    stop: int
    technicians: tuple
    added: int
    known: bool
    recommended: bool = False


def find_slots(
    technicians,
    job,
    *,
    travel,
    zone,
    now,
    lead=0,
    step=1800,
    default_travel=DEFAULT_TRAVEL,
    recommend=3,
    moments=None,
):
    """Return the slots for a job: the recommended ones, best first, then the others in time.

    The best add little travel (in classes of :data:`NEARLY`), then are soon; of each local day only
    one is recommended, because who cannot come that day is not helped by its next half hour.

    :param list technicians: :class:`Technician`
    :param Job job: what there is to do
    :param travel: function of two points that returns seconds, or None; see `travel`
    :param datetime.tzinfo zone: of the clock that slots begin on
    :param int now: seconds since 1970
    :param int lead: seconds between now and the first slot
    :param int step: seconds; slots begin at multiples of it since local midnight
    :param int default_travel: seconds of a trip that ``travel`` does not know
    :param int recommend: how many slots are recommended
    :param list moments: seconds since 1970; only slots that begin then, instead of at the step's
    :rtype: list[Slot]
    :raise ValueError: for a step that does not divide a day

    >>> from datetime import timezone
    >>> from .travel import GreatCircle
    >>> from .tours import Visit
    >>> HOUR, bremen, verden = 3600, (53.0793, 8.8017), (52.9234, 9.2345)
    >>> booked = Visit(10 * HOUR, 12 * HOUR, verden)
    >>> anna = Technician("Anna", [(8 * HOUR, 16 * HOUR)], [booked], bremen)
    >>> ben = Technician("Ben", [(8 * HOUR, 16 * HOUR)], [], bremen)
    >>> slots = find_slots([anna, ben], Job(2 * HOUR, verden), zone=timezone.utc, now=0,
    ...     travel=GreatCircle(), step=HOUR, recommend=1)
    >>> for slot in slots:
    ...     print(slot.start // HOUR, *slot.technicians, slot.added // 60, slot.recommended)
    12 Anna 0 True
    9 Ben 105 False
    10 Ben 105 False
    11 Ben 105 False
    13 Anna 0 False
    """
    not_before = now + lead if job.earliest is None else max(now + lead, job.earliest)
    found = find_openings(technicians, replace(job, earliest=not_before), travel, default_travel)
    if moments is None:
        first = min((each.first for each in found), default=now)
        grid = Grid(zone, step, first, max((each.last for each in found), default=now))
    else:
        grid = Moments(zone, moments)
    slots = _slots(found, job, grid)
    best = _best(slots, recommend, grid)
    chosen = {slot[:2] for slot in best}
    return best + [slot for slot in slots if slot[:2] not in chosen]


def find_openings(technicians, job, travel, default_travel=DEFAULT_TRAVEL):
    """Return every range of moments at which one of the technicians can begin a job.

    This is the exact insertion that the module's description speaks of. It looks at each technician
    alone and at every second; it knows no grid and no teams.

    :param list technicians: :class:`Technician`
    :param Job job: what there is to do
    :param travel: function of two points that returns seconds, or None; see `travel`
    :param int default_travel: seconds of a trip that ``travel`` does not know
    :rtype: list[Opening]
    """
    insertion = _Insertion(job, travel, default_travel)
    found = []
    for technician in technicians:
        if job.skills <= technician.skills:
            home_trips = insertion.home_trips(technician)
            for tour in technician.tours:
                found += insertion.openings(technician, tour, home_trips)
    return found


class _Insertion:
    """A job that is put between the stops of tours."""

    def __init__(self, job, travel, default):
        self._job, self._travel, self._default = job, travel, default
        if around := getattr(travel, "around", None):
            self._there = self._back = around(job.point)
        else:
            self._there = lambda place: travel(place, job.point)
            self._back = lambda place: travel(job.point, place)

    def home_trips(self, technician):
        """Return the seconds of working time from home to the job, and back; None if unknown."""
        if technician.home_trips != "inside":
            return 0, 0
        return self._there(technician.home), self._back(technician.home)

    def openings(self, technician, tour, home_trips):
        """Return the openings of a tour: per gap and stretch of work at most one.

        There are thousands of gaps, most of them too short: each is asked as little as will do.
        """
        job, default, ask_there, ask_back = self._job, self._default, self._there, self._back
        earliest = -inf if job.earliest is None else job.earliest
        latest = inf if job.latest is None else job.latest
        before, duration, after = job.before, job.duration, job.duration + job.after
        if latest - tour.start < duration or tour.stop - earliest < duration:
            return []
        floor, ceiling = tour.clock(earliest), tour.clock(latest) - duration
        stretches, found = tour.stretches(job.pause), []
        for gap in tour.gaps:
            leave, arrive, first, last = gap
            first, last = first + before, last - after
            if first > last:
                continue
            there = ask_there(leave[DEPARTURE]) if leave else home_trips[0]
            first += default if there is None else there
            if first > last:
                continue
            back = ask_back(arrive[ARRIVAL]) if arrive else home_trips[1]
            last -= default if back is None else back
            if first > last:
                continue
            first, last, added = max(first, floor), min(last, ceiling), None
            for start, clock, stop_clock, reach in stretches:
                if clock <= last and first < stop_clock:
                    low = first if first > clock else clock
                    high = min(last, reach - duration, stop_clock - 1)
                    if low <= high:
                        added = added or self._added(technician, gap, there, back)
                        low, high = start + low - clock, start + high - clock
                        found.append(Opening(technician, low, high, *added, tour))
        return found

    def _added(self, technician, gap, there, back):
        """Return the seconds of travel that the job adds in a gap, and whether all are known."""
        leave, arrive, _begin, _end = gap
        home, home_trips, direct = technician.home, technician.home_trips, 0
        if home_trips == "outside":
            there = there if leave else self._there(home)
            back = back if arrive else self._back(home)
        # Nothing is saved on a day without a stop, nor at the ends of one without home trips.
        if (leave and arrive) if home_trips == "none" else (leave or arrive):
            origin = leave[DEPARTURE] if leave else home
            direct = self._travel(origin, arrive[ARRIVAL] if arrive else home)
        known = not (there is None or back is None or direct is None)
        if not known:
            trips = there, back, direct
            there, back, direct = (self._default if trip is None else trip for trip in trips)
        added = there + back - direct
        # Only guessed times, and tables that are no metric, say that a detour saves time.
        return (added if added > 0 else 0), known


def _slots(openings, job, grid):
    """Return the slots in time, each with the team that it adds the least travel for."""
    free = defaultdict(list)
    for order, (technician, first, last, added, known, tour) in enumerate(openings):
        candidate = added, order, technician.id, known
        for start in grid.between(first, last):
            stop = tour.finish(start, job.duration) if job.pause else start + job.duration
            free[start, stop].append(candidate)
    slots = []
    for (start, stop), candidates in sorted(free.items()):
        if len(candidates) >= job.technicians:
            team = nsmallest(job.technicians, candidates)
            added, _order, ids, known = zip(*team, strict=True)
            slots.append(Slot(start, stop, ids, sum(added), all(known)))
    return slots


def _best(slots, count, grid):
    """Return the recommended slots, best first, at most one of each local day."""
    ranked = sorted(slots, key=lambda slot: (slot.added // NEARLY, slot.start))
    best = {}
    for slot in ranked:
        if len(best) >= count:
            break
        best.setdefault(grid.day(slot.start), slot._replace(recommended=True))
    return list(best.values())
