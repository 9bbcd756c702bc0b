"""docs/benchmarks.md: what the benches found, in one table, and on which machine."""

import os
import platform
import re
from pathlib import Path

from . import cluster

HEAD = """\
# Benchmarks

Written by `make bench`; do not edit. Each line compares ours with somebody else's on the same data
in the same run, in turns where that is possible. **Ratio** is ours divided by theirs: below 1, ours
needs less. Times are medians; those of pages are the server's own (SQL and Python of the request),
without the network. What is compared how is said at the top of each `bench/bench_*.py`.

{machine}

| what | ours | theirs | against | ratio | aim | met |
|---|---:|---:|---|---:|---|---|
"""


def render(environment, results):
    """Return the page.

    :param dict results: per bench ``ratios`` (see `Ratio` in bench/common.py), ``at``, ``load`` and
        ``failed``, the day on which it failed, if it did the last time
    """
    lines, notes = [], []
    for name, result in results.items():
        lines += [_line(ratio) for ratio in result["ratios"]]
        notes.append(_note(name, result))
    met = [_is_met(ratio) for result in results.values() for ratio in result["ratios"]]
    summary = f"Aims met: {met.count(True)}, not met: {met.count(False)}."
    page = HEAD.format(machine=_machine(environment)) + "\n".join(lines)
    return f"{page}\n\n{summary}\n\n" + "\n".join(notes) + "\n"


def _line(ratio):
    unit = ratio["unit"]
    quotient = f"{ratio['ours'] / ratio['theirs']:.2f}" if ratio["theirs"] else "–"
    aim = []
    if ratio["at_most"] is not None:
        aim.append(f"ratio {ratio['at_most']:.2g} or less")
    if ratio["limit"] is not None:
        aim.append(f"{_figure(ratio['limit'], unit)} or less")
    met = {True: "yes", False: "**no**", None: ""}[_is_met(ratio)]
    figures = f"{_figure(ratio['ours'], unit)} | {_figure(ratio['theirs'], unit)}"
    return (
        f"| {ratio['what']} | {figures} | {ratio['against']} | {quotient}"
        f" | {', '.join(aim)} | {met} |"
    )


def _is_met(ratio):
    """Whether ours is what was aimed at; None if nothing was."""
    checks = []
    if ratio["at_most"] is not None:
        checks.append(ratio["ours"] <= ratio["at_most"] * ratio["theirs"])
    if ratio["limit"] is not None:
        checks.append(ratio["ours"] <= ratio["limit"])
    return all(checks) if checks else None


def _figure(value, unit):
    """Return a number with its unit: counts as they are, times with three digits that matter.

    >>> _figure(17, "queries"), _figure(0.0456, "ms"), _figure(1234.5, "ms"), _figure(52.04, "ms")
    ('17 queries', '0.0456 ms', '1234 ms', '52.0 ms')
    """
    if float(value).is_integer():
        return f"{value:g} {unit}"
    digits = 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 1 else 4
    return f"{value:.{digits}f} {unit}"


def _note(name, result):
    note = f"- `bench_{name}.py`: "
    if result["ratios"]:
        note += f"{result['at']}, load of the machine before it {result['load']:.1f}"
    else:
        note += "no figures"
    return note + (f"; **failed on {result['failed']}**" if result["failed"] else "")


def _machine(environment):
    """Say what it ran on."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = re.search(r"^model name\s*: (.+)$", info, re.MULTILINE)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"Machine **{platform.node()}**: {model[1] if model else platform.machine()}, "
        f"{os.cpu_count()} cores, {memory:.0f} GB; {platform.system()} {platform.release()}, "
        f"PostgreSQL {cluster.sql('SHOW server_version')[0]}, Odoo {environment.odoo_version}, "
        f"Python {platform.python_version()}."
    )
