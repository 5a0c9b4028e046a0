"""What is open while somebody scans: its own lots, operations and items are meant first."""

from collections.abc import Sequence

from sqlalchemy import Select, select, union_all
from sqlalchemy.orm import Session

from shopfloor.core import subjects
from shopfloor.core.db import rows
from shopfloor.core.subjects import Subject
from shopfloor.production.models import Operation, OrderMaterial, WorkOrder
from shopfloor.scanning.matching import Found
from shopfloor.stock.models import Lot


def expected_kind(context: str) -> str | None:
    """Return the kind that a page asks for, when its context names one, such as "item"."""
    return context if context in subjects.KINDS else None


def meant_first(session: Session, found: tuple[Found, ...], context: str) -> tuple[Found, ...]:
    """Return those that belong to what is open, or all when none does; two statements at most."""
    if len(found) < 2 or not context:
        return found
    kind = expected_kind(context)
    if kind:
        return tuple(each for each in found if each.kind == kind) or found
    related = _related(session, context, [each.id for each in found])
    return tuple(each for each in found if each.id in related) or found


def _related(session: Session, context: str, ids: Sequence[int]) -> set[int]:
    code, number = subjects.read_reference(context)
    opened = session.execute(
        select(Subject.id, Subject.kind, Lot.family_id, Lot.item_id, Operation.order_id)
        .join(Lot, Lot.id == Subject.id, isouter=True)
        .join(Operation, Operation.id == Subject.id, isouter=True)
        .where(Subject.code == code if code else Subject.number == number)
        .limit(2)
    ).all()
    if len(opened) != 1:
        return set()
    (open_id, kind, family_id, item_id, order_id) = opened[0]
    if kind == "station":
        orders = select(Operation.order_id).where(Operation.station_id == open_id)
    else:
        orders = select(WorkOrder.id).where(WorkOrder.id == (order_id or family_id or open_id))
    asked = [each.where(each.selected_columns[0].in_(ids)) for each in _of_orders(orders)]
    related = {row[0] for row in rows(session, union_all(*asked), {})}
    return related | {open_id, family_id, item_id} & {*ids}


def _of_orders(orders: Select[int]) -> list[Select[int]]:
    return [
        select(WorkOrder.id).where(WorkOrder.id.in_(orders)),
        select(WorkOrder.item_id).where(WorkOrder.id.in_(orders)),
        select(Lot.id).where(Lot.family_id.in_(orders)),
        select(Operation.id).where(Operation.order_id.in_(orders)),
        select(Operation.station_id).where(Operation.order_id.in_(orders)),
        select(OrderMaterial.item_id).where(OrderMaterial.order_id.in_(orders)),
    ]
