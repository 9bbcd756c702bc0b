"""What a browser sends in a text field."""


def clean(value, length=None):
    """Return a text without what surrounds it; nothing for what is no text.

    A file may come in a field's place, and the database takes no NUL.

    :param value: as it came; may be anything
    :param int length: what is longer is cut, if given
    :rtype: str

    >>> clean(" anna\\x00 "), clean("abc", 2), clean(b"a file"), clean(None)
    ('anna', 'ab', '', '')
    """
    return value.replace("\x00", "").strip()[:length] if isinstance(value, str) else ""
