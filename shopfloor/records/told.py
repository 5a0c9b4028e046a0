"""What programs hear of events: the same in the stream, in a record's history and in webhooks."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.core.api_fields import Named, Thing, Told
from shopfloor.core.events import Event, EventChange, EventSubject, Role
from shopfloor.core.references import names_of
from shopfloor.core.subjects import Subject
from shopfloor.people.looks import Looked, note_look
from shopfloor.people.models import PERSON
from shopfloor.people.viewer import Viewer

NAMED = ("actor", "on_behalf_of", "device", "site", "line", "station", "place", "shift", "reason")


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
            **{name: names.get(getattr(event, f"{name}_id") or 0) for name in NAMED},
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


def told_events(session: Session, events: Sequence[Event]) -> list[EventTold]:
    """Tell events with what they name; three statements."""
    ids = [event.id for event in events]
    names = names_of(session, (getattr(e, f"{name}_id") for e in events for name in NAMED))
    subjects, changes = _subjects(session, ids), _changes(session, ids)
    return [EventTold.of(e, names, subjects.get(e.id, []), changes.get(e.id, [])) for e in events]


def note_people(person: Viewer, events: Sequence[Event], told: Sequence[EventTold]) -> None:
    """Note that a program has heard of the people whose names stand in what is told."""
    doing = {number for e in events for number in (e.actor_id, e.on_behalf_of_id)}
    about_them = {s.id for e in told for s in e.subjects if s.kind == PERSON.name}
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
