"""Where everything on a label stands, in millimetres: one layout for paper, PDF and dots.

Long names wrap, then the letters shrink, then the QR, then lesser lines go; nothing is ever
outside the label.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import segno
from flask_babel import lazy_gettext as _l

from shopfloor.core.refusals import Refused
from shopfloor.labels.designs import Label, Line, Weight
from shopfloor.labels.typeface import printable, width

QUIET = 4  # modules around a QR that stay white
MARGIN = 1.5
ROW = 1.2  # from one row to the next, in parts of the letter size
GAP = 0.4
SIZES = {
    Weight.KIND: 2.4,
    Weight.TITLE: 4.8,
    Weight.NAME: 3.2,
    Weight.OTHER: 2.6,
    Weight.FACT: 2.6,
    Weight.CODE: 2.4,
}
# Fourteen dots at 203 dpi: below that a Chinese character is a blot.
SMALLEST = 1.75
# What is left out first when even the smallest letters do not fit.
LEAVES = (Weight.KIND, Weight.FACT, Weight.OTHER)


@dataclass(frozen=True)
class Size:
    """A label's size in millimetres, and the dots of the printer that draws it."""

    width: float
    height: float
    dpi: int = 203

    @property
    def dots(self) -> float:
        """Return the printer's dots in a millimetre."""
        return self.dpi / 25.4


@dataclass(frozen=True)
class Row:
    """A row of letters: left edge, top and size in millimetres, and how wide it is."""

    text: str
    x: float
    y: float
    size: float
    width: float


@dataclass(frozen=True)
class Placed:
    """A label with everything in its place; the QR as rows of dark and light modules."""

    size: Size
    rows: tuple[Row, ...]
    modules: tuple[bytes, ...]
    qr_x: float
    qr_y: float
    module_dots: int

    @property
    def module(self) -> float:
        """Return a module's edge in millimetres: always whole dots."""
        return self.module_dots / self.size.dots


def place(label: Label, size: Size) -> Placed:
    """Return where everything stands; Refused when the label is too small for its QR."""
    modules = tuple(bytes(row) for row in segno.make(label.qr, error="m", micro=False).matrix)
    edge = len(modules) + 2 * QUIET
    lines = [Line(printable(line.text), line.weight) for line in label.lines]
    for dots, scale, kept, cut in _tries(size, edge, lines):
        left = edge * dots / size.dots
        box = (left, MARGIN, size.width - MARGIN - left, size.height - 2 * MARGIN)
        rows = _fit(kept, box, scale, cut=cut)
        if rows is not None:
            top = (size.height - left) / 2 + QUIET * dots / size.dots
            return Placed(size, tuple(rows), modules, QUIET * dots / size.dots, top, dots)
    raise too_small()


def too_small() -> Refused:
    """Return the refusal for labels on which neither the QR nor a line finds room."""
    return Refused(
        _l("These labels are too small for a QR that scans, with a line beside it."),
        _l("Use labels of at least 30 by 20 mm."),
        rule="label_too_small",
        field="printer",
    )


def _tries(
    size: Size, edge: int, lines: list[Line]
) -> Iterator[tuple[int, float, list[Line], int]]:
    """Yield (dots of a module, scale, lines, longest row count), from the best to the last way."""
    least = 3 if size.dpi < 300 else 4
    room = min(size.height, size.width * 0.48) * size.dots
    # A larger label is read from farther away.
    larger = max(1.0, min(size.width / 50, size.height / 30, 2.2))
    most = min(int(room / edge), int(0.65 * larger * size.dots))
    if most < least:
        return
    for dots in dict.fromkeys((most, least)):
        for step in range(20, 10, -1):
            yield dots, step / 20 * larger, lines, 0
    for step in range(10, 4, -1):
        yield least, step / 20, lines, 0
    kept = list(lines)
    for weight in LEAVES:
        kept = [line for line in kept if line.weight is not weight]
        yield least, 0.2, kept, 0
    for longest in (6, 4, 3, 2, 1):
        yield least, 0.2, kept, longest


def _fit(
    lines: list[Line], box: tuple[float, float, float, float], scale: float, cut: int
) -> list[Row] | None:
    left, top, wide, high = box
    rows: list[Row] = []
    y = top
    for line in lines:
        size = max(SMALLEST, SIZES[line.weight] * scale)
        for text in _cut(wrap(line.text, wide / size), cut, wide / size):
            rows.append(Row(text, left, y, size, width(text) * size))
            y += size * ROW
        y += GAP * scale
    # The last row's letters end above the next row's top.
    return rows if y - GAP * scale - top <= high and all(r.width <= wide for r in rows) else None


def wrap(text: str, longest: float) -> list[str]:
    """Break a text into rows not wider than `longest` letter sizes: at blanks, or after any letter.

    Latin words stay whole where they fit; between Chinese characters a row may end anywhere.
    """
    rows: list[str] = []
    row = ""
    for word in _words(text):
        if width((row + word).rstrip()) <= longest:
            row += word
            continue
        if row.strip():
            rows.append(row.strip())
        row = word.lstrip()
        while width(row.rstrip()) > longest:
            fits = _fitting(row, longest)
            rows.append(row[:fits])
            row = row[fits:]
    return [*rows, row.strip()] if row.strip() or not rows else rows


def _words(text: str) -> Iterator[str]:
    """Yield what must not be torn: a word with the blank or hyphen after it, or one character."""
    word = ""
    for letter in text:
        if letter >= "⺀":
            if word:
                yield word
            yield letter
            word = ""
            continue
        word += letter
        if letter in " -/_.,;":
            yield word
            word = ""
    if word:
        yield word


def _fitting(text: str, longest: float) -> int:
    fits = 1
    while fits < len(text) and width(text[: fits + 1]) <= longest:
        fits += 1
    return fits


def _cut(rows: list[str], longest: int, wide: float) -> list[str]:
    if not longest or len(rows) <= longest:
        return rows
    last = rows[longest - 1]
    while last and width(last + "…") > wide:
        last = last[:-1]
    return [*rows[: longest - 1], last + "…"]
