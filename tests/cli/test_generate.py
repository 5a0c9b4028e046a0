"""A generated factory: as large as asked for, whole, the same each time, and never a real one."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from shopfloor.catalogue.models import Item
from shopfloor.cli.generate.extent import Extent
from shopfloor.cli.generate.run import generate
from shopfloor.cli.settings import CannotStart
from shopfloor.core import clock, codes
from shopfloor.core.db import db
from shopfloor.core.demo_mark import is_demo
from shopfloor.core.events import Event
from shopfloor.core.reconcile import run_checks
from shopfloor.core.subjects import Subject
from shopfloor.holds.models import Hold
from shopfloor.people.models import Person
from shopfloor.people.setup import founder
from shopfloor.production.commands.orders import create_order, release_order
from shopfloor.production.commands.reports import report_quantities
from shopfloor.production.models import Job, LotOperation, OrderState, WorkOrder
from shopfloor.stock.models import Lot
from tests.conftest import _app
from tests.make import Factory

UNTIL = clock.now().date() - timedelta(days=1)
SMALL = Extent(lots=300, reports=1500, seed=7, items=60, until=UNTIL)


def grown(extent: Extent = SMALL) -> dict[str, int]:
    try:
        return generate(extent, "a password", lambda _words: None)
    finally:
        db.session.rollback()


def everything_that_happened() -> list[tuple[Any, ...]]:
    """Return all that two factories of one seed share; codes and secrets are drawn anew."""
    rows = db.session.execute(
        text(
            "SELECT e.id, e.kind, e.actor_id, e.station_id, e.payload, count(s.subject_id)"
            " FROM event e LEFT JOIN event_subject s ON s.event_id = e.id"
            " GROUP BY e.id, e.kind, e.actor_id, e.station_id, e.payload ORDER BY e.id"
        )
    ).all()
    db.session.rollback()
    return [tuple(row) for row in rows]


def test_it_is_as_large_as_asked_for_and_nothing_differs(app: Flask) -> None:
    written = grown()
    assert run_checks().differences == ()
    db.session.rollback()
    assert written["lot"] == 300
    reports = db.session.scalar(
        select(func.count()).select_from(Event).where(Event.kind == "work.reported")
    )
    assert abs((reports or 0) - 1500) <= 30
    assert db.session.scalar(select(func.count()).select_from(Item)) == 60
    assert is_demo()


def test_there_is_something_of_everything(one_app: Flask) -> None:
    grown()
    states = dict(
        db.session.execute(select(WorkOrder.state, func.count()).group_by(WorkOrder.state)).all()
    )
    assert set(states) == set(OrderState)
    assert states[OrderState.CLOSED] > 200
    assert db.session.scalar(select(func.count()).where(Hold.released_at.is_(None))) == 2
    assert db.session.scalar(select(func.count()).where(Hold.released_at.is_not(None)))
    assert db.session.scalar(select(func.count()).where(Job.closed_at.is_(None)))
    waits = LotOperation.good - LotOperation.onward - LotOperation.held > 0
    assert db.session.scalar(select(func.count()).select_from(LotOperation).where(waits))
    longest = [
        max(len(names[language]) for names in db.session.scalars(select(Item.names)))
        for language in ("en", "zh")
    ]
    assert longest == [80, 80]
    assert max(len(name) for name in db.session.scalars(select(Person.name))) == 80
    for code in db.session.scalars(
        select(Subject.code).join(Lot, Lot.id == Subject.id).order_by(Lot.id.desc()).limit(50)
    ):
        assert codes.read_code(code) == code


def test_work_goes_on_in_it(app: Flask) -> None:
    """What is written in bulk counts on where people go on counting."""
    grown()
    item_id, site_id = db.session.execute(
        select(WorkOrder.item_id, WorkOrder.site_id).order_by(WorkOrder.id.desc()).limit(1)
    ).one()
    db.session.rollback()
    order = create_order(
        founder("new-order-1"), site_id=site_id, item_id=item_id, quantity=Decimal(10)
    )
    released = release_order(founder("new-order-2"), order_id=order.id)
    booked = report_quantities(
        founder("new-order-3"),
        lot=released.lot.code,
        operation=released.sequences[0],
        good=Decimal(10),
    )
    assert booked.left == 0
    assert run_checks().differences == ()


def test_the_same_seed_makes_the_same_factory(
    one_app: Flask, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    grown()
    first = everything_that_happened()
    for other in _app("sqlite", request, tmp_path_factory.mktemp("again")):
        with other.app_context():
            grown()
            assert everything_that_happened() == first


def test_the_same_one_is_not_made_twice(one_app: Flask) -> None:
    assert grown()
    assert grown() == {}
    with pytest.raises(CannotStart, match="holds a factory"):
        grown(Extent(lots=300, reports=1500, seed=8, items=60, until=UNTIL))


def test_a_real_factory_stays_as_it_is(make: Factory) -> None:
    before = everything_that_happened()
    with pytest.raises(CannotStart, match="empty folder"):
        grown()
    assert everything_that_happened() == before


def test_reports_that_no_lot_can_have_are_refused_in_plain_words(one_app: Flask) -> None:
    with pytest.raises(CannotStart, match="A lot has"):
        grown(Extent(lots=100, reports=100_000, seed=1, items=50, until=UNTIL))
