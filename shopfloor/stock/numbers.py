"""Lots with a locked number are held: what there is when it is locked, what comes after that."""

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Row, exists, func, insert, or_, select
from sqlalchemy.orm import Session

from shopfloor.core.commands import Tx
from shopfloor.core.db import metadata
from shopfloor.core.events import Effect, Event, EventSubject, Recorded, Role
from shopfloor.core.refusals import Refused
from shopfloor.core.subjects import Subject
from shopfloor.holds import gate
from shopfloor.holds.models import Hold, HoldSource
from shopfloor.holds.number_models import NumberKind, NumberLock
from shopfloor.holds.numbers import beginning, is_meant
from shopfloor.plant.models import Place, PlaceKind
from shopfloor.stock.models import Balance, Lot

# What an answer tells of lots that were held at once.
HELD = "stock/held"
MOST_LOTS = 500
_HERE = (
    exists()
    .where(Balance.lot_id == Lot.id, Balance.quantity > 0, Place.id == Balance.place_id)
    .where(Place.kind.in_((PlaceKind.STORE, PlaceKind.WIP, PlaceKind.FINISHED)))
)
# The family of a lot is its order, or the lot itself where none has made it.
_OF_OPEN_ORDER = (Lot.family_id != Lot.id) & ~exists().where(
    EventSubject.subject_id == Lot.family_id,
    Event.id == EventSubject.event_id,
    Event.kind == "order.closed",
)
# What folding does not change but for its case.
_PLAIN = re.compile(r"[!-~]*")
_LOCKS = select(NumberLock).where(NumberLock.lifted_at.is_(None)).order_by(NumberLock.id)
_LOTS = select(Lot.id, Lot.supplier_lot, Subject.number, Subject.site_id).join(
    Subject, Subject.id == Lot.id
)
_Meant = tuple[Row[*tuple[Any, ...]], NumberLock]
_INSERT = insert(metadata.tables[Hold.__tablename__])


def hold_made(tx: Tx, event: Recorded) -> Effect | None:
    """Hold the lots that this event has made under a locked number; one statement where none is.

    A lot of no order that was empty when its number was locked, and to which pieces come back now,
    is held like one that is made.
    """
    gate.enter_numbers(tx)
    locks = tx.session.scalars(_LOCKS).all()
    if not locks:
        return None
    here = select(EventSubject.subject_id).where(EventSubject.event_id == event.id)
    made = here.where(EventSubject.role == Role.MADE)
    lots = _LOTS.where(Lot.id.in_(made) | (Lot.id.in_(here) & _HERE)).order_by(Lot.id)
    rows = tx.session.execute(lots)
    return _hold(tx, event, [(lot, lock) for lot in rows for lock in locks if means(lock, lot)])


def hold_existing(tx: Tx, event: Recorded) -> Effect | None:
    """Hold the lots that exist with the numbers locked just now, as far as any of them is here.

    Also the empty ones of an order that is not closed: more than came can be reported on them. Of
    a closed one an entry that is taken back holds its lot, and require_unlocked() refuses the rest.
    """
    locks = tx.session.scalars(_LOCKS.where(NumberLock.placed_event_id == event.id)).all()
    site_id = locks[0].site_id
    fits = or_(*(_may_fit(tx.session, lock) for lock in locks))
    query = _LOTS.add_columns(_HERE.label("here")).where(_HERE | _OF_OPEN_ORDER, fits)
    if site_id is not None:
        query = query.where(Subject.site_id == site_id)
    lots = tx.session.execute(query.order_by(Lot.id))
    meant = [(lot, lock) for lot in lots for lock in locks if means(lock, lot)]
    here = sum(lot.here for lot, _lock in meant)
    if here > MOST_LOTS:
        raise Refused(
            _l("%(count)s lots with these numbers are here.", count=here),
            _l("Lock at most %(most)s at once, or lock their item.", most=MOST_LOTS),
            rule="too_many_lots",
            field="first",
        )
    return _hold(tx, event, meant)


def require_unlocked(tx: Tx, lot_id: int) -> None:
    """Refuse to bring pieces to a lot that a lock on its number has not held: it was empty then."""
    locks = tx.session.scalars(_LOCKS).all()
    lots = tx.session.execute(_LOTS.where(Lot.id == lot_id)).all() if locks else []
    meant = [(lot, lock) for lot in lots for lock in locks if means(lock, lot)]
    for lot, lock in _not_yet(tx.session, meant) if meant else ():
        raise Refused(
            _l("Number %(number)s is locked: %(said)s", number=lot.number or "", said=_said(lock)),
            _l("A second person lifts the lock on numbers first."),
            rule="number_locked",
        )


def _may_fit(session: Session, lock: NumberLock) -> ColumnElement[bool]:
    """Narrow in the database by how the numbers begin; means() compares what is left.

    Numbers in other than plain characters are all left: no database folds them as we do.
    """
    number = Lot.supplier_lot if lock.kind is NumberKind.SUPPLIER else Subject.number
    start = _PLAIN.match(beginning(lock.first, lock.last))
    other = "GLOB" if session.get_bind().dialect.name == "sqlite" else "~"
    pattern = "*[^ -~]*" if other == "GLOB" else "[^ -~]"
    begins = func.lower(func.ltrim(number)).startswith(start[0] if start else "", autoescape=True)
    return begins | number.bool_op(other)(pattern)


def _hold(
    tx: Tx,
    event: Recorded,
    meant: Sequence[_Meant],
) -> Effect | None:
    held = _not_yet(tx.session, meant) if meant else []
    if not held:
        return None
    tx.session.connection().execute(_INSERT, [_row(event, lot, lock) for lot, lock in held])
    numbers = list(dict.fromkeys(lot.number or "" for lot, _lock in held))
    return Effect(HELD, {"count": str(len(numbers)), "lot": numbers[0], "lock": held[0][1].said})


def _not_yet(session: Session, meant: Sequence[_Meant]) -> list[_Meant]:
    """Leave out what a lock has held already: its lots are released one by one."""
    lots = {lot.id for lot, _lock in meant}
    held = select(Hold.number_lock_id, Hold.subject_id).where(
        Hold.number_lock_id.in_({lock.id for _lot, lock in meant}), Hold.subject_id.in_(lots)
    )
    known = {(row.number_lock_id, row.subject_id) for row in session.execute(held)}
    return [(lot, lock) for lot, lock in meant if (lock.id, lot.id) not in known]


def means(lock: NumberLock, lot: Row[*tuple[Any, ...]]) -> bool:
    """Say whether a lock on numbers means a lot: by its number or its supplier's, at its site."""
    if lock.site_id not in (None, lot.site_id):
        return False
    number = lot.supplier_lot if lock.kind is NumberKind.SUPPLIER else lot.number
    return is_meant(lock.first, lock.last, number)


def _said(lock: NumberLock) -> str:
    return f"{lock.said} · {lock.note}" if lock.note else lock.said


def _row(event: Recorded, lot: Row[*tuple[Any, ...]], lock: NumberLock) -> dict[str, Any]:
    # Whoever locked the number has locked the lot: he cannot release it either. The note names the
    # numbers, so that everybody who is refused reads why.
    return {
        "subject_id": lot.id,
        "source": HoldSource.PERSON,
        "reason_id": lock.reason_id,
        "note": _said(lock),
        "opened_by_id": lock.placed_by_id,
        "opened_at": event.act.when.at,
        "opened_event_id": event.id,
        "number_lock_id": lock.id,
    }
