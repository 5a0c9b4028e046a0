"""Which orders a new BOM or routing affects, for the pages of the catalogue."""

from collections.abc import Collection

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shopfloor.catalogue.affected import Affected, OrderAffected
from shopfloor.core.rights import Rights
from shopfloor.core.subjects import Subject
from shopfloor.production.models import OrderState, WorkOrder
from shopfloor.production.overview import visible

SHOWN = 8


def orders_of(session: Session, rights: Rights, item_ids: Collection[int]) -> Affected:
    """Return the orders of some items that are not over yet, as far as the reader sees them."""
    planned, planned_count = _orders(session, rights, item_ids, OrderState.PLANNED)
    running, running_count = _orders(session, rights, item_ids, OrderState.RELEASED)
    return Affected(planned, planned_count, running, running_count)


def _orders(
    session: Session, rights: Rights, item_ids: Collection[int], state: OrderState
) -> tuple[list[OrderAffected], int]:
    asked = [WorkOrder.item_id.in_(item_ids), WorkOrder.state == state, visible(rights)]
    count = session.scalar(select(func.count()).select_from(WorkOrder).where(*asked)) or 0
    rows = session.execute(
        select(Subject.code, Subject.number)
        .join(WorkOrder, WorkOrder.id == Subject.id)
        .where(*asked)
        .order_by(Subject.number)
        .limit(SHOWN)
    )
    shown = [
        OrderAffected(row.code, row.number, url_for("production.order", code=row.code))
        for row in rows
    ]
    return shown, count
