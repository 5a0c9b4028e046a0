"""The ledger: the only code that changes how much of a lot is where."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from shopfloor.core.commands import Tx
from shopfloor.core.refusals import Refused
from shopfloor.plant.models import OUTSIDE, Place, PlaceKind
from shopfloor.stock.models import Balance, Movement


@dataclass(frozen=True)
class Move:
    """A quantity of a lot on its way; quantity in the item's unit, above zero."""

    lot_id: int
    source: Place
    target: Place
    quantity: Decimal


def post(tx: Tx, moves: Iterable[Move]) -> None:
    """Append the movements under the command's event and bring the balances up to date.

    Raises Refused when a place would fall below zero. The caller holds the family's lock.
    """
    moves = [move for move in moves if move.quantity]
    if not moves:
        return
    if tx.event is None:
        raise RuntimeError("a movement belongs to an event: record it first")
    tx.session.execute(
        insert(Movement),
        [
            {
                "event_id": tx.event.id,
                "lot_id": move.lot_id,
                "from_place_id": move.source.id,
                "to_place_id": move.target.id,
                "quantity": move.quantity,
            }
            for move in moves
        ],
    )
    for move in moves:
        if move.source.kind not in OUTSIDE:
            _take(tx.session, move.lot_id, move.source, move.quantity)
        if move.target.kind not in OUTSIDE:
            _put(tx.session, move.lot_id, move.target, move.quantity)


def _take(session: Session, lot_id: int, place: Place, quantity: Decimal) -> None:
    taken = session.execute(
        update(Balance)
        .where(Balance.lot_id == lot_id, Balance.place_id == place.id, Balance.quantity >= quantity)
        .values(quantity=Balance.quantity - quantity)
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result has it
        raise Refused(
            _l("There is not that much left at this place."),
            _l("Look at the lot again; somebody else may have taken it."),
            rule="not_enough",
        )


def _put(session: Session, lot_id: int, place: Place, quantity: Decimal) -> None:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    new = dialect.insert(Balance).values(lot_id=lot_id, place_id=place.id, quantity=quantity)
    session.execute(
        new.on_conflict_do_update(
            index_elements=["lot_id", "place_id"],
            set_={"quantity": Balance.quantity + new.excluded.quantity},
        )
    )


def place_of(session: Session, site_id: int, kind: PlaceKind) -> Place:
    """Return a site's place of a kind that exists once, such as scrap or finished goods."""
    return session.scalars(
        select(Place).where(Place.site_id == site_id, Place.kind == kind).order_by(Place.id)
    ).first() or _missing(kind)


def _missing(kind: PlaceKind) -> Place:
    raise Refused(
        _l("This site has no place of the kind “%(kind)s”.", kind=kind.value),
        _l("An administrator adds it under Plant."),
        rule="no_place",
    )
