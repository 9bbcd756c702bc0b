"""`make bench`: runs every bench/bench_*.py, one after the other, and writes docs/benchmarks.md.

A bench that fails fails the command, but only after the others have run; and what it found the last
time stays in the table, with its date. `ONLY="home shop"` runs some and leaves the others' figures
as they are.

A bench is a script. It runs in the checkout; `odoo`, `dev` and `bench` can be imported. It finds in
its environment:

KP_ODOO_CONF    an Odoo configuration (cluster; our addons and OCA's) for `odoo -c … -d DATABASE`
KP_ODOO         the command that starts Odoo, in shell syntax
KP_TEMPLATE_DB  a database with the Odoo modules that we depend on, without our addons: plain Odoo
KP_ADDON_DB     the same with our addons and their demo data
KP_BENCH_RATIOS a file for what comes out; see `report` in bench/common.py
PGHOST …        for psql and the like

Both databases are there to be copied, never to be written:
`from dev import databases; databases.copy(template, "bench_mine")`.
Databases whose names begin with `bench_` are dropped before and after.
"""

import json
import os
import shlex
import shutil
import subprocess
from datetime import datetime

from . import benchtable, cluster, databases
from .console import Failure, lock, run, say
from .databases import Settings
from .environment import HERE
from .paths import CACHE, CHECKOUT, LOCKS, LOGS, STATE, digest
from .system import NO_NETWORK, tool_environment

PREFIX = "bench_"
ADDON_DB = f"{PREFIX}addon"
PEERS = HERE / "requirements-bench.txt"


#: What each bench found the last time, as JSON.
RESULTS = STATE / "bench"
TABLE = CHECKOUT / "docs/benchmarks.md"


def main(environment, names=()):
    """Run the benches with these names (``home`` is bench_home.py), all if there are none."""
    every = {
        bench.stem.removeprefix("bench_"): bench for bench in CHECKOUT.glob("bench/bench_*.py")
    }
    unknown = sorted(set(names) - set(every))
    if unknown:
        raise Failure(f"No such bench: {', '.join(unknown)}.", f"There are {', '.join(every)}.")
    RESULTS.mkdir(exist_ok=True)
    with lock(LOCKS / "bench", "the benches"):
        _drop_all()
        try:
            variables = _prepare(environment)
            failed = []
            for name in sorted(names or every):
                if not _run(environment, name, every[name], variables):
                    failed.append(name)
                # After each: whoever stops it keeps what is done.
                table = benchtable.render(environment, _results(every))
                TABLE.write_text(table, encoding="utf-8")
        finally:
            _drop_all()
    print(f"\n{table}")
    say(f"Written to {TABLE.relative_to(CHECKOUT)}.")
    if failed:
        raise Failure(f"Benches failed: {', '.join(failed)}.")


def _results(every):
    """Return what each bench found the last time, in their order; those of gone ones go."""
    for file in RESULTS.glob("*.json"):
        if file.stem not in every:
            file.unlink()
    files = {name: RESULTS / f"{name}.json" for name in sorted(every)}
    nothing = {"ratios": [], "failed": None}
    return {
        name: json.loads(file.read_text(encoding="utf-8")) if file.exists() else nothing
        for name, file in files.items()
    }


def _prepare(environment):
    template = databases.template(environment)
    databases.copy(template, ADDON_DB)
    say("Installing our addons for the benches …")
    databases.bring_up_to_date(environment, ADDON_DB, "Installing our addons")
    peers = _peers(environment)
    addons_path = f"{CHECKOUT},{peers / 'odoo/addons'}"
    config = databases.write_config("bench", ADDON_DB, Settings(addons_path=addons_path))
    return {
        "KP_ODOO_CONF": str(config),
        "KP_ODOO": shlex.join(environment.odoo_command),
        "KP_TEMPLATE_DB": template,
        "KP_ADDON_DB": ADDON_DB,
        # Some of these addons need packages that Odoo does not.
        "PYTHONPATH": os.pathsep.join((str(CHECKOUT), str(peers))),
    }


def _peers(environment):
    folder = CACHE / f"peers-{digest(PEERS)}"
    if not folder.exists():
        scratch = folder.with_suffix(".part")
        shutil.rmtree(scratch, ignore_errors=True)
        command = [environment.python, "-m", "pip", "install", "--no-deps", "--target", scratch]
        run(
            [*command, "-r", PEERS],
            what="Fetching the addons to compare with",
            advice=NO_NETWORK,
            log=LOGS / "pip.log",
        )
        scratch.rename(folder)
    return folder


def _run(environment, name, bench, variables):
    """Run one bench and keep what it reports, even of one that fails in the end.

    :return: whether it succeeded
    """
    say(f"{bench.name} …")
    started = datetime.now()
    load = os.getloadavg()[0]
    lines = RESULTS / f"{name}.lines"
    lines.write_text("", encoding="utf-8")
    own = {**cluster.variables(), **tool_environment(), "KP_BENCH_RATIOS": str(lines)}
    command = [environment.python, bench]
    done = subprocess.run(
        command, cwd=CHECKOUT, env={**os.environ, **own, **variables}, check=False
    )
    file = RESULTS / f"{name}.json"
    result = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {"ratios": []}
    found = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    lines.unlink()
    if found:
        result = {"ratios": found, "at": started.isoformat(" ", "minutes"), "load": load}
    result["failed"] = f"{started:%Y-%m-%d}" if done.returncode else None
    file.write_text(json.dumps(result), encoding="utf-8")
    return done.returncode == 0


def _drop_all():
    for name in databases.names(PREFIX):
        databases.drop(name)
