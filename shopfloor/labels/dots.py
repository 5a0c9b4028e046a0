"""Labels as dots: what a printer without Chinese letters of its own can print."""

from typing import TYPE_CHECKING

from shopfloor.labels.layout import Placed
from shopfloor.labels.typeface import in_dots

if TYPE_CHECKING:
    from PIL.Image import Image

# Letters are drawn larger and then reduced: hinting would change the width of small ones.
_FINER = 4
_DARK_FROM = 118  # of 255: strokes of Chinese characters must not break


def draw(placed: Placed) -> "Image":
    """Return the label in the printer's dots, dark on white; each module has whole dots."""
    from PIL import Image, ImageDraw

    dots = placed.size.dots
    across, down = round(placed.size.width * dots), round(placed.size.height * dots)
    finer = Image.new("L", (across * _FINER, down * _FINER), 255)
    pen = ImageDraw.Draw(finer)
    for row in placed.rows:
        font = in_dots(round(row.size * dots * _FINER))
        pen.text(
            (row.x * dots * _FINER, (row.y + row.size * 0.94) * dots * _FINER),
            row.text,
            fill=0,
            font=font,
            anchor="ls",
        )
    image = finer.reduce(_FINER).point(lambda grey: 255 if grey > _DARK_FROM else 0).convert("1")
    image.paste(qr(placed), (round(placed.qr_x * dots), round(placed.qr_y * dots)))
    return image


def qr(placed: Placed) -> "Image":
    """Return the QR alone, each module in its whole dots."""
    from PIL import Image

    count = len(placed.modules)
    small = Image.frombytes("L", (count, count), b"".join(placed.modules))
    edge = count * placed.module_dots
    dark = small.point(lambda module: 0 if module else 255).convert("1")
    return dark.resize((edge, edge), Image.Resampling.NEAREST)
