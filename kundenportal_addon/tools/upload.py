"""What a browser sends in a field for files."""

from .typed_text import clean

#: Longer names are cut before their ending.
NAME_LENGTH = 120


class FileTooLarge(ValueError):
    """A file is larger than it may be; the text is its name."""


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


def read_upload(upload, most):
    """Read a file that a browser sent, no further than it may be long.

    :param upload: a ``werkzeug.datastructures.FileStorage``
    :param int most: how many bytes it may have
    :return: a safe name, and the content
    :rtype: tuple[str, bytes]
    :raise FileTooLarge: if it is longer
    """
    name = safe_name(upload.filename)
    # Odoo starts a request anew when the database asks for it, and rewinds one file of each field.
    upload.seek(0)
    content = upload.read(most + 1)
    if len(content) > most:
        raise FileTooLarge(name)
    return name, content
