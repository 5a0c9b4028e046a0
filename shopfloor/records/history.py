"""The history of one record: its events, newest first, a page at a time."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from flask_babel import gettext, pgettext
from sqlalchemy import ColumnElement, select, union
from sqlalchemy.orm import Session

from shopfloor.core.events import Event, EventSubject
from shopfloor.core.subjects import Subject
from shopfloor.holds.models import Hold
from shopfloor.people.viewer import Viewer
from shopfloor.quality.ncr_models import NCR, Nonconformance
from shopfloor.records.changes import Changed
from shopfloor.records.entries import Entry, entries_of
from shopfloor.records.facts import Fact
from shopfloor.records.reach import about, shown_in_history
from shopfloor.records.search import Sought, found_events, meaning

T = TypeVar("T")
# Money that not everybody who sees an item may see.
_MONEY = ("cost", "cost_currency", "rate ")
_SEES_MONEY = ("rate.edit", "catalogue.edit")


def history_of(
    session: Session, viewer: Viewer, subject: Subject, sought: Sought
) -> tuple[list[Entry], int | None]:
    """Return a page of a record's events, and where the next begins; ten statements at most."""
    meant = meaning(session, sought, viewer.zone)
    conditions = [*_of(viewer, subject), *meant.conditions]
    found, more = found_events(session, conditions, sought.before)
    entries = _for(viewer, entries_of(session, found, subject.id))
    return (_of_ncr(session, subject, entries) if subject.kind == NCR.name else entries), more


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
    concerns = _with_ncr(subject.id) if subject.kind == NCR.name else about([subject.id])
    return concerns, shown_in_history(viewer.rights, subject)


def _with_ncr(ncr_id: int) -> ColumnElement[bool]:
    """Return the condition for the events of a nonconformance, with what opened and settled it."""
    of_it = Nonconformance.id == ncr_id
    told = select(EventSubject.event_id).where(EventSubject.subject_id == ncr_id)
    released = select(Hold.released_event_id).join(
        Nonconformance, Nonconformance.hold_id == Hold.id
    )
    opened, closed = (
        select(column).where(of_it)
        for column in (Nonconformance.opened_event_id, Nonconformance.closed_event_id)
    )
    return Event.id.in_(union(told, opened, released.where(of_it), closed))


def _of_ncr(session: Session, subject: Subject, entries: list[Entry]) -> list[Entry]:
    """Say of what opened and what closed a nonconformance that it did; one statement."""
    ncr = session.get_one(Nonconformance, subject.id)
    opened, closed = pgettext("nonconformance", "Opened"), gettext("Closed")
    said = {ncr.opened_event_id: opened, ncr.closed_event_id: closed}
    word = gettext("Nonconformance")
    return [
        replace(entry, facts=(Fact(word, said[entry.id]), *entry.facts))
        if entry.id in said
        else entry
        for entry in entries
    ]


def _for(viewer: Viewer, entries: Sequence[Entry]) -> list[Entry]:
    return [_seen(entry, without_money(viewer, entry.changes, _name)) for entry in entries]


def _seen(entry: Entry, changes: list[Changed]) -> Entry:
    if len(changes) == len(entry.changes):
        return entry
    # What the event says of itself would tell the amount as well.
    return replace(entry, changes=tuple(changes), facts=(), raw="")


def _name(change: Changed) -> str:
    return change.name
