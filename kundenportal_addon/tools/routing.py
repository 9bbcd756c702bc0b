"""What a routing server is asked, and what it answers: OSRM's table service.

See http://project-osrm.org/docs/v5.24.0/api/#table-service. Only texts are made and read here; who
calls it asks the server.
"""

from itertools import permutations
from math import isfinite
from urllib.parse import urlsplit

#: As many places as one table may have; servers refuse more than 100 unless told otherwise.
TABLE_SIZE = 100


def is_server_address(text):
    """Tell whether a text is the address of a server that can be asked.

    :param str text: what somebody typed
    :rtype: bool

    >>> is_server_address("http://osrm.example:5000"), is_server_address("https://r.example/osrm/")
    (True, True)
    >>> [is_server_address(text) for text in ("osrm", "file:///etc/passwd", "http://", "http://[",
    ...     "http://a:b@osrm.example", "http://osrm.example/?a=1", "http://osrm.example:port")]
    [False, False, False, False, False, False, False]
    """
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname, parts.port  # the port must be a number
    except ValueError:
        return False
    is_plain = not (parts.query or parts.fragment or parts.username or parts.password)
    return parts.scheme in ("http", "https") and bool(host) and is_plain


def table_address(server, points):
    """Return the address under which the server answers how long it takes between places.

    :param str server: its address
    :param list points: ``(latitude, longitude)``
    :rtype: str

    >>> table_address("http://osrm.example:5000/", [(53.0793, 8.8017), (53.5511, 9.9937)])
    'http://osrm.example:5000/table/v1/driving/8.801700,53.079300;9.993700,53.551100?annotations=duration'
    """
    places = ";".join(f"{longitude:.6f},{latitude:.6f}" for latitude, longitude in points)
    return f"{server.rstrip('/')}/table/v1/driving/{places}?annotations=duration"


def read_table(answer, points):
    """Return the seconds between each two places that the server knows a way between.

    :param answer: the server's, as parsed from JSON; it may be anything
    :param list points: which it was asked about
    :return: seconds by pair of points
    :rtype: dict[tuple, int]
    :raise ValueError: if it is no answer

    >>> read_table({"code": "Ok", "durations": [[0, 61.4], [None, 0]]}, ["a", "b"])
    {('a', 'b'): 62}
    >>> read_table({"code": "TooBig"}, ["a", "b"])
    Traceback (most recent call last):
    ValueError: the routing server answers TooBig
    >>> read_table({"code": "Ok", "durations": [[0, "x"], [None, 0]]}, ["a", "b"])
    Traceback (most recent call last):
    ValueError: the routing server answers no table of 2 places
    """
    code = answer.get("code") if isinstance(answer, dict) else None
    if code != "Ok":
        raise ValueError(f"the routing server answers {code}")
    rows = answer.get("durations")
    found, count = {}, len(points)
    try:
        for row, column in permutations(range(count), 2):
            value = rows[row][column]
            if value is not None:
                if not isfinite(value) or value < 0:
                    raise ValueError
                found[points[row], points[column]] = -int(-value // 1)
    except (TypeError, IndexError, KeyError, ValueError):
        raise ValueError(f"the routing server answers no table of {count} places") from None
    return found


def pack(trips, size=TABLE_SIZE):
    """Return lists of places for few tables in which every trip is found.

    Trips that belong together follow each other, as the stops of a day do; then they share places.

    :param trips: pairs of places
    :param int size: as many places as a list may have
    :rtype: list[list]

    >>> pack([("a", "b"), ("b", "c"), ("c", "d"), ("d", "a")], size=3)
    [['a', 'b', 'c'], ['c', 'd', 'a']]
    >>> pack([])
    []
    """
    lists, current = [], {}
    for trip in trips:
        if current and len(current.keys() | set(trip)) > size:
            lists.append(list(current))
            current = {}
        current |= dict.fromkeys(trip)
    return [*lists, list(current)] if current else lists
