"""One event with everything that is kept of it, for those whom it concerns or who may search."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.core.events import Event
from shopfloor.core.refusals import NotFound, Sentence
from shopfloor.pay.accepted import Paid
from shopfloor.people.viewer import Viewer
from shopfloor.records.entries import Entry, entries_of, label_of
from shopfloor.records.mine import pay_of
from shopfloor.records.reach import READ, person_of
from shopfloor.records.sources import concerns

# On its own page an event names more of what it concerns.
MOST_OF_ONE = 200


@dataclass(frozen=True)
class Found:
    """An event, whose record it was opened from, and what else it has caused."""

    entry: Entry
    actor_id: int | None
    person_id: int
    of: str
    pay: Sequence[Paid]
    effects: Sequence[tuple[int, Sentence | str]]


def one_entry(session: Session, viewer: Viewer, event_id: int, of: str = "") -> Found:
    """Return an event in the viewer's scope, of his own record, or of one that he may open."""
    event = session.get(Event, event_id)
    person_id = person_of(session, viewer, of).id if of else viewer.person_id
    if event is None or not _may(session, viewer, event, person_id):
        raise NotFound(_l("There is no such entry."), rule="not_found")
    effects = session.execute(
        select(Event.id, Event.kind)
        .where(Event.caused_by_id == event.id, Event.undoes_id.is_(None))
        .order_by(Event.id)
        .limit(20)
    )
    return Found(
        entries_of(session, [event], most=MOST_OF_ONE)[0],
        event.actor_id,
        person_id,
        of,
        pay_of(session, person_id, event.id),
        [(number, label_of(kind)) for number, kind in effects],
    )


def _may(session: Session, viewer: Viewer, event: Event, person_id: int) -> bool:
    if viewer.rights.may(READ, event.site_id, event.line_id, event.station_id):
        return True
    return concerns(session, person_id, event.id)
