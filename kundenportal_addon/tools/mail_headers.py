"""What the headers of a mail say about whoever wrote it."""

#: Words of ``Precedence`` that no person's mail has; lists may pass on what somebody wrote.
MACHINES = {"auto_reply", "bulk", "junk"}


def is_automatic(message):
    """Tell whether a machine wrote a mail, such as a notice of absence (RFC 3834).

    Nothing is answered to such a mail, and nothing that waits for a person goes on with it.

    :param email.message.EmailMessage message: as it came
    :rtype: bool

    >>> from email import message_from_string
    >>> [
    ...     is_automatic(message_from_string(f"{header}\\n\\nText"))
    ...     for header in ("Auto-Submitted: auto-replied", "X-Autoreply: yes", "Precedence: Bulk")
    ... ]
    [True, True, True]
    >>> [
    ...     is_automatic(message_from_string(f"{header}\\n\\nText"))
    ...     for header in ("Auto-Submitted: no", "Precedence: list", "Subject: Automatic door")
    ... ]
    [False, False, False]
    """
    submitted = str(message.get("Auto-Submitted") or "no").split(";")[0].strip().lower()
    precedence = str(message.get("Precedence") or "").strip().lower()
    return (
        submitted != "no"
        or precedence in MACHINES
        or any(message.get(header) for header in ("X-Autoreply", "X-Autorespond"))
    )
