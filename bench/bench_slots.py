"""The planner of appointments beside VROOM: is its insertion exact, and how long does it take?

Both get the same technicians, fixed visits, lunch breaks and travel times, and the same job to put
between them. VROOM (a solver of vehicle routing problems, in C++) plans everything anew with each
visit pinned to its technician and its minute, and one break a day; what its plan travels more than
the fixed visits alone is what it adds. The bench fails if VROOM ever adds less than we do, or finds
room for a job where we find none.

The second table is a month for 50 technicians with 6 visits on each of 20 days. Its unit is the
bare insertion: a loop over as many gaps that only adds and compares travel times that lie ready.
These are milliseconds of processor time.
"""

import json
import random
import subprocess
import sys
import time
from itertools import pairwise
from statistics import median
from zoneinfo import ZoneInfo

from common import Ratio, medians, peer_python, print_table, report

from dev.paths import CHECKOUT

# Without its package the planner needs no Odoo.
sys.path.insert(0, str(CHECKOUT / "kundenportal_addon"))

from tools.local_time import DAY  # noqa: E402
from tools.slots import Job, find_openings, find_slots  # noqa: E402
from tools.tours import Technician, Visit  # noqa: E402
from tools.travel import GreatCircle, Table  # noqa: E402

MINUTE, HOUR = 60, 3600
OPENS, LUNCH, CLOSES = 8 * HOUR, (12 * HOUR, 13 * HOUR), 17 * HOUR
#: The number of its place, the first of an instance.
NEW_JOB = 0
#: Technicians, days, visits a day at most, how many instances.
SIZES = ((1, 1, 6, 200), (5, 1, 6, 100), (10, 5, 6, 20), (50, 1, 6, 10))


def main():
    python = peer_python("requirements-bench-vroom.txt")
    rows = [compare(python, *size) for size in SIZES]
    header = (
        *("technicians x days", "instances", "equal", "neither fits", "VROOM more", "VROOM none"),
        *("VROOM less", "ours, ms", "VROOM, ms", "VROOM / ours"),
    )
    print_table("Inserting one job: travel that VROOM adds, beside ours, and time", rows, header)
    report(
        Ratio(
            f"insertions that VROOM does better, of {sum(row[1] for row in rows)}",
            sum(row[6] for row in rows),
            "VROOM: worse or none where we found one",
            sum(row[4] + row[5] for row in rows),
            unit="instances",
            limit=0,
        ),
        *(
            Ratio(
                f"inserting one job, technicians x days: {row[0]}",
                float(row[7]),
                "VROOM, planning anew",
                row[8],
            )
            for row in rows
        ),
    )
    month()
    if any(row[6] for row in rows):
        sys.exit("VROOM found a better insertion: the planner is not exact.")


class Instance:
    """Technicians with days that can be driven, and a job; travel by a table of great circles."""

    def __init__(self, seed, technicians, days, visits):
        self.random, self.days = random.Random(seed), days
        self.points, great = [], GreatCircle()
        place = self.place()
        homes = [self.place() for _number in range(technicians)]
        plans = [[self.day(day, home, visits, great) for day in range(days)] for home in homes]
        rows = [[great(origin, target) for target in self.points] for origin in self.points]
        self.travel = Table(self.points, rows)
        self.crew = [
            Technician(number, self.work(), [visit for day in plan for visit in day], home)
            for number, (home, plan) in enumerate(zip(homes, plans, strict=True))
        ]
        self.job = Job(self.random.choice((30, 60, 90, 120)) * MINUTE, place)

    def place(self):
        """A point around Bremen, 40 km across."""
        point = (53.08 + self.random.uniform(-0.18, 0.18), 8.8 + self.random.uniform(-0.3, 0.3))
        self.points.append(point)
        return point

    def work(self):
        spans = (OPENS, LUNCH[0]), (LUNCH[1], CLOSES)
        return [(day * DAY + a, day * DAY + b) for day in range(self.days) for a, b in spans]

    def day(self, day, home, count, travel):
        """Visits one after the other, with time to drive, and none over lunch."""
        found, at, here = [], OPENS, home
        for _number in range(self.random.randint(0, count)):
            place, length = self.place(), self.random.choice((20, 30, 45, 60)) * MINUTE
            start = at + travel(here, place) + self.random.choice((0, 0, 15, 40, 90)) * MINUTE
            if at <= LUNCH[0] < start + length:
                start = LUNCH[1] + travel(here, place)  # neither driven nor worked over lunch
            if start + length + travel(place, home) > CLOSES:
                break
            found.append(Visit(day * DAY + start, day * DAY + start + length, place))
            at, here = start + length, place
        return found

    def ours(self):
        """Return the least added travel, None if nowhere fits; and the milliseconds."""
        crew = [Technician(each.id, each.work, each.visits, each.home) for each in self.crew]
        start = time.perf_counter()
        openings = find_openings(crew, self.job, self.travel)
        added = min((opening.added for opening in openings), default=None)
        return added, (time.perf_counter() - start) * 1000

    def for_vroom(self):
        """The same as vehicles and jobs: a technician's day is a vehicle."""
        index = {point: number for number, point in enumerate(self.points)}
        vehicles, jobs = [], [as_job(NEW_JOB, self.job.duration)]
        for each in self.crew:
            for begin in range(0, self.days * DAY, DAY):
                number = len(vehicles) + 1
                vehicles.append(
                    {
                        "number": number,
                        "home": index[each.home],
                        "window": [begin + OPENS, begin + CLOSES],
                        "breaks": [[begin + LUNCH[0], begin + LUNCH[1]]],
                    }
                )
                jobs += [
                    as_job(index[place], stop - start, [start] * 2, [number])
                    for start, stop, place in each.visits
                    if begin <= start < begin + DAY
                ]
        matrix = [[self.travel(a, b) for b in self.points] for a in self.points]
        return {"matrix": matrix, "vehicles": vehicles, "jobs": jobs}

    def driven(self):
        """Seconds of travel of the fixed visits, added up from home to home."""
        total = 0
        for each in self.crew:
            for day in range(self.days):
                visits = [v.point for v in sorted(each.visits) if v.start // DAY == day]
                route = [each.home, *visits, each.home]
                total += sum(self.travel(here, there) for here, there in pairwise(route))
        return total


def as_job(place, service, window=None, skills=()):
    """Return what `peer_vroom.job` takes; each place has one job, which bears its number."""
    return {
        "number": place,
        "place": place,
        "service": service,
        "window": window,
        "skills": list(skills),
    }


def compare(python, technicians, days, visits, count):
    """Return a row: how often who was better, and the times."""
    instances = [Instance(seed, technicians, days, visits) for seed in range(count)]
    ours = [instance.ours() for instance in instances]
    done = subprocess.run(
        [python, CHECKOUT / "bench/peer_vroom.py"],
        input=json.dumps([instance.for_vroom() for instance in instances]),
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    answers = json.loads(done.stdout)
    tally = dict.fromkeys(("equal", "neither", "more", "none", "less"), 0)
    for instance, (added, _ms), answer in zip(instances, ours, answers, strict=True):
        tally[verdict(instance, added, answer)] += 1
    our_ms = median(milliseconds for _added, milliseconds in ours)
    vroom_ms = median(answer["milliseconds"] for answer in answers)
    ratio = f"{vroom_ms / our_ms:.0f} x"
    return f"{technicians} x {days}", count, *tally.values(), f"{our_ms:.2f}", vroom_ms, ratio


def verdict(instance, added, answer):
    """Say which of the two adds less; a plan that leaves out a fixed visit counts as none."""
    if answer["left_out"]:
        return "neither" if added is None and answer["left_out"] == [NEW_JOB] else "none"
    theirs = answer["travel"] - instance.driven()
    if added is None or theirs < added:
        return "less"
    return "equal" if theirs == added else "more"


def month():
    """Print what a month takes, with all travel computed on the way."""
    travel, zone = GreatCircle(), ZoneInfo("Europe/Berlin")
    options = {"travel": travel, "zone": zone, "now": 0}
    cases = {"6 visits of 45 minutes a day": 45, "6 visits of 20 minutes a day": 20, "no visits": 0}
    rows = []
    for name, minutes in cases.items():
        crew, job = busy_month(minutes)
        gaps = sum(len(tour.gaps) for each in crew for tour in each.tours)

        def all_of_it(crew=crew, job=job):
            for each in crew:
                each.__dict__.pop("tours", None)  # what an earlier run kept
            return find_slots(crew, job, **options)

        times = medians(
            {
                "bare": bare_insertion(gaps),
                "insert": lambda crew=crew, job=job: find_openings(crew, job, travel),
                "all": all_of_it,
            },
            clock=time.process_time,
        )
        ratio = times["insert"] / times["bare"]
        rows.append((name, gaps, len(all_of_it()), *times.values(), f"{ratio:.1f} x"))
        what = f"a month of 50 technicians, {name}: insertion"
        report(Ratio(what, times["insert"], "the bare arithmetic", times["bare"]))
    header = (
        "",
        "gaps",
        "slots",
        "bare loop, ms",
        "insertion, ms",
        "slots, ms",
        "insertion / bare",
    )
    print_table("A month for 50 technicians: 20 days, one job of half an hour", rows, header)


def busy_month(minutes):
    """50 technicians, 20 working days, every 80 minutes a visit; 10 km across."""
    chance = random.Random(7)

    def place():
        return 53.08 + chance.uniform(-0.045, 0.045), 8.8 + chance.uniform(-0.075, 0.075)

    crew = []
    for number in range(50):
        work, visits = [], []
        for begin in (week * 7 * DAY + day * DAY for week in range(4) for day in range(5)):
            work += [(begin + OPENS, begin + LUNCH[0]), (begin + LUNCH[1], begin + CLOSES)]
            for index in range(6 if minutes else 0):
                start = begin + OPENS + (15 + index * 80 + chance.randrange(20)) * MINUTE
                visits.append(Visit(start, start + minutes * MINUTE, place()))
        crew.append(Technician(number, work, visits, place()))
    return crew, Job(HOUR // 2, place())


def bare_insertion(gaps):
    """Return a function that does the arithmetic of an insertion for so many gaps, no more."""
    chance = random.Random(7)
    ready = [tuple(chance.randrange(60, 3600) for _ in range(5)) for _ in range(gaps)]

    def loop():
        found = []
        for opens, closes, there, back, direct in ready:
            first, last = opens + there, closes - back - HOUR // 2
            if first <= last:
                found.append((there + back - direct, first, last))
        return min(found, default=None)

    return loop


if __name__ == "__main__":
    main()
