"""A database with committed data and a real server on it, for what no single transaction shows.

`HttpCase` serves requests one after the other in the test's own transaction. Races need several;
uninstalling and upgrading need a process of their own. The database is a copy of the test's, made
while nobody uses that one, and dropped afterwards.
"""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from unittest.mock import patch

import requests

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name
from odoo.tools import SQL, config

PREFIX = "real_"
PATIENCE = 120


class RealDatabaseCase(BaseCase):
    """Base of tests on a copy of the database; `odoo` runs commands on it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        source = get_db_name()
        cls.database = f"{PREFIX}{source}"
        cls.addClassCleanup(cls._drop)
        cls._drop()
        # PostgreSQL copies no database that somebody is connected to.
        sql_db.close_db(source)
        _sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = %s AND usename = current_user",  # autovacuum gives way by itself
            source,
        )
        _sql("CREATE DATABASE %s TEMPLATE %s", SQL.identifier(cls.database), SQL.identifier(source))
        files = Path(config.filestore(source))
        if files.exists():
            shutil.copytree(
                files, config.filestore(cls.database), copy_function=os.link, dirs_exist_ok=True
            )

    @classmethod
    def _drop(cls):
        """Drop the copy, and those that killed runs left behind."""
        Registry.delete(cls.database)
        sql_db.close_db(cls.database)
        names = {row[0] for row in _sql("SELECT datname FROM pg_database")}
        for name in names:
            if name == cls.database or (
                name.startswith(PREFIX) and name.removeprefix(PREFIX) not in names
            ):
                _sql("DROP DATABASE IF EXISTS %s WITH (FORCE)", SQL.identifier(name))
                shutil.rmtree(config.filestore(name), ignore_errors=True)

    @classmethod
    def command(cls, *arguments):
        """Return the command line of an Odoo on the copy, with this Odoo's settings."""
        options = {
            "addons-path": ",".join(config["addons_path"]),
            "data-dir": config["data_dir"],
            **{
                name: config[name]
                for name in ("db_host", "db_port", "db_user", "db_password")
                if config[name]
            },
        }
        switches = [f"--{name}={value}" for name, value in options.items()]
        return [
            sys.executable,
            "-m",
            "odoo",
            *arguments[:1],
            *switches,
            "-d",
            cls.database,
            *arguments[1:],
        ]

    def odoo(self, *arguments, script=None):
        """Run an Odoo command to its end and return its log; errors in it fail the test.

        :param arguments: such as ``"server", "-u", "portal", "--stop-after-init"``
        :param str script: Python for ``shell``
        """
        done = subprocess.run(
            self.command(*arguments),
            input=script or "",
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE * 2,
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
        )
        log = done.stdout + done.stderr
        self.assertEqual(done.returncode, 0, log[-3000:])
        errors = re.findall(
            r"(?m)^\S+ \S+ \d+ (?:ERROR|CRITICAL) .*(?:\n(?!\d{4}-).*){0,5}|^Traceback.*", log
        )
        self.assertFalse(errors, "\n".join(errors))
        return log

    def query(self, statement, *values):
        """Run SQL on the copy and return the rows."""
        return _sql(statement, *values, database=self.database)


class RealServerCase(RealDatabaseCase):
    """Base of tests that send requests at the same time to a real server.

    ``env`` is for preparing data before the server starts: `setUpClass` of the test's class makes
    them, then calls `start_server`, which commits. After that ask the database by `query`.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A registry that loads while this is on would run every test that there is.
        with patch.dict(config.options, {"test_enable": False}):
            cls.registry = Registry(cls.database)
        cls.cr = cls.registry.cursor()
        cls.addClassCleanup(cls.cr.close)
        cls.env = api.Environment(cls.cr, SUPERUSER_ID, {})

    @classmethod
    def start_server(cls):
        """Commit what was prepared and serve it."""
        cls.env.flush_all()
        cls.cr.commit()
        cls.port = _free_port()
        folder = Path(tempfile.mkdtemp(prefix="kundenportal-"))
        cls.addClassCleanup(shutil.rmtree, folder)
        cls.log_file = folder / "server.log"
        command = cls.command(
            "server",
            "--db-filter",
            f"^{cls.database}$",
            "--http-interface",
            "127.0.0.1",
            "--http-port",
            str(cls.port),
            "--max-cron-threads",
            "0",
            "--workers",
            "0",
        )
        with cls.log_file.open("wb") as log:
            cls.server = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder
            )
        cls.addClassCleanup(cls._stop_server)
        cls._wait_for_server()

    @classmethod
    def _wait_for_server(cls):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and cls.server.poll() is None:
            with contextlib.suppress(requests.exceptions.RequestException):
                if requests.get(cls.url("/web/health"), timeout=10).ok:
                    return
            time.sleep(0.2)
        raise AssertionError("The server does not answer:\n" + cls.log_file.read_text()[-3000:])

    @classmethod
    def _stop_server(cls):
        cls.server.terminate()
        try:
            cls.server.wait(20)
        except subprocess.TimeoutExpired:
            cls.server.kill()
            cls.server.wait()

    @classmethod
    def url(cls, path):
        return f"http://127.0.0.1:{cls.port}{path}"

    def setUp(self):
        super().setUp()
        self.log_start = self.log_file.stat().st_size

    def assertServerLogClean(self):  # noqa: N802 (named like unittest's)
        """Check that nothing went wrong during the test that a user would see as an error."""
        log = self.log_file.read_text()[self.log_start :]
        self.assertNotIn("Traceback (most recent call last)", log, log[-6000:])
        self.assertNotRegex(log, r'" 500 ')

    def at_once(self, actions):
        """Call functions without arguments in threads that start together.

        :return: their results, or the exceptions, in the same order
        :rtype: list
        """
        barrier = threading.Barrier(len(actions))
        results = [None] * len(actions)

        def run(number, action):
            barrier.wait(PATIENCE)
            try:
                results[number] = action()
            except Exception as error:  # noqa: BLE001 (handed to the test)
                results[number] = error

        threads = [threading.Thread(target=run, args=item) for item in enumerate(actions)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        return results


class Browser:
    """Somebody with a session on the real server."""

    def __init__(self, case, login=None, password=None):
        self.case = case
        self.session = requests.Session()
        if login:
            response = self.send(
                "/web/login", self.token("/web/login"), login=login, password=password
            )
            if "/web/login" in response.url:
                raise AssertionError(f"{login} could not sign in")

    def token(self, path):
        """Open a page and return the token of its form."""
        page = self.session.get(self.case.url(path), timeout=PATIENCE)
        return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text).group(1)

    def send(self, path, token, **values):
        """Send a form."""
        return self.session.post(
            self.case.url(path), data={**values, "csrf_token": token}, timeout=PATIENCE
        )

    def call(self, model, method, *args, **kwargs):
        """Call a method as the web client does.

        :raise RuntimeError: with the sentence that the user would read
        """
        answer = self.session.post(
            self.case.url(f"/web/dataset/call_kw/{model}/{method}"),
            json={"params": {"model": model, "method": method, "args": args, "kwargs": kwargs}},
            timeout=PATIENCE,
        ).json()
        if "error" in answer:
            raise RuntimeError(
                f"{answer['error']['data']['name']}: {answer['error']['data']['message']}"
            )
        return answer["result"]


def _sql(statement, *values, database="postgres"):
    """Run SQL outside of any transaction and return its rows."""
    with contextlib.closing(sql_db.db_connect(database).cursor()) as cr:
        cr._cnx.autocommit = True  # databases are not made in transactions
        cr.execute(SQL(statement, *values))
        return cr.fetchall() if cr.description else []


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
