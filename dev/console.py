"""Progress in plain lines, failures in a sentence, and the process helpers that all topics need."""

import contextlib
import errno
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time

START = time.monotonic()


class Failure(Exception):
    """Something a user can act on: what failed, and what to do about it."""

    def __init__(self, what, advice=""):
        super().__init__(what)
        self.what = what
        self.advice = advice


def say(text):
    """Print one line of progress with the seconds since the start."""
    print(f"[{time.monotonic() - START:4.0f} s] {text}", flush=True)


def mortal(command):
    """The command so wrapped that it dies with us: after a kill, nothing goes on half-watched."""
    setpriv = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
    return [*setpriv, *(str(part) for part in command)]


def run(command, *, what, advice="", log=None, env=None, cwd=None, gist=None, outlives_us=False):
    """Run a command quietly and return its output; if it fails, raise `Failure` with the gist."""
    if not shutil.which(command[0]):
        raise Failure(f"{what} failed: the program {str(command[0])!r} is missing.", advice)
    with open(log, "a+b") if log else tempfile.TemporaryFile() as file:
        start = file.seek(0, os.SEEK_END)
        code = subprocess.run(
            [str(part) for part in command] if outlives_us else mortal(command),
            env={**os.environ, **(env or {})},
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode
        file.seek(start)
        output = file.read().decode(errors="replace")
    if code:
        if "No space left on device" in output:
            raise disk_full()
        whole = f"The whole output: {log}" if log else ""
        raise Failure(
            f"{what} failed (exit code {code}):\n{(gist or last_lines)(output)}", advice or whole
        )
    return output


def last_lines(text, count=12):
    return "\n".join("    " + line for line in text.strip().splitlines()[-count:])


def disk_full():
    return Failure(
        "The disk is full.",
        "Free some space (a first start needs about 5 GB), then call the same command again.",
    )


@contextlib.contextmanager
def explained():
    """Turn the failures of a command into a sentence on stderr and exit code 1."""
    try:
        yield
    except Failure as failure:
        message = f"\nError: {failure.what}" + (f"\n  {failure.advice}" if failure.advice else "")
    except BrokenPipeError:
        os._exit(1)  # whoever read our lines has seen enough
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EACCES, errno.EPERM, errno.EROFS):
            raise
        failure = (
            disk_full()
            if error.errno == errno.ENOSPC
            else Failure(f"No right to write {error.filename}.", "Check who owns it.")
        )
        message = f"\nError: {failure.what}\n  {failure.advice}"
    except KeyboardInterrupt:
        message = "\nInterrupted. Call the same command again to go on."
    else:
        return
    print(message, file=sys.stderr, flush=True)
    sys.exit(1)


@contextlib.contextmanager
def lock(path, waiting_for):
    """Hold an exclusive lock; the kernel lets go of it when the process dies, however it dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Waiting: another command is busy with {waiting_for} …")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def is_locked(path):
    """Whether another live process holds the lock."""
    try:
        with open(path, "r+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
