"""Giving a verdict."""

from collections.abc import Callable
from decimal import Decimal
from multiprocessing.synchronize import Barrier
from typing import Any

import pytest
from sqlalchemy import event, func, select

from shopfloor.core.db import db
from shopfloor.core.events import Event
from shopfloor.core.refusals import Refused
from shopfloor.holds.models import Hold
from shopfloor.production import work
from shopfloor.production.commands.jobs import start_work
from shopfloor.production.commands.orders import close_order
from shopfloor.production.commands.reports import report_quantities
from shopfloor.production.models import JobKind
from shopfloor.production.way import Stop
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.commands.releases import release_hold
from shopfloor.quality.models import Inspection, Verdict
from tests.crowd import PATIENCE, attempt, together
from tests.invariants import require_invariants
from tests.make import Factory, Worker
from tests.refusing import refused

PASS, FAIL = Verdict.PASS, Verdict.FAIL


def stops(lot: str) -> list[Stop]:
    db.session.rollback()
    db.session.expire_all()
    return work.load(db.session(), lot).stops


def test_a_pass_lets_the_accepted_quantity_go_on(make: Factory) -> None:
    """Q140 and Q142."""
    lot, act = make.lot(10, inspect=(10,)), make.inspector.act
    plain: dict[str, Any] = {"lot": lot, "operation": 10, "verdict": PASS}
    with refused("nothing_waits", 409):
        record_inspection(act(), **plain)
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(6))
    for wrong in ("0", "7"):
        with refused("too_many", 409, "quantity"):
            record_inspection(act(), quantity=Decimal(wrong), **plain)
    for wrong in ("-1", "0.5", "NaN", "1E+308"):
        with refused("bad_quantity", 422, "quantity"):
            record_inspection(act(), quantity=Decimal(wrong), **plain)
    judged = record_inspection(act(), quantity=Decimal(2), **plain)
    assert (judged.quantity, judged.hold_id) == (2, None)
    assert [s.left for s in stops(lot)] == [4, 2, 0]
    assert record_inspection(act(), **plain).quantity == 4
    assert [s.left for s in stops(lot)] == [4, 6, 0]
    assert db.session.scalars(select(Inspection.quantity)).all() == [2, 4]
    require_invariants()


def test_who_has_no_right_or_no_order_gives_no_verdict(make: Factory) -> None:
    """Torture 68: an inspection before the pieces, and one after the order was closed."""
    released = make.order(10, inspect=(10,))
    lot = released.lot.code
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(6))
    with refused("no_right", 403):
        record_inspection(make.operator.act(), lot=lot, operation=10, verdict=PASS)
    for wrong in (10**17, make.reasons["undo"]):
        with refused("reason_missing", 422, "reason"):
            record_inspection(
                make.inspector.act(), lot=lot, operation=10, verdict=FAIL, reason_id=wrong
            )
    with refused("bad_note", 422, "note"):
        record_inspection(
            make.inspector.act(), lot=lot, operation=10, verdict=FAIL, note="x" * 10_000
        )
    for odd in ("a\x00b", "\udfff"):
        with refused("bad_text", 422):
            record_inspection(make.inspector.act(), lot=lot, operation=10, verdict=FAIL, note=odd)
    with refused("nothing_waits"):
        record_inspection(make.inspector.act(), lot=lot, operation=20, verdict=PASS)
    close_order(make.planner.act(), order_id=released.order.id)
    with refused("order_closed"):
        record_inspection(make.inspector.act(), lot=lot, operation=10, verdict=PASS)
    assert stops(lot)[0].waiting == 6


def test_a_fail_locks_the_family_in_the_same_transaction(make: Factory) -> None:
    """Q53: everything is refused, with why, who and who can release it."""
    released = make.order(10, inspect=(10,))
    lot = released.lot.code
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(6))
    note = "Kratzer 😀 \u202e <b>"
    judged = record_inspection(
        make.inspector.act(),
        lot=lot,
        operation=10,
        verdict=FAIL,
        reason_id=make.reasons["hold"],
        note=note,
    )
    assert judged.quantity == 6
    db.session.rollback()
    hold = db.session.get_one(Hold, judged.hold_id)
    assert hold.subject_id == released.order.id
    assert hold.opened_event_id == judged.event_id
    assert hold.note == note
    with pytest.raises(Refused) as no:
        report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(1))
    why = no.value.why
    assert why is not None
    assert why.opened_by == "Inspector"
    assert "Supervisor" in why.releasers
    assert "Inspector" not in why.releasers
    with refused("held", 409):
        start_work(make.operator.act(), lot=lot, operation=10)
    with refused("held", 409):
        record_inspection(make.inspector.act(), lot=lot, operation=10, verdict=PASS)
    # Where nothing else waits a second tap on NG is not a second lock.
    for operation in (10, 20):
        with refused("already_locked", 409):
            record_inspection(make.inspector.act(), lot=lot, operation=operation, verdict=FAIL)
    assert db.session.scalar(select(func.count()).select_from(Hold)) == 1
    assert [(s.waiting, s.held) for s in stops(lot)] == [(0, 6), (0, 0), (0, 0)]
    require_invariants()


def test_other_pieces_that_wait_can_fail_under_the_lock(make: Factory) -> None:
    lot, operator, inspector = make.lot(10, inspect=(10, 20)), make.operator, make.inspector
    report_quantities(operator.act(), lot=lot, operation=10, good=Decimal(10))
    record_inspection(inspector.act(), lot=lot, operation=10, verdict=PASS, quantity=Decimal(4))
    report_quantities(operator.act(), lot=lot, operation=20, good=Decimal(3))
    first = record_inspection(inspector.act(), lot=lot, operation=10, verdict=FAIL)
    second = record_inspection(inspector.act(), lot=lot, operation=20, verdict=FAIL)
    assert (first.quantity, second.quantity) == (6, 3)
    assert first.hold_id != second.hold_id
    with refused("already_locked"):
        record_inspection(inspector.act(), lot=lot, operation=20, verdict=FAIL)
    require_invariants()


def test_work_begun_before_the_lock_is_reported_once_as_held_pieces(make: Factory) -> None:
    """Q141."""
    lot, operator = make.lot(10, inspect=(), rate="1"), make.operator
    mate = make.person("operator", "mate")
    start_work(operator.act(), lot=lot, operation=10)
    record_inspection(make.inspector.act(), lot=lot, operation=10, verdict=FAIL)
    with refused("held"):
        report_quantities(mate.act(), lot=lot, operation=10, good=Decimal(1))
    booked = report_quantities(operator.act(), lot=lot, operation=10, good=Decimal(3))
    assert booked.held == 3
    assert booked.effects[0].detail["state"] == "held"
    with refused("held"):
        report_quantities(operator.act(), lot=lot, operation=10, good=Decimal(1))
    assert [(s.left, s.held) for s in stops(lot)] == [(7, 3), (0, 0), (0, 0)]
    require_invariants()


def test_a_set_up_begun_before_the_lock_has_made_no_pieces(make: Factory) -> None:
    lot, operator = make.lot(10, inspect=()), make.operator
    job = start_work(operator.act(), lot=lot, operation=10, kind=JobKind.SETUP).job_id
    record_inspection(make.inspector.act(), lot=lot, operation=10, verdict=FAIL)
    with refused("held"):
        report_quantities(operator.act(), lot=lot, operation=10, good=Decimal(3), job_id=job)


def test_anything_unexpected_during_the_decision_passes_nothing(make: Factory) -> None:
    """Torture 69: an error at each statement in turn; the pieces wait as before."""
    lot = make.lot(10, inspect=(10,))
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(10))
    events = db.session.scalar(select(func.count()).select_from(Event))
    verdict, step = PASS, 0
    arguments: dict[str, Any] = {"lot": lot, "operation": 10, "quantity": Decimal(1)}
    for verdict in (PASS, FAIL):
        step = 0
        while step < 40:
            step += 1
            act = make.inspector.act()
            fail = failing_at(step)
            event.listen(db.engine, "before_cursor_execute", fail)
            try:
                record_inspection(act, verdict=verdict, **arguments)
                break
            except RuntimeError:
                pass
            finally:
                event.remove(db.engine, "before_cursor_execute", fail)
            db.session.rollback()
            assert db.session.scalar(select(func.count()).select_from(Event)) == events
            assert [s.left for s in stops(lot)] == [0, 0 if verdict is PASS else 1, 0]
            assert db.session.scalar(select(func.count()).select_from(Hold)) == 0
        assert step > 8
        events = db.session.scalar(select(func.count()).select_from(Event))
    require_invariants()


def failing_at(step: int) -> Callable[..., None]:
    left = step

    def fail(*_: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise RuntimeError("the disk of the rules engine fell out of the window")

    return fail


TRIALS = 500


def report_each_time(start: Barrier, operator: Worker, lot: str) -> list[Any]:
    """A job: report one piece at every trial."""
    answers = []
    for _ in range(TRIALS):
        start.wait(PATIENCE)
        arguments = {"lot": lot, "operation": 10, "good": Decimal(1)}
        answers.append(attempt(report_quantities, operator.act(), arguments))
        start.wait(PATIENCE)
    return answers


def fail_each_time(
    start: Barrier, inspector: Worker, supervisor: Worker, lot: str, reason_id: int
) -> list[int]:
    """A job: fail the lot at every trial, and let it free again for the next one."""
    events = []
    for _ in range(TRIALS):
        start.wait(PATIENCE)
        judged = record_inspection(inspector.act(), lot=lot, operation=10, verdict=FAIL)
        events.append(judged.event_id)
        start.wait(PATIENCE)
        release_hold(
            supervisor.act(),
            hold_id=judged.hold_id or 0,
            signature_id=supervisor.signs(),
            reason_id=reason_id,
        )
    return events


@pytest.mark.processes
def test_a_fail_and_a_report_at_the_same_instant_have_an_order(make: Factory) -> None:
    """Torture 7: 500 trials per database; a report is before the lock, or refused."""
    lot = make.lot(10 * TRIALS, inspect=())
    judge = (make.inspector, make.supervisor, lot, make.reasons["release"])
    reported, failed = together([(report_each_time, make.operator, lot), (fail_each_time, *judge)])
    for report, fail in zip(reported, failed, strict=True):
        assert report == "held" or report.event_id < fail
    # Both orders have happened, or the trials prove nothing.
    assert 0 < reported.count("held") < TRIALS
    require_invariants()
