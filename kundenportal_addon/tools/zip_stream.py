"""A ZIP file that is sent while it is made, one file in memory at a time."""

import io
import re
import zipfile
from pathlib import PurePosixPath

#: What no system wants in the name of a file.
UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')


class _Outbox(io.RawIOBase):
    """What has been written and not yet been sent; cannot be gone back in."""

    def __init__(self):
        super().__init__()
        self._parts = []

    def writable(self):
        return True

    def _take_in(self, data):
        self._parts.append(bytes(data))
        return len(data)

    write = _take_in

    def take(self):
        parts, self._parts = self._parts, []
        return b"".join(parts)


def stream_zip(files):
    """Make a ZIP file piece by piece.

    :param files: pairs of a name and a function without arguments that returns the content
    :return: generator of bytes

    >>> pieces = stream_zip([("a.txt", lambda: b"anna"), ("b.txt", lambda: b"bert")])
    >>> archive = zipfile.ZipFile(io.BytesIO(b"".join(pieces)))
    >>> {name: archive.read(name) for name in archive.namelist()}
    {'a.txt': b'anna', 'b.txt': b'bert'}
    """
    outbox = _Outbox()
    with zipfile.ZipFile(outbox, "w", compression=zipfile.ZIP_DEFLATED) as archive:
        for name, read in files:
            archive.writestr(name, read())
            yield outbox.take()
    yield outbox.take()


def make_unique(names):
    """Return names under which files can lie in one folder, on every system.

    :param names: in order; the first of several with one name keeps it
    :rtype: list[str]

    >>> make_unique(["RE/1.pdf", "RE_1.pdf", "re_1.PDF", "", "..", "a"])
    ['RE_1.pdf', 'RE_1 (2).pdf', 're_1 (3).PDF', 'file', 'file (2)', 'a']
    """
    taken, result = set(), []
    for name in names:
        safe = UNSAFE.sub("_", name).strip(" .") or "file"
        path = PurePosixPath(safe)
        number, unique = 1, safe
        while unique.casefold() in taken:
            number += 1
            unique = f"{path.stem} ({number}){path.suffix}"
        taken.add(unique.casefold())
        result.append(unique)
    return result
