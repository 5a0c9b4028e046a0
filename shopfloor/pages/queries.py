"""What the pages across rooms ask."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from shopfloor.core import clock, events, parking
from shopfloor.core.events import Event, EventSubject, Role
from shopfloor.core.paging import Page, page_of
from shopfloor.core.refusals import NotFound, Sentence
from shopfloor.core.subjects import Subject
from shopfloor.core.undo import OWN_FOR
from shopfloor.holds.models import Hold
from shopfloor.pages.parked_entries import Fate, fates
from shopfloor.pay.models import WAITS, PayLine, PayState
from shopfloor.people.viewer import Viewer
from shopfloor.plant.shifts import turn_of
from shopfloor.production import queries as production
from shopfloor.production import still_here
from shopfloor.production.commands.reports import REPORTED
from shopfloor.production.differences import count_differences
from shopfloor.production.queries import OpenJob
from shopfloor.production.waiting import Waiting, ready_work, stuck_work
from shopfloor.quality import due_queries as due
from shopfloor.quality import queries as quality
from shopfloor.scanning.stations import MyStation, my_station
from shopfloor.stock.models import LOT
from shopfloor.webhooks.queries import Shown as Webhook
from shopfloor.webhooks.queries import given_up

LAST = 30


@dataclass(frozen=True)
class Earned:
    """What a person has earned on a day: what is certain, and what waits for a decision."""

    certain: Decimal
    waiting: Decimal
    currency: str


@dataclass(frozen=True)
class MyWork:
    """Everything on a person's first page; a list is None when his role has no use for it."""

    station: MyStation | None
    running: list[OpenJob]
    ready: list[Waiting] | None
    stuck: list[Waiting]  # why nothing is ready, although orders are released
    inspections: Page | None  # the most urgent, and how many there are
    holds: list[tuple[Hold, Subject, dict[str, str] | None]] | None  # each with why it is held
    parked: int
    differences: int
    given_up: list[Webhook]  # what is not sent any more, although nobody has paused it
    earned: Earned


@dataclass(frozen=True)
class Entry:
    """One entry of one's own, as the list of last actions shows it."""

    id: int
    kind: str
    label: Sentence
    number: str
    code: str
    happened_at: datetime
    facts: Mapping[str, Any]
    undone: bool
    can_undo: bool
    late: bool
    why_not: Sentence | str = ""  # it could be taken back, were it not for this
    fate: Fate | None = None


def my_work(session: Session, viewer: Viewer) -> MyWork:
    """Return a person's running jobs, ready lots, waiting inspections and open locks."""
    rights = viewer.rights
    ready = ready_work(session, viewer) if rights.has("work.report") else None
    return MyWork(
        station=my_station(session, viewer) if rights.has("work.view") else None,
        running=production.jobs_of(session, viewer.person_id),
        ready=ready,
        stuck=stuck_work(session, rights) if ready == [] else [],
        inspections=(
            page_of(session, due.inspections(rights, clock.now()), 1)
            if rights.has("inspection.record")
            else None
        ),
        holds=quality.open_holds(session, rights) if rights.has("hold.release") else None,
        parked=parking.count_waiting(session, rights) if rights.has(parking.DECIDES) else 0,
        differences=count_differences(session, rights) if rights.has(parking.DECIDES) else 0,
        given_up=given_up(session, rights),
        earned=earned_today(session, viewer),
    )


def earned_today(session: Session, viewer: Viewer) -> Earned:
    """Return what a person has earned today; what waits for an inspection may still be lost."""
    turn = turn_of(session, viewer.site_id, clock.now())
    found = session.execute(
        select(PayLine.state, func.sum(PayLine.amount).label("total"))
        .where(PayLine.person_id == viewer.person_id, PayLine.day == turn.day)
        .group_by(PayLine.state)
    )
    sums: dict[PayState, Decimal] = {row.state: row.total for row in found}
    waiting = sum((sums.get(each, Decimal(0)) for each in WAITS), Decimal(0))
    return Earned(sums.get(PayState.COUNTED, Decimal(0)), waiting, turn.currency)


def my_actions(session: Session, viewer: Viewer) -> list[Entry]:
    """Return a person's last entries, newest first; two statements at most."""
    mine = _entries(session, viewer, Event.actor_id == viewer.person_id)
    fate = fates(session, [entry.id for entry in mine if entry.kind == parking.PARKED.name])
    return [replace(entry, fate=fate.get(entry.id)) for entry in mine]


@dataclass(frozen=True)
class TakenBack:
    """What is shown after an undo: the lot, and what the person has earned today now."""

    lot: str
    code: str
    earned: Earned


def taken_back(session: Session, viewer: Viewer, facts: Mapping[str, str]) -> TakenBack:
    """Return the lot of an entry that was taken back and today's new sum."""
    lot = session.get(Subject, int(facts.get("lot") or 0))
    return TakenBack(
        (lot.number or "") if lot else "", lot.code if lot else "", earned_today(session, viewer)
    )


def one_action(session: Session, viewer: Viewer, event_id: int) -> Entry:
    """Return one entry that this person may take back; NotFound otherwise."""
    found = _entries(session, viewer, Event.id == event_id, _mine_or_in_reach(viewer, "undo.any"))
    if not found:
        raise NotFound(_l("There is no such entry."), rule="not_found")
    return found[0]


def _mine_or_in_reach(viewer: Viewer, verb: str) -> ColumnElement[bool]:
    mine = Event.actor_id == viewer.person_id
    if not viewer.rights.has(verb):
        return mine
    scopes = viewer.rights.scopes(verb)
    if scopes is None:
        return true()
    places = (Event.site_id, Event.line_id, Event.station_id)
    return or_(mine, *(place.in_(scopes) for place in places))


def _entries(session: Session, viewer: Viewer, *conditions: Any) -> list[Entry]:
    undoing = aliased(Event)
    rows = session.execute(
        select(Event, Subject.number, Subject.code, undoing.id.label("undoing_id"))
        .join(
            EventSubject,
            (EventSubject.event_id == Event.id) & (EventSubject.role == Role.ABOUT),
            isouter=True,
        )
        .join(
            Subject,
            (Subject.id == EventSubject.subject_id) & (Subject.kind == LOT.name),
            isouter=True,
        )
        .join(undoing, undoing.undoes_id == Event.id, isouter=True)
        .where(*conditions)
        .order_by(Event.id.desc(), Subject.id.is_(None))
        .limit(LAST * 4)
    ).all()
    seen: dict[int, Entry] = {}
    told: dict[int, Event] = {}
    for event, number, code, undoing_id in rows:
        if event.id not in seen:
            seen[event.id] = _entry(viewer, event, number, code, undoing_id is not None)
            told[event.id] = event
    entries = list(seen.values())[:LAST]
    asked = {told[e.id]: e.facts for e in entries if e.can_undo and e.kind == REPORTED.name}
    why = still_here.why_not(session, viewer.rights, viewer.person_id, asked)
    return [
        replace(entry, can_undo=False, why_not=why[entry.id]) if entry.id in why else entry
        for entry in entries
    ]


def _entry(
    viewer: Viewer, event: Event, number: str | None, code: str | None, undone: bool
) -> Entry:
    kind = events.KINDS[event.kind]
    late = clock.now() - event.recorded_at > OWN_FOR or event.actor_id != viewer.person_id
    where = (event.site_id, event.line_id, event.station_id)
    right = viewer.rights.may("undo.any" if late else "undo.own", *where)
    return Entry(
        id=event.id,
        kind=event.kind,
        label=kind.label,
        number=number or "",
        code=code or "",
        happened_at=event.happened_at,
        facts=json.loads(event.payload),
        undone=undone,
        can_undo=kind.inverse is not None and not undone and right,
        late=late,
    )
