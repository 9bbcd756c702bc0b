"""Background processes with a log, found again by what only their command line holds."""

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from .console import Failure
from .paths import CHECKOUT, LOGS


@dataclass(frozen=True)
class Daemon:
    name: str
    own_argument: (
        Path  # no other process has it; a pid file could be missing after a kill, or be old
    )

    @property
    def log(self):
        return LOGS / f"{self.name}.log"

    def pid(self):
        """The process id if it runs."""
        wanted = str(self.own_argument).encode()
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):  # it ended meanwhile
                if wanted in path.read_bytes().split(b"\0"):
                    return int(path.parent.name)
        return None

    def start(self, command, env=None):
        with open(self.log, "ab") as log:
            process = subprocess.Popen(
                [str(part) for part in command],
                cwd=CHECKOUT,
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return process

    def stop(self, patience=20):
        pid = self.pid()
        if pid:
            for sign in (signal.SIGTERM, signal.SIGKILL):
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(pid, sign)
                end = time.monotonic() + patience
                while self.pid() and time.monotonic() < end:
                    time.sleep(0.1)
        return bool(pid)

    def wait_until_it_answers(self, process, url, patience):
        """Return when the page answers; `Failure` with the log's end if that does not happen."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if process.poll() is not None:
                raise Failure(
                    f"The {self.name} stopped right after its start:\n{self._log_end()}",
                    f"Its log: {self.log}",
                )
            with contextlib.suppress(OSError, urllib.error.URLError):
                urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
                    url, timeout=5
                ).close()
                return
            time.sleep(0.2)
        raise Failure(
            f"The {self.name} does not answer at {url}:\n{self._log_end()}", f"Its log: {self.log}"
        )

    def _log_end(self):
        return "\n".join(
            "    " + line for line in self.log.read_text(errors="replace").splitlines()[-8:]
        )


def port_is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port(first):
    """The first port from `first` on that nobody uses."""
    return next(port for port in range(first, first + 200) if port_is_free(port))
