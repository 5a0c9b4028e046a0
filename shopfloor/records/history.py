"""The history of one record: its events, newest first, a page at a time."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from shopfloor.core.events import Event
from shopfloor.core.subjects import Subject
from shopfloor.people.viewer import Viewer
from shopfloor.records.changes import Changed
from shopfloor.records.entries import Entry, entries_of
from shopfloor.records.reach import about, shown_in_history
from shopfloor.records.search import Sought, found_events, meaning

T = TypeVar("T")
# Money that not everybody who sees an item may see.
_MONEY = ("cost", "cost_currency", "rate ")
_SEES_MONEY = ("rate.edit", "catalogue.edit")


def history_of(
    session: Session, viewer: Viewer, subject: Subject, sought: Sought
) -> tuple[list[Entry], int | None]:
    """Return a page of a record's events, and where the next begins; nine statements at most."""
    meant = meaning(session, sought, viewer.zone)
    conditions = [*_of(viewer, subject), *meant.conditions]
    found, more = found_events(session, conditions, sought.before)
    return _for(viewer, entries_of(session, found, subject.id)), more


def events_of_record(
    session: Session, viewer: Viewer, subject: Subject, after: int, limit: int
) -> Sequence[Event]:
    """Return the events of a record behind one, in order; one statement."""
    return session.scalars(
        select(Event).where(Event.id > after, *_of(viewer, subject)).order_by(Event.id).limit(limit)
    ).all()


def without_money(viewer: Viewer, changes: Sequence[T], name: Callable[[T], str]) -> list[T]:
    """Return the changes that this person may see: costs and rates are not for everybody."""
    if any(viewer.rights.has(verb) for verb in _SEES_MONEY):
        return list(changes)
    return [each for each in changes if not name(each).startswith(_MONEY)]


def _of(viewer: Viewer, subject: Subject) -> tuple[ColumnElement[bool], ...]:
    return about([subject.id]), shown_in_history(viewer.rights, subject)


def _for(viewer: Viewer, entries: Sequence[Entry]) -> list[Entry]:
    return [_seen(entry, without_money(viewer, entry.changes, _name)) for entry in entries]


def _seen(entry: Entry, changes: list[Changed]) -> Entry:
    if len(changes) == len(entry.changes):
        return entry
    # What the event says of itself would tell the amount as well.
    return replace(entry, changes=tuple(changes), facts=(), raw="")


def _name(change: Changed) -> str:
    return change.name
