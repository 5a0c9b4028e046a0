"""Starting, pausing, resuming and finishing work."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from shopfloor.core import clock
from shopfloor.core.actions import Act
from shopfloor.core.clock import When
from shopfloor.core.db import db
from shopfloor.core.events import Event
from shopfloor.people.setup import founder
from shopfloor.plant.commands import add_line, add_site, add_station
from shopfloor.production.commands.jobs import finish_work, pause_work, resume_work, start_work
from shopfloor.production.commands.orders import close_order
from shopfloor.production.commands.reports import report_quantities
from shopfloor.production.models import Job, JobInterval, JobKind
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.models import Verdict
from tests.crowd import send, together
from tests.invariants import require_invariants
from tests.make import Factory, new_id
from tests.refusing import refused


def intervals(job_id: int) -> list[JobInterval]:
    db.session.rollback()
    db.session.expire_all()
    query = select(JobInterval).where(JobInterval.job_id == job_id).order_by(JobInterval.id)
    return list(db.session.scalars(query))


def test_a_start_before_the_predecessor_is_refused_with_the_reason(make: Factory) -> None:
    """W32 and Q140: nothing came yet, then nothing is inspected yet, then it starts."""
    lot, operator = make.lot(10, inspect=(10,)), make.operator
    with refused("not_ready", 409):
        start_work(operator.act(), lot=lot, operation=20)
    report_quantities(operator.act(), lot=lot, operation=10, good=Decimal(4))
    with refused("not_inspected", 409):
        start_work(operator.act(), lot=lot, operation=20)
    record_inspection(
        make.inspector.act(), lot=lot, operation=10, verdict=Verdict.PASS, quantity=Decimal(1)
    )
    start_work(operator.act(), lot=lot, operation=20)
    report_quantities(operator.act(), lot=lot, operation=20, good=Decimal(1))
    # One piece has gone over, three still wait for the inspector: that is the reason now.
    with refused("not_inspected", 409):
        start_work(operator.act(), lot=lot, operation=20)
    with refused("no_operation", 404):
        start_work(operator.act(), lot=lot, operation=15)
    with refused("no_lot", 404):
        start_work(operator.act(), lot="nothing", operation=10)


def test_set_up_and_breakdown_need_no_pieces(make: Factory) -> None:
    lot = make.lot(10)
    for kind in (JobKind.SETUP, JobKind.BREAKDOWN):
        started = start_work(make.operator.act(), lot=lot, operation=20, kind=kind)
        assert started.kind is kind
        finish_work(make.operator.act(), job_id=started.job_id)


def test_a_supervisor_starts_early_with_a_reason_that_exists(make: Factory) -> None:
    lot = make.lot(10)
    reason = make.reasons["override"]
    with refused("no_right", 403):
        start_work(make.operator.act(), lot=lot, operation=20, override_reason_id=reason)
    for wrong in (10**17, make.reasons["scrap"], make.site_id):
        with refused("reason_missing", 422):
            start_work(make.supervisor.act(), lot=lot, operation=20, override_reason_id=wrong)
    started = start_work(make.supervisor.act(), lot=lot, operation=20, override_reason_id=reason)
    assert started.overrides == ("start_not_ready",)
    # A reason that was not needed is not kept, and not even looked at.
    start_work(make.operator.act(), lot=lot, operation=10, override_reason_id=10**17)


def test_a_worker_runs_several_jobs_and_sees_only_his_own(make: Factory) -> None:
    """W35."""
    lots = [make.lot(10), make.lot(10)]
    jobs = [start_work(make.operator.act(), lot=lot, operation=10).job_id for lot in lots]
    mate = make.person("operator", "mate")
    with refused("not_found", 404):
        finish_work(mate.act(), job_id=jobs[0])
    with refused("not_found", 404):
        finish_work(make.operator.act(), job_id=10**17)
    for job_id in jobs:
        finish_work(make.operator.act(), job_id=job_id)
        with refused("no_job", 409):
            finish_work(make.operator.act(), job_id=job_id)


def test_the_same_job_is_not_started_twice_by_one_person(make: Factory) -> None:
    """W35: other kinds, other lots and other people may; a supervisor may record it as it was."""
    lot, operator = make.lot(10), make.operator
    first = start_work(operator.act(), lot=lot, operation=10)
    with refused("already_started", 409):
        start_work(operator.act(), lot=lot, operation=10)
    start_work(operator.act(), lot=lot, operation=10, kind=JobKind.SETUP)
    start_work(make.person("operator", "mate").act(), lot=lot, operation=10)
    start_work(operator.act(), lot=make.lot(10), operation=10)
    reason = make.reasons["override"]
    with refused("no_right", 403):
        start_work(operator.act(), lot=lot, operation=10, override_reason_id=reason)
    supervisor = make.supervisor
    start_work(supervisor.act(), lot=lot, operation=10)
    again = start_work(supervisor.act(), lot=lot, operation=10, override_reason_id=reason)
    assert again.overrides == ("started_twice",)
    finish_work(operator.act(), job_id=first.job_id)
    start_work(operator.act(), lot=lot, operation=10)


def test_two_taps_at_once_start_one_job(make: Factory) -> None:
    lot = make.lot(10)
    arguments = {"lot": lot, "operation": 10}
    answers = together([(send, "start_work", make.operator.act(), arguments) for _ in range(2)])
    assert answers.count("already_started") == 1


def test_pause_and_resume_make_stretches_without_gaps(make: Factory) -> None:
    operator = make.operator
    job = start_work(operator.act(), lot=make.lot(10), operation=10).job_id
    for wrong in (10**17, make.reasons["scrap"]):
        with refused("reason_missing", 422, "reason"):
            pause_work(operator.act(), job_id=job, reason_id=wrong)
    with refused("no_job"):
        resume_work(operator.act(), job_id=job)
    pause_work(operator.act(), job_id=job, reason_id=make.reasons["pause"])
    with refused("no_job"):
        pause_work(operator.act(), job_id=job, reason_id=make.reasons["pause"])
    resume_work(operator.act(), job_id=job)
    finish_work(operator.act(), job_id=job)
    working, paused, again = intervals(job)
    assert (working.paused, paused.paused, again.paused) == (False, True, False)
    assert working.ended_at == paused.started_at
    assert paused.ended_at == again.started_at
    assert again.ended_at is not None


def test_a_clock_set_back_makes_no_negative_time(
    make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Torture 29: an hour back after every step; events keep their order by number."""
    operator, lot = make.operator, make.lot(10)
    here = clock.now()
    steps = 0

    def act() -> Act:
        nonlocal steps
        steps += 1
        monkeypatch.setattr(clock, "now", lambda: here - timedelta(hours=steps))
        return operator.act()

    job = start_work(act(), lot=lot, operation=10).job_id
    pause_work(act(), job_id=job, reason_id=make.reasons["pause"])
    resume_work(act(), job_id=job)
    report_quantities(act(), lot=lot, operation=10, good=Decimal(1))
    finish_work(act(), job_id=job)
    for each in intervals(job):
        assert each.ended_at is not None
        assert each.ended_at >= each.started_at
    row = db.session.get_one(Job, job)
    assert row.closed_at is not None
    assert row.closed_at >= row.opened_at
    kinds = db.session.scalars(select(Event.kind).order_by(Event.id)).all()
    assert [kind for kind in kinds if kind.startswith("work.")] == [
        "work.started",
        "work.paused",
        "work.resumed",
        "work.reported",
        "work.finished",
    ]
    require_invariants()


def test_a_job_lasts_as_long_as_it_lasted_through_a_summer_time_night(make: Factory) -> None:
    """Torture 30: 01:30 to 03:30 in Berlin is one hour in spring."""
    start = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    lot = make.lot(10)
    job = start_work(make.operator.act(when=When(start, 60)), lot=lot, operation=10).job_id
    finish_work(make.operator.act(when=When(start + timedelta(hours=1), 120)), job_id=job)
    (only,) = intervals(job)
    assert only.ended_at is not None
    assert only.ended_at - only.started_at == timedelta(hours=1)


def test_a_station_of_another_site_is_not_there(make: Factory) -> None:
    act = founder
    site = add_site(
        act(new_id()), number="F2", names={"en": "Two"}, zone="Europe/Berlin", currency="EUR"
    )
    line = add_line(act(new_id()), site_id=site.id, number="L2", names={"en": "L"})
    foreign = add_station(act(new_id()), line_id=line.id, number="S9", names={"en": "S"}).id
    lot = make.lot(10)
    for wrong in (foreign, 10**17, make.site_id):
        with refused("not_found", 404, "station"):
            start_work(make.operator.act(), lot=lot, operation=10, station_id=wrong)
    started = start_work(make.operator.act(), lot=lot, operation=10, station_id=make.stations[2])
    db.session.rollback()
    assert db.session.get_one(Job, started.job_id).station_id == make.stations[2]


def test_a_closed_order_is_not_resumed(make: Factory) -> None:
    """Torture 68."""
    released = make.order(10)
    job = start_work(make.operator.act(), lot=released.lot.code, operation=10).job_id
    pause_work(make.operator.act(), job_id=job, reason_id=make.reasons["pause"])
    close_order(make.planner.act(), order_id=released.order.id)
    with refused("order_closed"):
        resume_work(make.operator.act(), job_id=job)
    finish_work(make.operator.act(), job_id=job)


def test_a_person_of_another_site_does_not_see_the_lot(make: Factory) -> None:
    lot = make.lot(10)
    site = add_site(founder(new_id()), number="F2", names={"en": "Two"}, zone="UTC", currency="EUR")
    stranger = make.person("operator", "stranger", scope_id=site.id)
    with refused("not_found", 404):
        start_work(stranger.act(), lot=lot, operation=10)
    with refused("no_right", 403):
        start_work(make.storekeeper.act(), lot=lot, operation=10)
    local = make.person("operator", "local", scope_id=make.stations[0])
    start_work(local.act(), lot=lot, operation=10)
    with refused("not_found", 404):
        start_work(local.act(), lot=lot, operation=20)
