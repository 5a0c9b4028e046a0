"""What the inspector's list asks: everything that is due, overdue or running, the urgent first."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from shopfloor.catalogue.models import Item
from shopfloor.core.rights import Rights
from shopfloor.core.subjects import Subject
from shopfloor.holds.models import Hold
from shopfloor.plant.models import LINE, Line, Station
from shopfloor.production.models import (
    TO_JUDGE,
    WAITING,
    LotOperation,
    Operation,
    OrderState,
    WorkOrder,
)
from shopfloor.quality.plan_models import DUE_KINDS, Check, Plan, PlanKind, PlanRevision
from shopfloor.stock.models import Lot


class DueState(StrEnum):
    """How urgent an inspection is."""

    OVERDUE = "overdue"
    DUE = "due"
    RUNNING = "running"


def inspections(
    rights: Rights, now: datetime, state: str = "", line_id: int | None = None
) -> Select[*tuple[Any, ...]]:
    """Return the query for what is to be inspected where the reader may inspect.

    What is overdue comes first, then first articles, for which work stands still; locked lots come
    last. Pieces that wait without an inspection begun are due too.
    """
    todo = _todo()
    lot, order = aliased(Subject), aliased(Subject)
    standing = case(
        (todo.c.overdue_at <= now, DueState.OVERDUE.value),
        (todo.c.opened_at.is_not(None), DueState.RUNNING.value),
        else_=DueState.DUE.value,
    )
    held = _held()
    query = (
        select(
            todo,
            standing.label("standing"),
            held.label("held"),
            lot.code.label("lot_code"),
            lot.number.label("lot_number"),
            order.number.label("order_number"),
            Item.names.label("item_names"),
            Item.unit,
            Operation.sequence,
            Operation.names.label("operation_names"),
            Line.names.label("line_names"),
            Line.id.label("line_id"),
            Plan.names.label("plan_names"),
        )
        .join(lot, lot.id == todo.c.lot_id)
        .join(Lot, Lot.id == todo.c.lot_id)
        .join(order, order.id == Lot.family_id)
        .join(Item, Item.id == Lot.item_id)
        # A lot in stock is at no operation, and may never have been.
        .join(WorkOrder, WorkOrder.id == Lot.family_id, isouter=True)
        .join(Operation, Operation.id == todo.c.operation_id, isouter=True)
        .join(Station, Station.id == Operation.station_id, isouter=True)
        .join(Line, Line.id == Station.line_id, isouter=True)
        .join(PlanRevision, PlanRevision.id == todo.c.revision_id, isouter=True)
        .join(Plan, Plan.id == PlanRevision.plan_id, isouter=True)
        .where(
            or_(
                WorkOrder.state.in_([OrderState.RELEASED, OrderState.FINISHED]),
                todo.c.operation_id.is_(None),
            )
        )
        .order_by(held, *_urgent_first(todo, standing))
    )
    if state in list(DueState):
        query = query.where(standing == state)
    if line_id is not None:
        query = query.where(Line.id == line_id)
    scopes = rights.scopes("inspection.record")
    if scopes is not None:
        places = (lot.site_id, Line.id, Station.id)
        query = query.where(or_(*(place.in_(scopes) for place in places)))
    return query


def _held() -> ColumnElement[bool]:
    """Say that a lot or its order is locked."""
    on = or_(Hold.subject_id == Lot.family_id, Hold.subject_id == Lot.id)
    return select(Hold.id).where(on, Hold.released_at.is_(None)).exists()


def _urgent_first(todo: Any, standing: ColumnElement[str]) -> list[ColumnElement[Any]]:
    first = todo.c.kind == PlanKind.FIRST_ARTICLE.value
    return [
        case((standing == DueState.OVERDUE.value, 0), (first, 1), else_=2),
        todo.c.due_at.is_(None),
        todo.c.due_at,
        WorkOrder.priority.is_(None),
        WorkOrder.priority,
        WorkOrder.due.is_(None),
        WorkOrder.due,
        WorkOrder.id,
        Operation.sequence,
        todo.c.lot_id,
    ]


def lines(session: Session, rights: Rights) -> list[tuple[str, dict[str, str]]]:
    """Return the lines of an inspector, by which the list is narrowed; one statement."""
    query = (
        select(Subject.code, Line.names)
        .join(Line, Line.id == Subject.id)
        .where(Subject.kind == LINE.name, Subject.archived_at.is_(None))
        .order_by(Subject.number, Subject.code)
    )
    scopes = rights.scopes("inspection.record")
    if scopes is not None:
        stations = select(Station.line_id).where(Station.id.in_(scopes))
        query = query.where(
            or_(Line.id.in_(scopes), Line.site_id.in_(scopes), Line.id.in_(stations))
        )
    return [(code, names) for code, names in session.execute(query)]


def open_at(session: Session, operation_ids: list[int]) -> dict[int, list[Check]]:
    """Return what is due at some operations, by operation; one statement."""
    found = session.scalars(
        select(Check)
        .where(
            Check.operation_id.in_(operation_ids),
            Check.closed_at.is_(None),
            Check.kind.in_(DUE_KINDS),
        )
        .order_by(Check.id)
    )
    due: dict[int, list[Check]] = {}
    for check in found:
        due.setdefault(check.operation_id or 0, []).append(check)
    return due


def _todo() -> Any:
    """Return every inspection that is open, and every lot with pieces that wait for one."""
    opened = select(
        Check.id.label("check_id"),
        Check.revision_id,
        Check.lot_id,
        Check.operation_id,
        Check.kind.label("kind"),
        Check.due_at,
        Check.overdue_at,
        Check.opened_at,
        Check.self_checked_at,
        Check.quantity,
    ).where(Check.closed_at.is_(None))
    begun = (
        select(Check.id)
        .where(
            Check.lot_id == LotOperation.lot_id,
            Check.operation_id == LotOperation.operation_id,
            Check.closed_at.is_(None),
            Check.kind.not_in(DUE_KINDS),
        )
        .exists()
    )
    waiting = (
        select(
            null(),
            null(),
            LotOperation.lot_id,
            LotOperation.operation_id,
            literal(PlanKind.OPERATION.value),
            null(),
            null(),
            null(),
            null(),
            func.sum(WAITING, type_=LotOperation.good.type),
        )
        .where(and_(TO_JUDGE, ~begun))
        .group_by(LotOperation.lot_id, LotOperation.operation_id)
    )
    return union_all(opened, waiting).subquery("todo")
