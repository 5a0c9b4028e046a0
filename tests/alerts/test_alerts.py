"""Who must know: raised with what happened, counted up, answered, passed on, closed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from shopfloor.alerts.climbing import run_climbs
from shopfloor.alerts.commands import acknowledge_alert, nudge, set_alert_rule, take_alert
from shopfloor.alerts.hearing import hears
from shopfloor.alerts.models import Alert
from shopfloor.alerts.overdue import run_overdue
from shopfloor.core import clock
from shopfloor.core.db import db
from shopfloor.core.deciding import drop_parked
from shopfloor.core.parking import ParkedAction
from shopfloor.core.refusals import NotFound, Parked, Refused
from shopfloor.holds.commands import place_hold
from shopfloor.people.grants import revoke_role
from shopfloor.people.setup import founder
from shopfloor.people.viewer import rights_of
from shopfloor.production import work
from shopfloor.production.commands.reports import report_quantities
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.commands.releases import Decided, release_hold
from shopfloor.quality.models import DispositionKind, Verdict
from shopfloor.quality.plan_models import PlanKind
from tests.core.test_parked import offline, report
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


def test_a_fail_is_one_alert_that_counts_the_further_ones_and_ends_with_the_release(
    make: Factory,
) -> None:
    """A120, A125, Q57."""
    lot = lot_of(make)
    hold = fail(make, lot)
    second = record_inspection_again(make, lot)

    (alert,) = alerts()
    assert (alert.kind, alert.times, alert.line_id, alert.hold_id) == (
        "fail",
        2,
        make.line_id,
        second,
    )
    assert alert.raised_by_id == make.inspector.id
    assert heard_by(make.supervisor) == heard_by(make.quality) == [alert.id]
    assert heard_by(make.operator) == heard_by(make.inspector) == []

    released(make, hold)
    assert alerts()[0].closed_at is None, "another lock is left"
    released(make, second, Decided(number(lot), 10, DispositionKind.SCRAP, Decimal(10)))
    assert alerts()[0].closed_at is not None


def record_inspection_again(make: Factory, lot: str) -> int:
    """Fail the other operation: a second lock on the same family."""
    judged = place_hold(
        make.inspector.act(),
        subject_id=work.load(db.session(), lot).lot.family_id,
        reason_id=make.reasons["hold"],
    )
    return judged.hold_id


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
