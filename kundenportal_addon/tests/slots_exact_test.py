"""The planner beside a slow one that tries every moment and adds up whole days.

Needs hypothesis; found by pytest, and by its name not by Odoo's own runner, which need not have it.
"""

from datetime import timezone
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.local_time import DAY
from ..tools.slots import NEARLY, Job, find_slots
from ..tools.tours import HOME_TRIPS, NIGHT, Technician, Visit
from ..tools.travel import Table

#: Everything happens at multiples of half an hour: trying them all is trying everything.
UNIT = 1800
UNITS = 60
POINTS = [(50 + n, 8 + n) for n in range(4)]
DEFAULT = 2 * UNIT

units = st.integers(0, UNITS).map(UNIT.__mul__)
points = st.sampled_from([None, *POINTS])


def spans(shortest, longest):
    """Intervals of so many units."""
    lengths = st.integers(shortest, longest).map(UNIT.__mul__)
    return st.tuples(units, lengths).map(lambda pair: (pair[0], pair[0] + pair[1]))


visits = st.tuples(spans(1, 4), points).map(lambda pair: Visit(*pair[0], pair[1]))
few_units = st.integers(0, 3).map(UNIT.__mul__)
tables = st.lists(
    st.lists(few_units | st.none(), min_size=len(POINTS), max_size=len(POINTS)),
    min_size=len(POINTS),
    max_size=len(POINTS),
).map(lambda rows: Table(POINTS, rows))
metrics = st.lists(st.integers(0, 5), min_size=len(POINTS), max_size=len(POINTS)).map(
    lambda places: Table(POINTS, [[abs(a - b) * UNIT for b in places] for a in places])
)
technicians = st.lists(
    st.builds(
        Technician,
        id=st.none(),
        work=st.lists(spans(4, 40), min_size=1, max_size=4),
        visits=st.lists(visits, max_size=5),
        home=points,
        home_trips=st.sampled_from(HOME_TRIPS),
        skills=st.sampled_from([*map(frozenset, ("", "a", "ab", "ab", "ab"))]),
    ),
    min_size=2,
    max_size=4,
)
jobs = st.builds(
    Job,
    duration=st.sampled_from([1, 1, 2, 3, 6]).map(UNIT.__mul__),
    point=points,
    technicians=st.sampled_from([1, 1, 2, 2, 3]),
    skills=st.sampled_from([*map(frozenset, ("", "", "", "a", "b", "ab"))]),
    earliest=st.none() | st.none() | units,
    latest=st.none() | st.none() | st.none() | units,
    before=st.sampled_from([0, 0, UNIT]),
    after=st.sampled_from([0, 0, 2 * UNIT]),
    pause=st.sampled_from([0, 0, 2 * UNIT]),
)


class Reference:
    """One technician, looked at unit by unit."""

    def __init__(self, technician, job, travel):
        self.technician, self.job, self.travel = technician, job, travel
        self.worked = {at for span in technician.work for at in range(*span, UNIT)}
        self.visits = sorted(technician.visits, key=lambda visit: visit.start)
        busy = {at for visit in self.visits for at in range(visit.start, visit.stop, UNIT)}
        self.present = sorted(busy | self.worked)

    def seconds(self, origin, target):
        known = self.travel(origin, target)
        return DEFAULT if known is None else known

    def tour(self, start):
        """The first and the last unit of presence around a moment, up to the nights."""
        first = last = start
        while earlier := [at for at in self.present if first - UNIT - NIGHT < at < first]:
            first = earlier[0]
        while later := [at for at in self.present if last < at < last + UNIT + NIGHT]:
            last = later[-1]
        return first, last + UNIT

    def stop(self, start):
        """When a job ends that begins at a moment; None if it cannot."""
        left, at, idle = self.job.duration, start, 0
        while left:
            if at in self.worked:
                left, idle = left - UNIT, 0
            else:
                idle += UNIT
                if at == start or idle > self.job.pause:
                    return None
            at += UNIT
        return at

    def work(self, start, stop):
        return UNIT * sum(at in self.worked for at in range(start, stop, UNIT))

    def length(self, route):
        """Seconds of a day; the route has a pair for each stop: arrival, departure."""
        if self.technician.home_trips != "none":
            home = self.technician.home
            route = [(home, home), *route, (home, home)] if route else []
        return sum(
            self.seconds(here[1], there[0]) for here, there in zip(route, route[1:], strict=False)
        )

    def route(self, stops):
        """Arrival and departure of visits, those that overlap joined."""
        joined = []
        for visit in stops:
            if joined and visit.start < max(each.stop for each in joined[-1]):
                joined[-1].append(visit)
            else:
                joined.append([visit])
        return [(group[0].point, last_of(group).point) for group in joined]

    def added(self, start):
        """Seconds of travel that the job adds if it begins at a moment; None if it cannot."""
        job, stop = self.job, self.stop(start)
        out_of_bounds = job.earliest is not None and start < job.earliest
        if stop is None or out_of_bounds or (job.latest is not None and stop > job.latest):
            return None
        first, last = self.tour(start)
        visits = [visit for visit in self.visits if first <= visit.start < last]
        before = [visit for visit in visits if visit.start < start]
        after = [visit for visit in visits if visit.start >= start]
        if any(visit.stop > start for visit in before) or any(v.start < stop for v in after):
            return None
        home, inside = self.technician.home, self.technician.home_trips == "inside"
        there = back = 0
        if before:
            there, first = self.seconds(last_of(before).point, job.point), last_of(before).stop
        elif inside:
            there = self.seconds(home, job.point)
        if after:
            back, last = self.seconds(job.point, after[0].point), after[0].start
        elif inside:
            back = self.seconds(job.point, home)
        late = self.work(first, start) < there + job.before
        if late or self.work(stop, last) < back + job.after:
            return None
        with_job = [*self.route(before), (job.point, job.point), *self.route(after)]
        return max(self.length(with_job) - self.length(self.route(visits)), 0)


def last_of(visits):
    return max(visits, key=lambda visit: visit.stop)


def reference(crew, job, travel):
    """Return the least added travel by start and stop, trying every moment and every team."""
    able = [Reference(each, job, travel) for each in crew if job.skills <= each.skills]
    found = {}
    for start in sorted({start for one in able for start in one.worked}):
        costs = [
            (one.stop(start), added) for one in able if (added := one.added(start)) is not None
        ]
        for team in combinations(costs, job.technicians):
            stops = {stop for stop, _added in team}
            if len(stops) == 1:
                key, total = (start, *stops), sum(added for _stop, added in team)
                found[key] = min(total, found.get(key, total))
    return found


@tagged("post_install", "-at_install")
class TestSlotsExact(BaseCase):
    """No insertion is better than what the planner finds, and none is missing."""

    @settings(max_examples=200, deadline=None, database=None, derandomize=True)
    @given(technicians, jobs, tables | metrics)
    def test_like_trying_everything(self, crew, job, travel):
        for number, technician in enumerate(crew):
            technician.id = number
        slots = self.plan(crew, job, travel)
        found = {slot[:2]: slot.added for slot in slots}
        self.assertEqual(found, reference(crew, job, travel))
        self.assertEqual(len(found), len(slots))
        for slot in slots:
            self.assertEqual(len(set(slot.technicians)), job.technicians)
            team = [Reference(crew[number], job, travel) for number in slot.technicians]
            self.assertEqual(sum(one.added(slot.start) for one in team), slot.added)
            self.assertTrue(all(job.skills <= one.technician.skills for one in team))

    @settings(max_examples=50, deadline=None, database=None, derandomize=True)
    @given(technicians, jobs, metrics, st.integers(0, 4))
    def test_nothing_better_is_left_unmarked(self, crew, job, travel, count):
        slots = self.plan(crew, job, travel, recommend=count)
        best = [slot for slot in slots if slot.recommended]
        others = slots[len(best) :]
        self.assertEqual(slots[: len(best)], best, "sorted first")
        self.assertEqual(sorted(others), others, "the others by time")
        ranks = [rank(slot) for slot in best]
        self.assertEqual(sorted(ranks), ranks, "best first")
        days = {slot.start // DAY: rank(slot) for slot in best}
        self.assertEqual(len(days), len(best), "one a day")
        if len(best) < count:
            self.assertEqual({slot.start // DAY for slot in slots}, set(days))
        for slot in others:
            better = days.get(slot.start // DAY) or (ranks[-1] if ranks else None)
            self.assertTrue(count == 0 or better <= rank(slot))

    def plan(self, crew, job, travel, recommend=3):
        return find_slots(
            crew,
            job,
            travel=travel,
            zone=timezone.utc,
            now=0,
            step=UNIT,
            default_travel=DEFAULT,
            recommend=recommend,
        )


def rank(slot):
    return slot.added // NEARLY, slot.start
