"""What was done offline and is refused on arrival: kept with its time, decided about once."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from shopfloor.core import clock, parking
from shopfloor.core.actions import Act, Action, Outcome
from shopfloor.core.clock import When
from shopfloor.core.commands import COMMANDS
from shopfloor.core.db import db
from shopfloor.core.deciding import accept_parked, drop_parked
from shopfloor.core.events import Event
from shopfloor.core.parking import Decision, ParkedAction
from shopfloor.core.refusals import NotYours, Parked
from shopfloor.core.undo import undo_event
from shopfloor.holds.commands import place_hold
from shopfloor.pay.models import PayLine
from shopfloor.people.grants import revoke_role
from shopfloor.people.setup import founder
from shopfloor.production import work
from shopfloor.production.commands.jobs import start_work
from shopfloor.production.commands.orders import close_order
from shopfloor.production.commands.reports import report_quantities
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.commands.releases import release_hold
from shopfloor.quality.models import Inspection, Verdict
from tests.crowd import die_at, killed, send, together
from tests.invariants import require_invariants
from tests.make import Factory, Worker, new_id
from tests.refusing import refused


def offline(worker: Worker, action_id: str | None = None) -> Act:
    """Return what a person did without network a moment ago; it arrives when it is called with."""
    return replace(worker.act(action_id, When(clock.now(), 480, "said by the phone")), offline=True)


def report(act: Act, lot: str, good: int = 10) -> Any:
    return report_quantities(act, lot=lot, operation=10, good=Decimal(good))


def parked_report(act: Act, lot: str, good: int = 10) -> int:
    """Send a report that must be parked, and return the event under which it waits."""
    with pytest.raises(Parked) as no:
        report(act, lot, good)
    assert no.value.rule == "parked"
    db.session.rollback()
    row = db.session.scalars(select(ParkedAction).filter_by(action_id=act.id)).one()
    return row.event_id


def locked(make: Factory, lot: str) -> int:
    lot_id = work.load(db.session(), lot).lot.id
    placed = place_hold(make.inspector.act(), subject_id=lot_id, reason_id=make.reasons["hold"])
    return placed.hold_id


def released(make: Factory, hold_id: int) -> None:
    release_hold(
        make.supervisor.act(),
        hold_id=hold_id,
        signature_id=make.supervisor.signs(),
        reason_id=make.reasons["release"],
    )


def count(kind: str) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(Event.kind == kind)) or 0


def good(lot: str) -> Decimal:
    db.session.rollback()
    db.session.expire_all()
    return work.load(db.session(), lot).stops[0].good


def test_a_report_that_meets_a_lock_is_kept_with_its_time_and_never_booked_by_itself(
    make: Factory,
) -> None:
    """Torture 36."""
    lot = make.lot(100)
    act = offline(make.operator)
    hold_id = locked(make, lot)
    event_id = parked_report(act, lot)
    event = db.session.get_one(Event, event_id)
    assert (event.kind, event.actor_id) == ("action.parked", make.operator.id)
    assert (event.happened_at, event.phone_said) == (act.when.at, "said by the phone")
    assert event.site_id == make.site_id
    assert event.station_id == make.stations[0]
    row = db.session.get_one(ParkedAction, event_id)
    assert (row.rule, row.decision) == ("held", None)
    # The factory's own word too: the supervisor reads all of it in his language.
    assert row.sentence == {"en": "Locked: hold reason", "zh": "已锁定：原因"}
    released(make, hold_id)
    # Sent again when nothing stands against it any more: it is with the supervisor and stays there.
    assert parked_report(offline(make.operator, act.id), lot) == event_id
    assert count("action.parked") == 1
    assert good(lot) == 0
    require_invariants()


def test_what_was_done_with_network_is_refused_and_leaves_nothing(make: Factory) -> None:
    lot = make.lot(100)
    locked(make, lot)
    with refused("held", 409):
        report(make.operator.act(), lot)
    assert count("action.parked") == 0


def test_an_entry_that_is_wrong_in_itself_is_refused_offline_too(make: Factory) -> None:
    lot = make.lot(100)
    with refused("no_quantity", 422):
        report(offline(make.operator), lot, good=0)
    start_work(make.operator.act(), lot=lot, operation=10)
    with refused("already_started", 409):
        start_work(offline(make.operator), lot=lot, operation=10)
    with refused("not_found", 404):
        close_order(offline(make.operator), order_id=0)
    assert count("action.parked") == 0


def test_the_supervisor_books_it_as_the_workers_own_at_its_own_time(make: Factory) -> None:
    lot = make.lot(100, rate="0.5")
    act = offline(make.operator)
    hold_id = locked(make, lot)
    event_id = parked_report(act, lot)
    with refused("held", 409):
        accept_parked(make.supervisor.act(), event_id=event_id)
    assert db.session.get_one(ParkedAction, event_id).decision is None
    released(make, hold_id)
    again = make.supervisor.act()
    decided = accept_parked(again, event_id=event_id)
    assert accept_parked(make.supervisor.act(again.id), event_id=event_id) == decided
    assert good(lot) == 10
    booked = db.session.get_one(Event, decided.booked_event_id)
    assert (booked.kind, booked.actor_id) == ("work.reported", make.operator.id)
    assert (booked.happened_at, booked.caused_by_id) == (act.when.at, event_id)
    accepted = db.session.get_one(Event, decided.event_id)
    assert (accepted.kind, accepted.actor_id) == ("action.accepted", make.supervisor.id)
    assert accepted.caused_by_id == event_id
    row = db.session.get_one(ParkedAction, event_id)
    assert (row.decision, row.decided_by_id) == (Decision.ACCEPTED, make.supervisor.id)
    assert {line.person_id for line in db.session.scalars(select(PayLine))} == {make.operator.id}
    with refused("already_decided", 409):
        accept_parked(make.supervisor.act(), event_id=event_id)
    with refused("already_decided", 409):
        drop_parked(make.supervisor.act(), event_id=event_id, note="Too late.")
    assert count("work.reported") == 1
    require_invariants()


def test_a_report_on_an_order_that_was_closed_meanwhile_is_booked_for_a_reason(
    make: Factory,
) -> None:
    """Torture 36."""
    order = make.order(100)
    act = offline(make.operator)
    close_order(make.planner.act(), order_id=order.order.id)
    event_id = parked_report(act, order.lot.code)
    with refused("order_closed", 409):
        accept_parked(make.supervisor.act(), event_id=event_id)
    decided = accept_parked(
        make.supervisor.act(), event_id=event_id, reason_id=make.reasons["override"]
    )
    assert good(order.lot.code) == 10
    booked = db.session.get_one(Event, decided.booked_event_id)
    assert booked.reason_id == make.reasons["override"]
    require_invariants()


def test_of_two_who_report_the_last_pieces_offline_the_second_waits_with_both_names(
    make: Factory,
) -> None:
    """Torture 37."""
    lot, other = make.lot(10), make.person("operator", "other")
    mine, his = offline(make.operator), offline(other)
    report(mine, lot)
    event_id = parked_report(his, lot)
    row = db.session.get_one(ParkedAction, event_id)
    assert row.rule == "nothing_left"
    drop_parked(make.supervisor.act(), event_id=event_id, note="  Counted  twice. ")
    db.session.rollback()
    db.session.expire_all()
    row = db.session.get_one(ParkedAction, event_id)
    assert (row.decision, row.note) == (Decision.DROPPED, "Counted twice.")
    dropped = db.session.get_one(Event, row.decided_event_id)
    assert (dropped.kind, dropped.caused_by_id) == ("action.dropped", event_id)
    assert good(lot) == 10
    require_invariants()


def test_what_a_person_did_before_he_lost_his_role_is_not_lost(make: Factory) -> None:
    lot = make.lot(100)
    leaver = make.person("operator", "leaver")
    act = offline(leaver)
    revoke_role(founder(new_id()), person_id=leaver.id, role="operator")
    event_id = parked_report(replace(act, rights=leaver.act().rights), lot)
    assert db.session.get_one(ParkedAction, event_id).rule == "no_right"
    accept_parked(make.supervisor.act(), event_id=event_id)
    assert good(lot) == 10


def test_a_no_that_is_known_before_is_kept_too_but_never_hides_what_was_booked(
    make: Factory,
) -> None:
    lot, act = make.lot(100), offline(make.operator)
    no = NotYours("The badge was revoked.", rule="badge_revoked")
    booked = report(act, lot)
    assert report(replace(act, no=no), lot) == booked
    event_id = parked_report(replace(offline(make.operator), no=no), lot)
    assert db.session.get_one(ParkedAction, event_id).rule == "badge_revoked"
    accept_parked(make.supervisor.act(), event_id=event_id)
    assert good(lot) == 20


def test_a_drop_needs_a_note_and_only_whoever_may_overrule_there_decides(make: Factory) -> None:
    lot = make.lot(100)
    act = offline(make.operator)
    locked(make, lot)
    event_id = parked_report(act, lot)
    with refused("note_missing", 422, "note"):
        drop_parked(make.supervisor.act(), event_id=event_id, note="  ")
    elsewhere = make.person("supervisor", "elsewhere", scope_id=make.stations[2])
    here = make.person("supervisor", "here", scope_id=make.line_id)
    ways: list[tuple[Any, dict[str, str]]] = [(accept_parked, {}), (drop_parked, {"note": "No."})]
    for decide, more in ways:
        with refused("no_right", 403):
            decide(make.operator.act(), event_id=event_id, **more)
        with refused("not_found", 404):
            decide(elsewhere.act(), event_id=event_id, **more)
        with refused("not_found", 404):
            decide(make.supervisor.act(), event_id=event_id + 1000, **more)
    assert parking.count_waiting(db.session(), elsewhere.act().rights) == 0
    assert parking.count_waiting(db.session(), here.act().rights) == 1
    drop_parked(here.act(), event_id=event_id, note="No.")
    assert parking.count_waiting(db.session(), here.act().rights) == 0


def test_what_waits_is_listed_and_can_be_booked_in_the_order_it_was_done(make: Factory) -> None:
    """Torture 34: the start comes before its report, whichever of them arrived first."""
    lot = make.lot(100)
    begun, done = offline(make.operator), offline(make.operator)
    hold_id = locked(make, lot)
    parked_report(done, lot)
    with pytest.raises(Parked):
        start_work(begun, lot=lot, operation=10)
    released(make, hold_id)
    rights = make.supervisor.act().rights
    waiting = db.session.execute(parking.waiting(rights)).all()
    assert [action.command for _e, _r, action in waiting] == ["start_work", "report_quantities"]
    for event, _row, _action in waiting:
        accept_parked(make.supervisor.act(), event_id=event.id)
    kinds = select(Event.kind).where(Event.kind.like("work.%")).order_by(Event.id)
    assert list(db.session.scalars(kinds)) == ["work.started", "work.reported"]
    require_invariants()


def test_a_verdict_given_offline_is_booked_with_the_inspectors_own_right(make: Factory) -> None:
    """The supervisor may not inspect; he only says that it counts."""
    lot = make.lot(100, inspect=(10,))
    report(make.operator.act(), lot)
    act = offline(make.inspector)
    hold_id = locked(make, lot)
    with pytest.raises(Parked):
        record_inspection(act, lot=lot, operation=10, verdict=Verdict.PASS, quantity=Decimal(4))
    db.session.rollback()
    row = db.session.scalars(select(ParkedAction)).one()
    released(make, hold_id)
    accept_parked(make.supervisor.act(), event_id=row.event_id)
    verdict = db.session.scalars(select(Inspection)).one()
    assert (verdict.inspector_id, verdict.quantity) == (make.inspector.id, 4)
    require_invariants()


def test_an_undo_that_arrives_too_late_is_done_for_the_worker(
    make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the phone the ten minutes were not over; what counts here is when it arrives."""
    lot = make.lot(100)
    booked = report(make.operator.act(), lot)
    act = offline(make.operator)
    later = clock.now() + timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(Parked):
        undo_event(act, event_id=booked.event_id)
    db.session.rollback()
    event_id = db.session.scalars(select(ParkedAction.event_id)).one()
    with refused("reason_missing", 409):
        accept_parked(make.supervisor.act(), event_id=event_id)
    accept_parked(make.supervisor.act(), event_id=event_id, reason_id=make.reasons["undo"])
    assert good(lot) == 0
    undone = db.session.scalars(select(Event).where(Event.kind == "event.undone")).one()
    assert (undone.actor_id, undone.undoes_id) == (make.operator.id, booked.event_id)
    require_invariants()


def accept_and_die(act: Act, event_id: int, step: int) -> None:
    """A job: accept, and be killed at a statement."""
    die_at(step)
    accept_parked(act, event_id=event_id)


@pytest.mark.processes
def test_an_acceptance_killed_at_any_statement_is_all_or_nothing(make: Factory) -> None:
    """Torture 17: who has decided and what was booked are there together, or neither is."""
    lot = make.lot(1000, rate="0.5")
    no = NotYours("The badge was revoked.", rule="badge_revoked")
    for step in range(1, 60):
        event_id = parked_report(replace(offline(make.operator), no=no), lot, 1)
        act, before = make.supervisor.act(), count("work.reported")
        was_killed = killed(accept_and_die, act, event_id, step)
        assert count("work.reported") == count("action.accepted") == before + (not was_killed)
        decided = accept_parked(make.supervisor.act(act.id), event_id=event_id)
        assert db.session.get_one(ParkedAction, event_id).decided_event_id == decided.event_id
        assert count("work.reported") == count("action.accepted") == before + 1
        if not was_killed:
            break
    assert not was_killed
    assert step > 12
    require_invariants()


@pytest.mark.processes
def test_the_same_entry_sent_twice_at_once_is_parked_once(make: Factory) -> None:
    lot = make.lot(100)
    act = offline(make.operator)
    locked(make, lot)
    arguments: dict[str, Any] = {"lot": lot, "operation": 10, "good": Decimal(7)}
    assert together([(send, "report_quantities", act, arguments)] * 6) == ["parked"] * 6
    assert count("action.parked") == 1
    require_invariants()


@pytest.mark.processes
def test_supervisors_who_decide_at_once_decide_once(make: Factory) -> None:
    lot = make.lot(100)
    act = offline(make.operator)
    hold_id = locked(make, lot)
    event_id = parked_report(act, lot)
    released(make, hold_id)
    jobs: list[tuple[Any, ...]] = []
    for n in range(3):
        who = make.person("supervisor", f"supervisor {n}")
        jobs.append((send, "accept_parked", who.act(), {"event_id": event_id}))
        jobs.append((send, "drop_parked", who.act(), {"event_id": event_id, "note": "No."}))
    answers = together(jobs)
    assert sorted(str(a) for a in answers if isinstance(a, str)) == ["already_decided"] * 5
    db.session.rollback()
    db.session.expire_all()
    row = db.session.get_one(ParkedAction, event_id)
    assert good(lot) == (10 if row.decision is Decision.ACCEPTED else 0)
    require_invariants()


def report_and_die(act: Act, arguments: dict[str, Any], step: int) -> None:
    """A job: report offline, and be killed at a statement."""
    die_at(step)
    try:
        COMMANDS["report_quantities"](act, **arguments)
    except Parked:
        return


@pytest.mark.processes
def test_an_entry_killed_at_any_statement_is_parked_once_by_its_next_send(make: Factory) -> None:
    """Torture 17: between the no and its keeping nothing is there, and the phone sends it again."""
    lot = make.lot(100)
    acts = [offline(make.operator) for _ in range(30)]
    locked(make, lot)
    arguments: dict[str, Any] = {"lot": lot, "operation": 10, "good": Decimal(7)}
    for step, act in enumerate(acts, 1):
        was_killed = killed(report_and_die, act, arguments, step)
        assert count("action.parked") == step - was_killed
        with pytest.raises(Parked):
            COMMANDS["report_quantities"](act, **arguments)
        assert count("action.parked") == step
        if not was_killed:
            break
    assert not was_killed
    assert step > 8
    db.session.rollback()
    outcomes = select(func.count()).where(Action.outcome == Outcome.PARKED)
    assert db.session.scalar(outcomes) == step
    require_invariants()


def test_an_older_entry_is_not_mistaken_for_the_phones_own_clock(make: Factory) -> None:
    """A time before the order was released is no time to report: somebody looks at it."""
    lot = make.lot(100)
    then = When(clock.now() - timedelta(hours=3), 0, "", doubtful=True)
    act = replace(make.operator.act(when=then), offline=True)
    event_id = parked_report(act, lot)
    row = db.session.get_one(ParkedAction, event_id)
    assert row.rule == "backdated"
    assert db.session.get_one(Event, event_id).phone_doubtful
    with refused("backdated", 409):
        accept_parked(make.supervisor.act(), event_id=event_id)
    accept_parked(make.supervisor.act(), event_id=event_id, reason_id=make.reasons["override"])
    assert good(lot) == 10
