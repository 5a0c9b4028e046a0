"""Who can share a report, how a form says it, and what others have reported for somebody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from shopfloor.core.apportion import equally
from shopfloor.core.events import Event, EventSubject, Role
from shopfloor.core.forms import Form
from shopfloor.core.refusals import Malformed
from shopfloor.core.subjects import Subject
from shopfloor.people.models import Person
from shopfloor.people.viewer import Viewer
from shopfloor.production.floor_models import ReportShare
from shopfloor.production.models import Operation
from shopfloor.production.queries import LotView
from shopfloor.production.team import MOST, bad_people
from shopfloor.production.way import Stop
from shopfloor.stock.models import LOT

LAST = 20


@dataclass(frozen=True)
class Candidate:
    """Somebody who can be tapped to share a report; `now` when he works on it at this moment."""

    id: int
    name: str
    now: bool


@dataclass(frozen=True)
class SharedWith:
    """A share of a report that somebody else has made."""

    event_id: int
    lot: str
    code: str
    operation: int
    names: dict[str, str]
    pieces: Decimal
    reporter: str
    at: datetime
    disputed: bool
    undone: bool


def candidates(
    session: Session, viewer: Viewer, view: LotView, stop: Stop, named: Iterable[int] = ()
) -> list[Candidate]:
    """Return oneself, who works here now, one's crew and whoever is named; one statement."""
    working = {job.person_id for job in view.others_at(stop)}
    wanted = {viewer.person_id, *working, *named}
    found = session.execute(
        select(Person.id, Person.name)
        .join(Subject, Subject.id == Person.id)
        .where(
            or_(Person.id.in_(wanted), Person.crew_id == (viewer.crew_id or 0)),
            Person.site_id == view.work.order.site_id,
            Subject.archived_at.is_(None),
        )
        .order_by(Person.name, Person.id)
        .limit(MOST)
    )
    people = [
        Candidate(row.id, row.name, row.id in working or row.id == viewer.person_id)
        for row in found
    ]
    people.sort(key=lambda one: (one.id != viewer.person_id, not one.now))
    return people


def shares_in(form: Form, good: Decimal) -> tuple[tuple[int, Decimal], ...]:
    """Return the shares of a posted form; whose numbers are all empty share equally."""
    ticked = form.fields.getlist("with")
    if len(ticked) > MOST or not all(each.isdecimal() and len(each) < 19 for each in ticked):
        raise bad_people()
    people = sorted({int(each) for each in ticked})
    typed = {person: form.text(f"share_{person}", 40) for person in people}
    if any(typed.values()):
        return tuple((person, form.quantity(f"share_{person}")) for person in people)
    if len(people) < 2:
        return ()
    exponent = good.normalize().as_tuple().exponent
    if not isinstance(exponent, int):
        raise Malformed(bad_people().sentence, rule="bad_quantity", field="good")
    unit = Decimal(1).scaleb(min(exponent, 0))
    return tuple(zip(people, equally(good, len(people), unit), strict=True))


def shared_with(session: Session, person_id: int) -> list[SharedWith]:
    """Return the last shares of a person in what others reported, newest first; one statement."""
    undoing, about = aliased(Event), aliased(EventSubject)
    rows = session.execute(
        select(
            ReportShare,
            Event.happened_at,
            Person.name,
            Subject.number,
            Subject.code,
            Operation.sequence,
            Operation.names,
            undoing.id.label("undoing_id"),
        )
        .join(Event, Event.id == ReportShare.event_id)
        .join(Person, Person.id == Event.actor_id)
        .join(EventSubject, EventSubject.event_id == Event.id)
        .join(Subject, (Subject.id == EventSubject.subject_id) & (Subject.kind == LOT.name))
        .join(about, about.event_id == Event.id)
        .join(Operation, Operation.id == about.subject_id)
        .join(undoing, undoing.undoes_id == Event.id, isouter=True)
        .where(
            ReportShare.person_id == person_id,
            ReportShare.pieces > 0,
            Event.actor_id != person_id,
            Event.kind == "work.reported",
            EventSubject.role == Role.ABOUT,
            about.role == Role.ABOUT,
        )
        .order_by(ReportShare.event_id.desc())
        .limit(LAST)
    )
    return [
        SharedWith(
            share.event_id,
            number or code,
            code,
            sequence,
            names,
            share.pieces,
            name,
            at,
            share.disputed_event_id is not None,
            undoing_id is not None,
        )
        for share, at, name, number, code, sequence, names, undoing_id in rows
    ]
