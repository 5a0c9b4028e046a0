"""Reporting good, scrapped and rework pieces."""

import json
from datetime import timedelta
from decimal import Decimal
from multiprocessing.synchronize import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from shopfloor.catalogue.commands import add_reason
from shopfloor.catalogue.models import ReasonKind
from shopfloor.core import clock
from shopfloor.core.clock import When
from shopfloor.core.db import db, transaction
from shopfloor.core.events import Event
from shopfloor.core.files import EventFile, File
from shopfloor.core.undo import undo_event
from shopfloor.people.commands import add_crew, join_crew
from shopfloor.people.setup import founder
from shopfloor.production import work
from shopfloor.production.commands.jobs import start_work
from shopfloor.production.commands.orders import create_order
from shopfloor.production.commands.reports import report_quantities
from shopfloor.production.models import Job, JobKind, Rejection
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.models import Verdict
from tests.crowd import PATIENCE, attempt, together
from tests.invariants import require_invariants
from tests.make import Factory, Worker, new_id
from tests.refusing import refused


def left(lot: str) -> list[Decimal]:
    db.session.rollback()
    db.session.expire_all()
    return [stop.left for stop in work.load(db.session(), lot).stops]


def last_event() -> Event:
    db.session.rollback()
    return db.session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()


def test_good_pieces_go_on_to_the_next_operation(make: Factory) -> None:
    lot = make.lot(100, rate="0.12")
    booked = report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(60))
    assert booked.good == 60
    assert booked.left == 40
    assert booked.effects[0].detail["amount"] == "7.2"
    assert left(lot) == [40, 60, 0]
    # W33: what is shown after a part is the rest.
    booked = report_quantities(make.operator.act(), lot=lot, operation=10, good=booked.left)
    assert left(lot) == [0, 100, 0]
    with refused("nothing_left", 409):
        report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(1))
    require_invariants()


def test_what_is_no_quantity_is_refused(make: Factory) -> None:
    """Torture 49: and a refusal leaves nothing."""
    lot, act = make.lot(10), make.operator.act
    for wrong in ("-1", "0.5", "1E+308", "NaN", "-Infinity", "sNaN", "0.0000001", "1000000001"):
        with refused("bad_quantity", 422, "good"):
            report_quantities(act(), lot=lot, operation=10, good=Decimal(wrong))
    with refused("bad_quantity", 422, "rework"):
        report_quantities(act(), lot=lot, operation=10, rework=Decimal(-1), good=Decimal(2))
    with refused("no_quantity", 422):
        report_quantities(act(), lot=lot, operation=10)
    with refused("too_many", 409, "good"):
        report_quantities(act(), lot=lot, operation=10, good=Decimal(11))
    with refused("too_many", 409):
        report_quantities(act(), lot=lot, operation=10, good=Decimal(9), rework=Decimal(2))
    assert left(lot) == [10, 0, 0]
    require_invariants()


def test_scrap_needs_a_reason_and_some_reasons_a_photo(make: Factory) -> None:
    """W30."""
    lot, act = make.lot(10), make.operator.act
    plain: dict[str, Any] = {"lot": lot, "operation": 10, "scrap": Decimal(1)}
    for wrong in (None, 10**17, make.reasons["pause"], make.site_id):
        with refused("reason_missing", 422, "scrap_reason"):
            report_quantities(act(), scrap_reason_id=wrong, **plain)
    shown = add_reason(
        founder(new_id()), kind=ReasonKind.SCRAP, number="P", names={"en": "Crack"}, photo=True
    ).id
    with refused("photo_missing", 422, "photo"):
        report_quantities(act(), scrap_reason_id=shown, **plain)
    with refused("photo_missing", 422, "photo"):
        report_quantities(act(), scrap_reason_id=shown, photo="f" * 64, **plain)
    with transaction() as session:
        session.add(File(sha256="a" * 64, media_type="image/jpeg", size=1, stored_at=clock.now()))
    booked = report_quantities(act(), scrap_reason_id=shown, photo="a" * 64, **plain)
    assert booked.left == 9
    db.session.rollback()
    assert db.session.scalars(select(EventFile.event_id)).all() == [booked.event_id]
    require_invariants()


def test_every_rejected_quantity_says_where_it_was_found_and_made(make: Factory) -> None:
    """Q144."""
    lot, act = make.lot(10, inspect=()), make.operator.act
    report_quantities(act(), lot=lot, operation=10, good=Decimal(10))
    scrap: dict[str, Any] = {"scrap": Decimal(1), "scrap_reason_id": make.reasons["scrap"]}
    report_quantities(act(), lot=lot, operation=20, made_at=10, rework=Decimal(2), **scrap)
    report_quantities(act(), lot=lot, operation=20, **scrap)
    db.session.rollback()
    sequence = {s.operation.id: s.operation.sequence for s in work.load(db.session(), lot).stops}
    rows = db.session.scalars(select(Rejection).order_by(Rejection.id)).all()
    assert [
        (r.kind, r.quantity, sequence[r.found_at_id], sequence[r.made_at_id]) for r in rows
    ] == [("scrap", 1, 20, 10), ("rework", 2, 20, 10), ("scrap", 1, 20, 20)]
    with refused("bad_made_at", 422, "made_at"):
        report_quantities(act(), lot=lot, operation=20, made_at=30, **scrap)
    with refused("no_operation", 404):
        report_quantities(act(), lot=lot, operation=20, made_at=25, **scrap)
    require_invariants()


def test_line_crew_shift_and_leader_are_on_every_report(make: Factory) -> None:
    """W160: the crew's leader, else the shift's."""
    from dataclasses import replace

    from shopfloor.plant.commands import add_shift

    lot, crew = make.lot(10), None
    crew = add_crew(founder(new_id()), site_id=make.site_id, number="C1", names={"en": "Crew"}).id
    join_crew(founder(new_id()), person_id=make.supervisor.id, crew_id=crew, leads=True)
    act = replace(make.operator.act(), crew_id=crew, leader_id=make.supervisor.id)
    report_quantities(act, lot=lot, operation=10, good=Decimal(1))
    event = last_event()
    assert (event.site_id, event.line_id, event.station_id) == (
        make.site_id,
        make.line_id,
        make.stations[0],
    )
    assert (event.crew_id, event.leader_id) == (crew, make.supervisor.id)
    assert event.shift_id
    assert event.place_id
    # A moment on a shift with a leader of its own, for a worker without a crew.
    local = (act.when.at + timedelta(hours=8)).time()
    minute = local.hour * 60 + local.minute
    led = add_shift(
        founder(new_id()),
        site_id=make.site_id,
        number="led",
        names={"en": "Led"},
        starts_minute=(minute - 5) % 1440,
        ends_minute=(minute + 10) % 1440,
        leader_id=make.quality.id,
    ).id
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(1))
    event = last_event()
    assert event.leader_id in (None, make.quality.id)
    assert (event.shift_id == led) == (event.leader_id == make.quality.id)


def test_a_report_is_spread_over_the_passes_that_have_pieces(make: Factory) -> None:
    """Reworked pieces beside new ones: the worker counts what lies there, all of it."""
    lot, act = make.lot(10, inspect=(), rate="1"), make.operator.act
    report_quantities(act(), lot=lot, operation=10, good=Decimal(4), rework=Decimal(3))
    assert left(lot) == [6, 4, 0]  # three new ones and three to be done again
    with refused("too_many"):
        report_quantities(act(), lot=lot, operation=10, good=Decimal(7))
    booked = report_quantities(act(), lot=lot, operation=10, good=Decimal(6))
    assert (booked.left, booked.excess) == (0, 0)
    assert booked.effects[0].detail["amount"] == "6"
    parts = json.loads(last_event().payload)["parts"]
    assert [(part["pass"], part["good"]) for part in parts] == [("1", "3"), ("2", "3")]
    assert left(lot) == [0, 10, 0]
    require_invariants()


def test_tolerance_is_for_counting_errors_once_and_never_passes_an_inspection(
    make: Factory,
) -> None:
    """W31."""
    act = make.operator.act
    lot = make.lot(100, inspect=(20,), tolerance_percent=5)
    booked = report_quantities(act(), lot=lot, operation=10, good=Decimal(103))
    assert (booked.excess, booked.overrides) == (3, ("within_tolerance",))
    with refused("nothing_left"):
        report_quantities(act(), lot=lot, operation=10, good=Decimal(3))
    report_quantities(act(), lot=lot, operation=20, good=Decimal(50))
    with refused("not_inspected"):
        report_quantities(act(), lot=lot, operation=30, good=Decimal(1))
    record_inspection(
        make.inspector.act(), lot=lot, operation=20, verdict=Verdict.PASS, quantity=Decimal(10)
    )
    # Five per cent would cover it, but forty pieces still wait for the inspector.
    with refused("too_many"):
        report_quantities(act(), lot=lot, operation=30, good=Decimal(11))
    report_quantities(act(), lot=lot, operation=30, good=Decimal(10))
    require_invariants()


def test_excess_needs_the_right_and_a_reason_and_is_marked(make: Factory) -> None:
    lot = make.lot(10, inspect=())
    more: dict[str, Any] = {"lot": lot, "operation": 10, "good": Decimal(12)}
    with refused("no_right", 403):
        report_quantities(make.operator.act(), override_reason_id=make.reasons["override"], **more)
    with refused("too_many"):
        report_quantities(make.supervisor.act(), **more)
    for wrong in (10**17, make.reasons["scrap"]):
        with refused("reason_missing", 422, "override_reason"):
            report_quantities(make.supervisor.act(), override_reason_id=wrong, **more)
    booked = report_quantities(
        make.supervisor.act(), override_reason_id=make.reasons["override"], **more
    )
    assert (booked.excess, booked.overrides) == (2, ("excess",))
    assert last_event().reason_id == make.reasons["override"]
    # What came can be made without any, too: the log of a real factory does it.
    report_quantities(
        make.supervisor.act(),
        lot=lot,
        operation=30,
        good=Decimal(1),
        override_reason_id=make.reasons["override"],
    )
    assert left(lot) == [0, 12, 0]
    require_invariants()


def test_a_time_before_the_release_needs_a_supervisor_and_a_reason(make: Factory) -> None:
    """Torture 33."""
    lot = make.lot(10)
    early = When(clock.now() - timedelta(hours=3))
    late: dict[str, Any] = {"lot": lot, "operation": 10, "good": Decimal(1)}
    with refused("backdated", 409, "happened_at"):
        report_quantities(make.operator.act(when=early), **late)
    booked = report_quantities(
        make.supervisor.act(when=early), override_reason_id=make.reasons["override"], **late
    )
    assert booked.overrides == ("backdated",)
    require_invariants()


def test_a_clock_set_back_an_hour_does_not_stop_the_work(
    make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Torture 29: what is done now is in time, though the order seems to be released later."""
    lot = make.lot(10)
    earlier = clock.now() - timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: earlier)
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(1))
    require_invariants()


def test_a_report_belongs_to_the_production_job_and_the_last_piece_closes_it(
    make: Factory,
) -> None:
    lot, operator = make.lot(10), make.operator
    production = start_work(operator.act(), lot=lot, operation=10).job_id
    setup = start_work(operator.act(), lot=lot, operation=10, kind=JobKind.SETUP).job_id
    report_quantities(operator.act(), lot=lot, operation=10, good=Decimal(4))
    db.session.rollback()
    assert db.session.get_one(Job, production).closed_at is None
    report_quantities(operator.act(), lot=lot, operation=10, good=Decimal(6))
    db.session.rollback()
    db.session.expire_all()
    assert db.session.get_one(Job, production).closed_at is not None
    assert db.session.get_one(Job, setup).closed_at is None
    with refused("no_job"):
        report_quantities(operator.act(), lot=lot, operation=10, good=Decimal(1), job_id=production)


def test_an_order_that_is_only_planned_has_nothing_to_report(make: Factory) -> None:
    item = make.item()
    order = create_order(
        make.planner.act(), site_id=make.site_id, item_id=item, quantity=Decimal(1)
    )
    for reference in (order.code, order.number or ""):
        with refused("no_lot", 404, "lot"):
            report_quantities(make.operator.act(), lot=reference, operation=10, good=Decimal(1))


TRIALS = 200


def take_six_of_ten(start: Barrier, worker: Worker, lot: str) -> list[str]:
    """A job: report six of the last ten pieces at every trial, and take them back afterwards."""
    answers = []
    arguments = {"lot": lot, "operation": 10, "good": Decimal(6)}
    for _ in range(TRIALS):
        start.wait(PATIENCE)
        answer = attempt(report_quantities, worker.act(), arguments)
        answers.append(answer if isinstance(answer, str) else f"left {answer.left}")
        start.wait(PATIENCE)
        if not isinstance(answer, str):
            undo_event(worker.act(), event_id=answer.event_id)
    return answers


@pytest.mark.processes
def test_two_phones_never_report_more_than_came(make: Factory) -> None:
    """W31: the last ten pieces, two hundred times, by two processes at one barrier."""
    lot = make.lot(10, inspect=())
    jobs = [(take_six_of_ten, worker, lot) for worker in (make.operator, make.supervisor)]
    for pair in zip(*together(jobs), strict=True):
        assert sorted(pair) == ["left 4", "too_many"]
    assert left(lot) == [10, 0, 0]
    require_invariants()
