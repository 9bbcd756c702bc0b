"""What every bench needs: a database or a Python of its own, an Odoo environment, medians, a table,
and the shape in which it reports what comes out.

See `dev/benchrun.py` for what a bench finds in its environment.
"""

import contextlib
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

from dev import databases
from dev.console import explained, run, say
from dev.paths import CACHE, CHECKOUT, digest
from dev.system import NO_NETWORK


class Ratio(NamedTuple):
    """One comparison of ours with somebody else's, in which less is better."""

    #: What was measured.
    what: str
    ours: float
    #: Whose figure the other one is.
    against: str
    theirs: float
    unit: str = "ms"
    #: What is aimed at: ours divided by theirs at most.
    at_most: float | None = None
    #: What is aimed at: ours at most, whatever theirs is.
    limit: float | None = None


def report(*ratios):
    """Hand over what goes into docs/benchmarks.md, as soon as it is known.

    :param Ratio ratios: the comparisons
    """
    file = os.environ.get("KP_BENCH_RATIOS")
    if file:
        with Path(file).open("a", encoding="utf-8") as lines:
            lines.writelines(json.dumps(ratio._asdict()) + "\n" for ratio in ratios)


@contextlib.contextmanager
def own_database(name):
    """Copy the database with our addons, and drop the copy afterwards.

    :param str name: what it is for; the database is called ``bench_<name>``
    :return: the copy's name
    """
    database = f"bench_{name}"
    databases.drop(database)
    databases.copy(os.environ["KP_ADDON_DB"], database)
    try:
        yield database
    finally:
        databases.drop(database)


def install(database, *modules):
    """Install further modules into a database."""
    options = ["-c", os.environ["KP_ODOO_CONF"], "-d", database, "--no-http", "--stop-after-init"]
    command = [*shlex.split(os.environ["KP_ODOO"]), "server", *options, "-i", ",".join(modules)]
    subprocess.run(command, check=True, capture_output=True)


@contextlib.contextmanager
def odoo_environment(database, login="admin"):
    """Load Odoo in this process.

    :param str login: who acts
    :return: an environment in a transaction that is rolled back at the end unless it is committed
    """
    import odoo.sql_db
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(["-c", os.environ["KP_ODOO_CONF"], "-d", database, "--log-level=error"])
    registry = Registry(database)
    with contextlib.closing(registry.cursor()) as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        user = env["res.users"].search([("login", "=", login)])
        yield env(user=user.id)
        cr.rollback()
    odoo.sql_db.close_db(database)  # else it could not be dropped


def peer_python(requirements):
    """Return a Python that has a peer's packages, in an environment of its own, made once.

    :param str requirements: a file in dev/, everything pinned
    :rtype: pathlib.Path
    """
    file = CHECKOUT / "dev" / requirements
    folder = CACHE / f"peer-{digest(sys.version, file)}"
    python, stamp = folder / "bin/python", folder / "complete"
    if not stamp.exists():
        say(f"Making an environment for {requirements} …")
        shutil.rmtree(folder, ignore_errors=True)
        with explained():
            run([sys.executable, "-m", "venv", folder], what="Making an environment for a peer")
            run(
                [python, "-m", "pip", "install", "--no-deps", "-r", file],
                what="Fetching the packages to compare with",
                advice=NO_NETWORK,
                env={"PYTHONPATH": ""},
            )
        stamp.touch()
    return python


def medians(cases, repeat=30, clock=time.perf_counter):
    """Measure functions in turns, so that whatever else the machine does meets all of them.

    :param dict cases: functions without arguments, by name
    :param int repeat: how often each is measured, after three times to warm up
    :param clock: function that returns seconds; `time.process_time` counts our own work alone
    :return: medians in milliseconds, by name
    :rtype: dict
    """
    times = {name: [] for name in cases}
    for turn in range(-3, repeat):
        for name, function in cases.items():
            start = clock()
            function()
            if turn >= 0:
                times[name].append((clock() - start) * 1000)
    return {name: median(values) for name, values in times.items()}


def print_table(title, rows, header):
    """Print rows below each other; numbers to the right."""
    print(f"\n{title}")
    cells = [[_text(value) for value in row] for row in (header, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        first, *others = (f"{text:{width}}" for text, width in zip(row, widths, strict=True))
        numbers = (f"{text.strip():>{len(text)}}" for text in others)
        print("  " + "  ".join((first, *numbers)))


def _text(value):
    return f"{value:.1f}" if isinstance(value, float) else str(value)
