"""How much of an article may be ordered: what was typed, least quantity, packs."""

import math
import re
from decimal import Decimal

#: Nobody orders more in one line; whoever wants to rings up.
MAX_QUANTITY = 99_999

#: Browsers send a dot, people type a comma. No signs, exponents or separators of thousands.
NUMBER = re.compile(r"\d{1,9}(?:[.,]\d{1,3})?", re.ASCII)


def read_quantity(text):
    """Return the number that a text says.

    :param str text: as it was typed
    :rtype: float | None

    >>> read_quantity("3"), read_quantity("2,5"), read_quantity(" 2.50 ")
    (3.0, 2.5, 2.5)
    >>> [read_quantity(text) for text in ("", "abc", "-1", "1e9", "NaN", "inf", "1.000.000", "²")]
    [None, None, None, None, None, None, None, None]
    """
    text = text.strip()
    return float(text.replace(",", ".")) if NUMBER.fullmatch(text) else None


def find_problem(quantity, minimum, step):
    """Return why a quantity cannot be ordered, or None.

    :param quantity: a number, or None for what is none
    :param float minimum: least quantity; 0 or less: one step
    :param float step: what is ordered beyond the minimum comes in steps; 0 or less: of one
    :return: ``"number"``, ``"maximum"``, ``"minimum"`` or ``"step"``

    >>> find_problem(None, 1, 1), find_problem(0, 0, 1), find_problem(1e9, 1, 1)
    ('number', 'number', 'maximum')
    >>> find_problem(5, 10, 5), find_problem(12, 10, 5), find_problem(15, 10, 5)
    ('minimum', 'step', None)
    >>> find_problem(0.3, 0, 0.1), find_problem(2.5, 1, 0)
    (None, 'step')
    """
    if quantity is None or not math.isfinite(quantity) or quantity <= 0:
        return "number"
    if quantity > MAX_QUANTITY:
        return "maximum"
    least, step = get_limits(minimum, step)
    if quantity < least:
        return "minimum"
    # 0.3 / 0.1 is not a whole number of floats.
    return "step" if (_exact(quantity) - _exact(least)) % _exact(step) else None


def get_limits(minimum, step):
    """Return the least quantity, and in what steps it grows.

    :param float minimum: as in `find_problem`
    :param float step: as in `find_problem`
    :rtype: tuple[float, float]

    >>> get_limits(0, 0), get_limits(0, 5), get_limits(10, 4)
    ((1.0, 1.0), (5, 5), (10, 4))
    """
    step = step if step > 0 else 1.0
    return (minimum if minimum > 0 else step), step


def show_quantity(quantity):
    """Return a quantity as browsers' number fields take it.

    >>> show_quantity(3.0), show_quantity(2.5), show_quantity(0.1 + 0.2)
    ('3', '2.5', '0.3')
    """
    return f"{_exact(quantity):f}"


def _exact(number):
    text = f"{number:.3f}".rstrip("0").rstrip(".")
    return Decimal(text or "0")
