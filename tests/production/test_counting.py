"""Pieces handed over to the next operation: one tap, or the number that was counted."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from shopfloor.core.db import db, transaction
from shopfloor.core.reconcile import run_checks
from shopfloor.core.undo import undo_event
from shopfloor.pay.models import PayLine, PayState
from shopfloor.people.models import Notice
from shopfloor.production import counting, work
from shopfloor.production.commands.counting import CountMade, count_pieces
from shopfloor.production.commands.differences import correct_count, keep_count
from shopfloor.production.commands.parting import merge_lots, split_lot
from shopfloor.production.commands.reports import report_quantities
from shopfloor.production.floor_models import ReportShare
from shopfloor.production.models import Operation
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.models import Verdict
from tests.invariants import require_invariants
from tests.make import Factory, Worker
from tests.refusing import refused


def left(lot: str) -> list[Decimal]:
    db.session.rollback()
    db.session.expire_all()
    return [stop.left for stop in work.load(db.session(), lot).stops]


def paid(worker: Worker) -> tuple[Decimal, Decimal]:
    db.session.rollback()
    query = select(func.sum(PayLine.pieces), func.sum(PayLine.amount))
    pieces, amount = db.session.execute(query.where(PayLine.person_id == worker.id)).one()
    return pieces or Decimal(0), amount or Decimal(0)


def require_clean() -> None:
    db.session.rollback()
    assert run_checks().differences == ()
    require_invariants()


def handed(make: Factory, good: int = 120, **more: Any) -> tuple[str, Worker]:
    """Return a lot of which pieces came to operation 20, and the next worker."""
    lot = make.lot(200, rate="0.1", inspect=())
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(good), **more)
    return lot, make.person("operator", "mate")


def count(worker: Worker, lot: str, counted: int, operation: int = 20) -> CountMade:
    return count_pieces(worker.act(), lot=lot, operation=operation, counted=Decimal(counted))


def test_the_same_number_is_one_tap_and_asked_for_once(make: Factory) -> None:
    """W161."""
    lot, mate = handed(make)
    made = count(mate, lot, 120)
    assert (made.told, made.reporter, made.deciders) == (120, "Operator", ())
    with refused("nothing_to_count", 409):
        count(mate, lot, 120)
    # When more comes it is asked for again.
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(10))
    assert count(mate, lot, 130).told == 130
    require_clean()


def test_ones_own_work_and_the_first_operation_are_not_counted(make: Factory) -> None:
    lot, mate = handed(make)
    with refused("nothing_to_count", 409):
        count(make.operator, lot, 120)
    with refused("nothing_to_count", 409):
        count(mate, lot, 80, operation=10)
    with refused("bad_quantity", 422, "counted"):
        count_pieces(mate.act(), lot=lot, operation=20, counted=Decimal("1.5"))


def test_what_is_sent_to_rework_here_was_handed_over_by_nobody(make: Factory) -> None:
    lot, mate = handed(make)
    third = make.person("operator", "third")
    report_quantities(mate.act(), lot=lot, operation=20, good=Decimal(50), rework=Decimal(5))
    assert count(third, lot, 65).told == 65
    report_quantities(mate.act(), lot=lot, operation=20, good=Decimal(60), rework=Decimal(5))
    with refused("nothing_to_count", 409):
        count(third, lot, 10)
    require_clean()


def test_a_difference_goes_to_the_supervisor_and_stops_nothing(make: Factory) -> None:
    lot, mate = handed(make)
    made = count(mate, lot, 118)
    assert made.deciders == ("Supervisor",)
    told = db.session.scalars(select(Notice).where(Notice.name == "production/count_differs")).one()
    assert told.person_id == make.supervisor.id
    assert (told.facts["reporter"], told.facts["counter"]) == ("Operator", "Mate")
    booked = report_quantities(mate.act(), lot=lot, operation=20, good=Decimal(118))
    assert booked.left == 2
    require_clean()


def test_the_earlier_report_is_corrected_and_its_pay_follows(make: Factory) -> None:
    lot, mate = handed(make)
    made = count(mate, lot, 118)
    report_quantities(mate.act(), lot=lot, operation=20, good=Decimal(118))
    with refused("no_right", 403):
        correct_count(make.operator.act(), count_id=made.count_id)
    done = correct_count(make.supervisor.act(), count_id=made.count_id)
    assert done.change == -2
    # The two stand where they were made, and nobody is paid for them yet.
    assert left(lot) == [82, 0, 118]
    assert paid(make.operator) == (118, Decimal("11.8"))
    assert paid(mate) == (118, Decimal("11.8"))
    with refused("already_decided", 409):
        keep_count(make.supervisor.act(), count_id=made.count_id)
    names = db.session.scalars(
        select(Notice.person_id).where(Notice.name == "production/count_decided")
    ).all()
    assert set(names) == {make.operator.id, mate.id}
    require_clean()


def test_a_corrected_report_cannot_be_taken_back_whole(make: Factory) -> None:
    lot, mate = handed(make)
    booked = report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(10))
    made = count(mate, lot, 128)
    correct_count(make.supervisor.act(), count_id=made.count_id)
    with refused("used_since", 409):
        undo_event(make.operator.act(), event_id=booked.event_id)
    require_clean()


def test_what_was_counted_beyond_is_added_and_paid(make: Factory) -> None:
    lot, mate = handed(make)
    made = count(mate, lot, 123)
    correct_count(make.supervisor.act(), count_id=made.count_id)
    assert left(lot) == [77, 123, 0]
    assert paid(make.operator) == (123, Decimal("12.3"))
    require_clean()


def test_more_than_ever_came_is_booked_as_excess(make: Factory) -> None:
    lot, mate = handed(make, good=200)
    made = count(mate, lot, 205)
    correct_count(make.supervisor.act(), count_id=made.count_id)
    db.session.rollback()
    stops = work.load(db.session(), lot).stops
    assert (stops[0].passes[0].excess, stops[1].left) == (5, 205)
    require_clean()


def test_behind_an_inspection_what_is_more_waits_to_be_inspected(make: Factory) -> None:
    lot = make.lot(100, rate="0.1", inspect=(10,))
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(50))
    record_inspection(make.inspector.act(), lot=lot, operation=10, verdict=Verdict.PASS)
    mate = make.person("operator", "mate")
    made = count(mate, lot, 52)
    correct_count(make.supervisor.act(), count_id=made.count_id)
    assert left(lot) == [48, 50, 0]
    db.session.rollback()
    waiting = db.session.scalar(
        select(func.sum(PayLine.pieces)).where(PayLine.state == PayState.WAITING)
    )
    assert waiting == 2
    record_inspection(make.inspector.act(), lot=lot, operation=10, verdict=Verdict.PASS)
    assert left(lot) == [48, 52, 0]
    require_clean()


def test_pieces_that_were_worked_on_since_are_not_corrected_away(make: Factory) -> None:
    lot, mate = handed(make)
    made = count(mate, lot, 118)
    report_quantities(mate.act(), lot=lot, operation=20, good=Decimal(120))
    with refused("used_since", 409):
        correct_count(make.supervisor.act(), count_id=made.count_id)
    kept = keep_count(make.supervisor.act(), count_id=made.count_id)
    assert (kept.decision, kept.change) == ("kept", 0)
    assert paid(make.operator)[0] == 120
    require_clean()


def test_those_who_shared_the_report_share_what_is_missing(make: Factory) -> None:
    ana = make.person("operator", "ana")
    shares = ((make.operator.id, Decimal(80)), (ana.id, Decimal(40)))
    lot = make.lot(200, rate="0.1", inspect=())
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(120), shares=shares)
    made = count(make.person("operator", "mate"), lot, 117)
    correct_count(make.supervisor.act(), count_id=made.count_id)
    assert (paid(make.operator)[0], paid(ana)[0]) == (78, 39)
    total = db.session.scalar(select(func.sum(ReportShare.pieces)))
    assert total == 117
    require_clean()


def test_what_was_taken_back_is_decided_by_itself(make: Factory) -> None:
    lot, mate = handed(make)
    booked = report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(10))
    made = count(mate, lot, 128)
    undo_event(make.operator.act(), event_id=booked.event_id)
    with refused("already_undone", 409):
        correct_count(make.supervisor.act(), count_id=made.count_id)
    db.session.rollback()
    found = work.load(db.session(), lot)
    # What is counted next is the report that still stands.
    assert counting.handed_over(db.session(), found, found.stop(20), mate.id) is None
    require_clean()


def split_off(make: Factory, lot: str, quantity: int) -> str:
    made = split_lot(make.operator.act(), lot=lot, operation=20, quantity=Decimal(quantity))
    return made.target.code


def waits(lot: str, worker: Worker) -> tuple[Decimal, str] | None:
    db.session.rollback()
    db.session.expire_all()
    found = work.load(db.session(), lot)
    told = counting.handed_over(db.session(), found, found.stop(20), worker.id)
    return (told.quantity, told.reporter) if told else None


def test_pieces_that_were_split_off_are_counted_like_the_others(make: Factory) -> None:
    lot, mate = handed(make)
    part = split_off(make, lot, 50)
    again = split_off(make, part, 20)
    assert waits(lot, mate) == (70, "Operator")
    assert waits(part, mate) == (30, "Operator")
    assert waits(again, mate) == (20, "Operator"), "split off twice"
    assert waits(again, make.operator) is None, "it is one's own work"
    with transaction() as session:
        stop = work.load(session, again).stop(20)
        session.get_one(Operation, stop.operation.id).confirm_count = True
    with refused("not_counted", 409):
        report_quantities(mate.act(), lot=again, operation=20, good=Decimal(10))
    assert count(mate, again, 20).reporter == "Operator"
    assert waits(again, mate) is None
    assert waits(part, mate) == (30, "Operator")
    report_quantities(mate.act(), lot=again, operation=20, good=Decimal(20))
    require_clean()


def test_what_is_reported_after_a_split_is_not_said_of_the_pieces_that_left(make: Factory) -> None:
    lot, mate = handed(make)
    part = split_off(make, lot, 50)
    other = make.person("operator", "other")
    report_quantities(other.act(), lot=lot, operation=10, good=Decimal(10))
    assert waits(lot, mate) == (80, "Other")
    assert waits(part, mate) == (50, "Operator")


def test_what_was_counted_before_a_split_is_not_counted_twice(make: Factory) -> None:
    lot, mate = handed(make)
    count(mate, lot, 120)
    part = split_off(make, lot, 50)
    assert (waits(lot, mate), waits(part, mate)) == (None, None)
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(10))
    assert waits(lot, mate) == (80, "Operator"), "more has come since"


def test_a_split_taken_back_or_joined_again_is_asked_for_where_the_pieces_are(
    make: Factory,
) -> None:
    lot, mate = handed(make)
    count(mate, lot, 120)
    act = make.operator.act
    parted = split_lot(act(), lot=lot, operation=20, quantity=Decimal(50))
    undo_event(act(), event_id=parted.event_id)
    assert waits(lot, mate) is None
    part = split_off(make, lot, 50)
    merge_lots(act(), lot=part, operation=20, other=lot)
    assert waits(lot, mate) is None, "it has nothing there any more"
    assert waits(part, mate) is None, "all of it was counted"
    require_clean()


@pytest.mark.parametrize("counted", [45, 50, 53])
def test_a_difference_of_split_off_pieces_corrects_the_report_they_came_from(
    make: Factory, counted: int
) -> None:
    lot, mate = handed(make)
    part = split_off(make, lot, 50)
    made = count(mate, part, counted)
    before = left(lot)[0]
    if counted != 50:
        correct_count(make.supervisor.act(), count_id=made.count_id)
    more = counted - 50
    assert left(part)[1] == counted
    assert left(lot)[:2] == [before - more, 70]
    assert paid(make.operator)[0] == 120 + more
    assert waits(part, mate) is None
    report_quantities(mate.act(), lot=part, operation=20, good=Decimal(counted))
    require_clean()


def test_where_the_factory_asks_for_it_nothing_is_reported_uncounted(make: Factory) -> None:
    lot, mate = handed(make)
    with transaction() as session:
        stop = work.load(session, lot).stop(20)
        session.get_one(Operation, stop.operation.id).confirm_count = True
    with refused("not_counted", 409) as no:
        report_quantities(mate.act(), lot=lot, operation=20, good=Decimal(10))
    assert no.value.leads_to is not None
    count(mate, lot, 119)
    report_quantities(mate.act(), lot=lot, operation=20, good=Decimal(10))
    # One's own pieces need no count.
    report_quantities(mate.act(), lot=lot, operation=10, good=Decimal(80))
    report_quantities(mate.act(), lot=lot, operation=20, good=Decimal(80))
    require_clean()
