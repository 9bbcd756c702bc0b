"""A PostgreSQL cluster of this checkout's own.

It listens on no network address, only on a socket in a folder that nobody else may enter: no port
to collide with, no password to leak. As root it runs as the user `postgres`, since PostgreSQL
refuses to run as root.
"""

import os
import shutil
import subprocess
from pathlib import Path

from .console import Failure, lock, run, say
from .paths import IS_ROOT, LOCKS, STATE
from .system import postgres_bin

DATA = STATE / "pg"
# The path of a socket may have 107 characters; deep home folders need a shorter one.
SOCKETS = (
    STATE / "socket"
    if len(str(STATE)) < 80
    else Path(f"/tmp/kundenportal-{os.getuid()}-{STATE.name}")
)
LOG = STATE / "pglog" / "postgresql.log"
ROLE = "odoo"
ADMIN = "postgres"

# The demo's data survive a crash (fsync stays on); only the last moments before one may be lost.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0777",
    "max_connections": "300",
    "shared_buffers": "512MB",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "jit": "off",
    "random_page_cost": "1.1",
    "timezone": "UTC",
}


def ensure():
    """Create the cluster if there is none, start it if it does not run."""
    with lock(LOCKS / "cluster", "starting PostgreSQL"):
        if not DATA.exists():
            _create()
        if not is_running():
            _start()
        # An ordinary role: what would need a superuser shall fail here as it would elsewhere.
        if not sql(f"SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}'"):
            sql(f"CREATE ROLE {ROLE} LOGIN CREATEDB")


def is_running():
    return (DATA / "PG_VERSION").exists() and _control("status", check=False)


def stop():
    if is_running():
        _control("stop", "-m", "fast")


def sql(statement, database="postgres", user=ADMIN):
    """Run SQL and return the rows as lines."""
    command = [
        postgres_bin() / "psql",
        "-XAtqv",
        "ON_ERROR_STOP=1",
        *address(user),
        "-d",
        database,
        "-c",
        statement,
    ]
    return run(command, what="A database command").split("\n")[:-1]


def address(user=ROLE):
    return ["-h", str(SOCKETS), "-p", "5432", "-U", user]


def variables():
    """What PostgreSQL's programs and libraries read from the environment."""
    return {"PGHOST": str(SOCKETS), "PGPORT": "5432", "PGUSER": ROLE}


def program(name, *arguments, what, **options):
    """Run one of PostgreSQL's programs (pg_dump, …) against the cluster."""
    return run([postgres_bin() / name, *address(ADMIN), *arguments], what=what, **options)


def _create():
    """Make the data directory; a server runs only on a finished one."""
    say("Creating a PostgreSQL cluster …")
    scratch = DATA.with_suffix(".part")
    shutil.rmtree(scratch, ignore_errors=True)
    for folder in (scratch, LOG.parent):
        _make_private(folder)
    initdb = [postgres_bin() / "initdb", "-D", scratch, "-U", ADMIN, "-A", "trust", "-E", "UTF8"]
    run([*_user(), *initdb, "--locale=C.UTF-8"], what="Creating the PostgreSQL cluster", cwd="/")
    with open(scratch / "postgresql.conf", "a", encoding="utf-8") as file:
        file.writelines(f"{key} = '{value}'\n" for key, value in SETTINGS.items())
        file.write(f"unix_socket_directories = '{SOCKETS}'\n")
    scratch.rename(DATA)


def _make_private(folder):
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if IS_ROOT:
        shutil.chown(folder, "postgres", "postgres")


def _start():
    _make_private(SOCKETS)  # under /tmp it may have been swept away
    if not _control("start", "-w", "-t", "60", "-l", LOG, check=False):
        end = (
            "\n".join("    " + line for line in LOG.read_text(errors="replace").splitlines()[-6:])
            if LOG.exists()
            else ""
        )
        raise Failure(
            f"PostgreSQL did not start:\n{end}",
            f"Its log: {LOG}. `make clean` throws this checkout's databases away and starts anew.",
        )


def _control(action, *options, check=True):
    """Call pg_ctl; the server it starts must not hold our output open, or its reader never ends."""
    command = [
        *_user(),
        str(postgres_bin() / "pg_ctl"),
        "-D",
        str(DATA),
        action,
        *map(str, options),
    ]
    done = subprocess.run(
        command,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    if check and done.returncode:
        raise Failure(f"PostgreSQL: `pg_ctl {action}` failed.", f"Its log: {LOG}")
    return not done.returncode


def _user():
    """PostgreSQL does not run as root."""
    drop = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--pdeathsig=KILL"]
    return [*drop, "env", f"HOME={STATE}"] if IS_ROOT else []
