"""What was handed over to an operation: whose pieces came, and whether they were counted."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    CTE,
    BindParameter,
    Select,
    and_,
    bindparam,
    cast,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from shopfloor.core.db import rows
from shopfloor.core.events import Event, EventSubject, Role
from shopfloor.core.refusals import Refused
from shopfloor.people.models import Person
from shopfloor.production.floor_models import CountDecision, HandedCount
from shopfloor.production.way import Stop, Work
from shopfloor.stock.models import Lot

REPORT = "work.reported"
# A piece that gets a number of its own is counted with that; the others are counted here. A verdict
# parts pieces that were sorted out.
PARTED = ("lot.split", "lot.merged", "lot.part_held", "inspection.recorded")
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
    asked = {
        "lot": work.lot.id,
        "operation": stop.operation.id,
        "before": before.operation.id,
    }
    found = next(iter(rows(session, _HANDED, asked)), None)
    if found is None or found.actor_id == person_id:
        return None
    if found.counted is not None and came(stop) <= found.counted:
        return None
    if found.subject_id != work.lot.id and (found.counted_there or 0) > found.id:
        return None
    return HandedOver(left, found.id, found.actor_id, found.name, found.happened_at)


def _origins(lot: BindParameter[int], operation: BindParameter[int]) -> CTE:
    """Return the lots that a lot's pieces come from, each until the event with which they left."""
    row = select(Lot.id.label("lot_id"), cast(literal(LARGEST), Event.id.type).label("until"))
    origin = row.where(Lot.id == lot).cte("origin", recursive=True)
    made, used, at = aliased(EventSubject), aliased(EventSubject), aliased(EventSubject)
    parted, taken_back = aliased(Event), aliased(Event)
    return origin.union(
        select(used.subject_id, parted.id)
        .join(used, and_(used.event_id == parted.id, used.role == Role.USED))
        .join(made, and_(made.event_id == parted.id, made.role == Role.MADE))
        .join(at, and_(at.event_id == parted.id, at.subject_id == operation))
        .join(origin, origin.c.lot_id == made.subject_id)
        .join(taken_back, taken_back.undoes_id == parted.id, isouter=True)
        .where(parted.kind.in_(PARTED), parted.id < origin.c.until, taken_back.id.is_(None))
    )


def _handed() -> Select[*tuple[Any, ...]]:
    """Make the statement of who reported last in front of an operation, and what is counted."""
    here: BindParameter[int] = bindparam("lot")
    at: BindParameter[int] = bindparam("operation")
    lot, operation, taken_back = aliased(EventSubject), aliased(EventSubject), aliased(Event)
    origin = _origins(here, at)
    counted = select(func.max(HandedCount.came)).where(
        HandedCount.lot_id == here, HandedCount.operation_id == at
    )
    counted_there = (
        select(func.max(HandedCount.event_id))
        .join(origin, origin.c.lot_id == HandedCount.lot_id)
        .where(
            HandedCount.operation_id == at,
            HandedCount.lot_id != here,
            HandedCount.event_id < origin.c.until,
        )
    )
    reported = operation.subject_id == bindparam("before")
    query: Select[*tuple[Any, ...]] = (
        select(
            Event.id,
            Event.actor_id,
            Person.name,
            Event.happened_at,
            lot.subject_id,
            counted.scalar_subquery().label("counted"),
            counted_there.scalar_subquery().label("counted_there"),
        )
        .join(
            operation,
            and_(operation.event_id == Event.id, reported, operation.role == Role.ABOUT),
        )
        .join(lot, and_(lot.event_id == Event.id, lot.role == Role.ABOUT))
        .join(origin, and_(origin.c.lot_id == lot.subject_id, Event.id < origin.c.until))
        .join(Person, Person.id == Event.actor_id)
        .join(taken_back, taken_back.undoes_id == Event.id, isouter=True)
        .where(Event.kind == REPORT, taken_back.id.is_(None))
        .order_by(Event.id.desc())
        .limit(1)
    )
    return query


# Every scan asks: making a statement takes longer than it runs.
_HANDED = _handed()


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
