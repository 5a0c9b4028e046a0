"""Recounts locked numbers: no lot came into being with one of them and was not held."""

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from shopfloor.core.events import EventSubject, Role
from shopfloor.core.reconcile import Check, Difference
from shopfloor.core.subjects import Subject
from shopfloor.holds.models import Hold
from shopfloor.holds.number_models import NumberLock
from shopfloor.people.models import Signature
from shopfloor.stock.models import Lot
from shopfloor.stock.numbers import means


def find(session: Session) -> Iterator[Difference]:
    """Look at both ends of every lock on numbers, and at every lot for which it was there."""
    yield from _unsigned(session)
    yield from _not_held(session)


def _not_held(session: Session) -> Iterator[Difference]:
    locks = session.scalars(select(NumberLock).order_by(NumberLock.id)).all()
    if not locks:
        return
    lots = session.execute(
        select(Lot.id, Lot.supplier_lot, Subject.number, Subject.site_id)
        .join(Subject, Subject.id == Lot.id)
        .order_by(Lot.id)
        .execution_options(yield_per=1000)
    )
    meant = [(lot, lock) for lot in lots for lock in locks if means(lock, lot)]
    for lot, lock in meant:
        if not _is_held(session, lot.id, lock):
            yield Difference("not_held", {"lot": lot.number or "?", "numbers": lock.said})


def _is_held(session: Session, lot_id: int, lock: NumberLock) -> bool:
    """Say whether a lock has held a lot, or was not there when the lot was made."""
    by_it = exists().where(Hold.number_lock_id == lock.id, Hold.subject_id == lot_id)
    made = select(func.min(EventSubject.event_id)).where(
        EventSubject.subject_id == lot_id, EventSubject.role == Role.MADE
    )
    event_id, held = session.execute(select(made.scalar_subquery(), by_it)).one()
    ended = lock.lifted_event_id is not None and (event_id or 0) > lock.lifted_event_id
    return bool(held) or (event_id or 0) < lock.placed_event_id or ended


def _unsigned(session: Session) -> Iterator[Difference]:
    rows = session.scalars(
        select(NumberLock)
        .join(Signature, Signature.id == NumberLock.signature_id, isouter=True)
        .where(
            NumberLock.lifted_at.is_not(None),
            or_(
                Signature.id.is_(None),
                Signature.person_id != NumberLock.lifted_by_id,
                Signature.used_by_event_id != NumberLock.lifted_event_id,
                NumberLock.lifted_event_id.is_(None),
            ),
        )
        .order_by(NumberLock.id)
    )
    for lock in rows:
        yield Difference("not_signed", {"numbers": lock.said})


CHECK = Check(
    "numbers",
    _l("Locked numbers"),
    find,
    {
        "not_held": _l("Lot %(lot)s was made while %(numbers)s was locked, but it was not held."),
        "not_signed": _l("The lock on numbers %(numbers)s was lifted without its signature."),
    },
)
