"""How long it takes from one place to another.

A point is a pair ``(latitude, longitude)`` in degrees (WGS 84), or None where nobody knows it. A
travel is any function of two points that returns whole seconds, or None where it cannot tell. Here
are two: :class:`GreatCircle`, which needs nothing, and :class:`Table`, for what a routing server
has answered. One whose ways back take as long as the ways there may have a method ``around``, which
returns a quicker function of one point: the seconds between it and a fixed one.
"""

from dataclasses import dataclass, field
from math import asin, ceil, cos, dist, isfinite, radians, sin

#: Mean radius of the Earth in kilometres: R1 of the Geodetic Reference System 1980 (Moritz 2000).
EARTH_RADIUS = 6371.0088
EARTH_DIAMETER = 2 * EARTH_RADIUS


def point(latitude, longitude):
    """Return a point, or None for what is none.

    Odoo stores 0.0 for a place that it has not located. The spot in the sea off Ghana that these
    numbers name is nobody's address.

    :param float latitude: degrees, north positive; or a false value
    :param float longitude: degrees, east positive; or a false value
    :rtype: tuple[float, float] | None

    >>> point(53.0793, 8.8017), point(51.4779, 0.0)
    ((53.0793, 8.8017), (51.4779, 0.0))
    >>> point(0.0, 0.0), point(None, False), point(91, 8), point(53, 181), point(float("nan"), 8)
    (None, None, None, None, None)
    """
    latitude, longitude = latitude or 0.0, longitude or 0.0
    on_earth = -90 <= latitude <= 90 and -180 <= longitude <= 180
    return (latitude, longitude) if on_earth and (latitude or longitude) else None


def great_circle(origin, destination):
    """Return the distance of two points along the surface of a sphere, in kilometres.

    This is the haversine formula (Sinnott, "Virtues of the Haversine", Sky and Telescope 68, 1984),
    with half the chord between the two points, as vectors of length one, in the place of the
    square root of the haversine: the same number, exact for small distances too, and with the
    vectors remembered one arcsine per call. A sphere is wrong by up to 0.6 %, which no estimate of
    a drive notices.

    :param tuple origin: a point
    :param tuple destination: a point
    :rtype: float

    >>> bremen, hamburg, sydney = (53.0793, 8.8017), (53.5511, 9.9937), (-33.8688, 151.2093)
    >>> round(great_circle(bremen, hamburg), 1), round(great_circle(hamburg, bremen), 1)
    (95.0, 95.0)
    >>> round(great_circle(bremen, sydney)), great_circle(bremen, bremen)
    (16370, 0.0)
    >>> round(great_circle((0, 0), (0, 180))), round(great_circle((90, 0), (-90, 77)))
    (20015, 20015)
    """
    half_chord = dist(_vectors[origin], _vectors[destination]) / 2
    # Antipodes may round to more than 1.
    return EARTH_DIAMETER * asin(half_chord if half_chord < 1 else 1.0)


class _Vectors(dict):
    """Points as vectors of length one from the centre of the Earth, as many as are met.

    Like `functools.lru_cache`, but several times quicker when asked for what is known.
    """

    def __missing__(self, place):
        if len(self) >= 65536:
            self.clear()
        latitude, longitude = radians(place[0]), radians(place[1])
        vector = cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude)
        self[place] = vector
        return vector


_vectors = _Vectors()


@dataclass(frozen=True)
class GreatCircle:
    """The travel that needs nothing: great circle, times a detour factor, at one speed.

    Roads are longer than the great circle by a factor that differs little within a country, about
    1.3 (Ballou, Rahardja, Sakai, "Selected country circuity factors for road travel distance
    estimation", Transportation Research A 36, 2002). Speed is the mean from door to door.

    Seconds are rounded up: so no detour ever seems shorter than the straight way.

    :param float detour: road distance by great circle distance, at least 1
    :param float speed: kilometres per hour, above 0
    :raise ValueError: for other numbers

    >>> travel = GreatCircle()
    >>> bremen, hamburg = (53.0793, 8.8017), (53.5511, 9.9937)
    >>> travel(bremen, hamburg) // 60, travel(bremen, bremen), travel(bremen, None)
    (148, 0, None)
    >>> GreatCircle(detour=1.2, speed=80)(bremen, hamburg) // 60
    85
    >>> GreatCircle(speed=0)
    Traceback (most recent call last):
    ValueError: detour must be at least 1 and speed above 0
    """

    detour: float = 1.3
    speed: float = 50.0
    _factor: float = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        valid = self.detour >= 1 and self.speed > 0
        if not (valid and isfinite(self.detour) and isfinite(self.speed)):
            raise ValueError("detour must be at least 1 and speed above 0")
        seconds = self.detour / self.speed * 3600
        object.__setattr__(self, "_factor", seconds * EARTH_DIAMETER)

    def __call__(self, origin, destination):
        if origin is None or destination is None:
            return None
        # `great_circle` itself, without the call: this is asked thousands of times for a month.
        half_chord = dist(_vectors[origin], _vectors[destination]) / 2
        return ceil(asin(half_chord if half_chord < 1 else 1.0) * self._factor)

    def around(self, here):
        """Return a function of a place that says how long it takes between there and here.

        :param tuple here: a point
        :rtype: function

        >>> bremen, hamburg = (53.0793, 8.8017), (53.5511, 9.9937)
        >>> GreatCircle().around(bremen)(hamburg) // 60, GreatCircle().around(None)(hamburg)
        (148, None)
        """
        if here is None:
            return lambda place: None
        vector, factor = _vectors[here], self._factor

        def seconds(place):
            if place is None:
                return None
            half_chord = dist(vector, _vectors[place]) / 2
            return ceil(asin(half_chord if half_chord < 1 else 1.0) * factor)

        return seconds


@dataclass(frozen=True)
class Table:
    """Travel times that were measured or asked for before, as OSRM's table service answers them.

    :param list points: where the rows begin and the columns end
    :param list durations: as many rows as points, each with as many seconds (floats, rounded up),
        None where there is no way
    :param otherwise: the travel for pairs that the table does not know
    :raise ValueError: if the table is not square

    >>> bremen, hamburg, kiel = (53.0793, 8.8017), (53.5511, 9.9937), (54.3233, 10.1228)
    >>> travel = Table([bremen, hamburg], [[0, 4611.2], [None, 0]])
    >>> travel(bremen, hamburg), travel(hamburg, bremen), travel(bremen, kiel), travel(kiel, kiel)
    (4612, None, None, None)
    >>> travel = Table([bremen, hamburg], [[0, 4611.2], [None, 0]], otherwise=GreatCircle())
    >>> travel(bremen, hamburg), travel(hamburg, bremen) // 60, travel(bremen, kiel) // 60
    (4612, 148, 254)
    """

    points: list
    durations: list
    otherwise: object = lambda origin, destination: None
    _seconds: dict = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        count = len(self.points)
        if [len(row) for row in self.durations] != [count] * count:
            raise ValueError(f"{count} points need {count} rows of {count} durations")
        seconds = {
            (origin, destination): ceil(duration)
            for origin, row in zip(self.points, self.durations, strict=True)
            for destination, duration in zip(self.points, row, strict=True)
            if duration is not None
        }
        object.__setattr__(self, "_seconds", seconds)

    def __call__(self, origin, destination):
        seconds = self._seconds.get((origin, destination))
        return self.otherwise(origin, destination) if seconds is None else seconds
