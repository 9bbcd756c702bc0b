"""The Python environment: a virtual environment in the cache, with pinned packages."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from . import odoo_package
from .console import Failure, lock, run, say
from .paths import CACHE, LOGS, digest
from .system import NO_NETWORK

HERE = Path(__file__).parent
ODOO_REQUIREMENTS = HERE / "requirements-odoo.txt"
DEV_REQUIREMENTS = HERE / "requirements-dev.txt"


@dataclass(frozen=True)
class Environment:
    """A Python in which `odoo` and the tools can be imported."""

    python: Path
    odoo_command: list
    odoo_version: str

    def script(self, name):
        return self.python.parent / name


def ensure():
    """Return the environment, made the first time; half-made ones are thrown away."""
    if sys.version_info < (3, 11):
        raise Failure(
            f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}.",
            "Call make with PYTHON=/path/to/newer/python3.",
        )
    own_odoo = odoo_package.importable()
    if own_odoo:
        requirements, version = [DEV_REQUIREMENTS], own_odoo
        paths = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    else:
        tree = odoo_package.ensure()
        requirements, version = [ODOO_REQUIREMENTS, DEV_REQUIREMENTS], odoo_package.version(tree)
        paths = [str(odoo_package.site_packages(tree))]
    key = digest(sys.version, sys.base_prefix, *paths, *requirements)
    folder = CACHE / f"env-{key}"
    stamp = folder / "complete"
    if not stamp.exists():
        with lock(CACHE / "env.lock", "making the Python environment"):
            if not stamp.exists():
                _make(folder, requirements, paths)
                stamp.touch()
    python = folder / "bin/python"
    command = [str(python), "-m", "odoo"]
    if not own_odoo:
        # `python -m odoo` cannot restart its own children (--workers), the package's script can.
        command = [str(python), str(tree / "usr/bin/odoo")]
    return Environment(python, command, version)


def _make(folder, requirements, paths):
    say("Making the Python environment (90 packages) …")
    shutil.rmtree(folder, ignore_errors=True)
    run([sys.executable, "-m", "venv", folder], what="Making the Python environment")
    python = folder / "bin/python"
    site = subprocess.check_output(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True
    ).strip()
    # addsitedir, so that the .pth files of an editable Odoo count too.
    lines = [f"import site; site.addsitedir({path!r})" for path in paths]
    (Path(site) / "kundenportal-odoo.pth").write_text("\n".join(lines) + "\n", encoding="utf-8")
    files = [part for file in requirements for part in ("-r", file)]
    pip = [python, "-m", "pip", "install", "--no-compile", "--disable-pip-version-check"]
    run(
        [*pip, *files],
        what="Installing the Python packages",
        advice=NO_NETWORK.replace(
            "apt's sources (`apt-get update`", "pip's settings (`pip download six`"
        ),
        log=LOGS / "pip.log",
        env={"PYTHONPATH": ""},
    )
