"""The event stream for programs: every fact in order, to be read on from the last one heard."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Self

from flask import Blueprint
from pydantic import AwareDatetime, Field
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from shopfloor.core.api import call
from shopfloor.core.api_fields import Asked, Name, Named, Thing, Told
from shopfloor.core.db import db
from shopfloor.core.events import Event, EventChange, EventSubject, Role
from shopfloor.core.references import anything, id_of, names_of
from shopfloor.core.rights import Rights
from shopfloor.core.stream import read_on
from shopfloor.core.subjects import Subject
from shopfloor.people.access import requires, viewer
from shopfloor.people.looks import Looked, note_look
from shopfloor.people.models import PERSON
from shopfloor.people.viewer import Viewer
from shopfloor.records.history import events_of_record, without_money
from shopfloor.records.reach import (
    READ,
    VIEW,
    about,
    by_or_about,
    readable,
    record_of,
    require_any_in_reach,
)

bp = Blueprint("events_api", __name__)


class EventsAsked(Asked):
    """Which events: those behind one, of one kind, about one thing, by or about one person."""

    kind: Annotated[str, Field(max_length=60)] | None = None
    subject: Name | None = Field(None, description="The code or the number of a thing.")
    person: Name | None = Field(None, description="Who did it, or whom it concerns.")
    since: AwareDatetime | None = Field(None, description="Happened at this instant or later.")
    until: AwareDatetime | None = Field(None, description="Happened before this instant.")


class SubjectTold(Thing):
    """What an event concerns and how; `id` is how payloads name it."""

    id: int
    role: Role


class ChangeTold(Told):
    """One field before and after."""

    subject_id: int
    field: str
    before: str | None
    after: str | None


class EventTold(Told):
    """A fact; never changed, a correction is another one."""

    id: int
    kind: str
    version: int
    actor: Named | None
    on_behalf_of: Named | None
    device: Named | None
    site: Named | None
    line: Named | None
    station: Named | None
    place: Named | None
    shift: Named | None
    reason: Named | None
    happened_at: datetime
    offset_minutes: int
    sender_said: str
    doubtful: bool
    recorded_at: datetime
    caused_by: int | None
    undoes: int | None
    subjects: list[SubjectTold]
    changes: list[ChangeTold]
    payload: dict[str, Any]

    @classmethod
    def of(
        cls,
        event: Event,
        names: dict[int, Named],
        subjects: list[SubjectTold],
        changes: list[ChangeTold],
    ) -> Self:
        """Tell an event with what was read for it."""
        return cls(
            id=event.id,
            kind=event.kind,
            version=event.version,
            **{name: names.get(getattr(event, f"{name}_id") or 0) for name in _NAMED},
            happened_at=event.happened_at,
            offset_minutes=event.offset_minutes,
            sender_said=event.phone_said,
            doubtful=event.phone_doubtful,
            recorded_at=event.recorded_at,
            caused_by=event.caused_by_id,
            undoes=event.undoes_id,
            subjects=subjects,
            changes=changes,
            payload=json.loads(event.payload),
        )


class Stream(Told):
    """The next events; ask again with `after` = `next`, at once when there are more."""

    entries: list[EventTold]
    next: int
    more: bool


_NAMED = ("actor", "on_behalf_of", "device", "site", "line", "station", "place", "shift", "reason")


@bp.get("/events")
@requires(READ)
@call(asks=EventsAsked, gives=Stream)
def stream(asked: EventsAsked) -> Stream:
    """Read the events behind one, in order; none is ever skipped."""
    return read(db.session(), asked, viewer())


@bp.get("/records/<code>/history")
@requires(VIEW)
@call(asks=Asked, gives=Stream)
def history(code: str, asked: Asked) -> Stream:
    """Read what happened to one record, in order, each with its fields before and after."""
    session, person = db.session(), viewer()
    subject = record_of(session, person, code)
    found = events_of_record(session, person, subject, asked.after, asked.limit + 1)
    told = _told(session, found, asked, person)
    return told.model_copy(update={"entries": [_seen_by(person, e) for e in told.entries]})


def read(session: Session, asked: EventsAsked, person: Viewer) -> Stream:
    """Return the next events within the person's scope; seven statements and the waiting."""
    wanted = [readable(person.rights), *_filters(session, asked, person.rights)]
    found = read_on(session, asked.after, asked.limit + 1, *wanted)
    return _told(session, found, asked, person)


def _filters(session: Session, asked: EventsAsked, rights: Rights) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if asked.kind is not None:
        wanted.append(Event.kind == asked.kind)
    if asked.since is not None:
        wanted.append(Event.happened_at >= asked.since)
    if asked.until is not None:
        wanted.append(Event.happened_at < asked.until)
    if asked.subject is not None:
        wanted.append(about([anything(session, asked.subject, None, "subject").id]))
    if asked.person is not None:
        wanted.append(by_or_about([id_of(session, PERSON, asked.person, "person")]))
    if asked.subject is not None or asked.person is not None:
        require_any_in_reach(session, rights, wanted)
    return wanted


def _told(session: Session, found: Sequence[Event], asked: Asked, person: Viewer) -> Stream:
    events = found[: asked.limit]
    ids = [event.id for event in events]
    names = names_of(session, (getattr(e, f"{name}_id") for e in events for name in _NAMED))
    subjects, changes = _subjects(session, ids), _changes(session, ids)
    told = Stream(
        entries=[
            EventTold.of(e, names, subjects.get(e.id, []), changes.get(e.id, [])) for e in events
        ],
        next=ids[-1] if ids else asked.after,
        more=len(found) > len(events),
    )
    _note_people(person, events, told)
    return told


def _seen_by(person: Viewer, entry: EventTold) -> EventTold:
    changes = without_money(person, entry.changes, lambda change: change.field)
    payload = entry.payload if len(changes) == len(entry.changes) else {}
    return entry.model_copy(update={"changes": changes, "payload": payload})


def _note_people(person: Viewer, events: Sequence[Event], told: Stream) -> None:
    """Note that a program has heard of the people whose names stand in what is told."""
    doing = {number for e in events for number in (e.actor_id, e.on_behalf_of_id)}
    about_them = {s.id for e in told.entries for s in e.subjects if s.kind == PERSON.name}
    note_look(person, Looked.PROGRAM, doing | about_them)


def _subjects(session: Session, ids: list[int]) -> dict[int, list[SubjectTold]]:
    rows = session.execute(
        select(EventSubject, Subject)
        .join(Subject, Subject.id == EventSubject.subject_id)
        .where(EventSubject.event_id.in_(ids))
        .order_by(EventSubject.event_id, Subject.id, EventSubject.role)
    )
    found: dict[int, list[SubjectTold]] = {}
    for link, subject in rows:
        told = SubjectTold(
            id=subject.id,
            kind=subject.kind,
            code=subject.code,
            number=subject.number,
            role=link.role,
        )
        found.setdefault(link.event_id, []).append(told)
    return found


def _changes(session: Session, ids: list[int]) -> dict[int, list[ChangeTold]]:
    rows = session.scalars(
        select(EventChange).where(EventChange.event_id.in_(ids)).order_by(EventChange.id)
    )
    found: dict[int, list[ChangeTold]] = {}
    for row in rows:
        told = ChangeTold(
            subject_id=row.subject_id, field=row.field, before=row.before, after=row.after
        )
        found.setdefault(row.event_id, []).append(told)
    return found
