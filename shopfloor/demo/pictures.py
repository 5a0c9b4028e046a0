"""Draws the pictures of the demo's work instructions: plain shapes, the same in every language."""

import io
from collections.abc import Callable
from typing import IO

from PIL import Image, ImageDraw, ImageFont

SIZE = (960, 640)
GROUND, INK, METAL, SHADE = "#eef2f2", "#1a2226", "#b7c2c7", "#7d8a91"
ACCENT, GOOD, STOP = "#0b4a9e", "#0a6636", "#b00f1b"
Draw = ImageDraw.ImageDraw


def picture(name: str) -> IO[bytes]:
    """Return a drawing as PNG."""
    image = Image.new("RGB", SIZE, GROUND)
    DRAWINGS[name](ImageDraw.Draw(image))
    content = io.BytesIO()
    image.save(content, "PNG")
    content.seek(0)
    return content


def _handle(draw: Draw, x: int, y: int, colour: str = METAL) -> None:
    draw.ellipse((x, y, x + 170, y + 170), fill=colour, outline=INK, width=8)
    draw.rounded_rectangle((x + 120, y + 45, x + 520, y + 125), 38, colour, INK, 8)
    draw.ellipse((x + 55, y + 55, x + 115, y + 115), fill=GROUND, outline=INK, width=8)


def _arrow(draw: Draw, start: tuple[int, int], end: tuple[int, int], colour: str = ACCENT) -> None:
    draw.line((start, end), fill=colour, width=18)
    (x, y), along = end, 1 if end[0] >= start[0] else -1
    if start[0] == end[0]:
        down = 1 if end[1] >= start[1] else -1
        draw.polygon(((x, y + 34 * down), (x - 34, y - 8), (x + 34, y - 8)), fill=colour)
    else:
        draw.polygon(((x + 34 * along, y), (x - 8, y - 34), (x - 8, y + 34)), fill=colour)


def _mark(draw: Draw, x: int, y: int, *, good: bool) -> None:
    colour = GOOD if good else STOP
    draw.ellipse((x, y, x + 150, y + 150), fill=colour)
    if good:
        draw.line(((x + 36, y + 78), (x + 66, y + 108), (x + 116, y + 46)), "white", 20)
    else:
        draw.line(((x + 44, y + 44), (x + 106, y + 106)), "white", 20)
        draw.line(((x + 106, y + 44), (x + 44, y + 106)), "white", 20)


def _size(draw: Draw, x: int, y: int, width: int, text: str) -> None:
    draw.line(((x, y), (x + width, y)), fill=INK, width=5)
    for end in (x, x + width):
        draw.line(((end, y - 24), (end, y + 24)), fill=INK, width=5)
    font = ImageFont.load_default(size=56)
    draw.text((x + width / 2, y - 14), text, fill=INK, font=font, anchor="ms")


def _wheel(draw: Draw) -> None:
    draw.ellipse((70, 120, 450, 500), fill=SHADE, outline=INK, width=8)
    draw.ellipse((230, 280, 290, 340), fill=GROUND, outline=INK, width=8)
    draw.arc((30, 80, 490, 540), 200, 330, fill=ACCENT, width=14)
    _handle(draw, 410, 380)
    _arrow(draw, (560, 340), (560, 400))


def _edges(draw: Draw) -> None:
    _handle(draw, 120, 230)
    for x in (330, 450, 570):
        _arrow(draw, (x, 120), (x, 230))
    draw.arc((95, 205, 315, 425), 120, 300, fill=ACCENT, width=14)


def _look(draw: Draw) -> None:
    _handle(draw, 60, 110, "#dfe7ea")
    _mark(draw, 720, 115, good=True)
    _handle(draw, 60, 360)
    draw.line(((320, 410), (380, 440), (350, 470), (430, 480)), fill=STOP, width=10)
    _mark(draw, 720, 365, good=False)


def _clamp(draw: Draw) -> None:
    for top in (110, 400):
        draw.rectangle((90, top, 390, top + 130), fill=SHADE, outline=INK, width=8)
    draw.rectangle((60, 250, 780, 390), fill="#d9b45a", outline=INK, width=8)
    draw.rectangle((800, 180, 850, 460), fill=INK)
    _size(draw, 400, 520, 400, "35")


def _turn(draw: Draw) -> None:
    draw.rectangle((60, 250, 560, 390), fill="#d9b45a", outline=INK, width=8)
    draw.polygon(((560, 250), (600, 290), (600, 350), (560, 390)), fill="#d9b45a", outline=INK)
    draw.polygon(((640, 180), (860, 140), (860, 240), (680, 250)), fill=SHADE, outline=INK)
    draw.arc((90, 160, 230, 480), 250, 110, fill=ACCENT, width=14)
    _arrow(draw, (790, 330), (660, 330))


def _gauge(draw: Draw) -> None:
    draw.ellipse((120, 150, 440, 470), outline=INK, width=46)
    draw.rectangle((460, 250, 860, 370), fill="#d9b45a", outline=INK, width=8)
    _arrow(draw, (720, 470), (520, 470))
    _mark(draw, 205, 235, good=True)


DRAWINGS: dict[str, Callable[[Draw], None]] = {
    "wheel": _wheel,
    "edges": _edges,
    "look": _look,
    "clamp": _clamp,
    "turn": _turn,
    "gauge": _gauge,
}
