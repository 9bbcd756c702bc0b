"""A ZIP file with somebody's data: for programs as JSON, for people as one page, and the files.

Nothing of it is kept in memory but one row: the two texts grow in temporary files.
"""

import html
import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import NamedTuple
from urllib.parse import quote

from .zip_stream import UNSAFE

#: What remains of longer names of files; some systems allow no more than 255 bytes for a path.
NAME_LENGTH = 80

STYLE = """
body { font: 16px/1.5 sans-serif; max-width: 50rem; margin: 0 auto; padding: 1rem; color: #212529 }
article { border: 1px solid #ced4da; border-radius: .3rem; padding: .5rem 1rem; margin: .5rem 0 }
dt { font-weight: bold } dd { margin: 0 0 .3rem 0; white-space: pre-wrap; overflow-wrap: anywhere }
dd article { white-space: normal }
"""


class Section(NamedTuple):
    """A part of the data."""

    #: Its name in the JSON file, and of the folder of its files.
    name: str
    #: What people read above it.
    title: str
    #: What people read instead of the keys of the rows, in display order; others are for programs.
    labels: dict[str, str]
    #: One dict for each record; values are texts, numbers, dates, times, lists of such dicts or of
    #: files. May be a generator.
    rows: Iterable[dict]


class File(NamedTuple):
    """A file of a row."""

    name: str
    #: Writes the content into a binary file.
    copy_to: Callable


class Words(NamedTuple):
    """What people read, in their language."""

    lang: str
    title: str
    intro: str
    nothing: str


def write_archive(target, sections, words, show):
    """Write a ZIP file with ``data.json``, ``index.html`` and the files of the rows.

    :param target: binary file
    :param sections: `Section` objects
    :param words: `Words`
    :param show: function of a number, truth, date or time that returns what people read

    >>> files = [File("a/b.txt", lambda target: target.write(b"anna"))]
    >>> rows = [{"id": 7, "name": "<b>", "on": datetime(2027, 1, 2, 3, 4), "files": files}]
    >>> section = Section("cases", "Cases", {"name": "Name", "files": "Files"}, rows)
    >>> target = io.BytesIO()
    >>> write_archive(target, [section], Words("en", "My data", "All.", "Nothing."), str)
    >>> archive = zipfile.ZipFile(target)
    >>> archive.namelist()
    ['files/cases/1-a_b.txt', 'data.json', 'index.html']
    >>> json.loads(archive.read("data.json"))["cases"][0]["on"]
    '2027-01-02T03:04:00Z'
    >>> "<dd>&lt;b&gt;</dd>" in archive.read("index.html").decode()
    True
    """
    with (
        zipfile.ZipFile(target, "w", compression=zipfile.ZIP_DEFLATED) as archive,
        tempfile.TemporaryFile("w+", encoding="utf-8") as data,
        tempfile.TemporaryFile("w+", encoding="utf-8") as page,
    ):
        _Writer(archive, data, page, show).write_all(sections, words)
        for name, text in (("data.json", data), ("index.html", page)):
            text.seek(0)
            with archive.open(name, "w", force_zip64=True) as entry:
                while piece := text.read(io.DEFAULT_BUFFER_SIZE):
                    entry.write(piece.encode())


class _Writer:
    def __init__(self, archive, data, page, show):
        self._archive, self._data, self._page, self._show = archive, data, page, show
        self._file_number = 0

    def write_all(self, sections, words):
        title = html.escape(words.title)
        self._page.write(
            f'<!DOCTYPE html>\n<html lang="{html.escape(words.lang)}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{title}</title><style>{STYLE}</style></head><body>"
            f"<h1>{title}</h1><p>{html.escape(words.intro)}</p>"
        )
        self._data.write("{")
        for number, section in enumerate(sections):
            self._data.write(f"{',' if number else ''}\n{json.dumps(section.name)}: [")
            self._page.write(f"<section><h2>{html.escape(section.title)}</h2>\n")
            count = 0
            for row in section.rows:
                self._write_row(section, self._pack(row, section.name), is_first=not count)
                count += 1
            self._data.write("]")
            if not count:
                self._page.write(f"<p>{html.escape(words.nothing)}</p>")
            self._page.write("</section>\n")
        self._data.write("\n}\n")
        self._page.write("</body></html>\n")

    def _write_row(self, section, row, *, is_first):
        self._data.write("\n" if is_first else ",\n")
        json.dump(row, self._data, ensure_ascii=False, default=_to_json)
        self._write_article(row, section.labels)

    def _pack(self, value, folder):
        """Put the files of a value into the archive, and their paths in their place."""
        if isinstance(value, File):
            return {"file": value.name, "path": self._add_file(value, folder)}
        if isinstance(value, dict):
            return {key: self._pack(part, folder) for key, part in value.items()}
        if isinstance(value, list):
            return [self._pack(part, folder) for part in value]
        return value

    def _add_file(self, file, folder):
        self._file_number += 1
        name = UNSAFE.sub("_", file.name).strip(" .")[-NAME_LENGTH:] or "file"
        path = f"files/{folder}/{self._file_number}-{name}"
        with self._archive.open(path, "w", force_zip64=True) as entry:
            file.copy_to(entry)
        return path

    def _write_article(self, row, labels):
        self._page.write("<article><dl>")
        for key, label in labels.items():
            value = row.get(key)
            if value is None or value is False or value in ("", []):
                continue
            self._page.write(f"<dt>{html.escape(label)}</dt>")
            for part in value if isinstance(value, list) else [value]:
                self._write_value(part, labels)
        self._page.write("</dl></article>\n")

    def _write_value(self, value, labels):
        self._page.write("<dd>")
        if isinstance(value, dict) and "path" in value:
            href, name = html.escape(quote(value["path"])), html.escape(value["file"])
            self._page.write(f'<a href="{href}">{name}</a>')
        elif isinstance(value, dict):
            self._write_article(value, labels)
        else:
            text = value if isinstance(value, str) else self._show(value)
            self._page.write(html.escape(text))
        self._page.write("</dd>")


def _to_json(value):
    """Return moments, which are UTC, and days as ISO 8601 has them."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%S}Z"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
