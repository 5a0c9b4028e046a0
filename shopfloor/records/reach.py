"""Whose history, which events and which record a person may open; what is outside is not there."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from shopfloor.core.codes import read_code
from shopfloor.core.events import Event
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


def _subject(session: Session, code: str) -> Subject:
    subject = session.scalar(select(Subject).where(Subject.code == (read_code(code) or "")))
    if subject is None:
        raise _nothing()
    return subject


def _nothing() -> NotFound:
    return NotFound(_l("There is nothing here under this code."), rule="not_found")
