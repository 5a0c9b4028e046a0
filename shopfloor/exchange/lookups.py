"""Finding what a row refers to: by number, by printed code, or by another program's number."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.catalogue.models import ITEM, Item
from shopfloor.core.codes import read_code
from shopfloor.core.refusals import Sentence
from shopfloor.core.subjects import Kind, Subject
from shopfloor.exchange.findings import Entry, Problem

T = TypeVar("T")
# A statement takes only so many values.
_MOST_VALUES = 500


@dataclass(frozen=True)
class Found:
    """A record that a row refers to."""

    id: int
    code: str
    number: str
    site_id: int | None
    archived: bool


def pieces(values: Iterable[T], size: int = _MOST_VALUES) -> Iterator[list[T]]:
    """Yield the values in pieces of which a statement can ask."""
    all_of = list(values)
    for start in range(0, len(all_of), size):
        yield all_of[start : start + size]


def by_reference(session: Session, kind: Kind, texts: Iterable[Any]) -> dict[str, Found]:
    """Return records by the texts that name them; a number comes before a code.

    An item is found by the number of another program, too, when nothing of ours has it.
    """
    wanted = {str(text) for text in texts if text is not None}
    found: dict[str, Found] = {}
    for piece in pieces(wanted):
        codes = {read_code(text): text for text in piece}
        codes.pop(None, None)
        rows = session.execute(
            select(Subject).where(
                Subject.kind == kind.name, Subject.number.in_(piece) | Subject.code.in_(codes)
            )
        ).scalars()
        for row in rows:
            for name in (codes.get(row.code), row.number):
                if name in wanted and (name == row.number or name not in found):
                    found[name] = _found(row)
    if kind is ITEM:
        _by_other_number(session, wanted, found)
    return found


def refers(
    found: dict[str, Found], entry: Entry, name: str, what: Sentence
) -> tuple[Found | None, Problem | None]:
    """Return what a field of a row refers to, or the problem that it is nothing in use."""
    text = entry.get(name)
    record = found.get(str(text))
    if text is None:
        return None, None
    if record is None:
        return None, entry.wrong(name, _l("the number of one that exists: %(what)s", what=what))
    if record.archived:
        return None, entry.wrong(name, _l("one that is in use; this one is archived"))
    return record, None


def rows_of(session: Session, table: type[T], ids: Iterable[int]) -> dict[int, T]:
    """Return rows of a table by their ids; one statement for each few hundred."""
    found: dict[int, T] = {}
    for piece in pieces(set(ids)):
        rows: Sequence[Any] = session.scalars(
            select(table).where(table.id.in_(piece))  # type: ignore[attr-defined]  # every table of a kind has it
        ).all()
        found |= {row.id: row for row in rows}
    return found


def _by_other_number(session: Session, wanted: set[str], found: dict[str, Found]) -> None:
    for piece in pieces(wanted - found.keys()):
        rows = session.execute(
            select(Item.other_number, Subject)
            .join(Subject, Subject.id == Item.id)
            .where(Item.other_number.in_(piece))
        )
        for other, subject in rows:
            found[str(other)] = _found(subject)


def _found(subject: Subject) -> Found:
    return Found(
        subject.id,
        subject.code,
        subject.number or "",
        subject.site_id,
        subject.archived_at is not None,
    )
