"""The history of one record: its events, newest first, a page at a time."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.core.events import Event, EventSubject
from shopfloor.core.subjects import Subject
from shopfloor.people.viewer import Viewer
from shopfloor.records.entries import Entry, entries_of
from shopfloor.records.reach import shown_in_history
from shopfloor.records.search import Sought, found_events, meaning

# Money that not everybody who sees an item may see.
_MONEY = ("cost", "cost_currency", "rate ")
_SEES_MONEY = ("rate.edit", "catalogue.edit")


def history_of(
    session: Session, viewer: Viewer, subject: Subject, sought: Sought
) -> tuple[list[Entry], int | None]:
    """Return a page of a record's events, and where the next begins; nine statements at most."""
    meant = meaning(session, sought, viewer.zone)
    about = select(EventSubject.event_id).where(EventSubject.subject_id == subject.id)
    conditions = [
        Event.id.in_(about),
        shown_in_history(viewer.rights, subject),
        *meant.conditions,
    ]
    found, more = found_events(session, conditions, sought.before)
    return _for(viewer, entries_of(session, found, subject.id)), more


def _for(viewer: Viewer, entries: Sequence[Entry]) -> list[Entry]:
    if any(viewer.rights.has(verb) for verb in _SEES_MONEY):
        return list(entries)
    return [
        replace(
            entry,
            changes=tuple(each for each in entry.changes if not each.name.startswith(_MONEY)),
            facts=() if entry.kind == "catalogue.rate_set" else entry.facts,
            raw="" if entry.kind == "catalogue.rate_set" else entry.raw,
        )
        for entry in entries
    ]
