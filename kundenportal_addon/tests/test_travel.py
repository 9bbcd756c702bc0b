from math import asin, ceil, cos, radians, sin, sqrt

from odoo.tests import BaseCase, tagged

from ..tools.travel import EARTH_RADIUS, GreatCircle, Table, great_circle, point

BREMEN, HAMBURG, MUNICH = (53.0793, 8.8017), (53.5511, 9.9937), (48.1372, 11.5755)
PLACES = [
    *(BREMEN, HAMBURG, MUNICH),
    *((0.0, 0.1), (-33.8688, 151.2093), (64.1466, -21.9426)),
    *((90.0, 0.0), (-90.0, 0.0), (10.0, 180.0), (10.0, -179.99), (53.07931, 8.80171)),
]


def haversine(origin, destination):
    """The formula as the textbooks write it."""
    lat1, lat2 = radians(origin[0]), radians(destination[0])
    half_lat = (lat2 - lat1) / 2
    half_lon = radians(destination[1] - origin[1]) / 2
    root = sqrt(sin(half_lat) ** 2 + cos(lat1) * cos(lat2) * sin(half_lon) ** 2)
    return 2 * EARTH_RADIUS * asin(min(root, 1.0))


@tagged("post_install", "-at_install")
class TestTravel(BaseCase):
    """Distances and travel times."""

    def test_great_circle_is_the_haversine_formula(self):
        for origin in PLACES:
            for destination in PLACES:
                with self.subTest(origin=origin, destination=destination):
                    self.assertAlmostEqual(
                        great_circle(origin, destination), haversine(origin, destination), 6
                    )

    def test_known_distances(self):
        for origin, destination, kilometres in (
            (BREMEN, BREMEN, 0),
            (BREMEN, HAMBURG, 95),
            (HAMBURG, MUNICH, 612),
            ((0.0, 1.0), (0.0, 2.0), 111),
            ((10.0, 180.0), (10.0, -180.0), 0),
            ((90.0, 0.0), (-90.0, 123.0), 20015),
        ):
            with self.subTest(origin=origin, destination=destination):
                self.assertEqual(round(great_circle(origin, destination)), kilometres)

    def test_neighbours_are_not_lost_in_rounding(self):
        metre = 1 / 111195
        self.assertAlmostEqual(
            great_circle(BREMEN, (BREMEN[0] + metre, BREMEN[1])) * 1000, 1, places=3
        )

    def test_no_detour_is_shorter_than_the_way(self):
        travel = GreatCircle()
        for origin in PLACES:
            for over in PLACES:
                for destination in PLACES:
                    self.assertGreaterEqual(
                        travel(origin, over) + travel(over, destination),
                        travel(origin, destination),
                    )

    def test_speed_and_detour(self):
        kilometres = great_circle(BREMEN, HAMBURG)
        self.assertEqual(
            GreatCircle(detour=1.0, speed=100.0)(BREMEN, HAMBURG), ceil(kilometres * 36)
        )
        self.assertEqual(
            GreatCircle(detour=1.5, speed=30.0)(BREMEN, HAMBURG), ceil(kilometres * 180)
        )
        for bad in ({"speed": 0}, {"speed": -1}, {"detour": 0.9}, {"speed": float("inf")}):
            with self.subTest(bad=bad), self.assertRaises(ValueError):
                GreatCircle(**bad)
        with self.assertRaises(ValueError):
            GreatCircle(detour=float("nan"))

    def test_around_a_place(self):
        travel = GreatCircle(detour=1.4, speed=42.0)
        for here in (*PLACES, None):
            around = travel.around(here)
            for there in (*PLACES, None):
                with self.subTest(here=here, there=there):
                    self.assertEqual(around(there), travel(here, there))
                    self.assertEqual(around(there), travel(there, here))

    def test_nobody_knows(self):
        travel = GreatCircle()
        for pair in ((None, BREMEN), (BREMEN, None), (None, None)):
            self.assertIsNone(travel(*pair))
        for latitude, longitude in ((0.0, 0.0), (False, False), (None, None), (95, 8), (53, 200)):
            self.assertIsNone(point(latitude, longitude))
        self.assertEqual(point(-0.5, False), (-0.5, 0.0), "on the meridian of Greenwich")

    def test_table_of_a_routing_server(self):
        rows = [[0, 3600.4, None], [3500, 0, 20000], [None, 20000, 0.0]]
        travel = Table([BREMEN, HAMBURG, MUNICH], rows)
        self.assertEqual(travel(BREMEN, HAMBURG), 3601)
        self.assertEqual(travel(HAMBURG, BREMEN), 3500, "the way back is another one")
        self.assertEqual(travel(MUNICH, MUNICH), 0)
        self.assertIsNone(travel(BREMEN, MUNICH), "no way found")
        self.assertIsNone(travel(BREMEN, None))
        great = GreatCircle()
        travel = Table([BREMEN, HAMBURG, MUNICH], rows, otherwise=great)
        self.assertEqual(travel(BREMEN, HAMBURG), 3601)
        self.assertEqual(travel(BREMEN, MUNICH), great(BREMEN, MUNICH))
        self.assertIsNone(travel(None, MUNICH))
        for crooked in ([], [[0]], [[0, 1], [1]]):
            with self.subTest(rows=crooked), self.assertRaises(ValueError):
                Table([BREMEN, HAMBURG], crooked)
