"""Who must know: raised with what happened, counted up, answered, passed on, closed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from shopfloor.alerts.climbing import run_climbs
from shopfloor.alerts.commands import acknowledge_alert, nudge, set_alert_rule, take_alert
from shopfloor.alerts.exceptions import listed
from shopfloor.alerts.hearing import hears
from shopfloor.alerts.kinds import NEAR
from shopfloor.alerts.models import Alert
from shopfloor.alerts.overdue import run_overdue
from shopfloor.core import clock
from shopfloor.core.db import db
from shopfloor.core.deciding import drop_parked
from shopfloor.core.parking import ParkedAction
from shopfloor.core.refusals import NotFound, Parked, Refused
from shopfloor.holds.commands import place_hold
from shopfloor.people.grants import give_role, revoke_role
from shopfloor.people.setup import founder
from shopfloor.people.viewer import rights_of
from shopfloor.plant.commands import add_line
from shopfloor.production import work
from shopfloor.production.commands.orders import close_order
from shopfloor.production.commands.parting import split_lot
from shopfloor.production.commands.reports import report_quantities
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.commands.releases import Decided, release_hold
from shopfloor.quality.models import DispositionKind, Verdict
from shopfloor.quality.plan_models import PlanKind
from tests.core.test_parked import offline, report
from tests.crowd import send, together
from tests.make import Factory, Worker, new_id
from tests.quality.test_first_article import judge, planned_item, read


def fail(make: Factory, lot: str, good: int = 10) -> int:
    """Report pieces and fail them; returns the hold."""
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(good))
    judged = record_inspection(make.inspector.act(), lot=lot, operation=10, verdict=Verdict.FAIL)
    assert judged.hold_id
    return judged.hold_id


def lot_of(make: Factory) -> str:
    return make.lot(100, inspect=(10,))


def alerts() -> list[Alert]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(Alert).order_by(Alert.id)))


def heard_by(worker: Worker) -> list[int]:
    rights = rights_of(db.session(), worker.id)
    return list(db.session.scalars(select(Alert.id).where(hears(rights, worker.id))))


def only_at(make: Factory, login: str, role: str, scope_id: int) -> Worker:
    return make.person(role, login, scope_id=scope_id)


def without(make: Factory, *roles: str) -> None:
    """Take the roles away from those who have them everywhere."""
    for role in roles:
        revoke_role(founder(new_id()), person_id=make.people[role].id, role=role)


@pytest.mark.parametrize("last", [0, 1])
def test_a_fail_is_one_alert_that_counts_the_further_ones_and_ends_with_the_last_release(
    make: Factory, last: int
) -> None:
    """A120, A125, Q57."""
    lot = make.lot(100, inspect=(10, 20))
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(20))
    record_inspection(
        make.inspector.act(), lot=lot, operation=10, verdict=Verdict.PASS, quantity=Decimal(10)
    )
    report_quantities(make.operator.act(), lot=lot, operation=20, good=Decimal(10))
    holds = [ng(make, lot, operation) for operation in (10, 20)]

    (alert,) = alerts()
    assert (alert.kind, alert.times, alert.line_id, alert.hold_id) == (
        "fail",
        2,
        make.line_id,
        holds[1],
    )
    assert alert.raised_by_id == make.inspector.id
    assert heard_by(make.supervisor) == heard_by(make.quality) == [alert.id]
    assert heard_by(make.operator) == heard_by(make.inspector) == []

    released(make, holds[1 - last])
    (alert,) = alerts()
    assert (alert.closed_at, alert.hold_id) == (None, holds[last]), "another lock is left"
    rights = rights_of(db.session(), make.supervisor.id)
    assert set(listed(db.session(), rights, "", None, 1).alerts) == {holds[last]}
    scrapped = [
        Decided(number(lot), operation, DispositionKind.SCRAP, Decimal(10))
        for operation in (10, 20)
    ]
    released(make, holds[last], *scrapped)
    assert alerts()[0].closed_at is not None


def ng(make: Factory, lot: str, operation: int) -> int:
    """Fail what waits at an operation; returns the lock."""
    judged = record_inspection(
        make.inspector.act(), lot=lot, operation=operation, verdict=Verdict.FAIL
    )
    assert judged.hold_id
    return judged.hold_id


def by_hand(make: Factory, subject_id: int) -> int:
    reason = make.reasons["hold"]
    return place_hold(make.supervisor.act(), subject_id=subject_id, reason_id=reason).hold_id


def test_a_fail_after_a_lock_by_hand_calls_anew_whoever_knew_only_of_that(make: Factory) -> None:
    lot = lot_of(make)
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(10))
    by_hand(make, work.load(db.session(), lot).lot.family_id)
    (alert,) = alerts()
    acknowledge_alert(make.deputy.act(), alert_id=alert.id)

    ng(make, lot, 10)
    (alert,) = alerts()
    assert (alert.kind, alert.acknowledged_by_id, alert.times) == ("fail", None, 2)
    take_alert(make.supervisor.act(), alert_id=alert.id)
    by_hand(make, work.load(db.session(), lot).lot.family_id)
    (alert,) = alerts()
    assert (alert.kind, alert.taken_by_id, alert.times) == ("fail", make.supervisor.id, 3)


def number(lot: str) -> str:
    return work.load(db.session(), lot).subject.number or ""


def released(make: Factory, hold: int, *decided: Decided) -> None:
    release_hold(
        make.supervisor.act(),
        hold_id=hold,
        signature_id=make.supervisor.signs(),
        reason_id=make.reasons["release"],
        dispositions=decided,
    )


def test_who_acknowledges_and_who_takes_is_kept_and_a_second_one_hears_the_name(
    make: Factory,
) -> None:
    """A121."""
    fail(make, lot_of(make))
    (alert,) = alerts()

    acknowledge_alert(make.quality.act(), alert_id=alert.id)
    take_alert(make.supervisor.act(), alert_id=alert.id)
    acknowledge_alert(make.supervisor.act(), alert_id=alert.id)

    (alert,) = alerts()
    assert (alert.acknowledged_by_id, alert.taken_by_id) == (make.quality.id, make.supervisor.id)
    with pytest.raises(Refused) as no:
        take_alert(make.deputy.act(), alert_id=alert.id)
    assert (no.value.rule, "Supervisor" in str(no.value)) == ("taken", True)
    with pytest.raises(NotFound):
        acknowledge_alert(make.operator.act(), alert_id=alert.id)


def test_an_alert_climbs_from_the_line_to_the_site_to_all_until_somebody_acknowledges(
    make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A121."""
    without(make, "supervisor", "deputy", "quality")
    line = only_at(make, "of line", "supervisor", make.line_id)
    site = only_at(make, "of site", "supervisor", make.site_id)
    everywhere = make.person("supervisor", "of all")
    quality = make.person("quality", "head")
    set_alert_rule(make.administrator.act(), kind="fail", near=5, site=30)
    fail(make, lot_of(make))
    (alert,) = alerts()

    def hearing() -> list[bool]:
        return [heard_by(worker) == [alert.id] for worker in (line, site, everywhere, quality)]

    assert hearing() == [True, False, False, True]
    assert run_climbs() == 0
    later(monkeypatch, 6)
    assert (run_climbs(), run_climbs()) == (1, 0)
    assert hearing() == [True, True, False, True]
    later(monkeypatch, 40)
    assert (run_climbs(), run_climbs()) == (1, 0)
    assert hearing() == [True, True, True, True]
    later(monkeypatch, 900)
    assert run_climbs() == 0

    fail(make, lot_of(make))
    other = alerts()[1]
    acknowledge_alert(line.act(), alert_id=other.id)
    later(monkeypatch, 2000)
    assert run_climbs() == 0


def later(monkeypatch: pytest.MonkeyPatch, minutes: int) -> None:
    at = NOW() + timedelta(minutes=minutes)
    monkeypatch.setattr(clock, "now", lambda: at)


NOW = clock.now


def test_whoever_waits_nudges_once_a_minute_and_the_alert_counts(make: Factory) -> None:
    """Y2."""
    hold = fail(make, lot_of(make))

    nudge(make.operator.act(), hold_id=hold)
    with pytest.raises(Refused) as no:
        nudge(make.operator.act(), hold_id=hold)
    assert no.value.rule == "nudged_just_now"
    nudge(make.storekeeper.act(), hold_id=hold)

    (alert,) = alerts()
    assert (alert.times, alert.nudges, alert.closed_at) == (1, 2, None)


def test_whoever_works_along_the_order_nudges_whatever_is_locked(make: Factory) -> None:
    """Y2: a lock by hand names no operation, and one on an item no site."""
    lot = lot_of(make)
    found = work.load(db.session(), lot)
    item_id = found.item.id
    here = make.person("operator", "of line", scope_id=make.line_id)
    line = add_line(founder(new_id()), site_id=make.site_id, number="L2", names={"en": "Line 2"})
    elsewhere = make.person("operator", "elsewhere", scope_id=line.id)
    for subject_id in (found.lot.id, found.lot.family_id, item_id):
        hold = by_hand(make, subject_id)
        nudge(here.act(), hold_id=hold)
        if subject_id != item_id:
            with pytest.raises(NotFound):
                nudge(elsewhere.act(), hold_id=hold)
        assert alerts()[-1].nudges == 1


def test_who_supervises_a_line_hears_of_it_at_once_though_he_is_deputy_everywhere(
    make: Factory,
) -> None:
    without(make, "supervisor", "deputy", "quality")
    both = only_at(make, "of line", "supervisor", make.line_id)
    give_role(founder(new_id()), person_id=both.id, role="deputy", scope_id=None)
    fail(make, lot_of(make))
    (alert,) = alerts()
    assert (alert.level, heard_by(both)) == (NEAR, [alert.id])


def test_entries_of_one_person_that_wait_are_one_alert_until_all_are_decided(
    make: Factory,
) -> None:
    lot = lot_of(make)
    fail(make, lot)
    for _ in range(2):
        with pytest.raises(Parked):
            report(offline(make.operator), lot, 5)
    _lock, waits = alerts()

    assert (waits.kind, waits.times, waits.about_id) == ("parked", 2, make.operator.id)
    assert heard_by(make.supervisor) == [_lock.id, waits.id]
    for closed, event in enumerate(db.session.scalars(select(ParkedAction.event_id)).all()):
        assert (alerts()[1].closed_at is not None) is False, closed
        drop_parked(make.supervisor.act(), event_id=event, note="Counted before.")
    assert alerts()[1].closed_at is not None


def test_an_overdue_inspection_calls_the_inspectors_once_until_it_is_done(
    make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Q66."""
    lot = make.lot(100, item_id=planned_item(make, PlanKind.PATROL, every_pieces=20))
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(20))
    assert run_overdue() == 0
    later(monkeypatch, 16)
    assert (run_overdue(), run_overdue()) == (1, 0)

    (alert,) = alerts()
    assert (alert.kind, alert.line_id) == ("overdue", make.line_id)
    assert heard_by(make.inspector) == [alert.id]
    read(make, lot)
    judge(make, lot)
    assert alerts()[0].closed_at is not None


def test_a_call_ends_with_the_order_or_with_a_verdict_through_another_of_its_lots(
    make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = planned_item(make, PlanKind.PATROL, every_pieces=20)
    lots = [make.lot(100, item_id=item) for _ in range(2)]
    for lot in lots:
        report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(20))
    later(monkeypatch, 16)
    assert run_overdue() == 2
    apart = split_lot(make.operator.act(), lot=lots[0], operation=10, quantity=Decimal(30))
    read(make, apart.target.code)
    judge(make, apart.target.code)
    order = work.load(db.session(), lots[1]).order
    close_order(make.planner.act(), order_id=order.id)
    assert [alert.closed_at is not None for alert in alerts()] == [True, True]


@pytest.mark.processes
def test_two_who_decide_the_last_two_entries_at_once_end_the_call(make: Factory) -> None:
    lot, second = lot_of(make), make.person("supervisor", "second")
    fail(make, lot)
    for _ in range(5):
        for _ in range(2):
            with pytest.raises(Parked):
                report(offline(make.operator), lot, 5)
        waiting = select(ParkedAction.event_id).where(ParkedAction.decision.is_(None))
        asked = [
            {"event_id": event_id, "note": "Counted before."}
            for event_id in db.session.scalars(waiting).all()
        ]
        both = zip((make.supervisor, second), asked, strict=True)
        together([(send, "drop_parked", who.act(), what) for who, what in both])
        assert [alert.kind for alert in alerts() if not alert.closed_at] == ["fail"]
