"""Reporting good, scrapped and rework pieces."""

from decimal import Decimal

import pytest

from shopfloor.core.db import db
from shopfloor.core.refusals import Refused
from shopfloor.production import work
from shopfloor.production.commands.jobs import start_work
from shopfloor.production.commands.reports import report_quantities
from tests.make import Factory


def test_good_pieces_go_on_to_the_next_operation(make: Factory) -> None:
    lot = make.lot(100, rate="0.12")
    booked = report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(60))
    assert booked.good == 60
    assert booked.left == 40
    assert booked.effects[0].detail["amount"] == "7.2"
    db.session.rollback()
    assert [stop.left for stop in work.load(db.session(), lot).stops] == [40, 60, 0]


def test_more_than_came_is_refused_and_leaves_nothing(make: Factory) -> None:
    lot = make.lot(10)
    with pytest.raises(Refused) as refused:
        report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(11))
    assert refused.value.rule == "too_many"
    db.session.rollback()
    assert work.load(db.session(), lot).stops[0].good == 0


def test_start_is_refused_while_the_predecessor_has_reported_nothing(make: Factory) -> None:
    lot = make.lot()
    with pytest.raises(Refused) as refused:
        start_work(make.operator.act(), lot=lot, operation=20)
    assert refused.value.rule == "not_ready"
