"""The ledger: the only code that changes how much of a lot is where."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from shopfloor.core.commands import Tx
from shopfloor.core.db import metadata, rows
from shopfloor.core.refusals import Refused
from shopfloor.plant.models import OUTSIDE, Place, PlaceKind
from shopfloor.stock.models import Balance, Movement

_BALANCES = metadata.tables[Balance.__tablename__]
_INSERT_MOVEMENTS = insert(metadata.tables[Movement.__tablename__])
_TAKE = (
    update(_BALANCES)
    .where(
        _BALANCES.c.lot_id == bindparam("lot"),
        _BALANCES.c.place_id == bindparam("place"),
        _BALANCES.c.quantity >= bindparam("taken"),
    )
    .values(quantity=_BALANCES.c.quantity - bindparam("taken"))
)
_PUT = {
    name: new.on_conflict_do_update(
        index_elements=["lot_id", "place_id"],
        set_={"quantity": _BALANCES.c.quantity + new.excluded.quantity},
    )
    for name, new in (
        ("postgresql", postgresql.insert(_BALANCES)),
        ("sqlite", sqlite.insert(_BALANCES)),
    )
}

_PLACE = (
    select(Place.id)
    .where(Place.site_id == bindparam("site"), Place.kind == bindparam("kind"))
    .order_by(Place.id)
    .limit(1)
)


@dataclass(frozen=True)
class Spot:
    """A place as the ledger needs it."""

    id: int
    kind: PlaceKind


@dataclass(frozen=True)
class Move:
    """A quantity of a lot on its way; quantity in the item's unit, above zero."""

    lot_id: int
    source: Spot
    target: Spot
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
    tx.session.connection().execute(
        _INSERT_MOVEMENTS,
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


def _take(session: Session, lot_id: int, place: Spot, quantity: Decimal) -> None:
    taken = session.connection().execute(
        _TAKE, {"lot": lot_id, "place": place.id, "taken": quantity}
    )
    if taken.rowcount != 1:
        raise Refused(
            _l("There is not that much left at this place."),
            _l("Look at the lot again; somebody else may have taken it."),
            rule="not_enough",
        )


def _put(session: Session, lot_id: int, place: Spot, quantity: Decimal) -> None:
    session.connection().execute(
        _PUT[session.get_bind().dialect.name],
        {"lot_id": lot_id, "place_id": place.id, "quantity": quantity},
    )


def place_of(session: Session, site_id: int, kind: PlaceKind) -> Spot:
    """Return a site's place of a kind that exists once, such as scrap or finished goods."""
    found = rows(session, _PLACE, {"site": site_id, "kind": kind})
    if not found:
        raise _missing(kind)
    return Spot(found[0].id, kind)


def _missing(kind: PlaceKind) -> Refused:
    return Refused(
        _l("This site has no place of the kind “%(kind)s”.", kind=kind.value),
        _l("An administrator adds it under Plant."),
        rule="no_place",
    )
