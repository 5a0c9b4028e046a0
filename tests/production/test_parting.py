"""Lots split and joined at the machine: quantities, progress, genealogy and pay follow."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from shopfloor.core.db import db
from shopfloor.core.events import EventSubject, Role
from shopfloor.core.reconcile import run_checks
from shopfloor.core.refusals import Refused
from shopfloor.core.subjects import Subject
from shopfloor.core.undo import undo_event
from shopfloor.holds.commands import place_hold
from shopfloor.pay.models import PayLine, PayState
from shopfloor.production import work
from shopfloor.production.commands.jobs import start_work
from shopfloor.production.commands.parting import Parted, merge_lots, split_lot
from shopfloor.production.commands.reports import report_quantities
from shopfloor.production.models import OrderState, WorkOrder
from shopfloor.production.portions import Standing
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.models import Verdict
from shopfloor.stock.models import Balance
from tests.make import Factory


def split(
    make: Factory, lot: str, operation: int, quantity: int, standing: Standing = Standing.LEFT
) -> Parted:
    return split_lot(
        make.operator.act(),
        lot=lot,
        operation=operation,
        quantity=Decimal(quantity),
        standing=standing,
    )


def here(lot: str, operation: int) -> tuple[Decimal, Decimal]:
    stop = work.load(db.session(), lot).stop(operation)
    return stop.left, stop.waiting


def in_wip(lot_id: int) -> Decimal:
    return sum(
        db.session.scalars(select(Balance.quantity).where(Balance.lot_id == lot_id)), Decimal(0)
    )


def differences() -> list[object]:
    return list(run_checks().differences)


def test_a_split_makes_a_lot_of_the_same_family_with_the_pieces_counted_off(make: Factory) -> None:
    lot = make.lot(100)
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(60))

    parted = split(make, lot, 20, 25)

    assert parted.target.number != lot
    assert here(lot, 20) == (35, 0)
    assert here(parted.target.code, 20) == (25, 0)
    assert here(lot, 10) == (40, 0)
    assert (in_wip(parted.source.id), in_wip(parted.target.id)) == (75, 25)
    child = work.load(db.session(), parted.target.id)
    assert child.lot.family_id == work.load(db.session(), lot).lot.family_id
    assert differences() == []


def test_the_entry_says_from_which_lot_the_new_one_was_made(make: Factory) -> None:
    parted = split(make, make.lot(100), 10, 30)

    roles = db.session.execute(
        select(EventSubject.subject_id, EventSubject.role).where(
            EventSubject.event_id == parted.event_id, EventSubject.role != Role.ABOUT
        )
    ).all()
    assert set(roles) == {(parted.source.id, Role.USED), (parted.target.id, Role.MADE)}


def test_each_lot_goes_its_own_way_and_the_order_is_finished_with_the_last(make: Factory) -> None:
    item = make.item(inspect=())
    lot = make.lot(100, item_id=item)
    parted = split(make, lot, 10, 40)

    for each, quantity in ((parted.target.code, 40), (lot, 60)):
        order = db.session.get_one(WorkOrder, work.load(db.session(), lot).order.id)
        assert order.state is OrderState.RELEASED
        for operation in (10, 20, 30):
            report_quantities(
                make.operator.act(), lot=each, operation=operation, good=Decimal(quantity)
            )
        db.session.expire_all()

    order = db.session.get_one(WorkOrder, work.load(db.session(), lot).order.id)
    assert order.state is OrderState.FINISHED
    assert differences() == []


def test_pay_that_waits_for_an_inspection_goes_along_with_the_pieces(make: Factory) -> None:
    lot = make.lot(100, rate="0.5")
    for operation in (10, 20):
        report_quantities(make.operator.act(), lot=lot, operation=operation, good=Decimal(100))

    parted = split(make, lot, 20, 30, standing=Standing.WAITING)
    record_inspection(
        make.inspector.act(), lot=parted.target.code, operation=20, verdict=Verdict.PASS
    )

    lines = db.session.execute(
        select(PayLine.lot_id, PayLine.pieces, PayLine.state)
        .where(PayLine.operation_id == work.load(db.session(), lot).stop(20).operation.id)
        .order_by(PayLine.pieces)
    ).all()
    assert lines == [
        (parted.target.id, 30, PayState.COUNTED),
        (parted.source.id, 70, PayState.WAITING),
    ]
    assert here(parted.target.code, 30) == (30, 0)
    assert differences() == []


def test_a_split_taken_back_leaves_no_lot_behind_and_everything_as_it_was(make: Factory) -> None:
    lot = make.lot(100, rate="0.5")
    for operation in (10, 20):
        report_quantities(make.operator.act(), lot=lot, operation=operation, good=Decimal(80))
    parted = split(make, lot, 20, 30, standing=Standing.WAITING)

    undo_event(make.operator.act(), event_id=parted.event_id)

    assert here(lot, 20) == (0, 80)
    assert db.session.get_one(Subject, parted.target.id).archived_at is not None
    assert in_wip(parted.target.id) == 0
    assert set(db.session.scalars(select(PayLine.lot_id))) == {parted.source.id}
    assert differences() == []


def test_a_split_whose_pieces_have_gone_on_is_not_taken_back(make: Factory) -> None:
    lot = make.lot(100)
    parted = split(make, lot, 10, 30)
    report_quantities(make.operator.act(), lot=parted.target.code, operation=10, good=Decimal(5))

    with pytest.raises(Refused, match="already gone on"):
        undo_event(make.operator.act(), event_id=parted.event_id)


@pytest.mark.parametrize(
    ("quantity", "rule"), [(0, "no_quantity"), (101, "too_many"), (100, "whole_lot")]
)
def test_no_piece_too_many_and_the_whole_lot_are_refused(
    make: Factory, quantity: int, rule: str
) -> None:
    lot = make.lot(100)

    with pytest.raises(Refused) as no:
        split(make, lot, 10, quantity)

    assert no.value.rule == rule


def test_a_held_lot_is_neither_split_nor_joined(make: Factory) -> None:
    lot = make.lot(100)
    parted = split(make, lot, 10, 40)
    place_hold(make.inspector.act(), subject_id=parted.source.id, reason_id=make.reasons["hold"])

    with pytest.raises(Refused) as no_split:
        split(make, lot, 10, 10)
    with pytest.raises(Refused) as no_join:
        merge_lots(make.operator.act(), lot=parted.target.code, operation=10, other=lot)

    assert (no_split.value.rule, no_join.value.rule) == ("held", "held")


def test_a_lock_on_the_order_holds_every_part_of_it(make: Factory) -> None:
    lot = make.lot(100)
    parted = split(make, lot, 10, 40)
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(60))
    report_quantities(make.operator.act(), lot=lot, operation=20, good=Decimal(60))
    record_inspection(make.inspector.act(), lot=lot, operation=20, verdict=Verdict.FAIL)

    with pytest.raises(Refused) as no:
        report_quantities(
            make.operator.act(), lot=parted.target.code, operation=10, good=Decimal(1)
        )

    assert no.value.rule == "held"


def test_joined_pieces_count_in_the_lot_they_joined(make: Factory) -> None:
    lot = make.lot(100)
    parted = split(make, lot, 10, 40)

    merged = merge_lots(make.operator.act(), lot=lot, operation=10, other=parted.target.code)

    assert merged.quantity == 40
    assert here(lot, 10) == (100, 0)
    assert here(parted.target.code, 10) == (0, 0)
    assert differences() == []

    undo_event(make.operator.act(), event_id=merged.event_id)
    assert here(lot, 10) == (60, 0)
    assert here(parted.target.code, 10) == (40, 0)
    assert differences() == []


def test_lots_of_two_orders_or_at_two_operations_are_not_joined(make: Factory) -> None:
    lot, stranger = make.lot(100), make.lot(50)
    parted = split(make, lot, 10, 40)
    report_quantities(make.operator.act(), lot=parted.target.code, operation=10, good=Decimal(40))
    refused = {}
    for name, other in (("stranger", stranger), ("elsewhere", parted.target.code), ("same", lot)):
        with pytest.raises(Refused) as no:
            merge_lots(make.operator.act(), lot=lot, operation=10, other=other)
        refused[name] = no.value.rule

    assert refused == {"stranger": "other_order", "elsewhere": "not_here", "same": "same_lot"}


def test_nobody_takes_pieces_into_another_lot_while_somebody_works_on_them(make: Factory) -> None:
    lot = make.lot(100)
    parted = split(make, lot, 10, 40)
    busy = make.person("operator", "busy")
    start_work(busy.act(), lot=parted.target.code, operation=10)

    with pytest.raises(Refused, match="Busy is working on it"):
        merge_lots(make.operator.act(), lot=lot, operation=10, other=parted.target.code)
