"""The event stream for programs: every fact in order, to be read on from the last one heard."""

from collections.abc import Sequence
from typing import Annotated

from flask import Blueprint
from pydantic import AwareDatetime, Field
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from shopfloor.core.api import call
from shopfloor.core.api_fields import Asked, Name, Told
from shopfloor.core.db import db
from shopfloor.core.events import Event
from shopfloor.core.references import anything, id_of
from shopfloor.core.rights import Rights
from shopfloor.core.stream import read_on
from shopfloor.people.access import requires, viewer
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
from shopfloor.records.told import EventTold, note_people, told_events

bp = Blueprint("events_api", __name__)


class EventsAsked(Asked):
    """Which events: those behind one, of one kind, about one thing, by or about one person."""

    kind: Annotated[str, Field(max_length=60)] | None = None
    subject: Name | None = Field(None, description="The code or the number of a thing.")
    person: Name | None = Field(None, description="Who did it, or whom it concerns.")
    since: AwareDatetime | None = Field(None, description="Happened at this instant or later.")
    until: AwareDatetime | None = Field(None, description="Happened before this instant.")


class Stream(Told):
    """The next events; ask again with `after` = `next`, at once when there are more."""

    entries: list[EventTold]
    next: int
    more: bool


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
    told = Stream(
        entries=told_events(session, events),
        next=events[-1].id if events else asked.after,
        more=len(found) > len(events),
    )
    note_people(person, events, told.entries)
    return told


def _seen_by(person: Viewer, entry: EventTold) -> EventTold:
    changes = without_money(person, entry.changes, lambda change: change.field)
    payload = entry.payload if len(changes) == len(entry.changes) else {}
    return entry.model_copy(update={"changes": changes, "payload": payload})
