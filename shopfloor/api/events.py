"""The event stream for programs: every fact in order, to be read on from the last one heard."""

import json
from datetime import datetime
from typing import Any, Self

from flask import Blueprint
from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.core.api import call
from shopfloor.core.api_fields import Asked, Named, Thing, Told
from shopfloor.core.db import db
from shopfloor.core.events import Event, EventChange, EventSubject, Role
from shopfloor.core.references import names_of
from shopfloor.core.rights import Rights
from shopfloor.core.stream import read_on, within
from shopfloor.core.subjects import Subject
from shopfloor.people.access import requires, viewer

bp = Blueprint("events_api", __name__)
READ = "events.read"


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
@call(asks=Asked, gives=Stream)
def stream(asked: Asked) -> Stream:
    """Read the events behind one, in order; none is ever skipped."""
    return read(db.session(), asked, viewer().rights)


def read(session: Session, asked: Asked, rights: Rights) -> Stream:
    """Return the next events within the scope of the rights; four statements and the waiting."""
    found = read_on(session, asked.after, asked.limit + 1, within(rights.scopes(READ)))
    events = found[: asked.limit]
    ids = [event.id for event in events]
    names = names_of(session, (getattr(e, f"{name}_id") for e in events for name in _NAMED))
    subjects, changes = _subjects(session, ids), _changes(session, ids)
    return Stream(
        entries=[
            EventTold.of(e, names, subjects.get(e.id, []), changes.get(e.id, [])) for e in events
        ],
        next=ids[-1] if ids else asked.after,
        more=len(found) > len(events),
    )


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
