"""Entries for calendars of any make: iCalendar (RFC 5545).

Odoo writes such files for its calendar events, too, but names everybody who takes part in them; a
customer need not know who comes.
"""

from datetime import timezone

#: Octets of a line; what is longer goes on in the next one (RFC 5545, section 3.1).
LINE = 75


def entry(uid, start, stop, summary, *, stamp, revision=0, cancelled=False, **texts):
    """Return a file with one entry, which replaces earlier revisions of it, or takes them away.

    :param str uid: what the entry is known by, the same in all its revisions
    :param datetime.datetime start: in UTC if it has no zone
    :param datetime.datetime stop: likewise
    :param str summary: title
    :param datetime.datetime stamp: when the file was made, likewise
    :param int revision: higher than that of earlier files for the same entry
    :param bool cancelled: whether it is to be taken out of the calendar
    :param texts: ``location``, ``description`` and ``url``; empty ones are left out
    :return: the file's content
    :rtype: bytes

    >>> from datetime import datetime
    >>> file = entry("1@x", datetime(2026, 11, 24, 9), datetime(2026, 11, 24, 11), "Wartung, 2 h",
    ...     stamp=datetime(2026, 11, 22, 6), location="Am Wall 1\\nBremen", url="")
    >>> print(file.decode().replace("\\r\\n", "\\n"))
    BEGIN:VCALENDAR
    VERSION:2.0
    PRODID:-//Kundenportal//DE
    METHOD:PUBLISH
    BEGIN:VEVENT
    UID:1@x
    DTSTAMP:20261122T060000Z
    SEQUENCE:0
    STATUS:CONFIRMED
    DTSTART:20261124T090000Z
    DTEND:20261124T110000Z
    SUMMARY:Wartung\\, 2 h
    LOCATION:Am Wall 1\\nBremen
    END:VEVENT
    END:VCALENDAR
    <BLANKLINE>
    >>> b"METHOD:CANCEL" in entry("1@x", datetime(2026, 11, 24), datetime(2026, 11, 25), "",
    ...     stamp=datetime(2026, 11, 22), cancelled=True)
    True
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Kundenportal//DE",
        f"METHOD:{'CANCEL' if cancelled else 'PUBLISH'}",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{_moment(stamp)}",
        f"SEQUENCE:{revision}",
        f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}",
        f"DTSTART:{_moment(start)}",
        f"DTEND:{_moment(stop)}",
        f"SUMMARY:{_text(summary)}",
    ]
    lines += [
        f"{name.upper()}:{text if name == 'url' else _text(text)}"
        for name, text in texts.items()
        if text
    ]
    lines += ["END:VEVENT", "END:VCALENDAR", ""]
    return b"\r\n".join(_fold(line) for line in lines)


def _moment(moment):
    """Return a moment as iCalendar writes it."""
    if moment.tzinfo is not None:
        moment = moment.astimezone(timezone.utc)
    return f"{moment:%Y%m%dT%H%M%SZ}"


def _text(text):
    r"""Return a text with what has a meaning of its own made harmless.

    >>> print(_text("a;b,c\\d\r\ne"))
    a\;b\,c\\d\ne
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for sign, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(sign, escaped)
    return text


def _fold(line):
    """Return a line cut into lines that are not too long, no character of them cut in two.

    >>> [len(part) for part in _fold("ä" * 60).split(b"\\r\\n ")]
    [74, 46]
    """
    parts, part = [], b""
    for sign in line:
        octets = sign.encode()
        if len(part) + len(octets) > LINE - bool(parts):  # the blank counts, too
            parts.append(part)
            part = b""
        part += octets
    return b"\r\n ".join([*parts, part])
