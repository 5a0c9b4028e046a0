"""The history of one record: who did what to it, when, and what stood there before and after."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.core import events
from shopfloor.core.codes import read_code
from shopfloor.core.db import db
from shopfloor.core.events import Event, EventChange, EventSubject
from shopfloor.core.forms import Form
from shopfloor.core.refusals import NotFound, Sentence
from shopfloor.core.subjects import Subject
from shopfloor.people.access import requires, viewer
from shopfloor.people.models import CREW, PERSON, Person
from shopfloor.plant.models import DEVICE

bp = Blueprint("history", __name__)
PAGE = 50
# What is known about people is for those who look after them.
_ABOUT_PEOPLE = (PERSON.name, CREW.name, DEVICE.name)


@dataclass(frozen=True)
class Happened:
    """One event of a record with its changes: field, before, after."""

    id: int
    label: Sentence
    by: str
    at: datetime
    facts: Mapping[str, Any]
    changes: list[tuple[str, str | None, str | None]]


@bp.get("/history/<code>")
@requires("work.view")
def history(code: str) -> str:
    """Show what happened to a record, the newest first, fifty a page."""
    subject = db.session.scalar(select(Subject).where(Subject.code == (read_code(code) or "")))
    if subject is None:
        raise NotFound(_l("There is nothing here under this code."), rule="not_found")
    about_people = subject.kind in _ABOUT_PEOPLE
    viewer().rights.require("people.edit" if about_people else "work.view", subject.site_id)
    before = Form(request.args).whole("before")
    found = happened_to(db.session(), subject.id, before)
    more = found[-1].id if len(found) == PAGE else None
    return render_template("pages/history.html", subject=subject, found=found, more=more)


def happened_to(session: Session, subject_id: int, before: int | None = None) -> list[Happened]:
    """Return the events of a subject, newest first; two statements."""
    query = (
        select(Event.id, Event.kind, Event.happened_at, Event.payload, Person.name)
        .join(EventSubject, EventSubject.event_id == Event.id)
        .join(Person, Person.id == Event.actor_id, isouter=True)
        .where(EventSubject.subject_id == subject_id)
        .distinct()
        .order_by(Event.id.desc())
        .limit(PAGE)
    )
    if before is not None:
        query = query.where(Event.id < before)
    rows = session.execute(query).all()
    changes: dict[int, list[tuple[str, str | None, str | None]]] = defaultdict(list)
    for change in session.scalars(
        select(EventChange)
        .where(
            EventChange.subject_id == subject_id,
            EventChange.event_id.in_([row.id for row in rows]),
        )
        .order_by(EventChange.id)
    ):
        changes[change.event_id].append((change.field, change.before, change.after))
    return [
        Happened(
            row.id,
            events.KINDS[row.kind].label,
            row.name or "",
            row.happened_at,
            json.loads(row.payload),
            changes[row.id],
        )
        for row in rows
    ]
