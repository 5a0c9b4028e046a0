"""A nonconformance as PDF, in the reader's language: for the file, the supplier, the customer."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, Response
from flask_babel import gettext, pgettext

from shopfloor.core.db import db
from shopfloor.core.files import path_of
from shopfloor.core.shown import in_unit, show_day, show_moment, show_price, show_quantity
from shopfloor.core.words import in_words
from shopfloor.labels.layout import wrap
from shopfloor.labels.pdf import A4, blank, write
from shopfloor.labels.routes import as_pdf
from shopfloor.labels.typeface import printable
from shopfloor.people.access import requires, viewer
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
    return as_pdf(ncr_pdf(found), f"{found.subject.number}")


def ncr_pdf(found: NcrPage) -> bytes:
    """Return the document."""
    title = gettext("Nonconformance %(number)s", number=found.subject.number)
    document = blank(*A4, title)
    sheet = _Sheet(document)
    sheet.text(title, 7.0)
    sheet.y += 3
    for word, text in _facts(found):
        sheet.fact(word, text)
    sheet.part(gettext("What was decided"), [_decision(found, each) for each in found.decisions])
    for each in found.concessions:
        said = [f"{show_quantity(each.quantity)} {in_unit(found.item.unit)}: {each.words}"]
        said.append(f"{found.name(each.approved_by_id)}, {show_moment(each.approved_at)}")
        if each.expires_on:
            said.append(gettext("Good through") + " " + show_day(each.expires_on))
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
    y: float = 0.0

    def __post_init__(self) -> None:
        """Begin with the first page."""
        self._turn()

    def _turn(self) -> None:
        self.document.add_page()
        self.document.set_text_color(0)
        self.y = _EDGE

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
        (gettext("Until"), show_day(ncr.deadline)),
        (
            pgettext("nonconformance", "Opened"),
            f"{found.name(ncr.opened_by_id)}, {show_moment(ncr.opened_at)}",
        ),
        (gettext("Closed"), show_moment(ncr.closed_at) if ncr.closed_at else ""),
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
    if each.made is not None:
        said.append(gettext("now lot %(lot)s", lot=each.made.number))
    who, when = found.name(found.hold.released_by_id), show_moment(found.hold.released_at)
    return " · ".join([*said, f"{who}, {when}"])


def _spent(spent: Spent) -> str:
    known = [show_price(each.amount, each.currency) for each in spent.money]
    if spent.unknown:
        known.append(gettext("not known: %(what)s", what=", ".join(spent.unknown)))
    return " + ".join(known)
