"""What programs hear of BOMs and routings, one part of a list at a time."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from shopfloor.catalogue.models import Bom, BomLine, Item, Routing, RoutingOperation
from shopfloor.core.api import part_of
from shopfloor.core.api_fields import Asked, Exact, Named, Page, Told, name_of
from shopfloor.core.subjects import Subject


class BomLineTold(Told):
    """How much of an item goes into one piece, in `unit`."""

    item: Named
    quantity: Exact
    unit: str
    valid_from: date | None
    valid_to: date | None
    only_for: dict[str, list[str]]


class BomTold(Named):
    """One revision of what goes into an item."""

    item: Named
    revision: int
    made_at: datetime
    valid_from: date | None
    valid_to: date | None
    materials: list[BomLineTold]


class StepTold(Told):
    """One step of a routing."""

    sequence: int
    names: dict[str, str]
    station: Named
    inspect: bool
    tolerance_percent: int
    skill: Named | None
    serialise: bool
    confirm_count: bool


class RoutingTold(Named):
    """One revision of how an item is made."""

    item: Named
    revision: int
    made_at: datetime
    valid_from: date | None
    valid_to: date | None
    operations: list[StepTold]


def boms(session: Session, asked: Asked, item_id: int | None) -> Page[BomTold]:
    """Return a part of the BOM revisions with their lines; two statements."""
    rows, after = part_of(session, _revisions(Bom, item_id), Bom.id, asked)
    lines = session.execute(
        select(BomLine, Subject, Item.unit)
        .join(Subject, Subject.id == BomLine.item_id)
        .join(Item, Item.id == BomLine.item_id)
        .where(BomLine.bom_id.in_([bom.id for _subject, bom, *_ in rows]))
        .order_by(BomLine.position)
    ).all()
    materials: dict[int, list[BomLineTold]] = {}
    for line, subject, own_unit in lines:
        told = BomLineTold(
            item=name_of(subject),
            quantity=line.quantity,
            unit=line.unit or own_unit,
            valid_from=line.valid_from,
            valid_to=line.valid_to,
            only_for=line.only_for,
        )
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
    skill = aliased(Subject)
    steps = session.execute(
        select(RoutingOperation, Subject, skill)
        .join(Subject, Subject.id == RoutingOperation.station_id)
        .join(skill, skill.id == RoutingOperation.skill_id, isouter=True)
        .where(RoutingOperation.routing_id.in_([routing.id for _subject, routing, *_ in rows]))
        .order_by(RoutingOperation.sequence)
    ).all()
    operations: dict[int, list[StepTold]] = {}
    for step, station, needed in steps:
        told = StepTold(
            sequence=step.sequence,
            names=step.names,
            station=name_of(station),
            inspect=step.inspect,
            tolerance_percent=step.tolerance_percent,
            skill=name_of(needed) if step.skill_id else None,
            serialise=step.serialise,
            confirm_count=step.confirm_count,
        )
        operations.setdefault(step.routing_id, []).append(told)
    return Page(
        entries=[
            RoutingTold(**_revision(*row[:3]), operations=operations.get(row[1].id, []))
            for row in rows
        ],
        next=after,
    )


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
        "valid_from": revision.valid_from,
        "valid_to": revision.valid_to,
    }
