"""Solves instances with VROOM; runs in VROOM's own environment, called by `bench_slots.py`.

Reads a JSON list of instances from stdin, writes a JSON list of answers: seconds of travel of the
whole plan, ids of what was left out, milliseconds of the solver alone.
"""

import json
import sys
import time

import vroom


def main():
    json.dump([solve(instance) for instance in json.load(sys.stdin)], sys.stdout)


def solve(instance):
    problem = vroom.Input()
    problem.set_durations_matrix("car", instance["matrix"])
    problem.add_vehicle([vehicle(**values) for values in instance["vehicles"]])
    problem.add_job([job(**values) for values in instance["jobs"]])
    start = time.perf_counter()
    solution = problem.solve(exploration_level=5, nb_threads=1)
    milliseconds = (time.perf_counter() - start) * 1000
    return {
        "travel": int(solution.summary.duration),
        "left_out": [left._id for left in solution.unassigned],
        "milliseconds": milliseconds,
    }


def vehicle(number, home, window, breaks):
    """A technician's day; only he has the skill of his number, so that his visits stay his."""
    return vroom.Vehicle(
        number,
        start=home,
        end=home,
        skills={number},
        time_window=vroom.TimeWindow(*window),
        breaks=[
            vroom.Break(index, time_windows=[vroom.TimeWindow(start, start)], service=stop - start)
            for index, (start, stop) in enumerate(breaks)
        ],
    )


def job(number, place, service, window, skills):
    """A visit with a window is a fixed one, and none of these may be left out for the new job."""
    windows = [vroom.TimeWindow(*window)] if window else []
    return vroom.Job(
        number,
        location=place,
        default_service=service,
        skills=set(skills),
        priority=100 if window else 0,
        time_windows=windows,
    )


if __name__ == "__main__":
    main()
