"""Looks up what a reading can stand for: our codes, links, labels, numbers; in that order."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Executable, Row, bindparam, literal, literal_column, or_, select, union_all
from sqlalchemy.orm import Session

from shopfloor.catalogue.models import ITEM, Item
from shopfloor.core.db import rows
from shopfloor.core.refusals import Sentence
from shopfloor.core.subjects import Subject
from shopfloor.scanning import refusals
from shopfloor.scanning.keys import keys_of
from shopfloor.scanning.label import Label
from shopfloor.scanning.lookalikes import twins_of
from shopfloor.scanning.models import LinkedCode, LinkKind
from shopfloor.scanning.reading import Reading
from shopfloor.stock.models import Lot

TYPED_KINDS = ("lot", "work_order", "item", "operation", "station")
MOST = 20
_SUBJECT = (
    Subject.id,
    Subject.kind,
    Subject.code,
    Subject.number,
    Subject.archived_at,
    Subject.site_id,
)
# Every scan of our own label asks this, and nothing else.
_MEANT = (
    select(*_SUBJECT)
    .where(
        (Subject.code == bindparam("code"))
        | (Subject.number == bindparam("typed")) & Subject.kind.in_(TYPED_KINDS)
    )
    .order_by(Subject.id)
    .limit(MOST)
)
# An item is linked to the GTIN that stands on its own page, too.
_LINKED: Executable = (
    union_all(
        select(*_SUBJECT, LinkedCode.kind.label("link"), LinkedCode.text)
        .join(LinkedCode, LinkedCode.subject_id == Subject.id)
        .where(
            LinkedCode.text.in_(bindparam("texts", expanding=True)),
            LinkedCode.archived_at.is_(None),
        ),
        select(*_SUBJECT, literal(LinkKind.GTIN, LinkedCode.kind.type), Item.gtin)
        .join(Item, Item.id == Subject.id)
        .where(Item.gtin.in_(bindparam("gtins", expanding=True))),
    )
    # By the first column: SQLite knows no name of a column here.
    .order_by(literal_column("1"))
    .limit(MOST)
)
_NUMBERED = (
    select(*_SUBJECT)
    .where(Subject.number.in_(bindparam("numbers", expanding=True)), Subject.kind.in_(TYPED_KINDS))
    .order_by(Subject.id)
    .limit(MOST)
)


@dataclass(frozen=True)
class Found:
    """A subject that a text stands for."""

    id: int
    kind: str
    code: str
    number: str | None
    archived: bool
    site_id: int | None


@dataclass(frozen=True)
class Match:
    """What a reading stands for; `near` is what it may have meant, `trouble` why not more.

    `item_known` says that `near` is the item of the label, and only its lot is not known.
    """

    found: tuple[Found, ...] = ()
    near: tuple[Found, ...] = ()
    trouble: Sentence | None = None
    item_known: bool = False


def match(session: Session, reading: Reading) -> Match:
    """Look a reading up; one statement for a code of ours, three at most for anything else."""
    if not reading.usable:
        return Match(trouble=reading.trouble)
    if reading.code:
        meant = rows(session, _MEANT, {"code": reading.code, "typed": reading.text})
        exact = [row for row in meant if row.code == reading.code]
        if exact or meant:
            return Match(_found(exact or meant))
    linked = _links(session, reading)
    if linked.found or reading.label is not None:
        return linked
    numbered = () if reading.code else _numbered(session, [reading.number])
    if numbered:
        return Match(numbered)
    near = _numbered(session, twins_of(reading.number)) if reading.number else ()
    return Match(near=near, trouble=reading.trouble)


def _links(session: Session, reading: Reading) -> Match:
    keys = keys_of(reading.text, reading.label)
    gtins = [text for kind, text in keys if kind is LinkKind.GTIN]
    asked = {"texts": [text for _kind, text in keys], "gtins": gtins}
    meant = rows(session, _LINKED, asked)
    kept = [row for row in meant if (row.link, row.text) in keys]
    if reading.label is None:
        return Match(_found(kept))
    exact = [row for row in kept if row.kind != ITEM.name or row.link is not LinkKind.GTIN]
    whole = [row for row in exact if row.kind != ITEM.name]
    return Match(_found(whole)) if whole else _labelled(session, reading.label, _found(kept))


def _labelled(session: Session, label: Label, items: tuple[Found, ...]) -> Match:
    """Find the lot of a label: by the item and the lot number together, never by one alone."""
    if label.part and not items:
        numbered = _numbered(session, [label.part])
        items = tuple(each for each in numbered if each.kind == ITEM.name)
    if not (label.lot or label.serial):
        numbers = [label.order, label.sscc]
        return Match(items or (() if label.gtin else _numbered(session, numbers)))
    lots = rows(session, _lots(label), {})
    wanted = {item.id for item in items}
    own = [row for row in lots if row.item_id in wanted]
    if own:
        return Match(_found(own))
    if items:
        unknown = refusals.lot_unknown(label.lot or label.serial or "")
        return Match(near=items, trouble=unknown, item_known=True)
    # A lot number alone is enough only where no label says whose it is.
    if not (label.gtin or label.part or label.supplier_part):
        return Match(_found(lots))
    return Match(near=_found(lots), trouble=refusals.ITEM_UNKNOWN)


def _lots(label: Label) -> Executable:
    numbers = [text for text in (label.lot, label.serial) if text]
    return (
        select(*_SUBJECT, Lot.item_id)
        .join(Lot, Lot.id == Subject.id)
        .where(or_(Lot.supplier_lot == label.lot, Subject.number.in_(numbers)))
        .order_by(Subject.id)
        .limit(MOST)
    )


def _numbered(session: Session, numbers: Iterable[str | None]) -> tuple[Found, ...]:
    asked = [number for number in numbers if number]
    return _found(rows(session, _NUMBERED, {"numbers": asked})) if asked else ()


def _found(meant: Iterable[Row[*tuple[Any, ...]]]) -> tuple[Found, ...]:
    each = {
        row.id: Found(
            row.id, row.kind, row.code, row.number, row.archived_at is not None, row.site_id
        )
        for row in meant
    }
    return tuple(each.values())
