"""Pieces get numbers of their own where the routing says so (torture 9: the same range at once)."""

from decimal import Decimal

import pytest

from shopfloor.core.db import db, transaction
from shopfloor.core.reconcile import run_checks
from shopfloor.core.refusals import Refused
from shopfloor.core.undo import undo_event
from shopfloor.production import work
from shopfloor.production.commands.reports import report_quantities
from shopfloor.production.commands.serialising import Serialised, serialise_pieces
from shopfloor.production.models import Operation
from shopfloor.production.serials import MOST, following
from tests.make import Factory


def a_lot_with_serials_at_20(make: Factory, quantity: int = 10) -> str:
    lot = make.lot(quantity, item_id=make.item(inspect=()))
    operation = work.load(db.session(), lot).stop(20).operation.id
    with transaction() as session:
        session.get_one(Operation, operation).serialise = True
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(quantity))
    return lot


def give(make: Factory, lot: str, first: str, count: int) -> Serialised:
    return serialise_pieces(
        make.operator.act(), lot=lot, operation=20, serials=following(first, count)
    )


def test_each_piece_becomes_a_lot_of_one_that_goes_its_own_way(make: Factory) -> None:
    lot = a_lot_with_serials_at_20(make)

    given = give(make, lot, "SN0098", 3)

    assert [made.number for made in given.serials] == ["SN0098", "SN0099", "SN0100"]
    assert given.left == 7
    for operation in (20, 30):
        report_quantities(make.operator.act(), lot="SN0099", operation=operation, good=Decimal(1))
    one = work.load(db.session(), "SN0099")
    assert one.lot.serial
    assert one.stop(30).good == 1
    assert run_checks().differences == ()


def test_without_its_number_no_piece_is_counted_there(make: Factory) -> None:
    lot = a_lot_with_serials_at_20(make)

    with pytest.raises(Refused) as no:
        report_quantities(make.operator.act(), lot=lot, operation=20, good=Decimal(1))

    assert no.value.rule == "needs_serials"


def test_a_taken_number_is_refused_with_the_next_free_one(make: Factory) -> None:
    lot = a_lot_with_serials_at_20(make)
    give(make, lot, "SN0098", 3)

    with pytest.raises(Refused) as no:
        give(make, lot, "SN0100", 2)

    assert no.value.rule == "serial_taken"
    assert "SN0102" in str(no.value.hint)


@pytest.mark.parametrize(
    ("first", "count"), [("", 1), ("SN", 1), ("SN1", 0), ("SN1", MOST + 1), ("SN١", 1)]
)
def test_what_is_no_row_of_numbers_is_refused(first: str, count: int) -> None:
    with pytest.raises(Refused) as no:
        following(first, count)

    assert no.value.rule == "bad_serials"


def test_the_same_number_twice_and_more_than_there_are_pieces_are_refused(make: Factory) -> None:
    lot = a_lot_with_serials_at_20(make, 2)
    rules = []
    for serials in (("A1", "A1"), ("A1", "A2", "A3")):
        with pytest.raises(Refused) as no:
            serialise_pieces(make.operator.act(), lot=lot, operation=20, serials=serials)
        rules.append(no.value.rule)

    assert rules == ["bad_serials", "too_many"]
    assert work.load(db.session(), lot).stop(20).left == 2


def test_where_pieces_are_counted_they_get_no_numbers(make: Factory) -> None:
    with pytest.raises(Refused) as no:
        serialise_pieces(make.operator.act(), lot=make.lot(5), operation=10, serials=("A1",))

    assert no.value.rule == "no_serials_here"


def test_numbers_given_by_mistake_are_taken_back(make: Factory) -> None:
    lot = a_lot_with_serials_at_20(make)
    given = give(make, lot, "SN1", 4)

    undo_event(make.operator.act(), event_id=given.event_id)

    assert work.load(db.session(), lot).stop(20).left == 10
    assert run_checks().differences == ()
