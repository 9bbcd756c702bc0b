"""Addresses of websites that people typed, made safe to be linked."""

from urllib.parse import urlsplit


def safe_website(text):
    """Return the address of a website and the name to show for it, or None.

    Whoever may write a contact decides what a visitor is led to: only the web, no other scheme.

    :param text: what somebody typed, or a false value
    :return: ``(address, name)``
    :rtype: tuple[str, str] | None

    >>> safe_website("https://www.nordwind.example/team?a=1")
    ('https://www.nordwind.example/team?a=1', 'nordwind.example')
    >>> safe_website("nordwind.example"), safe_website("HTTP://Nord.example:8080/")
    (('http://nordwind.example', 'nordwind.example'), ('http://Nord.example:8080/', 'nord.example'))
    >>> [safe_website(text) for text in ("javascript:alert(1)", "http://javascript:alert(1)",
    ...     "data:text/html,x", "http:///x", "http://[", "mailto:a@b.c", " ", None)]
    [None, None, None, None, None, None, None, None]
    """
    text = (text or "").strip()
    try:
        parts = urlsplit(text if "://" in text or ":" in text else f"http://{text}")
        host, _port = parts.hostname, parts.port  # the port must be a number
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or "." not in host:
        return None
    return parts.geturl() if "://" in text else f"http://{text}", host.removeprefix("www.")
