"""Dated piece rates."""

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select

from shopfloor.catalogue.commands import set_piece_rate
from shopfloor.catalogue.models import PieceRate
from shopfloor.catalogue.queries import rates, rates_on
from shopfloor.core.db import db
from shopfloor.people.setup import founder
from tests.make import Factory, Worker, new_id
from tests.refusing import refused


def test_a_rate_holds_from_its_day_on(make: Factory) -> None:
    item, today = make.item(), make.today()
    for days, amount in ((0, "0.12"), (10, "0.1501")):
        set_piece_rate(
            make.planner.act(),
            item_id=item,
            sequence=10,
            valid_from=today + timedelta(days=days),
            amount=Decimal(amount),
            currency="CNY",
        )
    known = rates(db.session(), item)
    assert rates_on(known, today)[10].amount == Decimal("0.12")
    assert rates_on(known, today + timedelta(days=10))[10].amount == Decimal("0.1501")
    assert not rates_on(known, today - timedelta(days=1))


def test_the_same_day_is_corrected_and_the_past_is_left_alone(make: Factory) -> None:
    item, today = make.item(), make.today()

    def rate(worker: Worker, day: date, amount: str) -> None:
        set_piece_rate(
            worker.act(),
            item_id=item,
            sequence=10,
            valid_from=day,
            amount=Decimal(amount),
            currency="CNY",
        )

    rate(make.planner, today, "0.1")
    rate(make.planner, today, "0.2")
    assert db.session.scalars(select(PieceRate.amount)).all() == [Decimal("0.2")]
    with refused("rate_in_the_past", field="valid_from"):
        rate(make.planner, today - timedelta(days=2), "1")
    for amount in ("-1", "0.00001", "1000000"):
        with refused("bad_rate", 422, "amount"):
            rate(make.planner, today, amount)
    with refused("no_right", 403):
        rate(make.operator, today, "1")


def test_who_sets_the_factory_up_chooses_any_day(make: Factory) -> None:
    item, long_ago = make.item(), make.today() - timedelta(days=30)
    set_piece_rate(
        founder(new_id()),
        item_id=item,
        sequence=10,
        valid_from=long_ago,
        amount=Decimal("0.12"),
        currency="CNY",
    )
    assert rates_on(rates(db.session(), item), long_ago)[10].amount == Decimal("0.12")
