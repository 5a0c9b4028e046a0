"""Whose history, which events and which record a person may open; what is outside is not there."""

from collections.abc import Collection, Iterable

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, false, or_, select, true, union
from sqlalchemy.orm import Session

from shopfloor.core.codes import read_code
from shopfloor.core.events import Event, EventSubject
from shopfloor.core.refusals import NotFound
from shopfloor.core.rights import Rights
from shopfloor.core.stream import within
from shopfloor.core.subjects import Subject
from shopfloor.people.models import CREW, PERSON
from shopfloor.people.viewer import Viewer
from shopfloor.plant.models import DEVICE
from shopfloor.scanning.matching import Found
from shopfloor.scanning.reach import within_reach

VIEW, READ, RECORD = "work.view", "events.read", "people.record"
# What is known about people is for those who look after them.
_ABOUT_PEOPLE = (PERSON.name, CREW.name, DEVICE.name)


def record_of(session: Session, viewer: Viewer, code: str) -> Subject:
    """Return a record whose history this person may see; NotFound outside his scope."""
    subject = _subject(session, code)
    if subject.id == viewer.person_id:
        return subject
    if subject.kind in _ABOUT_PEOPLE:
        viewer.rights.require("people.edit", subject.site_id)
        return subject
    viewer.rights.require(VIEW, *(viewer.rights.scopes(VIEW) or ()))
    found = Found(
        subject.id,
        subject.kind,
        subject.code,
        subject.number,
        subject.archived_at is not None,
        subject.site_id,
    )
    if not within_reach(session, viewer.rights, [found]):
        raise _nothing()
    return subject


def person_of(session: Session, viewer: Viewer, code: str) -> Subject:
    """Return a person whose record this person may open; NotFound outside his scope."""
    subject = _subject(session, code)
    if subject.kind != PERSON.name:
        raise _nothing()
    if subject.id != viewer.person_id:
        viewer.rights.require(RECORD, subject.site_id)
    return subject


def readable(rights: Rights) -> ColumnElement[bool]:
    """Return the condition for the events that these rights may search."""
    return within(rights.scopes(READ))


def shown_in_history(rights: Rights, subject: Subject) -> ColumnElement[bool]:
    """Return the condition for the events of a record that these rights may see.

    An item belongs to the whole company; what another site did with it does not.
    """
    scopes = rights.scopes(VIEW)
    if scopes is None or subject.site_id is not None:
        return true()
    return within(scopes) | Event.site_id.is_(None)


def about(ids: Collection[int]) -> ColumnElement[bool]:
    """Return the condition for events that concern one of these subjects."""
    return Event.id.in_(select(EventSubject.event_id).where(EventSubject.subject_id.in_(ids)))


def by_or_about(ids: Collection[int]) -> ColumnElement[bool]:
    """Return the condition for events that one of these did, or that concern one of them."""
    return or_(Event.actor_id.in_(ids), about(ids)) if ids else false()


def of_things(ids: Collection[int]) -> ColumnElement[bool]:
    """Return the same condition for things, of which each has few events: they are found first."""
    if not ids:
        return false()
    done = select(Event.id).where(Event.actor_id.in_(ids))
    concerned = select(EventSubject.event_id).where(EventSubject.subject_id.in_(ids))
    found = union(done, concerned).cte().prefix_with("MATERIALIZED", dialect="postgresql")
    return Event.id.in_(select(found.c.id))


def require_any_in_reach(
    session: Session, rights: Rights, wanted: Iterable[ColumnElement[bool]]
) -> None:
    """Raise NotFound where a right that ends at some places finds nothing: it may be elsewhere."""
    if rights.scopes(READ) is None:
        return
    if session.scalar(select(Event.id).where(readable(rights), *wanted).limit(1)) is None:
        raise _nothing()


def _subject(session: Session, code: str) -> Subject:
    subject = session.scalar(select(Subject).where(Subject.code == (read_code(code) or "")))
    if subject is None:
        raise _nothing()
    return subject


def _nothing() -> NotFound:
    return NotFound(_l("There is nothing here under this code."), rule="not_found")
