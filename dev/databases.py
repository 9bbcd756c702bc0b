"""Databases: templates with Odoo's own modules, and what is made from them.

A template holds every module that the addons depend on, in German, for a company in Germany, and
none of our addons. Odoo's own demo data are left out: they are those of an American company. It
takes minutes to build and seconds to copy. Its dump stays in the cache, so that another checkout
gets it in seconds too. A template's name says what it was made from; it is renamed to that name
when it is finished, so a half-made one is never used.
"""

import ast
import contextlib
import os
import re
import shutil
from dataclasses import dataclass

from . import cluster
from .console import Failure, last_lines, lock, run, say
from .paths import ADDONS, CACHE, CHECKOUT, DATA_DIR, LOCKS, LOGS, RUN, digest
from .system import tool_environment

LANGUAGE = "de_DE"
COUNTRY = "DE"
TIME_ZONE = "Europe/Berlin"
# Counted up when what this file does to a template changes.
RECIPE = 2


@dataclass(frozen=True)
class Settings:
    """What differs between the Odoo configurations that are written here."""

    http_port: int = 8069
    smtp_port: int = 1
    addons_path: str = str(CHECKOUT)


def write_config(name, database, settings=Settings()):
    """Write an Odoo configuration file and return its path."""
    values = {
        "addons_path": settings.addons_path,
        "data_dir": DATA_DIR,
        "db_host": cluster.SOCKETS,
        "db_port": 5432,
        "db_user": cluster.ROLE,
        "db_name": database,
        "dbfilter": f"^{database}$",
        "list_db": False,
        "http_interface": "127.0.0.1",
        "http_port": settings.http_port,
        "proxy_mode": False,
        "workers": 0,
        "max_cron_threads": 1,
        # Port 1 refuses: what is no demo must not be able to send mail.
        "smtp_server": "127.0.0.1",
        "smtp_port": settings.smtp_port,
        "email_from": "kundenportal@example.com",
    }
    path = RUN / f"{name}.conf"
    text = "[options]\n" + "".join(f"{key} = {value}\n" for key, value in values.items())
    path.write_text(text, encoding="utf-8")
    return path


def exists(database):
    return bool(cluster.sql(f"SELECT 1 FROM pg_database WHERE datname = '{database}'"))


def names(prefix):
    rows = cluster.sql("SELECT datname FROM pg_database ORDER BY 1")
    return [name for name in rows if name.startswith(prefix)]


def drop(database):
    cluster.sql(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
    shutil.rmtree(filestore(database), ignore_errors=True)


def rename(old, new):
    """Give a finished database its name; files first, so that a kill in between is harmless."""
    if filestore(old).exists():
        shutil.rmtree(filestore(new), ignore_errors=True)
        filestore(old).rename(filestore(new))
    cluster.sql(f'ALTER DATABASE "{old}" RENAME TO "{new}"')


def copy(template, database):
    """Copy a database with its files; those never change, so links are enough."""
    cluster.sql(f'CREATE DATABASE "{database}" TEMPLATE "{template}" OWNER {cluster.ROLE}')
    if filestore(template).exists():
        shutil.copytree(filestore(template), filestore(database), copy_function=os.link)


def filestore(database):
    return DATA_DIR / "filestore" / database


def mark(database, text=None):
    """Read or write a note kept with the database: the state of the code it was built from."""
    if text is not None:
        cluster.sql(f"""COMMENT ON DATABASE "{database}" IS '{text}'""")
        return text
    rows = cluster.sql(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
        f" WHERE datname = '{database}'"
    )
    return rows[0] if rows else ""


def odoo(environment, config, *arguments, what):
    """Run an Odoo command line to its end; its log counts as failed if it holds an error."""
    log = LOGS / f"{config.stem}.log"
    command = [*environment.odoo_command, *arguments]
    output = run(
        command, what=what, log=log, env=tool_environment(), cwd=CHECKOUT, gist=_exceptions
    )
    bad = re.findall(
        r"^\S+ \S+ \d+ (?:ERROR|CRITICAL) .*|.*demo data failed to install.*", output, re.MULTILINE
    )
    if bad:
        shown = last_lines("\n".join(bad[:5]))
        raise Failure(
            f"{what} logged errors:\n{shown}\n{_exceptions(output)}", f"The whole log: {log}"
        )


def _exceptions(output):
    """What Odoo died of: the closing lines of its tracebacks."""
    found = re.findall(
        r"^(?:\w+\.)*\w*(?:Error|Exception|Violation|Warning)\b.*"
        r"(?:\n(?!\d{4}-|Traceback|  File).+){0,4}",
        output,
        re.MULTILINE,
    )
    return last_lines("\n".join(found) or output, 16)


def bring_up_to_date(environment, database, what):
    """Install or upgrade our addons with their demo data, and note the state of the code."""
    config = write_config(database, database)
    state = code_state()
    mark(database, "half-way")
    missing = set(dependencies()) - _installed(database)
    if missing:
        _server(environment, config, "-i", ",".join(sorted(missing)), what=what)
    # Odoo loads an addon's demo data only if all that it depends on claims to have some.
    cluster.sql("UPDATE ir_module_module SET demo = true WHERE state = 'installed'", database)
    ours = {True: [], False: []}
    for addon in ADDONS:
        ours[addon in _installed(database)].append(addon)
    switches = [
        part
        for flag, addons in (("-u", ours[True]), ("-i", ours[False]))
        if addons
        for part in (flag, ",".join(addons))
    ]
    _server(environment, config, *switches, "--with-demo", what=what)
    mark(database, state)


def is_up_to_date(database):
    return mark(database) == code_state()


def _server(environment, config, *switches, what):
    odoo(
        environment,
        config,
        "server",
        "-c",
        config,
        *switches,
        "--stop-after-init",
        "--no-http",
        what=what,
    )


def _installed(database):
    return set(cluster.sql("SELECT name FROM ir_module_module WHERE state = 'installed'", database))


def dependencies(extra=()):
    """Odoo modules that our addons need, without our own."""
    needed = set(extra)
    for addon in ADDONS:
        manifest = ast.literal_eval(
            (CHECKOUT / addon / "__manifest__.py").read_text(encoding="utf-8")
        )
        needed.update(manifest["depends"])
    return sorted(needed - set(ADDONS))


def code_state():
    """Hash of everything in our addons that an upgrade would load."""
    files = [
        path
        for addon in ADDONS
        for path in sorted((CHECKOUT / addon).rglob("*"))
        if path.is_file() and not {"__pycache__", "tests"} & set(path.relative_to(CHECKOUT).parts)
    ]
    return digest(*(part for path in files for part in (path.relative_to(CHECKOUT), path)))


def template(environment, extra=()):
    """Return the name of the template with our dependencies and `extra`; build it if needed."""
    modules = dependencies(extra)
    key = digest(
        RECIPE, environment.odoo_version, LANGUAGE, COUNTRY, cluster.postgres_bin(), *modules
    )
    name = f"template_{key}"
    if exists(name):
        return name
    with lock(LOCKS / "template", "building a template database"):
        if exists(name):
            return name
        half_made = f"{name}_part"
        drop(half_made)
        dump = CACHE / f"template-{key}"
        if dump.exists():
            say("Loading Odoo's modules from the cache …")
            _load(dump, half_made)
        else:
            _build(environment, half_made, modules)
            with lock(CACHE / "dump.lock", "saving a template"):
                _save(half_made, dump)
        for old in names("template_"):
            if mark(old) == mark_text(extra):
                drop(old)
        rename(half_made, name)
        mark(name, mark_text(extra))
    return name


def mark_text(extra):
    """What tells an outdated template from one for another purpose."""
    return "template with " + (",".join(extra) or "dependencies only")


def _build(environment, database, modules):
    say(f"Installing {len(modules)} Odoo modules and what they need (about 2 minutes) …")
    config = write_config(database, database)
    cluster.sql(f'CREATE DATABASE "{database}" TEMPLATE template0 OWNER {cluster.ROLE}')
    create = ["--language", LANGUAGE, "--country", COUNTRY, "--force"]
    odoo(
        environment,
        config,
        "db",
        "-c",
        config,
        "init",
        database,
        *create,
        what="Creating a database",
    )
    if not exists(database):
        raise Failure("Creating a database failed.", f"The log: {LOGS / (config.stem + '.log')}")
    _server(environment, config, "-i", ",".join(modules), what="Installing Odoo's modules")
    cluster.sql(
        f"UPDATE res_partner SET tz = '{TIME_ZONE}' WHERE id IN (SELECT partner_id FROM res_users)",
        database,
    )


def _save(database, dump):
    scratch = dump.with_suffix(".part")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    cluster.program(
        "pg_dump", "-Fd", "-Z1", "-j2", "-f", scratch / "sql", database, what="Saving the template"
    )
    if filestore(database).exists():
        shutil.copytree(filestore(database), scratch / "filestore")
    with contextlib.suppress(OSError):  # another checkout was faster
        scratch.rename(dump)
    shutil.rmtree(scratch, ignore_errors=True)


def _load(dump, database):
    cluster.sql(f'CREATE DATABASE "{database}" TEMPLATE template0 OWNER {cluster.ROLE}')
    cluster.program("pg_restore", "-j2", "-d", database, dump / "sql", what="Loading the template")
    if (dump / "filestore").exists():
        shutil.copytree(dump / "filestore", filestore(database))
