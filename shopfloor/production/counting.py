"""What was handed over to an operation: whose pieces came, and whether they were counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import CTE, ColumnElement, and_, cast, func, literal, or_, select, update
from sqlalchemy.orm import Session, aliased

from shopfloor.catalogue.models import Item
from shopfloor.core.events import Event, EventSubject, Role
from shopfloor.core.refusals import Refused
from shopfloor.core.rights import Rights
from shopfloor.core.subjects import Subject
from shopfloor.people.models import Person
from shopfloor.production.floor_models import CountDecision, HandedCount
from shopfloor.production.models import Operation
from shopfloor.production.way import Stop, Work
from shopfloor.stock.models import Lot

REPORT = "work.reported"
# A piece that gets a number of its own is counted with that; the others are counted here.
PARTED = ("lot.split", "lot.merged", "lot.part_held")
DECIDES = "work.override"
MOST = 200
LARGEST = 2**62
ZERO = Decimal(0)


@dataclass(frozen=True)
class HandedOver:
    """Pieces that came from the operation before, and who reported them there last."""

    quantity: Decimal
    report_event_id: int
    reporter_id: int
    reporter: str
    reported_at: datetime


def came(stop: Stop) -> Decimal:
    """Return how many pieces have ever come to an operation from the one before, over all passes.

    What was sent to rework here comes back as a further pass, and nobody has handed that over.
    """
    return sum((row.came - row.rework for row in stop.passes), ZERO)


def _left(stop: Stop) -> Decimal:
    """Return what is left of the pieces that came from the operation before."""
    reworked = {row.pass_ + 1: row.rework for row in stop.passes}
    return sum(
        (min(row.left, max(row.came - reworked.get(row.pass_, ZERO), ZERO)) for row in stop.passes),
        ZERO,
    )


def handed_over(
    session: Session, work: Work, stop: Stop, person_id: int | None
) -> HandedOver | None:
    """Return what another worker has handed over here and nobody has counted; one statement.

    Pieces that were split off or joined here were handed over by the lot that they come from.
    None at the first operation, where nothing is left, and where one reported it oneself. No
    statement in the first two cases.
    """
    before = work.before(stop)
    left = _left(stop)
    if before is None or not left:
        return None
    lot, operation = aliased(EventSubject), aliased(EventSubject)
    origin = _origins(work.lot.id, stop.operation.id)
    counted = (
        select(func.max(HandedCount.came))
        .where(HandedCount.lot_id == work.lot.id, HandedCount.operation_id == stop.operation.id)
        .scalar_subquery()
    )
    counted_there = (
        select(func.max(HandedCount.event_id))
        .join(origin, origin.c.lot_id == HandedCount.lot_id)
        .where(
            HandedCount.operation_id == stop.operation.id,
            HandedCount.lot_id != work.lot.id,
            HandedCount.event_id < origin.c.until,
        )
        .scalar_subquery()
    )
    taken_back = aliased(Event)
    found = session.execute(
        select(
            Event.id,
            Event.actor_id,
            Person.name,
            Event.happened_at,
            lot.subject_id,
            counted.label("counted"),
            counted_there.label("counted_there"),
        )
        .join(
            operation,
            and_(
                operation.event_id == Event.id,
                operation.subject_id == before.operation.id,
                operation.role == Role.ABOUT,
            ),
        )
        .join(
            lot,
            and_(
                lot.event_id == Event.id,
                lot.role == Role.ABOUT,
            ),
        )
        .join(origin, and_(origin.c.lot_id == lot.subject_id, Event.id < origin.c.until))
        .join(Person, Person.id == Event.actor_id)
        .join(taken_back, taken_back.undoes_id == Event.id, isouter=True)
        .where(Event.kind == REPORT, taken_back.id.is_(None))
        .order_by(Event.id.desc())
        .limit(1)
    ).first()
    if found is None or found.actor_id == person_id:
        return None
    if found.counted is not None and came(stop) <= found.counted:
        return None
    if found.subject_id != work.lot.id and (found.counted_there or 0) > found.id:
        return None
    return HandedOver(left, found.id, found.actor_id, found.name, found.happened_at)


def _origins(lot_id: int, operation_id: int) -> CTE:
    """Return the lots that a lot's pieces come from, each until the event with which they left."""
    row = select(Lot.id.label("lot_id"), cast(literal(LARGEST), Event.id.type).label("until"))
    origin = row.where(Lot.id == lot_id).cte("origin", recursive=True)
    made, used, at = aliased(EventSubject), aliased(EventSubject), aliased(EventSubject)
    parted, taken_back = aliased(Event), aliased(Event)
    return origin.union(
        select(used.subject_id, parted.id)
        .join(used, and_(used.event_id == parted.id, used.role == Role.USED))
        .join(made, and_(made.event_id == parted.id, made.role == Role.MADE))
        .join(at, and_(at.event_id == parted.id, at.subject_id == operation_id))
        .join(origin, origin.c.lot_id == made.subject_id)
        .join(taken_back, taken_back.undoes_id == parted.id, isouter=True)
        .where(parted.kind.in_(PARTED), parted.id < origin.c.until, taken_back.id.is_(None))
    )


def carry_off(session: Session, lot_id: int, operation_id: int, quantity: Decimal) -> None:
    """Say that pieces which had come to a lot are another one's; less than zero brings them back.

    What comes to the lot later is then more than was counted, and is counted again.
    """
    session.execute(
        update(HandedCount)
        .where(HandedCount.lot_id == lot_id, HandedCount.operation_id == operation_id)
        .values(came=HandedCount.came - quantity)
        .execution_options(synchronize_session=False)
    )


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


def corrected_since(session: Session, event_id: int) -> bool:
    """Say whether a report was corrected to a count, so that it cannot be taken back whole."""
    query = select(HandedCount.id).where(
        HandedCount.report_event_id == event_id,
        HandedCount.decision == CountDecision.CORRECTED,
    )
    return session.scalar(query.limit(1)) is not None


def nothing_to_count() -> Refused:
    """Return the refusal for counting what is counted already, or was never handed over."""
    return Refused(
        _l("Nothing waits to be counted here."),
        _l("What came is counted already, or it is your own work."),
        rule="nothing_to_count",
    )
