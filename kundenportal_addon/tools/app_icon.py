"""Square icons for the home screens of telephones, drawn by Pillow. Nothing here knows Odoo."""

import io
from math import hypot

from PIL import Image, ImageDraw, ImageFont, UnidentifiedImageError

WHITE = "#ffffff"

#: Diameter of the circle that no telephone cuts off, as a share of the side
#: (https://www.w3.org/TR/appmanifest/#icon-masks).
SAFE_ZONE = 0.8

#: Height of a letter, as a share of the side.
LETTER = 0.5


def draw_logo(side, source):
    """Draw a logo onto a white square, as large as fits into what is never cut off.

    :param int side: length in pixels
    :param bytes source: the picture, in whichever format
    :return: the icon as PNG; None if the source is no picture that Pillow reads, as an SVG
    :rtype: bytes | None

    >>> wide = io.BytesIO(); Image.new("RGB", (400, 100), "black").save(wide, "PNG")
    >>> icon = Image.open(io.BytesIO(draw_logo(192, wide.getvalue())))
    >>> icon.size, icon.getpixel((0, 0)), icon.getpixel((96, 96)), icon.getpixel((10, 96))
    ((192, 192), (255, 255, 255), (0, 0, 0), (255, 255, 255))
    >>> draw_logo(192, b"<svg/>") is None
    True
    """
    try:
        logo = Image.open(io.BytesIO(source)).convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return None
    scale = SAFE_ZONE * side / hypot(*logo.size)
    size = tuple(max(1, round(length * scale)) for length in logo.size)
    logo = logo.resize(size, Image.Resampling.LANCZOS)
    icon = Image.new("RGB", (side, side), WHITE)
    icon.paste(logo, tuple((side - length) // 2 for length in size), logo)
    return _to_png(icon)


def draw_letter(side, name, background, foreground, font):
    """Draw the first letter of a name, for those that have no logo.

    :param int side: length in pixels
    :param str name: whose first letter or digit is drawn
    :param str background: colour
    :param str foreground: colour
    :param str font: path of a TrueType font
    :return: the icon as PNG
    :rtype: bytes
    """
    icon = Image.new("RGB", (side, side), background)
    letter = get_letter(name)
    if letter:
        ImageDraw.Draw(icon).text(
            (side / 2, side / 2),
            letter,
            fill=foreground,
            font=ImageFont.truetype(font, round(side * LETTER)),
            anchor="mm",
        )
    return _to_png(icon)


def get_letter(name):
    """Return the first letter or digit of a name, in upper case; empty if there is none.

    >>> get_letter("„nordwind“ GmbH"), get_letter("1&1"), get_letter("ß"), get_letter("–")
    ('N', '1', 'S', '')
    """
    return next((character.upper()[0] for character in name if character.isalnum()), "")


def _to_png(icon):
    buffer = io.BytesIO()
    icon.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
