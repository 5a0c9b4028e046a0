"""Lists of lots that wait for work or for an inspection, the most urgent first."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, aliased

from shopfloor.catalogue.models import Item
from shopfloor.core.rights import Rights
from shopfloor.core.subjects import Subject
from shopfloor.holds.models import Hold
from shopfloor.plant.models import Line, Station
from shopfloor.production.models import LotOperation, Operation, OrderState, WorkOrder

PAGE = 50
_LEFT = LotOperation.came - LotOperation.good - LotOperation.scrap - LotOperation.rework
_HELD = (
    select(Hold.id)
    .where(
        or_(Hold.subject_id == WorkOrder.id, Hold.subject_id == LotOperation.lot_id),
        Hold.released_at.is_(None),
    )
    .exists()
)


@dataclass(frozen=True)
class Waiting:
    """A lot with pieces at an operation that wait for work, or for an inspection.

    Pieces that are back for rework wait together with the others: they are reported together.
    """

    lot: str
    lot_code: str
    order: str
    item_names: dict[str, str]
    unit: str
    operation: int
    names: dict[str, str]
    left: Decimal
    waiting: Decimal
    due: date | None
    held: bool


def ready_work(session: Session, rights: Rights, *conditions: ColumnElement[bool]) -> list[Waiting]:
    """Return lots with pieces to report, the most urgent first, locked ones last; one statement."""
    return _waiting(session, rights, _LEFT > 0, *conditions)


def next_card(session: Session, rights: Rights) -> Waiting | None:
    """Return the first lot of a person's work that is not locked, if any; one statement."""
    if not rights.has("work.report"):
        return None
    return next(iter(_waiting(session, rights, _LEFT > 0, ~_HELD, most=1)), None)


def stuck_work(session: Session, rights: Rights) -> list[Waiting]:
    """Return lots whose pieces wait for an inspection or a decision; one statement."""
    return _waiting(session, rights, LotOperation.good - LotOperation.onward > 0)


def waiting_inspections(session: Session, rights: Rights) -> list[Waiting]:
    """Return lots with pieces to inspect, the most urgent first, locked last; one statement."""
    waits = LotOperation.good - LotOperation.onward - LotOperation.held > 0
    return _waiting(session, rights, LotOperation.inspect.is_(True), waits)


def _waiting(
    session: Session, rights: Rights, *conditions: ColumnElement[bool], most: int = PAGE
) -> list[Waiting]:
    order_subject = aliased(Subject)
    query = (
        select(LotOperation, Operation, WorkOrder.due, Subject, order_subject.number, Item.names)
        .add_columns(Item.unit, _HELD.label("held"))
        .select_from(WorkOrder)
        .join(Operation, Operation.order_id == WorkOrder.id)
        .join(LotOperation, LotOperation.operation_id == Operation.id)
        .join(Subject, Subject.id == LotOperation.lot_id)
        .join(order_subject, order_subject.id == WorkOrder.id)
        .join(Item, Item.id == WorkOrder.item_id)
        .join(Station, Station.id == Operation.station_id)
        .join(Line, Line.id == Station.line_id)
        .where(WorkOrder.state == OrderState.RELEASED, *conditions)
        .order_by(
            _HELD,
            WorkOrder.priority,
            WorkOrder.due.is_(None),
            WorkOrder.due,
            WorkOrder.id,
            Operation.sequence,
            LotOperation.pass_,
        )
        .limit(most)
    )
    scopes = rights.scopes("work.view")
    if scopes is not None:
        query = query.where(
            or_(WorkOrder.site_id.in_(scopes), Line.id.in_(scopes), Station.id.in_(scopes))
        )
    found: dict[tuple[str, int], Waiting] = {}
    for row, operation, due, lot, number, item_names, unit, is_held in session.execute(query):
        before = found.get((lot.code, operation.sequence))
        found[lot.code, operation.sequence] = Waiting(
            lot=lot.number or lot.code,
            lot_code=lot.code,
            order=number or "",
            item_names=item_names,
            unit=unit,
            operation=operation.sequence,
            names=operation.names,
            left=row.left + (before.left if before else 0),
            waiting=row.waiting + (before.waiting if before else 0),
            due=due,
            held=is_held,
        )
    return list(found.values())
