"""Placing a hold by hand."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from shopfloor.alerts.models import Alert
from shopfloor.alerts.open_things import locks
from shopfloor.core.db import db
from shopfloor.core.events import Event
from shopfloor.holds.commands import place_hold
from shopfloor.holds.models import Hold
from shopfloor.holds.told import holds_on
from shopfloor.people.setup import founder
from shopfloor.people.viewer import rights_of
from shopfloor.plant.commands import add_line
from shopfloor.production import work
from shopfloor.production.commands.jobs import start_work
from tests.crowd import send_many, together
from tests.invariants import require_invariants
from tests.make import Factory, new_id
from tests.refusing import refused


def test_a_hold_needs_the_right_a_reason_and_something_that_can_be_held(make: Factory) -> None:
    released = make.order(10)
    plain: dict[str, Any] = {"subject_id": released.lot.id, "reason_id": make.reasons["hold"]}
    with refused("no_right", 403):
        place_hold(make.operator.act(), **plain)
    for wrong in (10**17, make.reasons["scrap"], make.site_id):
        with refused("reason_missing", 422, "reason"):
            place_hold(make.inspector.act(), **{**plain, "reason_id": wrong})
    with refused("not_found", 404):
        place_hold(make.inspector.act(), **{**plain, "subject_id": 10**17})
    for nothing in (make.site_id, make.reasons["hold"]):
        with refused("not_holdable", 409):
            place_hold(make.inspector.act(), **{**plain, "subject_id": nothing})
    with refused("bad_note", 422, "note"):
        place_hold(make.inspector.act(), note="x" * 10_000, **plain)
    for odd in ("\x00", "\ud800"):
        with refused("bad_text", 422):
            place_hold(make.inspector.act(), note=odd, **plain)
    note = "Locked  \n on <b>purpose</b> \u200f 锁"
    placed = place_hold(make.inspector.act(), note=note, **plain)
    db.session.rollback()
    row = db.session.scalars(select(Hold)).one()
    assert (row.id, row.note) == (placed.hold_id, " ".join(note.split()))
    # Locked twice is locked by two, and freed by two.
    assert place_hold(make.supervisor.act(), **plain).hold_id != placed.hold_id


def test_a_lock_for_its_note_says_that_and_no_failed_inspection(make: Factory) -> None:
    lot = make.order(10).lot
    place_hold(make.inspector.act(), subject_id=lot.id, reason_id=None, note="Suspect")
    with refused("held") as no:
        start_work(make.operator.act(), lot=lot.code, operation=10)
    assert str(no.value.sentence) == "Locked: Suspect"
    assert [told.reason for told in holds_on(db.session(), [lot.id])] == ["Suspect"]


def test_a_lock_by_hand_knows_the_line_where_the_pieces_are(make: Factory) -> None:
    """The line's own supervisor may place it, and finds it among what is open on his line."""
    line = add_line(founder(new_id()), site_id=make.site_id, number="L2", names={"en": "Line 2"})
    lot = make.order(10).lot
    mine = make.person("supervisor", "mine", scope_id=make.line_id)
    other = make.person("supervisor", "other", scope_id=line.id)
    plain: dict[str, Any] = {"subject_id": lot.id, "reason_id": make.reasons["hold"]}
    with refused("not_found", 404):
        place_hold(other.act(), **plain)
    placed = place_hold(mine.act(), **plain)
    db.session.rollback()
    event = db.session.get_one(Event, db.session.get_one(Hold, placed.hold_id).opened_event_id)
    assert (event.site_id, event.line_id) == (make.site_id, make.line_id)
    assert (event.station_id, event.shift_id is not None) == (make.stations[0], True)
    for person, seen in ((mine, [make.line_id]), (other, [])):
        rights = rights_of(db.session(), person.id)
        assert [thing.line_id for thing in locks(db.session(), rights)] == seen
    alert = db.session.scalars(select(Alert)).one()
    assert (alert.line_id, alert.level) == (make.line_id, 0)


@pytest.mark.processes
def test_a_hold_waits_for_work_in_flight_and_stops_the_next(make: Factory) -> None:
    """I5 also where the lock is on the item or on the lot, not on the order."""
    subjects, reports = [], []
    for n in range(40):
        lot = make.lot(10, inspect=())
        db.session.rollback()
        found = work.load(db.session(), lot)
        subjects.append({"subject_id": found.item.id if n % 2 else found.lot.id})
        reports.append({"lot": lot, "operation": 10, "good": Decimal(1)})
    holds: list[dict[str, Any]] = [{**each, "reason_id": make.reasons["hold"]} for each in subjects]
    reported, placed = together(
        [
            (send_many, "report_quantities", [make.operator.act() for _ in reports], reports),
            (send_many, "place_hold", [make.inspector.act() for _ in holds], holds),
        ],
    )
    db.session.rollback()
    opened = dict(db.session.execute(select(Hold.id, Hold.opened_event_id)).all())
    for report, hold in zip(reported, placed, strict=True):
        assert report == "held" or report.event_id < opened[hold.hold_id]
    require_invariants()
