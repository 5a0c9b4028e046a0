"""Where-used: what an item goes into, one level up or up to the products, on a day or ever."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, true
from sqlalchemy.orm import Session, aliased

from shopfloor.catalogue.models import Bom, BomLine, Item
from shopfloor.catalogue.revisions import holding, in_days
from shopfloor.core.subjects import Subject

# Further uses are counted and not listed: a screw goes into everything.
MOST_USES = 2_000


@dataclass(frozen=True)
class Use:
    """One line of a BOM in which an item stands, and how many levels above it that is."""

    level: int
    item_id: int
    code: str
    number: str
    names: dict[str, str]
    own_unit: str
    revision: int
    quantity: Decimal
    unit: str
    part_id: int
    part_number: str
    valid_from: date | None
    valid_to: date | None
    only_for: dict[str, list[str]]


@dataclass(frozen=True)
class Uses:
    """What an item goes into; `tops` are those that go into nothing further."""

    lines: list[Use]
    tops: list[Use]
    cut: bool = False


def where_used(session: Session, item_id: int, day: date | None = None, deep: bool = False) -> Uses:
    """Return what an item goes into, on a day or (None) by any revision ever.

    Two statements a level, and each item is met once: nothing goes round for ever. A variant stands
    also where its model is named; a model's BOM leads on to where its variants go in.
    """
    met, level = {item_id}, 1
    lines: list[Use] = []
    ahead: Collection[int] = [item_id]
    while ahead and len(lines) < MOST_USES:
        found = _above(session, ahead, day, level)
        lines += found
        ahead = {use.item_id for use in found} - met if deep else ()
        met |= set(ahead)
        level += 1
    parts = {use.part_id for use in lines}
    tops = {use.item_id: use for use in reversed(lines) if use.item_id not in parts}
    ordered = sorted(tops.values(), key=lambda use: use.number)
    return Uses(lines[:MOST_USES], ordered, len(lines) > MOST_USES)


def _above(session: Session, item_ids: Collection[int], day: date | None, level: int) -> list[Use]:
    whole, part, into, named = aliased(Item), aliased(Item), aliased(Subject), aliased(Subject)
    on: ColumnElement[bool] = true()
    if day is not None:
        on = holding(Bom, day) & in_days(BomLine, day)
    query: Select[*tuple[Any, ...]] = (
        select(
            literal(level),
            whole.id,
            into.code,
            into.number,
            whole.names,
            whole.unit,
            Bom.revision,
            BomLine.quantity,
            func.coalesce(BomLine.unit, part.unit),
            part.id.label("part_id"),
            named.number,
            BomLine.valid_from,
            BomLine.valid_to,
            BomLine.only_for,
        )
        .join_from(BomLine, Bom, Bom.id == BomLine.bom_id)
        .join(whole, whole.id == Bom.item_id)
        .join(into, into.id == whole.id)
        .join(part, part.id == BomLine.item_id)
        .join(named, named.id == part.id)
        .where(BomLine.item_id.in_(_family(session, item_ids)), on)
        .order_by(into.number, Bom.revision.desc(), BomLine.position)
        .limit(MOST_USES + 1)
    )
    return list(_once(Use(*row) for row in session.execute(query)))


def _family(session: Session, item_ids: Collection[int]) -> set[int]:
    """Return the items with the models they are variants of, and the variants of the models."""
    rows = session.execute(
        select(Item.id, Item.model_id).where(Item.id.in_(item_ids) | Item.model_id.in_(item_ids))
    ).all()
    return {row.id for row in rows} | {row.model_id for row in rows if row.model_id}


def _once(uses: Iterable[Use]) -> Iterator[Use]:
    """Leave out what an older revision says again in the same words."""
    seen = set()
    for use in uses:
        same = (use.item_id, use.part_id, use.quantity, use.unit, str(use.only_for))
        if (*same, use.valid_from, use.valid_to) not in seen:
            seen.add((*same, use.valid_from, use.valid_to))
            yield use
