"""`make run`, `make shell`, `make stop`: the demo, served on the loopback interface only."""

import os
import subprocess

from . import cluster, databases, testrun
from .console import Failure, lock, say
from .daemon import Daemon, free_port, port_is_free
from .databases import Settings
from .paths import DEMO_DB, LOCKS, RUN, STATE
from .system import tool_environment

SERVER = Daemon("server", RUN / "demo.conf")
MAIL = Daemon("mail-catcher", STATE / "mails")
HALF_MADE = f"{DEMO_DB}_part"
NOTE = RUN / "serving"  # port of the server, port of the mail catcher, state of the code

LOGINS = """
  Logins (password "kundenportal" for all but admin):
    admin                          password admin
    sachbearbeitung                staff, officer
    leitung                        staff, manager
    haupt@nordwind.example         main user of Nordwind Logistik GmbH
    benutzer@nordwind.example      user there, benutzer2@nordwind.example too
    haupt@suedhang.example         main user of Südhang Druck KG
    privat@example.com             a person without a company
"""


def check_port(port):
    """Refuse a port that another program has, before anything else is done or stopped."""
    served = NOTE.read_text(encoding="utf-8").split()[0] if NOTE.exists() else ""
    if not port_is_free(port) and not (SERVER.pid() and served == str(port)):
        raise Failure(
            f"Port {port} is taken by another program.",
            f"Choose another one: make run PORT={free_port(port + 1)}",
        )


def serve(environment, port):
    """Bring the demo up to date, start what does not run, print where it is."""
    with lock(LOCKS / "demo", "the demo of this checkout"):
        smtp_port, mail_port = _catch_mails(environment)
        config = databases.write_config(
            "demo", DEMO_DB, Settings(http_port=port, smtp_port=smtp_port)
        )
        address = f"http://127.0.0.1:{port}"
        state = databases.code_state()
        serving = f"{port} {smtp_port} {state}"
        if not (SERVER.pid() and NOTE.exists() and NOTE.read_text(encoding="utf-8") == serving):
            SERVER.stop()
            _update_database(environment)
            _set_base_url(address)
            say("Starting the server …")
            process = SERVER.start(
                [*environment.odoo_command, "server", "-c", config], tool_environment()
            )
            SERVER.wait_until_it_answers(process, f"{address}/web/health", 120)
            NOTE.write_text(serving, encoding="utf-8")
    say("Ready.")
    print(f"\n  Kundenportal:  {address}   (customers: {address}/my)")
    print(f"  Sent mails:    http://127.0.0.1:{mail_port}")
    print(
        f"  Log:           {SERVER.log}\n{LOGINS}\n"
        "  `make stop` ends it, `make run` starts it again with all data.",
        flush=True,
    )


def shell(environment):
    """Odoo's shell on the demo database; a script can be piped into it."""
    if not databases.exists(DEMO_DB):
        raise Failure("There is no demo database yet.", "Call `make run` first.")
    smtp_port, _mail_port = _catch_mails(environment)
    config = databases.write_config("shell", DEMO_DB, Settings(smtp_port=smtp_port))
    command = [*environment.odoo_command, "shell", "-c", str(config), "--no-http"]
    return subprocess.run(command, env={**os.environ, **tool_environment()}, check=False).returncode


def stop():
    for daemon in (SERVER, MAIL):
        if daemon.stop():
            say(f"Stopped the {daemon.name}.")
    if testrun.running():
        say("PostgreSQL goes on: tests are running in this checkout.")
    elif cluster.is_running():
        cluster.stop()
        say("Stopped PostgreSQL.")


def _catch_mails(environment):
    """Start the mail catcher unless it runs; it keeps its ports."""
    note = RUN / "mail-ports"
    if MAIL.pid() and note.exists():
        return map(int, note.read_text(encoding="utf-8").split())
    smtp_port = free_port(8125)
    mail_port = free_port(smtp_port + 1)
    command = [environment.python, "-m", "dev.mailcatcher", smtp_port, mail_port, MAIL.own_argument]
    process = MAIL.start(command)
    MAIL.wait_until_it_answers(process, f"http://127.0.0.1:{mail_port}/", 20)
    note.write_text(f"{smtp_port} {mail_port}", encoding="utf-8")
    return smtp_port, mail_port


def _update_database(environment):
    if not databases.exists(DEMO_DB):
        template = databases.template(environment)
        databases.drop(HALF_MADE)
        say("Creating the demo database …")
        databases.copy(template, HALF_MADE)
        say("Installing Kundenportal with its demo data …")
        databases.bring_up_to_date(environment, HALF_MADE, "Installing Kundenportal")
        databases.rename(HALF_MADE, DEMO_DB)
    elif not databases.is_up_to_date(DEMO_DB):
        say("The code has changed: upgrading the demo database …")
        databases.bring_up_to_date(environment, DEMO_DB, "Upgrading the demo database")


def _set_base_url(address):
    """Links in mails lead to this server; frozen, or a sign-in by another name changes them."""
    for key, value in {"web.base.url": address, "web.base.url.freeze": "True"}.items():
        cluster.sql(
            f"INSERT INTO ir_config_parameter (key, value) VALUES ('{key}', '{value}')"
            " ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value",
            DEMO_DB,
        )
