"""The traveller as PDF: A4, as many pages as the operations need, each with the lot's QR."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import segno
from flask_babel import gettext

from shopfloor.core import clock
from shopfloor.core.shown import in_unit, show_dated, show_on_paper, show_quantity
from shopfloor.labels.layout import wrap
from shopfloor.labels.pdf import A4, LETTERS, blank, mark_demo, write
from shopfloor.labels.traveller import Row, Traveller
from shopfloor.labels.typeface import printable

if TYPE_CHECKING:
    from fpdf import FPDF

_EDGE = 12.0
_WIDE = A4[0] - 2 * _EDGE
_BOTTOM = A4[1] - 14.0
_MODULE = 0.375  # three dots at 203 dpi
_LINE = 1.25
# From the left: number, QR, what and where, inspection, good, scrap, who and when.
COLUMNS = (11.0, 17.0, 62.0, 20.0, 20.0, 20.0, 36.0)


def traveller_pdf(cards: Sequence[Traveller]) -> bytes:
    """Return the travellers of some lots as one document; each begins on a new page."""
    document = blank(*A4, cards[0].title)
    for card in cards:
        _Card(document, card).draw()
    return bytes(document.output())


@dataclass
class _Card:
    """One traveller being drawn; `y` is where the next row begins."""

    document: "FPDF"
    card: Traveller
    y: float = 0.0
    page: int = 0

    def draw(self) -> None:
        self._new_page()
        for row in self.card.rows:
            texts = _texts(row)
            high = max(_MODULE * 37 + 1.5, sum(size * _LINE for _text, size in texts) + 3)
            if self.y + high > _BOTTOM:
                self._new_page()
            self._row(row, texts, high)
        self._foot()

    def _new_page(self) -> None:
        if self.page:
            self._foot()
        self.page += 1
        self.document.add_page()
        self.document.set_text_color(0)
        self.document.set_draw_color(0)
        mark_demo(self.document)
        self.y = _EDGE
        self._head()
        self._columns()

    def _head(self) -> None:
        card, top = self.card, self.y
        edge = _qr(self.document, card.qr, A4[0] - _EDGE, top, 0.75)
        wide = _WIDE - edge - 4
        write(self.document, gettext("Traveller"), _EDGE, top, 3.4)
        y = top + 5
        for text, size in (
            (card.lot, 8.0),
            (card.name, 5.0),
            (card.other_name, 3.6),
        ):
            y = self._paragraph(text, _EDGE, y, size, wide)
        y = self._facts(y + 1.5, wide)
        self.y = max(y, top + edge) + 3

    def _facts(self, y: float, wide: float) -> float:
        """Write the facts in two columns and return where they end."""
        card = self.card
        pairs = [
            (gettext("Work order"), card.order),
            (gettext("Item"), card.item_number),
            (gettext("Quantity"), f"{show_quantity(card.quantity)} {in_unit(card.unit)}"),
            (gettext("Due"), show_dated(card.due) if card.due else ""),
            (gettext("Site"), card.site),
            (gettext("Code"), card.code),
        ]
        half = wide / 2
        for left, right in zip(pairs[::2], pairs[1::2], strict=True):
            ends = []
            for x, (word, text) in ((_EDGE, left), (_EDGE + half, right)):
                if text:
                    write(self.document, word, x, y, 2.6)
                    ends.append(self._paragraph(text, x, y + 3.2, 3.8, half - 3))
            y = max(ends, default=y) + 1
        return y

    def _paragraph(self, text: str, x: float, y: float, size: float, wide: float) -> float:
        for line in wrap(printable(text), wide / size) if text else ():
            write(self.document, line, x, y, size)
            y += size * _LINE
        return y

    def _columns(self) -> None:
        words = (
            "",
            "",
            gettext("Operation and station"),
            gettext("Inspection"),
            gettext("Good"),
            gettext("Scrap"),
            gettext("Name, date"),
        )
        x = _EDGE
        for word, wide in zip(words, COLUMNS, strict=True):
            write(self.document, word, x + 1.5, self.y + 1, 2.8)
            x += wide
        self.document.set_line_width(0.5)
        self.y += 5.5
        self.document.line(_EDGE, self.y, _EDGE + _WIDE, self.y)

    def _row(self, row: Row, texts: list[tuple[str, float]], high: float) -> None:
        document, top = self.document, self.y
        write(document, str(row.sequence), _EDGE + 0.5, top + 2, _number_size(row.sequence))
        _qr(document, row.qr, _EDGE + COLUMNS[0] + 16, top + 0.7, _MODULE)
        x, y = _EDGE + COLUMNS[0] + COLUMNS[1] + 1, top + 1.8
        for text, size in texts:
            write(document, text, x, y, size)
            y += size * _LINE
        if row.inspect:
            x = _EDGE + sum(COLUMNS[:3])
            document.set_line_width(0.4)
            document.rect(x + 2, top + 2.5, 5, 5)
            write(document, gettext("inspect"), x + 8, top + 3.4, 2.8)
        document.set_line_width(0.15)
        x = _EDGE
        for wide in COLUMNS[:-1]:
            x += wide
            if x > _EDGE + COLUMNS[0] + 1 and x != _EDGE + COLUMNS[0] + COLUMNS[1]:
                document.line(x, top, x, top + high)
        document.line(_EDGE, top + high, _EDGE + _WIDE, top + high)
        self.y = top + high

    def _foot(self) -> None:
        said = gettext("%(lot)s, page %(page)s", lot=self.card.lot, page=self.page)
        printed = gettext("printed %(when)s", when=show_on_paper(clock.now()))
        write(self.document, printable(f"{said} · {printed}"), _EDGE, A4[1] - 10, 2.8)


def _number_size(number: int) -> float:
    return 4.6 if number < 1000 else 3.2


def _texts(row: Row) -> list[tuple[str, float]]:
    """Return the rows of letters of an operation, with their sizes."""
    wide = COLUMNS[2] - 2.5
    return [
        (line, size)
        for text, size in ((row.name, 4.0), (row.other_name, 3.0), (row.station, 3.0))
        if text
        for line in wrap(printable(text), wide / size)
    ]


def _qr(document: "FPDF", text: str, right: float, top: float, module: float) -> float:
    """Draw a QR with its quiet zone, flush right; returns its whole edge."""
    from PIL import Image

    code = segno.make(text, error="m", micro=False)
    rows = [bytes(row) for row in code.matrix]
    count = len(rows)
    picture = Image.frombytes("L", (count, count), b"".join(rows))
    picture = picture.point(lambda each: 0 if each else 255).convert("1")
    picture = picture.resize((count * 6, count * 6), Image.Resampling.NEAREST)
    edge, quiet = (count + 8) * module, 4 * module
    document.image(picture, right - edge + quiet, top + quiet, count * module, count * module)
    document.set_font(LETTERS)
    return edge
