"""Hand-over notes as they are shown: what waits to be seen, and what a station was told before."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from shopfloor.catalogue.models import Reason
from shopfloor.people.models import Person
from shopfloor.production import counting
from shopfloor.production.floor_models import StationNote, StationNoteReason
from shopfloor.production.queries import LotView

LAST = 50


@dataclass(frozen=True)
class NoteShown:
    """One note: who left it when, what it says, and who has seen it."""

    id: int
    event_id: int
    person_id: int
    by: str
    left_at: datetime
    reasons: list[dict[str, str]]
    words: str
    photo: str | None
    seen_by: str | None
    seen_at: datetime | None


def unseen(session: Session, station_ids: Iterable[int], person_id: int) -> list[NoteShown]:
    """Return the notes at some stations that nobody has seen yet, but for one's own.

    One statement where there are none, and two where there are.
    """
    return _notes(
        session,
        StationNote.station_id.in_(list(station_ids)),
        StationNote.seen_at.is_(None),
        StationNote.person_id != person_id,
    )


def handed_on(session: Session, view: LotView) -> dict[str, Any]:
    """Return what others have handed on to whoever works here: notes, and pieces to be counted.

    At most two statements; three where a note waits. None for who does not work.
    """
    stop = view.here
    if stop is None or not view.viewer.rights.may("work.report", *view.work.scopes(stop)):
        return {"notes": [], "handed": None}
    me = view.viewer.person_id
    # Where his job runs, if that is not the planned station.
    own = view.own_job_at(stop)
    return {
        "notes": unseen(session, [own.station_id if own else stop.station.id], me),
        "handed": counting.handed_over(session, view.work, stop, me),
    }


def history(session: Session, station_id: int) -> list[NoteShown]:
    """Return the last notes of a station, newest first; two statements."""
    return _notes(session, StationNote.station_id == station_id)


def _notes(session: Session, *conditions: ColumnElement[bool]) -> list[NoteShown]:
    seer = aliased(Person)
    rows = session.execute(
        select(StationNote, Person.name, seer.name.label("seen_by"))
        .join(Person, Person.id == StationNote.person_id)
        .join(seer, seer.id == StationNote.seen_by_id, isouter=True)
        .where(StationNote.withdrawn_event_id.is_(None), *conditions)
        .order_by(StationNote.id.desc())
        .limit(LAST)
    ).all()
    reasons: dict[int, list[dict[str, str]]] = defaultdict(list)
    if rows:
        for note_id, names in session.execute(
            select(StationNoteReason.note_id, Reason.names)
            .join(Reason, Reason.id == StationNoteReason.reason_id)
            .where(StationNoteReason.note_id.in_([row.StationNote.id for row in rows]))
            .order_by(StationNoteReason.note_id, StationNoteReason.reason_id)
        ):
            reasons[note_id].append(names)
    return [
        NoteShown(
            note.id,
            note.event_id,
            note.person_id,
            name,
            note.left_at,
            reasons[note.id],
            note.words,
            note.photo,
            seen_by,
            note.seen_at,
        )
        for note, name, seen_by in rows
    ]
