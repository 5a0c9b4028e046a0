"""Taking a report back."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from shopfloor.catalogue.changes import archive_entry
from shopfloor.catalogue.commands import add_reason
from shopfloor.catalogue.models import ReasonKind
from shopfloor.core import clock
from shopfloor.core.db import db
from shopfloor.core.events import Event
from shopfloor.core.undo import undo_event
from shopfloor.people.setup import founder
from shopfloor.production import work
from shopfloor.production.commands.jobs import start_work
from shopfloor.production.commands.orders import close_order
from shopfloor.production.commands.reports import report_quantities
from shopfloor.production.models import OrderState, Rejection, WorkOrder
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.models import Verdict
from tests.crowd import send, together
from tests.invariants import require_invariants
from tests.make import Factory, new_id
from tests.refusing import refused


def report(make: Factory, lot: str, operation: int = 10, **more: int) -> int:
    quantities: dict[str, Any] = {name: Decimal(value) for name, value in more.items()}
    reason = make.reasons["scrap"] if "scrap" in more else None
    act = make.operator.act()
    return report_quantities(
        act,
        lot=lot,
        operation=operation,
        scrap_reason_id=reason,
        **quantities,
    ).event_id


def left(lot: str) -> list[Decimal]:
    db.session.rollback()
    db.session.expire_all()
    return [stop.left for stop in work.load(db.session(), lot).stops]


def test_ones_own_last_report_is_taken_back_whole(make: Factory) -> None:
    """W41: good, scrap and rework; the order is open again."""
    released = make.order(10, inspect=())
    lot = released.lot.code
    event = report(make, lot, good=5, scrap=2, rework=3)
    assert left(lot) == [3, 5, 0]
    undone = undo_event(make.operator.act(), event_id=event)
    assert undone.undone_event_id == event
    assert left(lot) == [10, 0, 0]
    assert sum(db.session.scalars(select(Rejection.quantity)), Decimal(0)) == 0
    for sequence in (10, 20, 30):
        event = report(make, lot, sequence, good=10)
    assert db.session.get_one(WorkOrder, released.order.id).state is OrderState.FINISHED
    undo_event(make.operator.act(), event_id=event)
    db.session.rollback()
    assert db.session.get_one(WorkOrder, released.order.id).state is OrderState.RELEASED
    assert left(lot) == [0, 0, 10]
    require_invariants()


def test_it_is_taken_back_once_and_an_undo_is_not_undone(make: Factory) -> None:
    lot = make.lot(10)
    event = report(make, lot, good=5)
    undone = undo_event(make.operator.act(), event_id=event)
    with refused("already_undone", 409):
        undo_event(make.operator.act(), event_id=event)
    with refused("no_inverse", 409):
        undo_event(make.operator.act(), event_id=undone.event_id)
    with refused("not_found", 404):
        undo_event(make.operator.act(), event_id=10**17)
    started = start_work(make.operator.act(), lot=lot, operation=10)
    db.session.rollback()
    start = db.session.scalars(select(Event.id).order_by(Event.id.desc()).limit(1)).one()
    assert started.job_id
    with refused("no_inverse"):
        undo_event(make.operator.act(), event_id=start)


def test_later_or_another_persons_needs_the_right_and_a_reason(
    make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    lot = make.lot(20)
    first, second = report(make, lot, good=5), report(make, lot, good=6)
    mate = make.person("operator", "mate")
    with refused("no_right", 403):
        undo_event(mate.act(), event_id=first)
    gone = add_reason(founder(new_id()), kind=ReasonKind.UNDO, number="u-9", names={"en": "Old"}).id
    archive_entry(make.planner.act(), subject_id=gone, archived=True)
    others = [reason for kind, reason in make.reasons.items() if kind != "undo"]
    for wrong in (None, 10**17, make.site_id, gone, *others):
        with refused("reason_missing", field="reason"):
            undo_event(make.supervisor.act(), event_id=first, reason_id=wrong)
    reason = make.reasons["undo"]
    undo_event(make.supervisor.act(), event_id=first, reason_id=reason)
    db.session.rollback()
    event = db.session.scalars(select(Event).where(Event.undoes_id == first)).one()
    assert (event.reason_id, event.actor_id) == (reason, make.supervisor.id)
    later = clock.now() + timedelta(minutes=11)
    monkeypatch.setattr(clock, "now", lambda: later)
    with refused("no_right", 403):
        undo_event(make.operator.act(), event_id=second, reason_id=reason)
    undo_event(make.supervisor.act(), event_id=second, reason_id=reason)
    assert left(lot) == [20, 0, 0]
    require_invariants()


def test_pieces_that_have_gone_on_or_were_judged_stay(make: Factory) -> None:
    lot, act = make.lot(10, inspect=(20,)), make.operator.act
    first = report(make, lot, good=10)
    second = report(make, lot, 20, good=6)
    with refused("used_since", 409):
        undo_event(act(), event_id=first)
    record_inspection(
        make.inspector.act(), lot=lot, operation=20, verdict=Verdict.PASS, quantity=Decimal(1)
    )
    with refused("used_since", 409):
        undo_event(act(), event_id=second)
    # Pieces sent to rework and done again are no longer where the report left them.
    lot = make.lot(10, inspect=())
    event = report(make, lot, rework=4)
    report(make, lot, good=10)
    with refused("used_since", 409):
        undo_event(act(), event_id=event)
    require_invariants()


def test_a_report_on_a_closed_order_is_taken_back_by_a_supervisor_only(make: Factory) -> None:
    """Torture 68."""
    released = make.order(10)
    event = report(make, released.lot.code, good=5)
    close_order(make.planner.act(), order_id=released.order.id)
    with refused("order_closed"):
        undo_event(make.operator.act(), event_id=event)
    undo_event(make.supervisor.act(), event_id=event, reason_id=make.reasons["undo"])
    require_invariants()


@pytest.mark.processes
def test_two_who_take_it_back_at_once_do_it_once(make: Factory) -> None:
    item = make.item(inspect=())
    for _ in range(3):
        lot = make.lot(10, item_id=item)
        event = report(make, lot, good=5)
        arguments: dict[str, Any] = {"event_id": event, "reason_id": make.reasons["undo"]}
        answers = together(
            [
                (send, "undo_event", make.operator.act(), arguments),
                (send, "undo_event", make.supervisor.act(), arguments),
                (
                    send,
                    "report_quantities",
                    make.administrator.act(),
                    {"lot": lot, "operation": 20, "good": Decimal(5)},
                ),
            ],
        )
        # Either the pieces went back once, or the next operation had them first.
        undone = [a for a in answers[:2] if not isinstance(a, str)]
        assert len(undone) + (not isinstance(answers[2], str)) == 1
    require_invariants()
