"""`make bench`: runs every bench/bench_*.py, one after the other, and fails if one fails.

A bench is a script. It runs in the checkout; `odoo`, `dev` and `bench` can be imported. It finds in
its environment:

KP_ODOO_CONF    an Odoo configuration (cluster; our addons and OCA's) for `odoo -c … -d DATABASE`
KP_ODOO         the command that starts Odoo, in shell syntax
KP_TEMPLATE_DB  a database with the Odoo modules that we depend on, without our addons: plain Odoo
KP_ADDON_DB     the same with our addons and their demo data
PGHOST …        for psql and the like

Both databases are there to be copied, never to be written:
`from dev import databases; databases.copy(template, "bench_mine")`.
Databases whose names begin with `bench_` are dropped before and after.
"""

import os
import shlex
import shutil
import subprocess

from . import cluster, databases
from .console import Failure, lock, run, say
from .databases import Settings
from .environment import HERE
from .paths import CACHE, CHECKOUT, LOCKS, LOGS, digest
from .system import NO_NETWORK, tool_environment

PREFIX = "bench_"
ADDON_DB = f"{PREFIX}addon"
PEERS = HERE / "requirements-bench.txt"


def main(environment):
    benches = sorted(CHECKOUT.glob("bench/bench_*.py"))
    if not benches:
        raise Failure("There is nothing in bench/ yet.")
    with lock(LOCKS / "bench", "the benches"):
        _drop_all()
        try:
            variables = _prepare(environment)
            failed = [bench.name for bench in benches if not _run(environment, bench, variables)]
        finally:
            _drop_all()
    if failed:
        raise Failure(f"Benches failed: {', '.join(failed)}.")


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


def _run(environment, bench, variables):
    say(f"{bench.name} …")
    own = {**cluster.variables(), **tool_environment()}
    command = [environment.python, bench]
    done = subprocess.run(
        command, cwd=CHECKOUT, env={**os.environ, **own, **variables}, check=False
    )
    return done.returncode == 0


def _drop_all():
    for name in databases.names(PREFIX):
        databases.drop(name)
