"""Work that is done at another station than the planned one."""

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from shopfloor.core.db import db
from shopfloor.core.events import Event
from shopfloor.core.subjects import Subject
from shopfloor.core.undo import undo_event
from shopfloor.holds.commands import place_hold
from shopfloor.people.setup import founder
from shopfloor.plant.changes import archive_piece
from shopfloor.plant.commands import add_line, add_station
from shopfloor.production.commands.jobs import (
    finish_work,
    pause_work,
    resume_work,
    start_work,
)
from shopfloor.production.commands.reports import report_quantities
from shopfloor.production.models import Job
from tests.browse import Browser, text_of
from tests.invariants import require_invariants
from tests.make import Factory, new_id
from tests.refusing import refused


def lock(make: Factory, subject_id: int) -> None:
    act = make.inspector.act()
    place_hold(act, subject_id=subject_id, reason_id=make.reasons["hold"])


@pytest.fixture
def spare(make: Factory) -> int:
    return make_spare(make)


def make_spare(make: Factory) -> int:
    """Return a station of a second line."""
    line = add_line(founder(new_id()), site_id=make.site_id, number="L2", names={"en": "Line 2"})
    return add_station(
        founder(new_id()), line_id=line.id, number="S9", names={"en": "Spare saw"}
    ).id


def test_a_held_station_does_not_stop_work_that_is_done_elsewhere(
    make: Factory, spare: int
) -> None:
    lot, operator = make.lot(10, inspect=()), make.operator
    lock(make, make.stations[0])
    with refused("held"):
        start_work(operator.act(), lot=lot, operation=10)
    with refused("held"):
        report_quantities(operator.act(), lot=lot, operation=10, good=Decimal(1))
    job = start_work(operator.act(), lot=lot, operation=10, station_id=spare).job_id
    assert db.session.get_one(Job, job).station_id == spare
    # Where the job runs is where the report is made, unless it says another station.
    booked = report_quantities(operator.act(), lot=lot, operation=10, good=Decimal(1))
    with refused("held"):
        report_quantities(
            operator.act(), lot=lot, operation=10, good=Decimal(1), station_id=make.stations[0]
        )
    event = db.session.get_one(Event, booked.event_id)
    assert event.station_id == spare
    assert event.line_id != make.line_id
    pause_work(operator.act(), job_id=job, reason_id=make.reasons["pause"])
    resume_work(operator.act(), job_id=job)
    undo_event(operator.act(), event_id=booked.event_id)
    finish_work(operator.act(), job_id=job)
    require_invariants()


def test_the_station_where_it_is_done_is_asked_for_and_its_line(make: Factory, spare: int) -> None:
    lot, operator = make.lot(10), make.operator
    start_work(operator.act(), lot=lot, operation=10, station_id=make.stations[1])
    lines = {s: db.session.get_one(Subject, s).site_id for s in (spare, make.stations[1])}
    assert set(lines.values()) == {make.site_id}
    lock(make, spare)
    with refused("held"):
        report_quantities(operator.act(), lot=lot, operation=10, good=Decimal(1), station_id=spare)
    lock(make, make.line_id)
    with refused("held"):
        start_work(make.supervisor.act(), lot=lot, operation=10, station_id=make.stations[2])


def test_the_right_counts_where_the_work_is_done(make: Factory, spare: int) -> None:
    lot = make.lot(10)
    there = make.person("operator", "there", scope_id=spare)
    here = make.person("operator", "here", scope_id=make.stations[0])
    job = start_work(there.act(), lot=lot, operation=10, station_id=spare).job_id
    report_quantities(there.act(), lot=lot, operation=10, good=Decimal(1))
    finish_work(there.act(), job_id=job)
    with refused("not_found", 404):
        start_work(there.act(), lot=lot, operation=10)
    with refused("not_found", 404):
        start_work(here.act(), lot=lot, operation=10, station_id=spare)
    archive_piece(make.administrator.act(), subject_id=spare, archived=True)
    with refused("not_found", 404, "station"):
        report_quantities(
            make.operator.act(), lot=lot, operation=10, good=Decimal(1), station_id=spare
        )


def test_the_form_offers_the_other_stations(one_app: Flask, one_make: Factory) -> None:
    code = db.session.get_one(Subject, make_spare(one_make)).code
    lot = one_make.lot(10)
    browser = Browser(one_app).sign_in(one_make.operator)
    page = browser.get(f"/lots/{lot}/10/start")
    assert "Saw, as planned" in text_of(page)
    assert "Spare saw · Line 2" in text_of(page)
    assert '<details class="folded">' in page.get_data(as_text=True)
    lock(one_make, one_make.stations[0])
    held = browser.post(f"/lots/{lot}/10/start", kind="production")
    assert held.status_code == 409
    assert '<details class="folded" open>' in held.get_data(as_text=True)
    wrong = browser.post(f"/lots/{lot}/10/start", kind="production", station="nothing")
    assert wrong.status_code == 404
    started = browser.post(f"/lots/{lot}/10/start", kind="production", station=code)
    assert started.status_code == 200, text_of(started)
    form = text_of(browser.get(f"/lots/{lot}/10/report"))
    assert "Spare saw, where your job runs" in form
    assert "Saw · Line 1" in form
    assert "Spare saw" in text_of(browser.get("/jobs/1"))
    booked = browser.post(f"/lots/{lot}/10/report", good="2", station="S2")
    assert booked.status_code == 200
    db.session.rollback()
    event = db.session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
    assert event.station_id == one_make.stations[1]
