"""Lots with a locked number are held: what there is when it is locked, what is made after that."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Row, exists, insert, select

from shopfloor.core.commands import Tx
from shopfloor.core.db import metadata
from shopfloor.core.events import Effect, EventSubject, Recorded, Role
from shopfloor.core.refusals import Refused
from shopfloor.core.subjects import Subject
from shopfloor.holds import gate
from shopfloor.holds.models import Hold, HoldSource
from shopfloor.holds.number_models import NumberKind, NumberLock
from shopfloor.holds.numbers import is_meant
from shopfloor.plant.models import Place, PlaceKind
from shopfloor.stock.models import Balance, Lot

# What an answer tells of lots that were held at once.
HELD = "stock/held"
MOST_LOTS = 500
_HERE = (PlaceKind.STORE, PlaceKind.WIP, PlaceKind.FINISHED)
_LOCKS = select(NumberLock).where(NumberLock.lifted_at.is_(None)).order_by(NumberLock.id)
_LOTS = select(Lot.id, Lot.supplier_lot, Subject.number, Subject.site_id).join(
    Subject, Subject.id == Lot.id
)
_INSERT = insert(metadata.tables[Hold.__tablename__])


def hold_made(tx: Tx, event: Recorded) -> Effect | None:
    """Hold the lots that this event has made under a locked number; one statement where none is."""
    gate.enter_numbers(tx)
    locks = tx.session.scalars(_LOCKS).all()
    if not locks:
        return None
    made = _LOTS.join(EventSubject, EventSubject.subject_id == Lot.id)
    made = made.where(EventSubject.event_id == event.id, EventSubject.role == Role.MADE)
    return _hold(tx, event, locks, tx.session.execute(made.order_by(Lot.id)))


def hold_existing(tx: Tx, event: Recorded) -> Effect | None:
    """Hold the lots that exist with the numbers locked just now, as far as any of them is here."""
    locks = tx.session.scalars(_LOCKS.where(NumberLock.placed_event_id == event.id)).all()
    here = (
        exists()
        .where(Balance.lot_id == Lot.id, Balance.quantity > 0)
        .where(Place.id == Balance.place_id, Place.kind.in_(_HERE))
    )
    site_id = locks[0].site_id
    query = _LOTS.where(here).order_by(Lot.id)
    if site_id is not None:
        query = query.where(Subject.site_id == site_id)
    return _hold(tx, event, locks, tx.session.execute(query), MOST_LOTS)


def _hold(
    tx: Tx,
    event: Recorded,
    locks: Sequence[NumberLock],
    lots: Iterable[Row[*tuple[Any, ...]]],
    most: int | None = None,
) -> Effect | None:
    held = [(lot, lock) for lot in lots for lock in locks if means(lock, lot)]
    if not held:
        return None
    if most is not None and len(held) > most:
        raise Refused(
            _l("%(count)s lots with these numbers are here.", count=len(held)),
            _l("Lock at most %(most)s at once, or lock their item.", most=most),
            rule="too_many_lots",
            field="first",
        )
    tx.session.connection().execute(_INSERT, [_row(event, lot, lock) for lot, lock in held])
    numbers = list(dict.fromkeys(lot.number or "" for lot, _lock in held))
    return Effect(HELD, {"count": str(len(numbers)), "lot": numbers[0], "lock": held[0][1].said})


def means(lock: NumberLock, lot: Row[*tuple[Any, ...]]) -> bool:
    """Say whether a lock on numbers means a lot: by its number or its supplier's, at its site."""
    if lock.site_id not in (None, lot.site_id):
        return False
    number = lot.supplier_lot if lock.kind is NumberKind.SUPPLIER else lot.number
    return is_meant(lock.first, lock.last, number)


def _row(event: Recorded, lot: Row[*tuple[Any, ...]], lock: NumberLock) -> dict[str, Any]:
    # Whoever locked the number has locked the lot: he cannot release it either. The note names the
    # numbers, so that everybody who is refused reads why.
    return {
        "subject_id": lot.id,
        "source": HoldSource.PERSON,
        "reason_id": lock.reason_id,
        "note": f"{lock.said} · {lock.note}" if lock.note else lock.said,
        "opened_by_id": lock.placed_by_id,
        "opened_at": event.act.when.at,
        "opened_event_id": event.id,
        "number_lock_id": lock.id,
    }
