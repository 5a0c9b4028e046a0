"""Inspections by plan when several judge at one instant, and when what they need is gone."""

import sqlite3
from contextlib import closing, suppress
from decimal import Decimal
from multiprocessing.synchronize import Barrier
from time import sleep
from typing import Any

import pytest
from sqlalchemy import event, func, select

from shopfloor.core.db import db
from shopfloor.core.events import Event
from shopfloor.holds.models import Hold
from shopfloor.production import work
from shopfloor.production.commands.reports import report_quantities
from shopfloor.quality import asked
from shopfloor.quality.commands.checks import read_values
from shopfloor.quality.commands.inspections import Judged, record_inspection
from shopfloor.quality.commands.plans import publish_plan
from shopfloor.quality.commands.releases import Decided, release_hold
from shopfloor.quality.models import DispositionKind, Inspection, Verdict
from shopfloor.quality.plan_models import Check, Value
from shopfloor.quality.plan_writing import PlanWritten
from shopfloor.quality.values import Read
from tests.crowd import PATIENCE, attempt, send, together
from tests.invariants import require_invariants
from tests.make import Factory, Worker
from tests.quality.test_checks import good, judge, read, waiting_lot
from tests.quality.test_plans import CRACK, LENGTH, plan
from tests.quality.test_record_inspection import failing_at
from tests.refusing import refused

PASS, FAIL = Verdict.PASS, Verdict.FAIL
LOTS = 4
TRIALS = 32
# Now one of them is a little earlier and now the other: every order of arrival is tried.
STEP = 0.006
ONE = PlanWritten(size=1)


@pytest.mark.processes
def test_an_ok_and_an_ng_on_one_sample_at_once_are_one_verdict(make: Factory) -> None:
    """Torture 6: the other one hears whose verdict it is, and nothing of his own is booked."""
    for _ in range(LOTS):
        lot = waiting_lot(make, CRACK)
        stands = read(make, lot, Read("crack", "yes", 1), Read("crack", "yes", 2))
        told = {"lot": lot, "operation": 20, "check_id": stands.check_id}
        jobs = [
            (send, "record_inspection", worker.act(), {**told, "verdict": verdict})
            for worker, verdict in ((make.inspector, PASS), (make.quality, FAIL))
        ]
        answers = together(jobs)
        (judged,) = (answer for answer in answers if isinstance(answer, Judged))
        assert {"nothing_waits", "another_turn", "held"} & set(map(str, answers))
        db.session.rollback()
        found = work.load(db.session(), lot)
        inspection = db.session.scalars(
            select(Inspection).where(Inspection.lot_id == found.lot.id)
        ).one()
        assert inspection.verdict is judged.verdict
        assert [stop.held for stop in found.stops][1] == (10 if judged.verdict is FAIL else 0)
    require_invariants()


@pytest.mark.processes
def test_two_who_read_one_sample_at_once_keep_each_value_once(make: Factory) -> None:
    """Torture 6: what one has read the other does not read over, and adds what is missing."""
    lot = waiting_lot(make, LENGTH, CRACK)
    other = (Read("length", "9.99", 1), *good(2))
    jobs = [
        (send, "read_values", worker.act(), {"lot": lot, "operation": 20, "values": values})
        for worker, values in ((make.inspector, good(1) + good(2)), (make.quality, other))
    ]
    answers = together(jobs)
    assert answers.count("read_already") == 1
    db.session.rollback()
    (check,) = db.session.scalars(select(Check)).all()
    values = db.session.scalars(select(Value).where(Value.check_id == check.id)).all()
    assert len({(value.field_id, value.piece, value.reading) for value in values}) == len(values)
    assert len({value.person_id for value in values}) == 1
    for worker in (make.inspector, make.quality):
        for value in good(1) + good(2):
            attempt(read_values, worker.act(), {"lot": lot, "operation": 20, "values": (value,)})
    assert judge(make, lot).verdict is PASS


def report_each_time(start: Barrier, operator: Worker, lot: str) -> list[Any]:
    """A job: at every trial report a piece to be inspected, and another beside the verdict."""
    answers = []
    arguments: dict[str, Any] = {"lot": lot, "operation": 10, "good": Decimal(1)}
    for trial in range(TRIALS):
        report_quantities(operator.act(), **arguments)
        start.wait(PATIENCE)
        start.wait(PATIENCE)
        sleep(STEP * (trial % 4))
        answers.append(attempt(report_quantities, operator.act(), arguments))
        start.wait(PATIENCE)
        start.wait(PATIENCE)
    return answers


def fail_each_time(
    start: Barrier, inspector: Worker, supervisor: Worker, lot: str, reason_id: int
) -> list[tuple[int, Decimal, Decimal]]:
    """A job: read a bad value and fail at every trial; then scrap what is held."""
    failed = []
    for trial in range(TRIALS):
        start.wait(PATIENCE)
        read_values(inspector.act(), lot=lot, operation=10, values=(Read("crack", "no"),))
        start.wait(PATIENCE)
        sleep(STEP * (trial // 4 % 4))
        judged = record_inspection(inspector.act(), lot=lot, operation=10, verdict=FAIL)
        start.wait(PATIENCE)
        db.session.rollback()
        stop = work.load(db.session(), lot).stop(10)
        failed.append((judged.event_id, stop.held, stop.waiting))
        release_hold(
            supervisor.act(),
            hold_id=judged.hold_id or 0,
            signature_id=supervisor.signs(),
            reason_id=reason_id,
            dispositions=(Decided(lot, 10, DispositionKind.SCRAP, stop.held),),
        )
        start.wait(PATIENCE)
    return failed


@pytest.mark.processes
def test_a_fail_by_plan_and_a_report_at_the_same_instant_have_an_order(make: Factory) -> None:
    """Torture 7: what was reported before the verdict is held with the rest, else refused."""
    item = make.item(inspect=())
    made = plan(make, item, CRACK, draft=ONE, sequence=10)
    publish_plan(make.quality.act(), plan_id=made, version=1)
    lot = make.lot(10 * TRIALS, item_id=item)
    judging = (make.inspector, make.supervisor, lot, make.reasons["release"])
    reported, failed = together(
        [(report_each_time, make.operator, lot), (fail_each_time, *judging)]
    )
    for report, (event_id, held, waiting) in zip(reported, failed, strict=True):
        before = report != "held"
        assert not before or report.event_id < event_id
        assert (held, waiting) == (2 if before else 1, 0)
    # Both orders have happened, or the trials prove nothing.
    assert 0 < reported.count("held") < TRIALS
    require_invariants()


def test_an_error_while_a_plan_is_judged_passes_nothing(one_make: Factory) -> None:
    """Torture 69: at each statement in turn; the pieces wait as before."""
    make = one_make
    lot = waiting_lot(make, CRACK)
    read(make, lot, Read("crack", "yes", 1), Read("crack", "yes", 2))
    for step in range(1, 60):
        fail = failing_at(step)
        act = make.inspector.act()
        event.listen(db.engine, "before_cursor_execute", fail)
        try:
            record_inspection(act, lot=lot, operation=20, verdict=PASS)
            break
        except RuntimeError:
            pass
        finally:
            event.remove(db.engine, "before_cursor_execute", fail)
        db.session.rollback()
        assert work.load(db.session(), lot).stop(20).waiting == 10
    assert 12 < step < 59
    assert work.load(db.session(), lot).stop(20).waiting == 0


class RulesGoneError(Exception):
    """What judges a sample is broken."""


def written() -> list[Any]:
    """Return how much is on record."""
    db.session.rollback()
    return [
        db.session.scalar(select(func.count()).select_from(each)) for each in (Event, Inspection)
    ]


def fails_whole(make: Factory, lot: str) -> None:
    """Ten pieces still wait at 20; a fail needs no rules, and locks the order."""
    db.session.rollback()
    stops = work.load(db.session(), lot).stops
    assert [(stop.waiting, stop.left) for stop in stops] == [(0, 0), (10, 0), (0, 0)]
    hold = db.session.get_one(Hold, judge(make, lot, FAIL).hold_id)
    assert hold.subject_id == work.load(db.session(), lot).lot.family_id
    with refused("held"):
        judge(make, lot)


def test_while_judging_breaks_an_inspection_passes_nothing_and_a_fail_locks_all(
    one_make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Torture 69: an error of the rules is no reason to let pieces go."""

    def broken(*_: Any) -> None:
        raise RulesGoneError

    lot = waiting_lot(one_make, CRACK)
    read(one_make, lot, Read("crack", "yes", 1), Read("crack", "yes", 2))
    before = written()
    monkeypatch.setattr(asked, "tally", broken)
    with pytest.raises(RulesGoneError):
        judge(one_make, lot)
    assert written() == before
    fails_whole(one_make, lot)


def test_without_its_plan_an_inspection_passes_nothing_and_a_fail_locks_all(
    one_make: Factory,
) -> None:
    """Torture 69: the revision is gone from the database; that is no reason to let pieces go."""
    lot = waiting_lot(one_make, CRACK)
    read(one_make, lot, Read("crack", "yes", 1), Read("crack", "yes", 2))
    before = written()
    # Another program on the same file asks for no foreign keys.
    with closing(sqlite3.connect(db.engine.url.database or "")) as raw, raw:
        raw.execute("DELETE FROM plan_revision")
    # Nothing is promised about what it says, only about what it books.
    with suppress(Exception):
        judge(one_make, lot)
    assert written() == before
    fails_whole(one_make, lot)
