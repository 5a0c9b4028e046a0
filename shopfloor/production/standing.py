"""Where in the plant a lot or an order stands: at the operation with most of its pieces."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    case,
    distinct,
    func,
    null,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from shopfloor.core.events import Where
from shopfloor.core.subjects import Subject
from shopfloor.holds.models import Hold
from shopfloor.plant.models import LINE, STATION, Station
from shopfloor.plant.shifts import turn_of
from shopfloor.production.models import (
    LEFT,
    OPERATION,
    ORDER,
    TO_DO,
    TO_JUDGE,
    WAITING,
    LotOperation,
    Operation,
    WorkOrder,
)
from shopfloor.stock.models import LOT, Lot

_HERE = or_(TO_DO, TO_JUDGE, LotOperation.held > 0)
_PIECES = LEFT + WAITING + LotOperation.held
_AT = (
    select(Station.id, Station.line_id, WorkOrder.wip_place_id)
    .select_from(Operation)
    .join(Station, Station.id == Operation.station_id)
    .join(WorkOrder, WorkOrder.id == Operation.order_id)
)


def where_it_stands(session: Session, subject: Subject, at: datetime) -> Where | None:
    """Return where a thing stands and whose shift it is; None for what stands at no line.

    At most two statements.
    """
    if subject.site_id is None or subject.kind not in _FOUND:
        return None
    row = session.execute(_FOUND[subject.kind](subject.id)).first()
    if row is None:
        return None
    turn = turn_of(session, subject.site_id, at)
    station_id, line_id, place_id = row
    return Where(subject.site_id, line_id, station_id, place_id, turn.shift_id, turn.leader_id)


def station_of(session: Session, operation_id: int | None) -> tuple[int, int] | None:
    """Return the line and the station of an operation; one statement, none without an operation."""
    if operation_id is None:
        return None
    at = select(Station.line_id, Station.id).join(Operation, Operation.station_id == Station.id)
    found = session.execute(at.where(Operation.id == operation_id)).first()
    return (found[0], found[1]) if found else None


def line_of(subject_id: InstrumentedAttribute[int]) -> ScalarSelect[int]:
    """Return the line where most pieces of a lot or an order are, for a query over such."""
    station = aliased(Station)
    return (
        select(station.line_id)
        .join(Operation, Operation.station_id == station.id)
        .join(LotOperation, LotOperation.operation_id == Operation.id)
        .join(Lot, Lot.id == LotOperation.lot_id)
        .where(or_(Lot.id == subject_id, Lot.family_id == subject_id), _HERE)
        .order_by(_PIECES.desc(), Operation.sequence)
        .limit(1)
        .correlate(subject_id.class_)
        .scalar_subquery()
    )


def signed_at(hold: type[Hold] = Hold) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """Return the line and the station at which a right to release a hold counts, for a query.

    They are those of the failed operation; of a lot, an order or an operation that somebody has
    locked by hand the one line and the one station where all of it is made, if there is only one.
    """
    return _signed_at(hold, Station.line_id), _signed_at(hold, Station.id)


def _signed_at(hold: type[Hold], column: InstrumentedAttribute[int]) -> ColumnElement[int]:
    failed = (
        select(column)
        .join(Operation, Operation.station_id == Station.id)
        .where(Operation.id == hold.operation_id)
        .correlate(hold)
        .scalar_subquery()
    )
    family = select(Lot.family_id).where(Lot.id == hold.subject_id).correlate(hold)
    order = select(Operation.order_id).where(Operation.id == hold.subject_id).correlate(hold)
    parts = (each.scalar_subquery() for each in (family, order))
    only = (
        select(case((func.count(distinct(column)) == 1, func.min(column))))
        .select_from(Operation)
        .join(Station, Station.id == Operation.station_id)
        .where(Operation.order_id == func.coalesce(*parts, hold.subject_id))
        .correlate(hold)
        .scalar_subquery()
    )
    return func.coalesce(failed, only)


def _of_pieces(subject_id: int) -> Select[*tuple[Any, ...]]:
    """Find the operation with most pieces that are not finished, of equal ones the first."""
    return (
        _AT.join(LotOperation, LotOperation.operation_id == Operation.id)
        .join(Lot, Lot.id == LotOperation.lot_id)
        .where(or_(Lot.id == subject_id, Lot.family_id == subject_id), _HERE)
        .order_by(_PIECES.desc(), Operation.sequence)
        .limit(1)
    )


def _of_operation(subject_id: int) -> Select[*tuple[Any, ...]]:
    return _AT.where(Operation.id == subject_id)


def _of_station(subject_id: int) -> Select[*tuple[Any, ...]]:
    return select(Station.id, Station.line_id, null()).where(Station.id == subject_id)


def _of_line(subject_id: int) -> Select[*tuple[Any, ...]]:
    return select(null(), Subject.id, null()).where(Subject.id == subject_id)


_FOUND = {
    LOT.name: _of_pieces,
    ORDER.name: _of_pieces,
    OPERATION.name: _of_operation,
    STATION.name: _of_station,
    LINE.name: _of_line,
}
