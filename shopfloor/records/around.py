"""What surrounds events: whom they concern, what they changed, what took them back."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from shopfloor.core.actions import Action
from shopfloor.core.events import Event, EventChange, EventSubject, Role
from shopfloor.people.models import ApiToken

WHO = ("actor", "device", "on_behalf_of", "station", "place", "line", "shift", "site", "reason")
# An import concerns thousands of records: a list names the first of them.
MOST_SHOWN = 12


@dataclass(frozen=True)
class Around:
    """What was read for a page of events, by their ids."""

    subjects: dict[int, list[int]]
    more_subjects: dict[int, int]
    changes: dict[int, list[EventChange]]
    more_changes: dict[int, int]
    others: dict[int, Event]
    programs: dict[int, str]

    @property
    def undone(self) -> dict[int, Event]:
        """Return what took events back, by the event that it took back."""
        return {other.undoes_id: other for other in self.others.values() if other.undoes_id}


def around_events(
    session: Session, found: Sequence[Event], changes_of: int | None, most: int
) -> Around:
    """Read what surrounds some events; four statements."""
    ids = [event.id for event in found]
    subjects, more_subjects = _subjects(session, ids, most)
    changes, more_changes = _changes(session, ids, changes_of, most)
    return Around(
        subjects,
        more_subjects,
        changes,
        more_changes,
        _others(session, found),
        _programs(session, ids),
    )


def _subjects(
    session: Session, ids: Collection[int], most: int
) -> tuple[dict[int, list[int]], dict[int, int]]:
    first = (
        select(
            EventSubject.event_id,
            EventSubject.subject_id,
            # What was made comes first, and each subject once, whatever its roles.
            func.min(case((EventSubject.role == Role.MADE, 0), else_=1)).label("place"),
        )
        .where(EventSubject.event_id.in_(ids))
        .group_by(EventSubject.event_id, EventSubject.subject_id)
        .subquery()
    )
    order = (first.c.place, first.c.subject_id)
    rows = session.execute(_first(first.c, (first.c.event_id, first.c.subject_id), order, most))
    found: dict[int, list[int]] = defaultdict(list)
    more: dict[int, int] = {}
    for event_id, subject_id, total in rows:
        found[event_id].append(subject_id)
        more[event_id] = max(0, total - most)
    return found, more


def _changes(
    session: Session, ids: Collection[int], subject: int | None, most: int
) -> tuple[dict[int, list[EventChange]], dict[int, int]]:
    wanted = select(EventChange.id, EventChange.event_id).where(EventChange.event_id.in_(ids))
    if subject is not None:
        wanted = wanted.where(EventChange.subject_id == subject)
    rows = wanted.subquery()
    kept = _first(rows.c, (rows.c.event_id, rows.c.id), (rows.c.id,), most).subquery()
    change = aliased(EventChange)
    found: dict[int, list[EventChange]] = defaultdict(list)
    more: dict[int, int] = {}
    for row, total in session.execute(
        select(change, kept.c.total).join(kept, kept.c.id == change.id).order_by(change.id)
    ):
        found[row.event_id].append(row)
        more[row.event_id] = max(0, total - most)
    return found, more


def _first(rows: Any, columns: Any, order: Any, most: int) -> Select[*tuple[Any, ...]]:
    """Return the first rows of each event, each with how many its event has."""
    ranked = select(
        *columns,
        func.count().over(partition_by=rows.event_id).label("total"),
        func.row_number().over(partition_by=rows.event_id, order_by=order).label("place"),
    ).subquery()
    named = [ranked.c[column.name] for column in columns]
    return (
        select(*named, ranked.c.total)
        .where(ranked.c.place <= most)
        .order_by(ranked.c.event_id, ranked.c.place)
    )


def _others(session: Session, found: Sequence[Event]) -> dict[int, Event]:
    named = {number for e in found for number in (e.undoes_id, e.caused_by_id) if number}
    rows = session.scalars(
        select(Event).where(
            or_(Event.id.in_(named), Event.undoes_id.in_([event.id for event in found]))
        )
    )
    return {event.id: event for event in rows}


def _programs(session: Session, ids: Collection[int]) -> dict[int, str]:
    rows = session.execute(
        select(Action.event_id, ApiToken.name)
        .join(ApiToken, ApiToken.id == Action.token_id)
        .where(Action.event_id.in_(ids))
    )
    return {event_id: name for event_id, name in rows if event_id is not None}
