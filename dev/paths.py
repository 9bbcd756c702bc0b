"""Where things are kept.

CACHE can be deleted at any time and is shared by all checkouts of a user: Odoo, the Python
environment, dumps of template databases, each in a folder named after the hash of what it was made
from.

STATE belongs to this checkout alone: PostgreSQL cluster, demo data, mails, logs. Two checkouts
never share a database. As root it lies under /var/lib, because the cluster then runs as the user
`postgres`, who cannot enter /root.
"""

import hashlib
import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
ADDONS = [
    name
    for name in ("kundenportal_addon", "kundenportal_mass_mailing")
    if (CHECKOUT / name / "__manifest__.py").exists()
]
IS_ROOT = os.geteuid() == 0

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kundenportal"
_STATES = (
    Path("/var/lib/kundenportal")
    if IS_ROOT
    else Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state") / "kundenportal"
)
STATE = _STATES / hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:10]

DEMO_DB = "kundenportal"
DATA_DIR = STATE / "data"
LOGS = STATE / "log"
LOCKS = STATE / "lock"
RUN = STATE / "run"


def prepare():
    """Make the folders, and note whose they are."""
    for folder in (CACHE, STATE, DATA_DIR, LOGS, LOCKS, RUN):
        folder.mkdir(parents=True, exist_ok=True)
    DATA_DIR.chmod(0o700)
    if IS_ROOT:
        for folder in (STATE.parent, STATE):
            folder.chmod(0o755)  # whatever the umask: postgres must get through
    (STATE / "checkout").write_text(f"{CHECKOUT}\n", encoding="utf-8")


def abandoned():
    """State folders of checkouts that are gone."""
    for note in _STATES.glob("*/checkout"):
        if not Path(note.read_text(encoding="utf-8").strip()).exists():
            yield note.parent


def digest(*parts):
    """Short hash of texts and of the contents of files."""
    sha = hashlib.sha256()
    for part in parts:
        is_file = isinstance(part, Path) and part.is_file()
        sha.update(part.read_bytes() if is_file else str(part).encode())
        sha.update(b"\0")
    return sha.hexdigest()[:12]
