"""Leaving a note for the next shift at a station, and having seen it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from shopfloor.catalogue.chosen import require_reason
from shopfloor.catalogue.models import ReasonKind
from shopfloor.core import subjects
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import Event, EventKind, Undone, Where
from shopfloor.core.files import EventFile, File
from shopfloor.core.refusals import Malformed, NotFound, Refused
from shopfloor.core.subjects import Subject
from shopfloor.plant.models import STATION, Station
from shopfloor.plant.shifts import turn_of
from shopfloor.production import refusals
from shopfloor.production.floor_models import StationNote, StationNoteReason

SEEN = EventKind(
    "note.seen", _l("Hand-over note seen"), no_inverse_because="what somebody has seen he has seen"
)
LONGEST = 1000
MOST_CHOSEN = 20


@dataclass(frozen=True)
class Noted:
    """A note that was left, or seen."""

    event_id: int
    note_id: int
    station: str
    station_code: str


@command(Gate.NONE, "words for the next shift; nothing is moved")
def leave_note(
    tx: Tx,
    *,
    station_id: int,
    reasons: tuple[int, ...] = (),
    words: str = "",
    photo: str | None = None,
) -> Noted:
    """Leave a note at a station: things that were chosen, and words and a photo if one likes."""
    subject, station = _station(tx, station_id)
    tx.act.rights.require("work.report", subject.site_id, station.line_id, station.id)
    words = words.strip()
    if not (reasons or words or photo):
        raise Malformed(
            _l("Tap what the next shift has to know."),
            _l("A photo or a few spoken words do as well."),
            rule="empty_note",
            field="reasons",
        )
    if len(words) > LONGEST or len(reasons) > MOST_CHOSEN:
        raise Malformed(_l("The note is too long."), rule="bad_note", field="words")
    for reason_id in set(reasons):
        require_reason(tx.session, reason_id, ReasonKind.HANDOVER, field="reasons")
    if photo is not None and tx.session.get(File, photo) is None:
        raise refusals.photo_missing()
    event = tx.record(
        LEFT,
        _where(tx, subject, station),
        {"station": str(station.id), "reasons": [str(each) for each in sorted(set(reasons))]},
        about=[station.id],
    )
    note = StationNote(
        event_id=event.id,
        station_id=station.id,
        person_id=tx.act.actor_id,
        left_at=tx.act.when.at,
        words=words,
        photo=photo,
    )
    tx.session.add(note)
    tx.session.flush()
    tx.session.add_all(StationNoteReason(note_id=note.id, reason_id=r) for r in set(reasons))
    if photo is not None:
        tx.session.add(EventFile(event_id=event.id, sha256=photo))
    return Noted(event.id, note.id, subject.number or subject.code, subject.code)


@command(Gate.NONE, "words for the next shift; nothing is moved")
def see_note(tx: Tx, *, note_id: int) -> Noted:
    """Say that one has seen a note: it is not shown at the station any more, and stays on record.

    Whoever is second hears that somebody was quicker, which is no mistake of his.
    """
    note = tx.session.get(StationNote, note_id, with_for_update={"key_share": True})
    if note is None or note.withdrawn_event_id is not None:
        raise NotFound(_l("This note was taken back."), rule="not_found")
    subject, station = _station(tx, note.station_id)
    tx.act.rights.require("work.view", subject.site_id, station.line_id, station.id)
    if note.person_id == tx.act.actor_id:
        raise Refused(
            _l("This is your own note."),
            _l("The next worker at this station taps “Seen”."),
            rule="own_note",
        )
    event = tx.record(
        SEEN,
        _where(tx, subject, station),
        {"station": str(station.id), "note": str(note.id)},
        about=[station.id],
        caused_by_id=note.event_id,
    )
    if note.seen_at is None:
        note.seen_at, note.seen_by_id = tx.act.when.at, tx.act.actor_id
    return Noted(event.id, note.id, subject.number or subject.code, subject.code)


def _take_back(tx: Tx, event: Event, facts: Mapping[str, Any]) -> Undone:
    """Take one's note back while nobody has seen it."""
    # Moving nothing it asks the gate for nothing.
    tx.gate_asked = True
    note = tx.session.scalars(
        select(StationNote).where(StationNote.event_id == event.id).with_for_update(key_share=True)
    ).one()
    if note.seen_at is not None:
        raise Refused(
            _l("Somebody has already seen this note."),
            _l("Leave another note that puts it right."),
            rule="used_since",
        )

    def afterwards(done: Tx) -> None:
        note.withdrawn_event_id = done.event.id if done.event else None

    return Undone(
        about=(note.station_id,),
        where=Where(event.site_id, event.line_id, event.station_id, shift_id=event.shift_id),
        payload={"station": facts["station"]},
        afterwards=afterwards,
    )


def _station(tx: Tx, station_id: int) -> tuple[Subject, Station]:
    station = tx.session.get(Station, station_id)
    if station is None:
        raise NotFound(_l("There is no such station."), rule="not_found", field="station")
    subjects.require_in_use(tx.session, STATION, [station_id], "station")
    return tx.session.get_one(Subject, station_id), station


def _where(tx: Tx, subject: Subject, station: Station) -> Where:
    site_id = subject.site_id or 0
    turn = turn_of(tx.session, site_id, tx.act.when.at)
    return Where(
        site_id,
        station.line_id,
        station.id,
        shift_id=turn.shift_id,
        leader_id=turn.leader_id,
    )


LEFT = EventKind("note.left", _l("Hand-over note"), inverse=_take_back)
