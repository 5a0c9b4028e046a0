"""Labels as PDF, with the letters they need inside: sheets of A4, or one label a page."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from shopfloor.core.demo_mark import is_demo
from shopfloor.labels.designs import Label
from shopfloor.labels.dots import qr
from shopfloor.labels.layout import Placed, Size, place
from shopfloor.labels.paper import COLUMNS, ON_SHEET, ON_SHEETS
from shopfloor.labels.typeface import BASELINE, FILE

if TYPE_CHECKING:
    from fpdf import FPDF

A4 = (210.0, 297.0)
_LEFT, _TOP, _STEP = 7.2, 15.1, 66.0
LETTERS = "noto"


def blank(width: float, height: float, title: str) -> "FPDF":
    """Return an empty document of a paper size, in our typeface; loaded when the first is made."""
    from fpdf import FPDF

    document = FPDF(unit="mm", format=(width, height))
    document.add_font(LETTERS, "", FILE)
    document.set_auto_page_break(False)
    document.set_margin(0)
    document.set_title(title)
    document.set_creator("Shopfloor")
    return document


def sheet(labels: Sequence[Label], copies: int, title: str) -> bytes:
    """Return labels on sheets of A4, with thin lines to cut along."""
    document = blank(*A4, title)
    placed = [one for label in labels for one in [place(label, ON_SHEET)] * copies]
    for number, one in enumerate(placed):
        at = number % ON_SHEETS
        if at == 0:
            document.add_page()
        down, across = divmod(at, COLUMNS)
        x, y = _LEFT + across * _STEP, _TOP + down * ON_SHEET.height
        document.set_draw_color(200)
        document.set_line_width(0.1)
        document.rect(x, y, ON_SHEET.width, ON_SHEET.height)
        draw(document, one, x, y)
    return bytes(document.output())


def singles(labels: Sequence[Label], copies: int, size: Size, title: str) -> bytes:
    """Return labels one a page, as a label printer's driver wants them."""
    document = blank(size.width, size.height, title)
    for label in labels:
        placed = place(label, size)
        for _copy in range(copies):
            document.add_page()
            draw(document, placed, 0, 0)
    return bytes(document.output())


def draw(document: "FPDF", placed: Placed, x: float, y: float) -> None:
    """Draw a label with its left upper corner at a point of the page."""
    write_qr(document, placed, x + placed.qr_x, y + placed.qr_y)
    document.set_text_color(0)
    for row in placed.rows:
        write(document, row.text, x + row.x, y + row.y, row.size)


def write(document: "FPDF", text: str, x: float, y: float, size: float) -> None:
    """Write one row of letters, `size` millimetres high, below and right of a point."""
    document.set_font(LETTERS, size=size * 72 / 25.4)
    document.text(x, y + size * (BASELINE + 0.06), text)


def mark_demo(document: "FPDF") -> None:
    """Write DEMO into the upper margin of a page when its data are invented."""
    if is_demo():
        write(document, "DEMO", A4[0] - 40.0, 4.0, 6.0)


def write_qr(document: "FPDF", placed: Placed, x: float, y: float) -> None:
    """Draw a label's QR with its first module at a point of the page."""
    edge = placed.module * len(placed.modules)
    document.image(qr(placed), x, y, edge, edge)
