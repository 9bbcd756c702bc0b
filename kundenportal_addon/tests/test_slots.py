from datetime import datetime
from zoneinfo import ZoneInfo

from odoo.tests import BaseCase, tagged

from ..tools.local_time import seconds
from ..tools.slots import DEFAULT_TRAVEL, Job, find_openings, find_slots
from ..tools.tours import Technician, Visit
from ..tools.travel import GreatCircle

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE, HOUR = 60, 3600
#: Points on a line, at a speed at which one more tenth of a degree takes about 13 minutes.
HERE, NEAR, FAR = (53.0, 8.0), (53.1, 8.0), (53.5, 8.0)
TRAVEL = GreatCircle()
TENTH = TRAVEL(HERE, NEAR)


def at(hour, day=5, month=1, minute=0):
    """Return a time in Berlin, in 2026; 5 January is a Monday."""
    return seconds(datetime(2026, month, day, hour, minute, tzinfo=BERLIN))


def office(*days, month=1):
    """Return working time from 8 to 12 and from 13 to 17 o'clock."""
    return [(at(start, day, month), at(start + 4, day, month)) for day in days for start in (8, 13)]


@tagged("post_install", "-at_install")
class TestSlots(BaseCase):
    """What the planner makes of calendars, visits and places."""

    def plan(self, technicians, job, **options):
        options = {"travel": TRAVEL, "zone": BERLIN, "now": at(0), "step": HOUR, **options}
        return find_slots(technicians, job, **options)

    def hours(self, technicians, job, **options):
        """Return when slots begin, as "day/hour" in Berlin, in time."""
        starts = sorted(slot.start for slot in self.plan(technicians, job, **options))
        return " ".join(f"{datetime.fromtimestamp(start, BERLIN):%-d/%-H}" for start in starts)

    def test_one_day(self):
        anna = Technician("Anna", office(5), home=HERE)
        for name, job, expected in (
            ("at home", Job(HOUR, HERE), "5/8 5/9 5/10 5/11 5/13 5/14 5/15 5/16"),
            ("first and last trip", Job(HOUR, NEAR), "5/9 5/10 5/11 5/13 5/14 5/15"),
            ("over an hour away", Job(HOUR, FAR), "5/10 5/11 5/13 5/14"),
            ("not over lunch", Job(4 * HOUR, HERE), "5/8 5/13"),
            ("over lunch", Job(4 * HOUR, HERE, pause=HOUR), "5/8 5/9 5/10 5/11 5/13"),
            ("over half a lunch", Job(4 * HOUR, HERE, pause=HOUR - 1), "5/8 5/13"),
            ("the whole day", Job(8 * HOUR, HERE, pause=HOUR), "5/8"),
            ("more than a day", Job(8 * HOUR + 1, HERE, pause=24 * HOUR), ""),
            ("earliest", Job(HOUR, HERE, earliest=at(13)), "5/13 5/14 5/15 5/16"),
            ("latest", Job(HOUR, HERE, latest=at(10)), "5/8 5/9"),
            ("as late as can be", Job(4 * HOUR, HERE, earliest=at(13)), "5/13"),
            ("as early as can be", Job(4 * HOUR, HERE, latest=at(12)), "5/8"),
            ("both", Job(HOUR, HERE, earliest=at(9), latest=at(11)), "5/9 5/10"),
            ("never", Job(HOUR, HERE, earliest=at(11), latest=at(9)), ""),
            ("buffer before", Job(HOUR, HERE, before=1), "5/9 5/10 5/11 5/13 5/14 5/15 5/16"),
            ("buffer after", Job(HOUR, HERE, after=1), "5/8 5/9 5/10 5/11 5/13 5/14 5/15"),
            ("a skill nobody has", Job(HOUR, HERE, skills=frozenset(["gas"])), ""),
        ):
            with self.subTest(name):
                self.assertEqual(self.hours([anna], job), expected)

    def test_chosen_moments_instead_of_the_grid(self):
        anna = Technician("Anna", office(5), home=HERE)
        chosen = [at(9, minute=10), at(12, minute=10), at(9), at(20)]
        slots = self.plan([anna], Job(HOUR, HERE), moments=chosen)
        self.assertEqual([slot.start for slot in slots], [at(9), at(9, minute=10)])
        self.assertEqual(self.plan([anna], Job(HOUR, HERE), moments=[]), [])

    def test_a_job_over_lunch_ends_later(self):
        slots = self.plan(
            [Technician("Anna", office(5), home=HERE)], Job(2 * HOUR, HERE, pause=HOUR)
        )
        lengths = {slot.start: slot.stop - slot.start for slot in slots}
        self.assertEqual(lengths[at(11)], 3 * HOUR)
        self.assertEqual(lengths[at(10)], 2 * HOUR)

    def test_home_trips(self):
        job = Job(HOUR, NEAR)
        for trips, expected, added in (
            ("inside", "5/9 5/10 5/11 5/13 5/14 5/15", 2 * TENTH),
            ("outside", "5/8 5/9 5/10 5/11 5/13 5/14 5/15 5/16", 2 * TENTH),
            ("none", "5/8 5/9 5/10 5/11 5/13 5/14 5/15 5/16", 0),
        ):
            anna = Technician("Anna", office(5), home=HERE, home_trips=trips)
            with self.subTest(trips):
                self.assertEqual(self.hours([anna], job), expected)
                self.assertEqual({slot.added for slot in self.plan([anna], job)}, {added})

    def test_between_two_visits(self):
        """Booked from 9 to 10 at home, and from 15 to 16 far away."""
        booked = [Visit(at(9), at(10), HERE), Visit(at(15), at(16), FAR)]
        anna = Technician("Anna", office(5), booked, HERE)
        added = {slot.start: slot.added for slot in self.plan([anna], Job(HOUR, NEAR))}
        self.assertEqual(list(added), [at(11)], "12 is lunch, at 13 it would be too far to go on")
        self.assertLess(added[at(11)], MINUTE, "it lies on the way")
        anna = Technician("Anna", office(5), booked[:1], HERE)
        self.assertEqual(self.hours([anna], Job(HOUR, NEAR)), "5/11 5/13 5/14 5/15")
        self.assertEqual(
            {slot.added for slot in self.plan([anna], Job(HOUR, NEAR))},
            {2 * TENTH},
            "once the neighbour is cancelled, it is a way of its own",
        )

    def test_the_visits_decide_not_their_order(self):
        booked = [Visit(at(15), at(16), FAR), Visit(at(9), at(10), HERE)]
        work = office(5)[::-1]
        anna = Technician("Anna", work, booked, HERE)
        self.assertEqual(self.hours([anna], Job(HOUR, NEAR)), "5/11")

    def test_visits_that_overlap(self):
        """From 9 to 15 far away; meanwhile something at home. He leaves from where it ends last."""
        booked = [Visit(at(9), at(15), FAR), Visit(at(10), at(11), HERE)]
        anna = Technician("Anna", office(5), booked, HERE)
        slots = self.plan([anna], Job(MINUTE, FAR), step=30 * MINUTE)
        self.assertEqual([slot.start for slot in slots], [at(15), at(15, minute=30)])
        self.assertEqual({slot.added for slot in slots}, {0})
        twice = Technician("Anna", office(5), [booked[0]] * 2, HERE)
        self.assertEqual(self.plan([twice], Job(MINUTE, FAR), step=30 * MINUTE), slots)

    def test_a_visit_outside_of_working_time(self):
        evening = Technician("Anna", office(5), [Visit(at(18), at(19), NEAR)], HERE)
        slots = self.plan([evening], Job(HOUR, NEAR))
        self.assertEqual({slot.added for slot in slots}, {0}, "on the way to the evening's visit")
        night = Technician("Anna", office(5), [Visit(at(23), at(23, minute=30), NEAR)], HERE)
        self.assertEqual({slot.added for slot in self.plan([night], Job(HOUR, NEAR))}, {2 * TENTH})

    def test_a_meeting_without_length(self):
        anna = Technician("Anna", office(5), [Visit(at(9), at(9), HERE)], HERE)
        self.assertNotIn(
            at(8, minute=30), [slot.start for slot in self.plan([anna], Job(HOUR, HERE), step=1800)]
        )
        with self.assertRaises(ValueError):
            self.plan([Technician("Anna", [], [Visit(at(9), at(8))])], Job(HOUR))
        with self.assertRaises(ValueError):
            self.plan([Technician("Anna", [(at(9), at(8))])], Job(HOUR))

    def test_absence_holiday_and_no_calendar(self):
        """Monday off, Tuesday is Epiphany, on Wednesday he has to leave at three."""
        work = [*office(7)[:1], (at(13, 7), at(15, 7)), *office(8)]
        anna = Technician("Anna", work, home=HERE)
        self.assertEqual(
            self.hours([anna], Job(2 * HOUR, HERE)), "7/8 7/9 7/10 7/13 8/8 8/9 8/10 8/13 8/14 8/15"
        )
        self.assertEqual(self.plan([Technician("Ben", [])], Job(HOUR, HERE)), [])
        self.assertEqual(self.plan([], Job(HOUR, HERE)), [])

    def test_lead_time_and_past(self):
        anna = Technician("Anna", office(5, 6), home=HERE)
        options = {"now": at(9, minute=1), "lead": 24 * HOUR}
        self.assertEqual(self.hours([anna], Job(2 * HOUR, HERE), **options), "6/10 6/13 6/14 6/15")
        early = Job(2 * HOUR, HERE, earliest=at(8))
        self.assertEqual(self.hours([anna], early, **options), "6/10 6/13 6/14 6/15")
        self.assertEqual(self.plan([anna], early, now=at(17, 6)), [])

    def test_days_are_apart(self):
        """What is booked on Monday says nothing about the way on Tuesday."""
        anna = Technician("Anna", office(5, 6), [Visit(at(8), at(17), NEAR)], HERE)
        slots = self.plan([anna], Job(HOUR, NEAR))
        self.assertEqual({slot.added for slot in slots}, {2 * TENTH})
        self.assertEqual(min(slot.start for slot in slots), at(9, 6))

    def test_a_night_shift_is_one_tour(self):
        shift = [(at(22), at(6, 6))]
        anna = Technician("Anna", shift, [Visit(at(23), at(1, 6), NEAR)], HERE)
        slots = self.plan([anna], Job(HOUR, NEAR))
        self.assertEqual(self.hours([anna], Job(HOUR, NEAR)), "6/1 6/2 6/3 6/4")
        self.assertEqual({slot.added for slot in slots}, {0})

    def test_nobody_knows_where(self):
        anna = Technician("Anna", office(5), home=HERE)
        for name, technician, job, known in (
            ("all known", anna, Job(HOUR, NEAR), True),
            ("job", anna, Job(HOUR), False),
            ("home", Technician("Ben", office(5)), Job(HOUR, NEAR), False),
            ("no trips home", Technician("Ben", office(5), home_trips="none"), Job(HOUR), True),
        ):
            slots = self.plan([technician], job)
            with self.subTest(name):
                self.assertTrue(slots)
                self.assertEqual({slot.known for slot in slots}, {known})
                if not known:
                    self.assertEqual({slot.added for slot in slots}, {2 * DEFAULT_TRAVEL})
        slots = self.plan([anna], Job(HOUR), default_travel=61 * MINUTE)
        self.assertEqual(min(slot.start for slot in slots), at(10))
        unknown_visit = Technician("Anna", office(5), [Visit(at(11), at(12))], HERE)
        slots = self.plan([unknown_visit], Job(HOUR, HERE))
        self.assertEqual({slot.known for slot in slots}, {False})
        self.assertNotIn(at(10), [slot.start for slot in slots], "half an hour is kept for the way")

    def test_an_unknown_place_between_far_ones_saves_nothing(self):
        booked = [Visit(at(8), at(9), HERE), Visit(at(15), at(16), (60.0, 8.0))]
        anna = Technician("Anna", office(5), booked, HERE, "none")
        self.assertEqual(min(slot.added for slot in self.plan([anna], Job(HOUR))), 0)

    def test_team(self):
        gas = frozenset(["gas"])
        anna = Technician("Anna", office(5), [Visit(at(8), at(10), HERE)], HERE, skills=gas)
        ben = Technician("Ben", office(5), [Visit(at(15), at(17), HERE)], HERE, skills=gas)
        carla = Technician("Carla", office(5), home=NEAR, skills=gas | {"water"})
        dora = Technician("Dora", office(5), home=HERE)
        crew = [anna, ben, carla, dora]
        two, three = (Job(2 * HOUR, HERE, count, gas) for count in (2, 3))
        teams = {slot.start: slot.technicians for slot in self.plan(crew, two)}
        self.assertEqual(
            {start: set(team) for start, team in teams.items()},
            {
                at(9): {"Ben", "Carla"},
                at(10): {"Anna", "Ben"},
                at(13): {"Anna", "Ben"},
                at(14): {"Anna", "Carla"},
            },
        )
        self.assertEqual(self.hours(crew, three), "5/10 5/13")
        slots = self.plan(crew, three)
        self.assertEqual({slot.added for slot in slots}, {2 * TENTH}, "all three together")
        self.assertEqual(self.plan(crew, Job(2 * HOUR, HERE, 4, gas)), [], "Dora cannot")
        both = Job(2 * HOUR, HERE, 2, frozenset(["gas", "water"]))
        self.assertEqual(self.plan(crew, both), [], "each must have them all")

    def test_recommended(self):
        """Anna passes by on Thursday, a part of the way on Tuesday, else she has to go there."""
        work = office(5, 6, 7, 8)
        a_bit_off = (53.03, 8.0)
        booked = [Visit(at(8, 8), at(10, 8), NEAR), Visit(at(8, 6), at(10, 6), a_bit_off)]
        anna = Technician("Anna", work, booked, HERE)
        slots = self.plan([anna], Job(HOUR, NEAR), recommend=3)
        best = slots[:3]
        self.assertTrue(all(slot.recommended for slot in best))
        self.assertFalse(any(slot.recommended for slot in slots[3:]))
        self.assertEqual([slot.start for slot in best], [at(10, 8), at(11, 6), at(9, 5)])
        self.assertEqual(slots[3:], sorted(slots[3:]))
        self.assertEqual(
            self.plan([anna], Job(HOUR, NEAR), recommend=0),
            sorted(slot._replace(recommended=False) for slot in slots),
        )

    def test_nearly_equal_travel_then_sooner(self):
        close = (53.001, 8.0)
        anna = Technician("Anna", office(5, 6), [Visit(at(8, 6), at(9, 6), close)], HERE)
        slots = self.plan([anna], Job(HOUR, close), recommend=1)
        self.assertEqual(slots[0].start, at(9, 5), "seconds of travel do not outweigh a day")

    def test_openings_know_every_second(self):
        anna = Technician("Anna", office(5), home=HERE)
        openings = find_openings([anna], Job(HOUR, NEAR), TRAVEL)
        self.assertEqual(
            [(each.first, each.last) for each in openings],
            [(at(8) + TENTH, at(11)), (at(13), at(16) - TENTH)],
        )

    def test_step(self):
        anna = Technician("Anna", [(at(8, minute=10), at(10, minute=10))], home=HERE)
        for step, expected in ((15 * MINUTE, 4), (20 * MINUTE, 3), (HOUR, 1), (1, 3601)):
            with self.subTest(step=step):
                self.assertEqual(len(self.plan([anna], Job(HOUR, HERE), step=step)), expected)
        for step in (0, -60, 7 * MINUTE):
            for crew in ([anna], []):
                with self.subTest(step=step), self.assertRaises(ValueError):
                    self.plan(crew, Job(HOUR, HERE), step=step)

    def test_what_cannot_be_done(self):
        for bad in ({"duration": -1}, {"technicians": 0}, {"before": -1}, {"after": -1}):
            with self.subTest(bad=bad), self.assertRaises(ValueError):
                Job(**{"duration": 1, **bad})
