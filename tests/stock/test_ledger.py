"""The ledger: never below zero, balances are the sums of their movements."""

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from shopfloor.core.commands import Gate, Tx
from shopfloor.core.db import db, transaction
from shopfloor.core.events import EventKind, Where
from shopfloor.plant.models import PlaceKind
from shopfloor.stock import ledger
from shopfloor.stock.ledger import Move
from shopfloor.stock.models import Balance, Lot, Movement
from tests.invariants import require_invariants
from tests.make import Factory
from tests.refusing import refused

MOVED = EventKind("test.moved", "moved", no_inverse_because="a test")


def move(make: Factory, quantity: str, source: PlaceKind, target: PlaceKind) -> None:
    act = make.operator.act()
    with transaction() as session:
        lot = session.scalars(select(Lot)).one()
        tx = Tx(session, act, Gate.JUDGE)
        places = [ledger.place_of(session, make.site_id, kind) for kind in (source, target)]
        tx.record(MOVED, Where(site_id=make.site_id), {})
        ledger.post(tx, [Move(lot.id, places[0], places[1], Decimal(quantity))])


def balance(make: Factory, kind: PlaceKind) -> Decimal:
    db.session.rollback()
    place = ledger.place_of(db.session(), make.site_id, kind)
    query = select(Balance.quantity).where(Balance.place_id == place.id)
    return db.session.scalar(query) or Decimal(0)


def test_a_place_never_falls_below_zero_and_a_refusal_leaves_no_movement(make: Factory) -> None:
    make.lot(10)
    production, finished, scrap = PlaceKind.PRODUCTION, PlaceKind.FINISHED, PlaceKind.SCRAP
    move(make, "0.3", production, finished)
    for _ in range(3):
        move(make, "0.1", finished, scrap)
    assert balance(make, finished) == 0
    assert balance(make, scrap) == Decimal("0.3")
    with refused("not_enough", 409):
        move(make, "0.000001", finished, scrap)
    assert len(db.session.scalars(select(Movement)).all()) == 5
    # Places outside the factory have no balance of their own.
    assert balance(make, production) == 0


def test_what_must_never_be_is_a_constraint_too(make: Factory) -> None:
    make.lot(10)
    for wrong, source in (("-1", PlaceKind.FINISHED), ("1", PlaceKind.SCRAP)):
        with pytest.raises(IntegrityError):
            move(make, wrong, source, PlaceKind.SCRAP)
    db.session.rollback()
    require_invariants()


def test_a_movement_needs_an_event_and_a_site_its_places(make: Factory) -> None:
    make.lot(10)
    with transaction() as session:
        finished = ledger.place_of(session, make.site_id, PlaceKind.FINISHED)
        scrap = ledger.place_of(session, make.site_id, PlaceKind.SCRAP)
        lot = session.scalars(select(Lot.id)).one()
    act = make.operator.act()
    with pytest.raises(RuntimeError, match="event"), transaction() as session:
        ledger.post(Tx(session, act, Gate.JUDGE), [Move(lot, scrap, finished, Decimal(1))])
    with refused("no_place"), transaction() as session:
        ledger.place_of(session, make.site_id, PlaceKind.CUSTOMER)
