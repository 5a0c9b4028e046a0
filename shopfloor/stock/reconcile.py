"""Recounts stock: every balance is the sum of its movements, and no movement is one-sided."""

from collections.abc import Iterator
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, literal, or_, select, type_coerce, union_all
from sqlalchemy.orm import Session, aliased

from shopfloor.core.events import Event
from shopfloor.core.reconcile import Check, Difference
from shopfloor.core.subjects import Subject
from shopfloor.core.types import Quantity, plain
from shopfloor.core.words import in_words
from shopfloor.holds.models import Hold
from shopfloor.plant.models import OUTSIDE, Place, PlaceKind
from shopfloor.stock.models import Balance, Lot, Movement

# Held pieces may be scrapped, and what was begun before the lock may be counted: no more.
_STAYS_IN = (PlaceKind.WIP, PlaceKind.SCRAP)


def find(session: Session) -> Iterator[Difference]:
    """Compare balances with movements, and look for movements that cannot be."""
    yield from _balances(session)
    yield from _below_zero(session)
    yield from _one_sided(session)
    yield from _moved_while_held(session)


def _changes() -> Select[tuple[int, int, int, Decimal]]:
    """Return what each movement does to each place that keeps a balance."""
    zero = type_coerce(literal(0), Quantity)
    both = union_all(
        select(Movement.id, Movement.lot_id, Movement.to_place_id, Movement.quantity),
        select(Movement.id, Movement.lot_id, Movement.from_place_id, zero - Movement.quantity),
    ).subquery()
    movement, lot, place, quantity = both.c
    return (
        select(
            movement.label("movement_id"),
            lot.label("lot_id"),
            place.label("place_id"),
            quantity.label("quantity"),
        )
        .join(Place, Place.id == place)
        .where(Place.kind.not_in(OUTSIDE))
    )


def _balances(session: Session) -> Iterator[Difference]:
    zero = type_coerce(literal(0), Quantity)
    changes = _changes().subquery()
    sides = union_all(
        select(changes.c.lot_id, changes.c.place_id, changes.c.quantity, zero),
        select(Balance.lot_id, Balance.place_id, zero, Balance.quantity),
    ).subquery()
    lot_id, place_id, moved, stored = sides.c
    wrong = (
        select(
            lot_id.label("lot_id"),
            place_id.label("place_id"),
            func.sum(moved).label("moved"),
            func.sum(stored).label("stored"),
        )
        .group_by(lot_id, place_id)
        .having(or_(func.sum(moved) != func.sum(stored), func.sum(stored) < zero))
        .subquery()
    )
    rows = session.execute(
        select(Subject, Place, wrong.c.moved, wrong.c.stored)
        .select_from(wrong)
        .join(Subject, Subject.id == wrong.c.lot_id)
        .join(Place, Place.id == wrong.c.place_id)
        .order_by(wrong.c.lot_id, wrong.c.place_id)
    )
    for lot, place, moved_sum, stored_sum in rows:
        facts = {"lot": _name(lot), "place": in_words(place.names)}
        quantities = {"moved": str(plain(moved_sum)), "stored": str(plain(stored_sum))}
        yield Difference("balance", facts | quantities)


def _below_zero(session: Session) -> Iterator[Difference]:
    """Find the movements after which a place held less than nothing."""
    changes = _changes().subquery()
    running = select(
        changes.c.movement_id,
        changes.c.lot_id,
        changes.c.place_id,
        type_coerce(
            func.sum(changes.c.quantity).over(
                partition_by=(changes.c.lot_id, changes.c.place_id),
                order_by=changes.c.movement_id,
            ),
            Quantity,
        ).label("left"),
    ).subquery()
    rows = session.execute(
        select(Subject, Place, running.c.movement_id, running.c.left)
        .select_from(running)
        .join(Subject, Subject.id == running.c.lot_id)
        .join(Place, Place.id == running.c.place_id)
        .where(running.c.left < type_coerce(literal(0), Quantity))
        .order_by(running.c.movement_id)
    )
    for lot, place, movement_id, left in rows:
        facts = {"lot": _name(lot), "place": in_words(place.names), "left": str(plain(left))}
        yield Difference("below_zero", facts | {"movement": str(movement_id)})


def _one_sided(session: Session) -> Iterator[Difference]:
    """Find movements without a place at one end, without a lot, or without the event's word."""
    source, target = aliased(Place), aliased(Place)
    rows = session.scalars(
        select(Movement.id)
        .join(source, source.id == Movement.from_place_id, isouter=True)
        .join(target, target.id == Movement.to_place_id, isouter=True)
        .join(Lot, Lot.id == Movement.lot_id, isouter=True)
        .join(Event, Event.id == Movement.event_id, isouter=True)
        .where(
            or_(
                source.id.is_(None),
                target.id.is_(None),
                source.id == target.id,
                Lot.id.is_(None),
                Event.id.is_(None),
            )
        )
        .order_by(Movement.id)
    )
    for movement_id in rows:
        yield Difference("one_sided", {"movement": str(movement_id)})


def _moved_while_held(session: Session) -> Iterator[Difference]:
    """Find quantities that left the work in progress of a held lot between lock and release."""
    rows = session.execute(
        select(Subject, Movement.id, Hold.id)
        .join(Movement, Movement.lot_id == Subject.id)
        .join(Event, Event.id == Movement.event_id)
        .join(Lot, Lot.id == Movement.lot_id)
        .join(Place, Place.id == Movement.to_place_id)
        .join(Hold, or_(Hold.subject_id == Lot.id, Hold.subject_id == Lot.family_id))
        .where(
            Place.kind.not_in(_STAYS_IN),
            Event.id > Hold.opened_event_id,
            or_(Hold.released_event_id.is_(None), Event.id < Hold.released_event_id),
        )
        .order_by(Movement.id)
    )
    for lot, movement_id, hold_id in rows:
        facts = {"lot": _name(lot), "movement": str(movement_id), "hold": str(hold_id)}
        yield Difference("moved_while_held", facts)


def _name(lot: Subject) -> str:
    return lot.number or lot.code


CHECK = Check(
    "stock",
    _l("Stock"),
    find,
    {
        "balance": _l(
            "Lot %(lot)s at %(place)s: the balance says %(stored)s, its movements make %(moved)s."
        ),
        "below_zero": _l(
            "Lot %(lot)s at %(place)s: after movement %(movement)s there were %(left)s."
        ),
        "one_sided": _l("Movement %(movement)s lacks its lot, its event or one of its places."),
        "moved_while_held": _l(
            "Lot %(lot)s: movement %(movement)s took pieces away while lock %(hold)s was on them."
        ),
    },
)
