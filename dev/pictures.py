"""`make pictures`: the pictures of the handbook and of the app list, taken of a demo of today.

docs/pictures.toml says what is to be seen, and by whom. The demo has a database and a port of its
own, so that whatever was tried out in `make run` is on no picture. It is kept until the code or the
day changes (the demo's appointments are those of this week); pictures are taken of a copy, since
looking changes it: what was opened is read.
"""

import contextlib
import json
import subprocess
from datetime import date

import tomllib

from . import cluster, databases
from .console import Failure, lock, mortal, say
from .daemon import Daemon, free_port
from .databases import Settings
from .paths import CHECKOUT, LOCKS, LOGS, RUN
from .system import tool_environment

LIST = CHECKOUT / "docs/pictures.toml"
FOLDER = CHECKOUT / "docs/pictures"
#: The app list shows files of the addon only.
APP_LIST = CHECKOUT / "kundenportal_addon/static/description"
BASE, COPY = "pictures_base", "pictures"


def main(environment, names):
    """Take the pictures with these names, all if there are none."""
    pictures = wanted(names)
    with lock(LOCKS / "pictures", "the pictures of this checkout"):
        _prepare(environment)
        try:
            with _server(environment) as address:
                _take(environment, address, pictures)
        finally:
            databases.drop(COPY)
    for picture in pictures:
        if picture.get("app_list"):
            taken = FOLDER / f"{picture['name']}.png"
            (APP_LIST / taken.name).write_bytes(taken.read_bytes())
    for leftover in leftovers():
        say(f"No longer in the list, deleted: {leftover.relative_to(CHECKOUT)}")
        leftover.unlink()
    say(f"{len(pictures)} pictures are in {FOLDER.relative_to(CHECKOUT)}/.")


def wanted(names=()):
    """Return the list's pictures with these names, all if there are none."""
    listed = tomllib.loads(LIST.read_text(encoding="utf-8"))["picture"]
    unknown = set(names) - {picture["name"] for picture in listed}
    if unknown:
        raise Failure(f"Not in {LIST.relative_to(CHECKOUT)}: {', '.join(sorted(unknown))}.")
    return [picture for picture in listed if not names or picture["name"] in names]


def leftovers():
    """Return the files of pictures that the list does not have any more."""
    listed = wanted()
    kept = {FOLDER / f"{picture['name']}.png" for picture in listed}
    kept |= {APP_LIST / f"{p['name']}.png" for p in listed if p.get("app_list")}
    kept.add(APP_LIST / "icon.png")
    return sorted({path for folder in (FOLDER, APP_LIST) for path in folder.glob("*.png")} - kept)


def _prepare(environment):
    """Make the demo of today unless it is there, and a copy of it."""
    state = f"{databases.code_state()} {date.today()}"
    if databases.mark(BASE) != state:
        template = databases.template(environment)
        databases.drop(BASE)
        say("Installing Kundenportal with its demo data for the pictures …")
        databases.copy(template, BASE)
        databases.bring_up_to_date(environment, BASE, "Installing Kundenportal")
        databases.mark(BASE, state)
    databases.drop(COPY)
    databases.copy(BASE, COPY)
    # The colours of initials come from names and these moments: they stay the same this way.
    for table in ("res_partner", "res_users"):
        cluster.sql(f"UPDATE {table} SET create_date = '2026-01-02 08:00'", COPY)


@contextlib.contextmanager
def _server(environment):
    """Serve the copy; yields its address."""
    port = free_port(8169)
    config = databases.write_config("pictures", COPY, Settings(http_port=port))
    address = f"http://127.0.0.1:{port}"
    server = Daemon("pictures", RUN / "pictures.conf")
    server.stop()  # of a run that was killed
    # Nothing moves between two pictures.
    quiet = ["--max-cron-threads", "0", "--log-level", "warn"]
    say("Starting the server …")
    process = server.start(
        [*environment.odoo_command, "server", "-c", config, *quiet], tool_environment()
    )
    try:
        server.wait_until_it_answers(process, f"{address}/web/health", 120)
        yield address
    finally:
        server.stop()


def _take(environment, address, pictures):
    FOLDER.mkdir(exist_ok=True)
    order = {
        "address": address,
        "folder": str(FOLDER),
        "pictures": [_with_ids(picture) for picture in pictures],
    }
    file = RUN / "pictures.json"
    file.write_text(json.dumps(order), encoding="utf-8")
    done = subprocess.run(
        mortal([environment.python, "-m", "dev.camera", file]),
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        raise Failure(
            "Some pictures could not be taken; see above.", f"The server's log: {LOGS}/pictures.log"
        )


def _with_ids(picture):
    """Put a record's id where the page names it: ``/my/printers/{equipment_nordwind_empfang}``."""
    page = picture["page"]
    while "{" in page:
        before, _brace, rest = page.partition("{")
        name, _brace, after = rest.partition("}")
        rows = cluster.sql(
            "SELECT res_id FROM ir_model_data"
            f" WHERE module = 'kundenportal_addon' AND name = '{name}'",
            COPY,
        )
        if not rows:
            raise Failure(f"{picture['name']}: the demo has no record {name!r}.")
        page = f"{before}{rows[0]}{after}"
    return {**picture, "page": page}
