"""`make test`: the whole suite in databases of its own, without the module `website` and, beside
it, with it.

Each run copies a template, installs our addons into the copy, and drops it afterwards, so that runs
disturb neither the demo nor each other. A killed run's database is dropped by the next one.
"""

import contextlib
import os
import re
import secrets
import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from . import cluster, databases
from .console import Failure, is_locked, lock, mortal, say
from .paths import ADDONS, CHECKOUT, LOCKS
from .system import tool_environment

PREFIX = "test_"
KEPT = "kept_"
#: Beside the website `project`: its pages must obey levels, too (test_other_modules.py).
VARIANTS = {"plain": (), "website": ("website", "project")}
#: The whole suite: what runs beside each other, by variant and part of its files.
WHOLE = [("plain", "1/2"), ("plain", "2/2"), ("website", "1/1")]
NO_TESTS = 5


def main(environment, paths, arguments, variant, keep):
    """Run the tests and return the exit code."""
    default = "plain" if paths or arguments else "both"
    chosen = variant or default
    if chosen != "both" and chosen not in VARIANTS:
        raise Failure(f"VARIANT={chosen} is unknown.", "Use plain, website or both.")
    _drop_leftovers()
    whole = chosen == "both" and not (paths or arguments or keep)
    jobs = WHOLE if whole else [(name, "1/1") for name in VARIANTS if chosen in (name, "both")]
    with contextlib.ExitStack() as stack:
        prepared, installed = [], {}
        for name, part in jobs:
            database, config = stack.enter_context(
                test_database(environment, name, keep, installed.get(name))
            )
            installed[name] = database
            prepared.append((name, part, database, config))
        # Each leaves much of a core idle, waiting for its browser and the database.
        with ThreadPoolExecutor(len(jobs)) as pool:
            runs = []
            for name, part, database, config in prepared:
                options = ["--part", part]
                # Beside the other, only pages are asked for: models do not know of website.
                if name == "website" and len(jobs) > 1:
                    options.append("--http-only")
                say(f"Running the tests {_with(name)} website, database {database} …")
                runs.append(
                    pool.submit(
                        _pytest,
                        environment,
                        database,
                        config,
                        paths,
                        [*arguments, *options],
                        live=not runs,
                    )
                )
            results = []
            for (name, part), run in zip(jobs, runs, strict=True):
                code, text = run.result()
                if results:
                    print(f"\nThe tests {_with(name)} website, part {part}:\n{text}", flush=True)
                results.append((0 if code == NO_TESTS and results else code, text))
    if len(results) > 1:
        counts = sum((_counts(text) for _code, text in results), Counter())
        print(
            f"\nTests: {counts['passed']} passed, {counts['failed'] + counts['error']} failed,"
            f" {counts['skipped']} skipped"
        )
    return max(code for code, _text in results)


def _with(variant):
    return "with" if variant == "website" else "without"


class test_database:
    """A database with our addons for the time of a run; kept if it was given a name (KEEP_DB).

    :param installed: a database of the same variant that is ready, to be copied
    """

    def __init__(self, environment, variant, keep, installed=None):
        self.environment, self.variant, self.keep = environment, variant, keep
        self.installed = installed
        self.name = (
            f"{KEPT}{keep}_{variant}"
            if keep
            else f"{PREFIX}{variant}_{os.getpid()}_{secrets.token_hex(3)}"
        )
        self.lock = lock(LOCKS / self.name, f"the database {self.name}")

    def __enter__(self):
        self.lock.__enter__()
        try:
            return self.name, self._prepare()
        except BaseException:
            self._leave()
            raise

    def __exit__(self, *_error):
        self._leave()

    def _leave(self):
        if not self.keep:
            databases.drop(self.name)
            (LOCKS / self.name).unlink(missing_ok=True)
        self.lock.__exit__(None, None, None)

    def _prepare(self):
        if self.installed:
            databases.copy(self.installed, self.name)
            return databases.write_config(self.name, self.name)
        if not databases.mark(self.name):
            template = databases.template(self.environment, VARIANTS[self.variant])
            databases.drop(self.name)
            databases.copy(template, self.name)
        if not databases.is_up_to_date(self.name):
            say(f"Installing our addons with their demo data in {self.name} …")
            databases.bring_up_to_date(self.environment, self.name, "Installing our addons")
        return databases.write_config(self.name, self.name)


def running():
    """Whether somebody is testing in this checkout right now."""
    return any(is_locked(path) for start in (PREFIX, KEPT) for path in LOCKS.glob(f"{start}*"))


def _drop_leftovers():
    """Drop the databases of runs that were killed."""
    for name in databases.names(PREFIX):
        if not is_locked(LOCKS / name):
            databases.drop(name)
            (LOCKS / name).unlink(missing_ok=True)


def _pytest(environment, database, config, paths, arguments, *, live):
    """Run pytest; print its lines as they come if `live`.

    :return: its exit code and all that it said
    """
    default = [
        f"{addon}/{folder}"
        for addon in ADDONS
        for folder in ("tests", "tools")
        if (CHECKOUT / addon / folder).is_dir()
    ]
    command = [
        *[
            environment.python,
            "-m",
            "pytest",
            "-c",
            CHECKOUT / "pyproject.toml",
            "-p",
            "dev.pytest_guard",
        ],
        *["-p", "no:cacheprovider"],
        *[
            "--odoo-config",
            config,
            "--odoo-database",
            database,
            "--odoo-http",
            "--odoo-log-level=warn",
        ],
        *["--doctest-modules", "-ra", "--durations=15"],
        *arguments,
        *(paths or default),
    ]
    variables = {
        **os.environ,
        **tool_environment(),
        "PYTHONPATH": str(CHECKOUT),
        **cluster.variables(),
    }
    process = subprocess.Popen(
        mortal(command),
        cwd=CHECKOUT,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    lines = []
    for line in process.stdout:
        if live:
            print(line, end="", flush=True)
        lines.append(line)
    return process.wait(), "".join(lines)


def _counts(text):
    """Read pytest's closing line."""
    return Counter(
        {
            word.removesuffix("s") if word == "errors" else word: int(number)
            for number, word in re.findall(r"(\d+) (\w+)", text.strip().rpartition("\n")[2])
        }
    )
