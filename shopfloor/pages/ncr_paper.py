"""A nonconformance as PDF, in the reader's language: for the file, the supplier, the customer."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Blueprint, Response
from flask_babel import gettext, pgettext

from shopfloor.core import clock
from shopfloor.core.db import db
from shopfloor.core.files import path_of
from shopfloor.core.shown import in_unit, show_dated, show_on_paper, show_price, show_quantity
from shopfloor.core.words import in_words
from shopfloor.labels.layout import wrap
from shopfloor.labels.pdf import A4, blank, mark_demo, write
from shopfloor.labels.routes import as_pdf
from shopfloor.labels.typeface import printable
from shopfloor.people.access import requires, viewer
from shopfloor.quality.evidence import Evidence, evidence_of
from shopfloor.quality.ncr_models import NcrState
from shopfloor.quality.ncr_money import Spent
from shopfloor.quality.ncr_queries import Decision, NcrPage, ncr_page
from shopfloor.quality.ncr_words import CAUSES, KINDS

if TYPE_CHECKING:
    from fpdf import FPDF

bp = Blueprint("ncr_paper", __name__)
_EDGE, _LINE = 15.0, 1.3
_WIDE, _BOTTOM = A4[0] - 2 * _EDGE, A4[1] - 15.0
_WORDS = 60.0  # the column in which fields are named
_PHOTO = (85.0, 65.0)  # at most so wide and high, two in a row


@bp.get("/ncrs/<code>.pdf")
@requires("work.view")
def paper(code: str) -> Response:
    """Return everything about a nonconformance as one PDF, with its photos."""
    found = ncr_page(db.session(), viewer(), code)
    known = evidence_of(db.session(), found.hold.id)
    return as_pdf(ncr_pdf(found, known), f"{found.subject.number}")


def ncr_pdf(found: NcrPage, known: Evidence) -> bytes:
    """Return the document."""
    title = gettext("Nonconformance %(number)s", number=found.subject.number)
    document = blank(*A4, title)
    sheet = _Sheet(document, title)
    sheet.text(title, 7.0)
    sheet.y += 3
    for word, text in _facts(found):
        sheet.fact(word, text)
    sheet.part(gettext("What was found bad"), _measured(known))
    sheet.part(gettext("What was decided"), [_decision(found, each) for each in found.decisions])
    for each in found.concessions:
        said = [f"{show_quantity(each.quantity)} {in_unit(found.item.unit)}: {each.words}"]
        said.append(f"{found.name(each.approved_by_id)}, {show_on_paper(each.approved_at)}")
        if each.expires_on:
            said.append(gettext("Good through") + " " + show_dated(each.expires_on))
        if each.consent:
            said.append(gettext("The customer") + ": " + each.consent)
        sheet.part(gettext("Concession %(number)s", number=each.number), said)
    sheet.part(gettext("Still open"), [str(point) for point in found.open])
    papers = [each.consent_sha256 for each in found.concessions if each.consent_sha256]
    sheet.photos([*found.photos, *papers])
    return bytes(document.output())


@dataclass
class _Sheet:
    """The document as it grows; `y` is where the next row begins."""

    document: "FPDF"
    name: str
    y: float = 0.0

    def __post_init__(self) -> None:
        """Begin with the first page."""
        self._turn()

    def _turn(self) -> None:
        self.document.add_page()
        self.document.set_text_color(0)
        self.y = _EDGE
        mark_demo(self.document)
        write(self.document, printable(self._foot()), _EDGE, A4[1] - 10, 2.8)

    def _foot(self) -> str:
        printed = gettext("printed %(when)s", when=show_on_paper(clock.now()))
        page = gettext("page %(page)s", page=self.document.page_no())
        return " · ".join((self.name, printed, page))

    def _room(self, high: float) -> None:
        if self.y + high > _BOTTOM:
            self._turn()

    def text(self, text: str, size: float, x: float = _EDGE) -> None:
        """Write a paragraph from a column on to the right edge."""
        for line in wrap(printable(text), (A4[0] - _EDGE - x) / size):
            self._room(size * _LINE)
            write(self.document, line, x, self.y, size)
            self.y += size * _LINE

    def fact(self, word: str, text: str) -> None:
        """Write a field with its name; nothing when it is empty."""
        if text:
            self._room(3.6 * _LINE)
            write(self.document, printable(word), _EDGE, self.y + 0.3, 3.2)
            self.text(text, 3.6, _EDGE + _WORDS)
            self.y += 0.8

    def part(self, title: str, rows: list[str]) -> None:
        """Write a heading with its rows; nothing without any."""
        if rows:
            self.y += 4
            self._room(12)
            self.text(title, 4.6)
            for row in rows:
                self.text(row, 3.6)
                self.y += 0.8

    def photos(self, names: list[str]) -> None:
        """Draw the photos, two in a row."""
        self.y += 5
        there = [path_of(each) for each in names if path_of(each).exists()]
        for n, path in enumerate(there):
            if n % 2 == 0:
                self._room(_PHOTO[1])
            x = _EDGE + (n % 2) * (_PHOTO[0] + 5)
            self.document.image(str(path), x, self.y, *_PHOTO, keep_aspect_ratio=True)
            if n % 2 or n == len(there) - 1:
                self.y += _PHOTO[1] + 4


def _facts(found: NcrPage) -> list[tuple[str, str]]:
    ncr, unit = found.ncr, in_unit(found.item.unit)
    cause = str(CAUSES[ncr.cause]) if ncr.cause else ""
    state = (
        gettext("Closed") if ncr.state is NcrState.CLOSED else pgettext("nonconformance", "Open")
    )
    order = found.family.number if found.family.kind == "work_order" else ""
    return [
        (gettext("State"), state),
        (gettext("Item"), f"{found.item_subject.number} · {in_words(found.item.names)}"),
        (gettext("Lot"), (found.lot.number or "") if found.lot else ""),
        (gettext("Work order"), order or ""),
        (gettext("Quantity"), f"{show_quantity(ncr.quantity)} {unit}"),
        (pgettext("nonconformance", "What is wrong"), in_words(found.reason)),
        (gettext("Note"), found.hold.note),
        (gettext("Found at"), _operation(found, ncr.found_at_id)),
        (gettext("Made at"), _operation(found, ncr.made_at_id)),
        (gettext("Suspected cause"), " – ".join(t for t in (cause, ncr.cause_note) if t)),
        (gettext("Sees to it"), found.name(ncr.owner_id)),
        (gettext("Until"), show_dated(ncr.deadline) if ncr.deadline else ""),
        (
            pgettext("nonconformance", "Opened"),
            f"{found.name(ncr.opened_by_id)}, {show_on_paper(ncr.opened_at)}",
        ),
        (gettext("Closed"), _by(found.name(ncr.closed_by_id), ncr.closed_at)),
        (gettext("Material"), _spent(found.money.material)),
        (gettext("Wages up to where it was found"), _spent(found.money.wages)),
    ]


def _operation(found: NcrPage, operation_id: int | None) -> str:
    operation = found.operation(operation_id)
    return f"{operation.sequence} · {in_words(operation.names)}" if operation else ""


def _decision(found: NcrPage, each: Decision) -> str:
    said = [
        f"{KINDS[each.row.kind]}: {show_quantity(each.row.quantity)} {in_unit(found.item.unit)}",
        each.lot.number or each.lot.code,
        gettext("operation %(operation)s", operation=each.sequence),
    ]
    if each.back_to and each.back_to != each.sequence:
        said.append(gettext("begins again at %(operation)s", operation=each.back_to))
    if each.made is not None:
        said.append(gettext("now lot %(lot)s", lot=each.made.number))
    by = _by(found.name(found.hold.released_by_id), found.hold.released_at)
    return " · ".join([*said, by])


def _measured(known: Evidence) -> list[str]:
    """Return the bad values with their limits, a row for each."""
    rows = []
    for each in known.bad:
        piece = gettext("Piece %(piece)s", piece=each.piece)
        good = gettext("good: %(limits)s", limits=each.limits) if each.limits else ""
        rows.append(" · ".join(part for part in (piece, each.what, each.value, good) if part))
    if known.more:
        rows.append(gettext("and %(count)s more", count=known.more))
    return rows


def _by(name: str, at: datetime | None) -> str:
    """Return who and when; what closes by itself has no name."""
    return ", ".join(part for part in (name, show_on_paper(at) if at else "") if part)


def _spent(spent: Spent) -> str:
    known = [show_price(each.amount, each.currency) for each in spent.money]
    if spent.unknown:
        known.append(gettext("price not known: %(what)s", what=", ".join(spent.unknown)))
    return " + ".join(known)
