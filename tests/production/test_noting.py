"""A note that one shift leaves to the next at a station."""

from sqlalchemy import select

from shopfloor.core.db import db
from shopfloor.core.undo import undo_event
from shopfloor.production.commands.noting import leave_note, see_note
from shopfloor.production.floor_models import StationNote, StationNoteReason
from tests.invariants import require_invariants
from tests.make import Factory
from tests.refusing import refused


def test_a_note_is_tapped_together_and_seen_by_the_next_worker(make: Factory) -> None:
    """W48."""
    saw, mate = make.stations[0], make.person("operator", "mate")
    left = leave_note(make.operator.act(), station_id=saw, reasons=(make.reasons["handover"],))
    with refused("own_note", 409):
        see_note(make.operator.act(), note_id=left.note_id)
    see_note(mate.act(), note_id=left.note_id)
    # Whoever is second does no harm, and the first stays on record.
    see_note(make.supervisor.act(), note_id=left.note_id)
    db.session.rollback()
    note = db.session.scalars(select(StationNote)).one()
    assert (note.person_id, note.seen_by_id) == (make.operator.id, mate.id)
    assert db.session.scalars(select(StationNoteReason.reason_id)).all() == [
        make.reasons["handover"]
    ]
    with refused("used_since", 409):
        undo_event(make.operator.act(), event_id=left.event_id)
    require_invariants()


def test_a_note_says_something_that_can_be_tapped(make: Factory) -> None:
    saw, act = make.stations[0], make.operator.act
    with refused("empty_note", 422, "reasons"):
        leave_note(act(), station_id=saw, words="  ")
    with refused("reason_missing", 422, "reasons"):
        leave_note(act(), station_id=saw, reasons=(make.reasons["scrap"],))
    with refused("photo_missing", 422):
        leave_note(act(), station_id=saw, photo="f" * 64)
    with refused("not_found", 404):
        leave_note(act(), station_id=make.site_id, words="x")
    with refused("no_right", 403):
        leave_note(make.inspector.act(), station_id=saw, words="x")
    assert leave_note(act(), station_id=saw, words="Coolant is low").note_id


def test_a_note_nobody_has_seen_is_taken_back(make: Factory) -> None:
    left = leave_note(make.operator.act(), station_id=make.stations[0], words="x")
    undo_event(make.operator.act(), event_id=left.event_id)
    with refused("not_found", 404):
        see_note(make.supervisor.act(), note_id=left.note_id)
    require_invariants()
