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

from dataclasses import dataclass, replace
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
    :param travel: function of two points that returns seconds, or None
    :param int default_travel: seconds of a trip that ``travel`` does not know
    :rtype: list[Opening]
    """
    found = []
    for technician in technicians:
        if job.skills <= technician.skills:
            around = _Around(technician, job, travel, default_travel)
            for tour in technician.tours:
                found += _openings(technician, tour, job, around)
    return found


def _openings(technician, tour, job, around):
    """Return the openings of a tour: per gap and stretch of work at most one."""
    duration, before, after = job.duration, job.before, job.after
    needed = before + duration + after
    # Most gaps of a full day are too short; no travel is asked for.
    gaps = [gap for gap in tour.gaps if gap[3] - gap[2] >= needed]
    earliest = -inf if job.earliest is None else job.earliest
    latest = inf if job.latest is None else job.latest
    if not gaps or latest - tour.start < duration or tour.stop - earliest < duration:
        return []
    floor, ceiling = tour.clock(earliest), tour.clock(latest)
    stretches = tour.stretches(job.pause)
    found = []
    for leave, arrive, begin, end in gaps:
        trips = around.trips(leave, arrive, end - begin - needed)
        if trips is None:
            continue
        there, back, added, known = trips
        first = max(begin + there + before, floor)
        last = min(end - back - after, ceiling) - duration
        if first > last:
            continue
        for start, clock, stop_clock, reach in stretches:
            if clock > last:
                break
            if stop_clock <= first:
                continue
            low = first if first > clock else clock
            high = min(last, reach - duration, stop_clock - 1)
            if low <= high:
                shift = start - clock
                found.append(Opening(technician, shift + low, shift + high, added, known, tour))
    return found


class _Around:
    """The trips around a job, for one technician."""

    def __init__(self, technician, job, travel, default):
        self._home, self._point = technician.home, job.point
        self._travel, self._default = travel, default
        self._at_work = technician.home_trips == "inside"
        self._has_trips = technician.home_trips != "none"

    def trips(self, leave, arrive, room):
        """Return what going to the job between two stops takes.

        :param Stop leave: the stop before; None for the home
        :param Stop arrive: the stop after; None for the home
        :param int room: seconds of working time that there are for trips
        :return: seconds of working time to the job, and from it; seconds of travel added; whether
            all of this is known; None if the trips take longer than there is room
        :rtype: tuple[int, int, int, bool] | None
        """
        travel, here, has_trips, known = self._travel, self._point, self._has_trips, True
        origin = leave[DEPARTURE] if leave else self._home
        target = arrive[ARRIVAL] if arrive else self._home
        there = travel(origin, here) if leave or has_trips else 0
        if there is None:
            there, known = self._default, False
        work_there = there if leave or self._at_work else 0
        if work_there > room:
            return None
        back = travel(here, target) if arrive or has_trips else 0
        if back is None:
            back, known = self._default, False
        work_back = back if arrive or self._at_work else 0
        if work_there + work_back > room:
            return None
        # Nothing is saved on a day without a stop, nor at the ends of one without home trips.
        is_saved = (leave or arrive) if has_trips else (leave and arrive)
        direct = travel(origin, target) if is_saved else 0
        if direct is None:
            direct, known = self._default, False
        # Only guessed times, and tables that are no metric, say that a detour saves time.
        return work_there, work_back, max(there + back - direct, 0), known


def _slots(openings, job, grid):
    """Return the slots in time, each with the team that it adds the least travel for."""
    free = {}
    for order, (technician, first, last, added, known, tour) in enumerate(openings):
        for start in grid.between(first, last):
            stop = tour.finish(start, job.duration) if job.pause else start + job.duration
            free.setdefault((start, stop), []).append((added, order, technician.id, known))
    slots = []
    for (start, stop), candidates in sorted(free.items()):
        if len(candidates) >= job.technicians:
            team = sorted(candidates)[: job.technicians]
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
