"""Odoo 19 from Debian's sid, unpacked into the cache; nothing of it is installed system-wide.

Its static files are links into other Debian packages, which are unpacked beside it: without them,
icons and fonts are missing in the browser. An `odoo` that the active Python can import already (a
container, a source checkout) is used as it is, and none of this happens.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from .console import Failure, lock, run, say
from .paths import CACHE, LOGS, digest
from .system import APT, NO_NETWORK

# Font Awesome of sid is version 7, Odoo needs 4.7.
PACKAGES = {
    "sid": ["odoo-19", "fonts-montserrat", "fonts-ocr-b"],
    "bookworm": [
        "fonts-font-awesome",
        "fonts-inconsolata",
        "fonts-roboto-unhinted",
        "libjs-jquery",
        "libjs-jquery-form",
        "libjs-underscore",
    ],
}
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


def importable():
    """Version of an Odoo that the active Python has already, else None."""
    probe = "import odoo.release as r; assert r.version_info[0] == 19; print(r.version)"
    done = subprocess.run(
        [sys.executable, "-P", "-c", probe], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or None


def ensure():
    """Return the folder with the unpacked Odoo, fetching it the first time."""
    tree = CACHE / f"odoo-19-{digest(PACKAGES)}"
    if tree.exists():
        return tree
    with lock(CACHE / "fetch.lock", "fetching Odoo"):
        if not tree.exists():
            _fetch(tree)
    return tree


def site_packages(tree):
    return tree / "usr/lib/python3/dist-packages"


def version(tree):
    return (tree / "VERSION").read_text(encoding="utf-8").strip()


def _fetch(tree):
    if not KEYRING.exists() or not shutil.which("dpkg-deb"):
        raise Failure(
            "Odoo cannot be fetched: this is no Debian.",
            "Put an Odoo 19 on the Python path (`import odoo` must work) and try again.",
        )
    if shutil.disk_usage(CACHE).free < 4e9:
        raise Failure(
            f"Less than 4 GB are free on the disk of {CACHE}.",
            "Free some space, then call the same command again.",
        )
    say("Fetching Odoo 19 (120 MB) from Debian …")
    scratch = tree.with_suffix(".part")
    shutil.rmtree(scratch, ignore_errors=True)
    downloads = scratch / "downloads"
    for folder in ("lists/partial", "archives/partial", "downloads"):
        (scratch / folder).mkdir(parents=True)
    apt = _private_apt(scratch)
    run(
        [*apt, "-o", "APT::Update::Error-Mode=any", "update"],
        what="Reading Debian's package lists",
        advice=NO_NETWORK,
        log=LOGS / "fetch.log",
    )
    wanted = [f"{name}/{suite}" for suite, names in PACKAGES.items() for name in names]
    run(
        [*apt, "download", *wanted],
        what="Downloading Odoo",
        advice=NO_NETWORK,
        log=LOGS / "fetch.log",
        cwd=downloads,
    )
    say("Unpacking Odoo (1.2 GB) …")
    for deb in sorted(downloads.glob("*.deb")):
        run(["dpkg-deb", "-x", deb, scratch / "tree"], what=f"Unpacking {deb.name}")
    dangling = run(["find", scratch / "tree", "-xtype", "l"], what="Checking Odoo's links").split()
    if dangling:
        raise Failure(
            f"Debian's Odoo package links to files that are missing, such as {dangling[0]}.",
            "Add their package in dev/odoo_package.py.",
        )
    (deb,) = downloads.glob("odoo-19_*.deb")
    (scratch / "tree" / "VERSION").write_text(deb.name.split("_")[1], encoding="utf-8")
    (scratch / "tree").rename(tree)
    shutil.rmtree(scratch)


def _private_apt(scratch):
    """apt-get with sources and lists of its own, signatures checked; the system's stay alone."""
    mirror = _mirror()
    sources = scratch / "sources.list"
    sources.write_text(
        "".join(f"deb [signed-by={KEYRING}] {mirror} {suite} main\n" for suite in PACKAGES),
        encoding="utf-8",
    )
    options = {
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State::lists": scratch / "lists",
        "Dir::Cache": scratch,
        "APT::Sandbox::User": "",
    }
    return [*APT, *(part for key, value in options.items() for part in ("-o", f"{key}={value}"))]


def _mirror():
    """Address of the Debian mirror that the machine's own apt uses."""
    files = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    text = "\n".join(
        file.read_text(encoding="utf-8")
        for file in files
        if file.suffix in (".list", ".sources") and file.exists()
    )
    # One-line style: deb [options] URI suite …; deb822 style: URIs: URI …
    found = re.findall(r"^(?:deb\s+(?:\[[^]]*\]\s+)?|URIs:\s*)(\S+)", text, flags=re.MULTILINE)
    for uri in found:
        if re.search(r"/debian/?$", uri) or uri.startswith("mirror"):
            return uri
    raise Failure(
        "No Debian mirror found in /etc/apt/sources.list or /etc/apt/sources.list.d.",
        "Add one line of Debian's sources there.",
    )
