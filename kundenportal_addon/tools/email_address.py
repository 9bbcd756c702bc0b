"""Addresses that somebody typed into a form."""

import re

from odoo.tools import email_normalize

#: One @, and a domain with a dot: what Odoo takes for an address besides is a slip.
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


def parse_email(text):
    """Return an address in lower case, or None for what mail could not be sent to.

    :param str text: as it was typed
    :rtype: str | None

    >>> parse_email(" Anna@Example.com ")
    'anna@example.com'
    >>> [parse_email(text) for text in ("anna@@example.com", "anna@home", "anna", "", None)]
    [None, None, None, None, None]
    """
    address = email_normalize(text or "")
    return address if address and ADDRESS.fullmatch(address) else None
