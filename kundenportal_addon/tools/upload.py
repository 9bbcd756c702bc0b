"""What a browser sends in a field for files."""

from .typed_text import clean

#: Longer names are cut before their ending.
NAME_LENGTH = 120

#: Kinds of files that customers send with a case: nothing that a double click would run.
ENDINGS = frozenset(
    "jpg jpeg png gif webp heic heif bmp tif tiff mp4 mov avi webm mkv mp3 m4a wav pdf txt csv log "
    "doc docx xls xlsx ppt pptx odt ods odp rtf eml msg zip 7z".split()
)


class FileTooLarge(ValueError):
    """A file is larger than it may be; the text is its name."""


class BadEnding(ValueError):
    """A file is of a kind that is not taken; the text is its name."""


def safe_name(name):
    """Return a file's name without folders and characters that are none of a name's business.

    :param name: as it came; may be anything
    :rtype: str

    >>> safe_name("C:\\\\secret\\\\plan.pdf"), safe_name("../../etc/passwd")
    ('plan.pdf', 'passwd')
    >>> safe_name('a"b\\r\\nX: y.pdf'), safe_name("\\x00"), safe_name(None)
    ("a'bX: y.pdf", 'file', 'file')
    >>> safe_name("\\u202efdp.exe"), len(safe_name("x" * 500 + ".pdf")), safe_name("x" * 500)[-3:]
    ('fdp.exe', 120, 'xxx')
    """
    name = clean(name).replace("\\", "/").rsplit("/", 1)[-1].replace('"', "'")
    name = "".join(character for character in name if character.isprintable()).strip()
    if len(name) > NAME_LENGTH:
        stem, dot, ending = name.rpartition(".")
        ending = dot + ending if stem and len(ending) <= 10 else ""
        name = name[: NAME_LENGTH - len(ending)] + ending
    return name if name.strip(".") else "file"


def has_ending(name, endings):
    """Tell whether a file's name ends like one of those that are taken.

    :param str name: as `safe_name` returns it
    :param endings: lower case, without the point

    >>> [has_ending(name, ENDINGS) for name in ("IMG_1.HEIC", "x.html", "x.pdf.exe", "pdf")]
    [True, False, False, False]
    """
    stem, _dot, ending = name.rpartition(".")
    return bool(stem) and ending.lower() in endings


def read_upload(upload, most, endings=None):
    """Read a file that a browser sent, no further than it may be long.

    :param upload: a ``werkzeug.datastructures.FileStorage``
    :param int most: how many bytes it may have
    :param endings: what its name may end with; by default anything
    :return: a safe name, and the content
    :rtype: tuple[str, bytes]
    :raise FileTooLarge: if it is longer
    :raise BadEnding: if it is of another kind
    """
    name = safe_name(upload.filename)
    if endings is not None and not has_ending(name, endings):
        raise BadEnding(name)
    # Odoo starts a request anew when the database asks for it, and rewinds one file of each field.
    upload.seek(0)
    content = upload.read(most + 1)
    if len(content) > most:
        raise FileTooLarge(name)
    return name, content
