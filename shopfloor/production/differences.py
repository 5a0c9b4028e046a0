"""Differences between what was handed over and what was counted: what waits for a decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased

from shopfloor.catalogue.models import Item
from shopfloor.core.events import Event
from shopfloor.core.rights import Rights
from shopfloor.core.subjects import Subject
from shopfloor.people.models import Person
from shopfloor.production.floor_models import HandedCount
from shopfloor.production.models import Operation
from shopfloor.stock.models import Lot

DECIDES = "work.override"
MOST = 200


@dataclass(frozen=True)
class OpenDifference:
    """A count that differs from what was reported, with both names, and waits for a decision."""

    count_id: int
    at: datetime
    lot: str
    lot_code: str
    item_names: dict[str, str]
    unit: str
    operation: int
    names: dict[str, str]
    told: Decimal
    counted: Decimal
    reporter: str
    counter: str


def open_differences(session: Session, rights: Rights) -> list[OpenDifference]:
    """Return the differences that these rights decide about, oldest first; one statement."""
    reporter, counter = aliased(Person), aliased(Person)
    query = (
        select(
            HandedCount.id,
            Event.happened_at,
            func.coalesce(Subject.number, Subject.code),
            Subject.code,
            Item.names,
            Item.unit,
            Operation.sequence,
            Operation.names,
            HandedCount.told,
            HandedCount.counted,
            reporter.name,
            counter.name,
        )
        .join(Event, Event.id == HandedCount.event_id)
        .join(Subject, Subject.id == HandedCount.lot_id)
        .join(Lot, Lot.id == HandedCount.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .join(Operation, Operation.id == HandedCount.operation_id)
        .join(reporter, reporter.id == HandedCount.reporter_id)
        .join(counter, counter.id == HandedCount.person_id)
        .where(HandedCount.decision.is_(None), *_in_reach(rights))
        .order_by(HandedCount.id)
        .limit(MOST)
    )
    found: Sequence[Any] = session.execute(query).all()
    return [OpenDifference(*row) for row in found]


def count_differences(session: Session, rights: Rights) -> int:
    """Return how many differences wait for a decision of these rights; one statement."""
    query = (
        select(func.count(HandedCount.id))
        .join(Event, Event.id == HandedCount.event_id)
        .where(HandedCount.decision.is_(None), *_in_reach(rights))
    )
    return session.scalar(query) or 0


def _in_reach(rights: Rights) -> list[ColumnElement[bool]]:
    scopes = rights.scopes(DECIDES)
    if scopes is None:
        return []
    places = (Event.site_id, Event.line_id, Event.station_id)
    return [or_(*(place.in_(scopes) for place in places))]
