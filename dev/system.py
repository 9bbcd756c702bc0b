"""Debian packages that are missing on this machine; what is there already is left alone."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

from .console import Failure, run, say
from .paths import IS_ROOT, LOGS

APT = [
    "apt-get",
    "-o",
    "Acquire::Retries=2",
    "-o",
    "Acquire::http::Timeout=30",
    "-o",
    "Acquire::https::Timeout=30",
]
NO_NETWORK = (
    "Check the network connection and apt's sources (`apt-get update` must work),"
    " then call the same command again."
)


def postgres_bin():
    """Folder of the newest PostgreSQL server programs, None if there are none."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if folders:
        return max(folders, key=lambda path: int(path.parent.name))
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


def missing_packages(browser):
    """Names of the packages to install. The browser is only needed by tests."""
    if not postgres_bin():
        yield "postgresql"
    if not shutil.which("wkhtmltopdf"):
        yield "wkhtmltopdf"
    if not find_spec("ensurepip"):
        yield "python3-venv"
    if browser and not (shutil.which("chromium") or shutil.which("google-chrome")):
        yield "chromium"


def ensure(browser=False):
    """Install what is missing, with sudo when not root."""
    packages = list(missing_packages(browser))
    if not packages:
        return
    names = " ".join(packages)
    if not shutil.which("apt-get"):
        raise Failure(
            f"Missing on this machine: {names}.",
            "This is no Debian, so please install them with your own package manager.",
        )
    if not IS_ROOT and not shutil.which("sudo"):
        raise Failure(
            f"Missing on this machine: {names}.",
            f"There is no sudo, so ask an administrator for: apt-get install {names}",
        )
    say(f"Installing missing system packages: {names} …")
    # Debian's postgresql would create and start a cluster of its own, which nobody asked for.
    no_main_cluster = Path("/etc/postgresql-common/createcluster.d/kundenportal.conf")
    if "postgresql" in packages and not no_main_cluster.exists():
        _as_root(["mkdir", "-p", no_main_cluster.parent])
        _as_root(["sh", "-c", f"echo 'create_main_cluster = false' > {no_main_cluster}"])
    _as_root([*APT, "-o", "APT::Update::Error-Mode=any", "update"])
    _as_root([*APT, "install", "--yes", "--no-install-recommends", *packages])


def _as_root(command):
    environment = ["env", "DEBIAN_FRONTEND=noninteractive"]
    prefix = [] if IS_ROOT else ["sudo"]
    run(
        [*prefix, *environment, *command],
        what="Installing system packages",
        advice=NO_NETWORK,
        log=LOGS / "system.log",
        outlives_us=True,  # a dpkg killed half-way would have to be repaired by hand
    )


def tool_environment():
    """Environment for Odoo: wkhtmltopdf of Debian wants a display unless told otherwise."""
    return {"QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
