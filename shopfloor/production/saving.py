"""Writes what a command has changed of a lot's way."""

from sqlalchemy import bindparam, insert, update
from sqlalchemy.orm import Session

from shopfloor.core.db import metadata
from shopfloor.production.models import LotOperation, WorkOrder
from shopfloor.production.way import Work

_PROGRESS = metadata.tables[LotOperation.__tablename__]
_COUNTERS = ("inspect", "came", "good", "scrap", "rework", "onward", "held", "excess")
_ADD_PASS = insert(_PROGRESS).values(
    {
        "lot_id": bindparam("lot"),
        "operation_id": bindparam("operation"),
        "pass": bindparam("number"),
        **{name: bindparam(name) for name in _COUNTERS},
    }
)
_SAVE_PASS = (
    update(_PROGRESS)
    .where(
        _PROGRESS.c.lot_id == bindparam("lot"),
        _PROGRESS.c.operation_id == bindparam("operation"),
        _PROGRESS.c["pass"] == bindparam("number"),
    )
    .values({name: bindparam(name) for name in _COUNTERS})
)
_CHANGING = ("state", "first_start_at", "last_finish_at")
_ORDERS = metadata.tables[WorkOrder.__tablename__]
_SAVE_ORDER = (
    update(_ORDERS)
    .where(_ORDERS.c.id == bindparam("order"))
    .values({name: bindparam(name) for name in _CHANGING})
)


def save(session: Session, work: Work) -> None:
    """Write what has changed of a lot's way: one statement for its passes, one for its order."""
    changed: list[dict[str, object]] = []
    new: list[dict[str, object]] = []
    for stop in work.stops:
        for row in stop.passes:
            if row.changing != row.stored:
                key = {"lot": work.lot.id, "operation": stop.operation.id, "number": row.pass_}
                counters = dict(zip(_COUNTERS, row.changing, strict=True))
                (changed if row.stored else new).append({**key, **counters})
                row.stored = row.changing
    connection = session.connection()
    if changed:
        connection.execute(_SAVE_PASS, changed)
    if new:
        connection.execute(_ADD_PASS, new)
    order = work.order
    if order.changing != order.stored:
        changing = zip(_CHANGING, order.changing, strict=True)
        connection.execute(_SAVE_ORDER, {"order": order.id, **dict(changing)})
        order.stored = order.changing
