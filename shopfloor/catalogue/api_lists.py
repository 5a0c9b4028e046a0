"""What programs hear of the catalogue, one part of a list at a time."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from shopfloor.catalogue.models import (
    Bom,
    BomLine,
    Item,
    Reason,
    ReasonKind,
    Routing,
    RoutingOperation,
)
from shopfloor.core.api import part_of
from shopfloor.core.api_fields import Asked, Exact, Named, Page, Told, name_of
from shopfloor.core.subjects import Subject


class ItemTold(Named):
    """An item; quantities of it are in its unit with so many decimals."""

    names: dict[str, str]
    unit: str
    decimals: int
    archived: bool


class BomLineTold(Told):
    """How much of an item goes into one piece."""

    item: Named
    quantity: Exact


class BomTold(Named):
    """One revision of what goes into an item."""

    item: Named
    revision: int
    made_at: datetime
    materials: list[BomLineTold]


class StepTold(Told):
    """One step of a routing."""

    sequence: int
    names: dict[str, str]
    station: Named
    inspect: bool
    tolerance_percent: int


class RoutingTold(Named):
    """One revision of how an item is made."""

    item: Named
    revision: int
    made_at: datetime
    operations: list[StepTold]


class ReasonTold(Named):
    """A reason and what it explains."""

    explains: ReasonKind
    names: dict[str, str]
    photo: bool
    archived: bool


def items(session: Session, asked: Asked) -> Page[ItemTold]:
    """Return a part of the items; one statement."""
    query = select(Subject, Item).join(Item, Item.id == Subject.id)
    rows, after = part_of(session, query, Item.id, asked)
    told = [
        ItemTold(
            code=subject.code,
            number=subject.number,
            names=item.names,
            unit=item.unit,
            decimals=item.decimals,
            archived=subject.archived_at is not None,
        )
        for subject, item, _id in rows
    ]
    return Page(entries=told, next=after)


def boms(session: Session, asked: Asked, item_id: int | None) -> Page[BomTold]:
    """Return a part of the BOM revisions with their lines; two statements."""
    rows, after = part_of(session, _revisions(Bom, item_id), Bom.id, asked)
    lines = session.execute(
        select(BomLine, Subject)
        .join(Subject, Subject.id == BomLine.item_id)
        .where(BomLine.bom_id.in_([bom.id for _subject, bom, *_ in rows]))
        .order_by(BomLine.position)
    ).all()
    materials: dict[int, list[BomLineTold]] = {}
    for line, subject in lines:
        told = BomLineTold(item=name_of(subject), quantity=line.quantity)
        materials.setdefault(line.bom_id, []).append(told)
    return Page(
        entries=[
            BomTold(**_revision(*row[:3]), materials=materials.get(row[1].id, [])) for row in rows
        ],
        next=after,
    )


def routings(session: Session, asked: Asked, item_id: int | None) -> Page[RoutingTold]:
    """Return a part of the routing revisions with their operations; two statements."""
    rows, after = part_of(session, _revisions(Routing, item_id), Routing.id, asked)
    steps = session.execute(
        select(RoutingOperation, Subject)
        .join(Subject, Subject.id == RoutingOperation.station_id)
        .where(RoutingOperation.routing_id.in_([routing.id for _subject, routing, *_ in rows]))
        .order_by(RoutingOperation.sequence)
    ).all()
    operations: dict[int, list[StepTold]] = {}
    for step, station in steps:
        told = StepTold(
            sequence=step.sequence,
            names=step.names,
            station=name_of(station),
            inspect=step.inspect,
            tolerance_percent=step.tolerance_percent,
        )
        operations.setdefault(step.routing_id, []).append(told)
    return Page(
        entries=[
            RoutingTold(**_revision(*row[:3]), operations=operations.get(row[1].id, []))
            for row in rows
        ],
        next=after,
    )


def reasons(session: Session, asked: Asked) -> Page[ReasonTold]:
    """Return a part of the reasons; one statement."""
    query = select(Subject, Reason).join(Reason, Reason.id == Subject.id)
    rows, after = part_of(session, query, Reason.id, asked)
    told = [
        ReasonTold(
            code=subject.code,
            number=subject.number,
            explains=reason.kind,
            names=reason.names,
            photo=reason.photo,
            archived=subject.archived_at is not None,
        )
        for subject, reason, _id in rows
    ]
    return Page(entries=told, next=after)


def _revisions(table: type[Bom | Routing], item_id: int | None) -> Select[*tuple[Any, ...]]:
    item = aliased(Subject)
    query = (
        select(Subject, table, item)
        .join(table, table.id == Subject.id)
        .join(item, item.id == table.item_id)
    )
    return query if item_id is None else query.where(table.item_id == item_id)


def _revision(subject: Subject, revision: Bom | Routing, item: Subject) -> dict[str, Any]:
    return {
        "code": subject.code,
        "number": subject.number,
        "item": name_of(item),
        "revision": revision.revision,
        "made_at": revision.made_at,
    }
