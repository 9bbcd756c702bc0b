"""Readable colours, by the contrast rules of WCAG 2.1 (https://www.w3.org/TR/WCAG21/#contrast-minimum).

Colours are strings ``#rrggbb``. Nothing here knows Odoo.
"""

import re

#: Contrast that normal text needs at least (level AA).
TEXT_CONTRAST = 4.5

BLACK = "#000000"
WHITE = "#ffffff"


def normalize(color, fallback):
    """Return a colour as ``#rrggbb`` in lower case.

    :param color: what somebody typed, or a false value
    :param str fallback: returned for everything that is no colour
    :rtype: str

    >>> normalize("#1F5b8f", BLACK), normalize(" #fa0 ", BLACK)
    ('#1f5b8f', '#ffaa00')
    >>> [normalize(text, WHITE) for text in ("red; background: url(x)", None, "#12345")]
    ['#ffffff', '#ffffff', '#ffffff']
    """
    text = (color or "").strip().lower()
    if re.fullmatch("#[0-9a-f]{3}", text, re.ASCII):
        text = "#" + "".join(digit * 2 for digit in text[1:])
    return text if re.fullmatch("#[0-9a-f]{6}", text, re.ASCII) else fallback


def luminance(color):
    """Return the relative luminance of a colour, 0 (black) to 1 (white).

    Formula: https://www.w3.org/TR/WCAG21/#dfn-relative-luminance

    >>> luminance(BLACK), round(luminance(WHITE), 6), round(luminance("#808080"), 4)
    (0.0, 1.0, 0.2159)
    """
    red, green, blue = (_linear(channel) for channel in _channels(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """Return the contrast ratio of two colours, 1 to 21, in whichever order.

    Formula: https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio

    >>> round(contrast(BLACK, WHITE), 6), contrast("#777777", "#777777")
    (21.0, 1.0)
    >>> round(contrast("#777777", WHITE), 2)
    4.48
    """
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def text_on(background):
    """Return black or white, whichever reads better; one of them always reads well enough.

    >>> text_on("#1f5b8f"), text_on("#ffcc00"), text_on("#777777")
    ('#ffffff', '#000000', '#000000')
    >>> min(contrast(text_on(c), c) for c in (f"#{i:02x}{i:02x}{i:02x}" for i in range(256))) > 4.5
    True
    """
    return max(WHITE, BLACK, key=lambda text: contrast(text, background))


def readable_on(color, background, ratio=TEXT_CONTRAST):
    """Return the colour, darkened as little as needed to be read as text on a light background.

    :param str color: wanted colour
    :param str background: light colour behind the text
    :param float ratio: contrast to reach
    :return: the colour itself if it can be read already, else a darker one of the same hue
    :rtype: str

    >>> readable_on("#1f5b8f", WHITE)
    '#1f5b8f'
    >>> yellow = readable_on("#ffcc00", WHITE)
    >>> yellow, contrast(yellow, WHITE) >= 4.5
    ('#8c7000', True)
    >>> readable_on(WHITE, WHITE)
    '#727272'
    """
    for share in range(100, 0, -5):
        shade = "#" + "".join(f"{channel * share // 100:02x}" for channel in _channels(color))
        if contrast(shade, background) >= ratio:
            return shade
    return BLACK


def _channels(color):
    return tuple(int(color[start : start + 2], 16) for start in (1, 3, 5))


def _linear(channel):
    share = channel / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
