"""Hand-over notes as they are shown: what waits to be seen, and what a station was told before."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session, aliased

from shopfloor.catalogue.models import Reason
from shopfloor.core.db import rows
from shopfloor.people.models import Person
from shopfloor.production import counting
from shopfloor.production.floor_models import StationNote, StationNoteReason
from shopfloor.production.queries import LotView

LAST = 50
# Every scan asks: making a statement takes longer than it runs.
_SEER = aliased(Person)
_NOTES = (
    select(
        StationNote.id,
        StationNote.event_id,
        StationNote.person_id,
        Person.name,
        StationNote.left_at,
        StationNote.words,
        StationNote.photo,
        _SEER.name.label("seen_by"),
        StationNote.seen_at,
    )
    .join(Person, Person.id == StationNote.person_id)
    .join(_SEER, _SEER.id == StationNote.seen_by_id, isouter=True)
    .where(
        StationNote.withdrawn_event_id.is_(None),
        StationNote.station_id.in_(bindparam("stations", expanding=True)),
    )
    .order_by(StationNote.id.desc())
    .limit(LAST)
)
_UNSEEN = _NOTES.where(StationNote.seen_at.is_(None), StationNote.person_id != bindparam("person"))
_REASONS = (
    select(StationNoteReason.note_id, Reason.names)
    .join(Reason, Reason.id == StationNoteReason.reason_id)
    .where(StationNoteReason.note_id.in_(bindparam("notes", expanding=True)))
    .order_by(StationNoteReason.note_id, StationNoteReason.reason_id)
)


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
    asked = {"stations": list(station_ids), "person": person_id}
    return _shown(session, rows(session, _UNSEEN, asked))


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
    return _shown(session, rows(session, _NOTES, {"stations": [station_id]}))


def _shown(session: Session, found: Sequence[Row[*tuple[Any, ...]]]) -> list[NoteShown]:
    reasons: dict[int, list[dict[str, str]]] = defaultdict(list)
    if found:
        for note_id, names in rows(session, _REASONS, {"notes": [row.id for row in found]}):
            reasons[note_id].append(names)
    return [
        NoteShown(
            row.id,
            row.event_id,
            row.person_id,
            row.name,
            row.left_at,
            reasons[row.id],
            row.words,
            row.photo,
            row.seen_by,
            row.seen_at,
        )
        for row in found
    ]
