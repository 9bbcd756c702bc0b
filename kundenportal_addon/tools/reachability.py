"""When somebody can be reached: a week of hours as 168 characters.

``"1"`` means reachable, ``"0"`` not, beginning with Monday, 0 to 1 o'clock. A fixed width lets the
database answer "who can be reached on Tuesday at nine?" by looking at one position. An empty value
means that nobody knows; a week without any hour is the same.
"""

import re

DAYS = 7
HOURS = 24
LENGTH = DAYS * HOURS


def normalize(text):
    """Return a pattern, or False where there is nothing to know.

    :param text: 168 characters 0 or 1, blanks between them do not matter; or a false value
    :rtype: str | Literal[False]
    :raise ValueError: for anything else

    >>> normalize("1" + "0" * 167)[:3], normalize("0" * 168), normalize(None), normalize("  ")
    ('100', False, False, False)
    >>> normalize(" ".join(["0" * 23 + "1"] * 7)) == ("0" * 23 + "1") * 7
    True
    >>> normalize("1" * 169)
    Traceback (most recent call last):
    ValueError: a week has 168 hours, each 0 or 1
    """
    pattern = "".join((text or "").split())
    if pattern and not re.fullmatch(f"[01]{{{LENGTH}}}", pattern):
        raise ValueError(f"a week has {LENGTH} hours, each 0 or 1")
    return pattern if "1" in pattern else False


def from_choices(choices):
    """Return the pattern of chosen hours, each ``"day-hour"``, Monday being day 0.

    :param choices: iterable of strings, as the checkboxes of a form send them
    :rtype: str | Literal[False]
    :raise ValueError: for what is no hour of a week

    >>> from_choices(["0-0", "6-23", "0-0"]) == "1" + "0" * 166 + "1"
    True
    >>> from_choices([])
    False
    >>> from_choices(["7-0"])
    Traceback (most recent call last):
    ValueError: no hour of a week: '7-0'
    """
    week = ["0"] * LENGTH
    for choice in choices:
        found = re.fullmatch(r"([0-6])-(\d|1\d|2[0-3])", choice, re.ASCII)
        if not found:
            raise ValueError(f"no hour of a week: {choice[:20]!r}")
        week[index_of(int(found[1]), int(found[2]))] = "1"
    return normalize("".join(week))


def index_of(day, hour):
    """Return the position of an hour in a pattern.

    :param int day: 0 (Monday) to 6
    :param int hour: 0 to 23

    >>> index_of(0, 0), index_of(1, 9), index_of(6, 23)
    (0, 33, 167)
    """
    return day * HOURS + hour


def index_at(moment):
    """Return the position of the hour that a local time is in.

    :param datetime.datetime moment: in the zone that the pattern is meant in

    >>> from datetime import datetime
    >>> tuesday, sunday = datetime(2026, 1, 6, 9, 59), datetime(2026, 1, 11, 23)
    >>> index_at(tuesday), index_at(sunday)
    (33, 167)
    """
    return index_of(moment.weekday(), moment.hour)


def like_pattern(index):
    """Return what SQL's LIKE compares a pattern with, to find who is reachable in an hour.

    >>> like_pattern(2), len(like_pattern(167))
    ('__1%', 169)
    """
    return "_" * index + "1%"


def intervals(day_pattern):
    """Return the reachable stretches of a day as pairs of hours, 24 being its end.

    :param str day_pattern: 24 characters
    :rtype: list[tuple[int, int]]

    >>> intervals("0" * 8 + "1" * 4 + "0" * 2 + "1" * 4 + "0" * 6), intervals("1" * 24)
    ([(8, 12), (14, 18)], [(0, 24)])
    >>> intervals("1" + "0" * 22 + "1"), intervals("0" * 24)
    ([(0, 1), (23, 24)], [])
    """
    return [found.span() for found in re.finditer("1+", day_pattern)]


def summarize(pattern, day_names, line="{days} {hours}", always="any time"):
    """Say in words when somebody can be reached; days with the same hours are named together.

    :param str pattern: see :func:`normalize`
    :param list[str] day_names: seven short names, Monday first
    :param str line: how days and hours stand together in the language
    :param str always: for a week without a gap
    :rtype: str

    >>> de = dict(day_names="Mo Di Mi Do Fr Sa So".split(), line="{days} {hours} Uhr",
    ...     always="jederzeit")
    >>> office = "0" * 8 + "1" * 10 + "0" * 6
    >>> morning, shop = "0" * 9 + "1" * 3 + "0" * 12, "0" * 9 + "1" * 3 + "00" + "1" * 4 + "0" * 6
    >>> free = "0" * 24
    >>> summarize(office * 5 + free * 2, **de)
    'Mo–Fr 8–18 Uhr'
    >>> summarize(office * 4 + morning + free * 2, **de)
    'Mo–Do 8–18 Uhr; Fr 9–12 Uhr'
    >>> summarize(shop * 2 + morning + shop * 2 + morning * 2, **de)
    'Mo, Di, Do, Fr 9–12, 14–18 Uhr; Mi, Sa, So 9–12 Uhr'
    >>> summarize("1" * 168, **de), summarize(False, **de)
    ('jederzeit', '')

    A night belongs to two days, as the clock has it:

    >>> night = "0" * 22 + "11" + "1" * 6 + "0" * 18 + free * 5
    >>> summarize(night, "Mon Tue Wed Thu Fri Sat Sun".split())
    'Mon 22–24; Tue 0–6'
    """
    if not pattern:
        return ""
    if "0" not in pattern:
        return always
    days_by_hours = {}
    for day in range(DAYS):
        spans = intervals(pattern[index_of(day, 0) : index_of(day + 1, 0)])
        if spans:
            hours = ", ".join(f"{start}–{stop}" for start, stop in spans)
            days_by_hours.setdefault(hours, []).append(day)
    return "; ".join(
        line.format(days=_name_days(days, day_names), hours=hours)
        for hours, days in days_by_hours.items()
    )


def _name_days(days, names):
    """Name days in their order; three and more in a row by the first and the last.

    >>> _name_days([0, 1, 2, 4, 5], "Mo Di Mi Do Fr Sa So".split())
    'Mo–Mi, Fr, Sa'
    """
    runs = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    parts = []
    for run in runs:
        if len(run) > 2:
            parts.append(f"{names[run[0]]}–{names[run[-1]]}")
        else:
            parts.extend(names[day] for day in run)
    return ", ".join(parts)
