"""Events as people read them: who, when, with what, every field before and after, what followed."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from shopfloor.core import events
from shopfloor.core.actions import Action
from shopfloor.core.events import Event, EventChange, EventSubject, Role
from shopfloor.core.refusals import Sentence
from shopfloor.core.shown import show_instant, show_marked
from shopfloor.people.models import ApiToken
from shopfloor.records.changes import Changed, changed
from shopfloor.records.facts import Fact, facts_of, ids_in
from shopfloor.records.fields import Titles, as_word, stored, subject_id
from shopfloor.records.titles import Title, titles_of

_WHO = ("actor", "device", "on_behalf_of", "station", "place", "line", "shift", "site", "reason")
# What came later than this was kept on the phone meanwhile.
SENT_LATER = timedelta(minutes=2)


@dataclass(frozen=True)
class Mention:
    """Another event that this one has to do with."""

    id: int
    label: Sentence | str
    by: str
    at: str
    reason: str = ""


@dataclass(frozen=True)
class Entry:
    """One event with everything that was known when it happened, and what followed."""

    id: int
    kind: str
    label: Sentence | str
    at: datetime
    when: str
    recorded: str  # when it reached us, if that was later
    named: dict[str, Title]  # actor, device, station, reason …, as far as there are any
    program: str
    about: tuple[Title, ...]
    facts: tuple[Fact, ...]
    changes: tuple[Changed, ...]
    overrides: str
    clock_said: str
    undoes: Mention | None
    undone_by: Mention | None
    caused_by: Mention | None
    raw: str = field(repr=False, default="")

    @property
    def by(self) -> str:
        """Return who did it; nobody is the server itself."""
        actor = self.named.get("actor")
        return actor.text if actor else ""

    @property
    def reason(self) -> str:
        """Return the reason that was chosen."""
        reason = self.named.get("reason")
        return reason.text if reason else ""


def entries_of(
    session: Session, found: Sequence[Event], changes_of: int | None = None
) -> list[Entry]:
    """Return events as people read them, in their order; six statements at most.

    `changes_of` leaves out what the same event changed on other records.
    """
    if not found:
        return []
    ids = [event.id for event in found]
    subjects = _subjects(session, ids)
    changes = _changes(session, ids, changes_of)
    others = _others(session, found)
    programs = _programs(session, ids)
    payloads = {event.id: json.loads(event.payload) for event in found}
    titles = titles_of(
        session,
        [
            *(getattr(e, f"{name}_id") for e in (*found, *others.values()) for name in _WHO),
            *(subject for each in subjects.values() for subject in each),
            *(number for payload in payloads.values() for number in ids_in(payload)),
            *(number for each in changes.values() for row in each for number in _ids(row)),
        ],
    )
    undone = {other.undoes_id: other for other in others.values() if other.undoes_id}
    return [
        _entry(
            event,
            payloads[event.id],
            titles,
            programs.get(event.id, ""),
            subjects.get(event.id, []),
            changes.get(event.id, []),
            _mention(others.get(event.undoes_id or 0), titles),
            _mention(undone.get(event.id), titles),
            _mention(others.get(event.caused_by_id or 0), titles),
        )
        for event in found
    ]


def label_of(kind: str) -> Sentence | str:
    """Return the words for a kind of event."""
    known = events.KINDS.get(kind)
    return known.label if known else show_marked(kind)


def _entry(
    event: Event,
    payload: dict[str, Any],
    titles: Titles,
    program: str,
    subjects: list[int],
    changes: list[EventChange],
    undoes: Mention | None,
    undone_by: Mention | None,
    caused_by: Mention | None,
) -> Entry:
    named = {
        name: titles[getattr(event, f"{name}_id")]
        for name in _WHO
        if getattr(event, f"{name}_id") in titles
    }
    zone = named["site"].zone if "site" in named else None
    late = event.recorded_at - event.happened_at > SENT_LATER
    overrides = payload.get("overrides") or []
    return Entry(
        id=event.id,
        kind=event.kind,
        label=label_of(event.kind),
        at=event.happened_at,
        when=show_instant(event.happened_at, zone),
        recorded=show_instant(event.recorded_at, zone) if late else "",
        named=named,
        program=show_marked(program),
        about=tuple(titles[each] for each in subjects if each in titles),
        # What stands before and after is not said a third time.
        facts=tuple(facts_of(payload, titles, {row.field for row in changes})),
        changes=tuple(each for row in changes for each in changed(row, titles)),
        overrides=as_word(list(overrides), titles) if overrides else "",
        clock_said=show_marked(event.phone_said) if event.phone_doubtful else "",
        undoes=undoes,
        undone_by=undone_by,
        # An undo is caused by what it takes back: it is said once.
        caused_by=caused_by if event.caused_by_id != event.undoes_id else None,
        raw=show_marked(json.dumps(payload, indent=1, ensure_ascii=False)).replace("\u240a", "\n"),
    )


def _mention(event: Event | None, titles: Titles) -> Mention | None:
    if event is None:
        return None
    actor, site = titles.get(event.actor_id or 0), titles.get(event.site_id or 0)
    reason = titles.get(event.reason_id or 0)
    return Mention(
        event.id,
        label_of(event.kind),
        actor.text if actor else "",
        show_instant(event.happened_at, site.zone if site else None),
        reason.text if reason else "",
    )


def _subjects(session: Session, ids: Iterable[int]) -> dict[int, list[int]]:
    rows = session.execute(
        select(EventSubject.event_id, EventSubject.subject_id)
        .where(EventSubject.event_id.in_(ids))
        .order_by(EventSubject.event_id, EventSubject.role != Role.MADE, EventSubject.subject_id)
    )
    found: dict[int, list[int]] = defaultdict(list)
    for event_id, subject in rows:
        if subject not in found[event_id]:
            found[event_id].append(subject)
    return found


def _changes(
    session: Session, ids: Iterable[int], subject: int | None
) -> dict[int, list[EventChange]]:
    query = select(EventChange).where(EventChange.event_id.in_(ids)).order_by(EventChange.id)
    if subject is not None:
        query = query.where(EventChange.subject_id == subject)
    found: dict[int, list[EventChange]] = defaultdict(list)
    for row in session.scalars(query):
        found[row.event_id].append(row)
    return found


def _others(session: Session, found: Sequence[Event]) -> dict[int, Event]:
    """Return the events that these take back, that took them back, and that caused them."""
    named = {number for e in found for number in (e.undoes_id, e.caused_by_id) if number}
    rows = session.scalars(
        select(Event).where(
            or_(Event.id.in_(named), Event.undoes_id.in_([event.id for event in found]))
        )
    )
    return {event.id: event for event in rows}


def _programs(session: Session, ids: Iterable[int]) -> dict[int, str]:
    rows = session.execute(
        select(Action.event_id, ApiToken.name)
        .join(ApiToken, ApiToken.id == Action.token_id)
        .where(Action.event_id.in_(ids))
    )
    return {event_id: name for event_id, name in rows if event_id is not None}


def _ids(row: EventChange) -> Iterable[int]:
    for text in (row.before, row.after):
        yield subject_id(stored(row.field, text) or "")
    yield row.subject_id
