"""A person's record: everything that is kept about him, day by day, and who opened it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from shopfloor.core.events import Event
from shopfloor.core.shown import show_instant, show_marked
from shopfloor.pay.accepted import Paid, paid
from shopfloor.people.looks import Look, Looked
from shopfloor.people.models import ApiToken, Notice, Person, SessionKind, SignIn
from shopfloor.plant.models import Device
from shopfloor.records.entries import Entry, entries_of
from shopfloor.records.search import PAGE, between
from shopfloor.records.sources import At, concerning

SIGN_INS = "sign-ins"


@dataclass(frozen=True)
class Asked:
    """Which part of a record: a group of entries, some days, behind the last one shown."""

    group: str = ""
    since: date | None = None
    until: date | None = None
    before: At | None = None


@dataclass(frozen=True)
class Line:
    """One line of a record: an entry with what it paid and told, or a sign-in."""

    at: At
    entry: Entry | None = None
    pay: tuple[Paid, ...] = ()
    told: bool = False
    device: str = ""
    reporting: bool = False
    ended: str = ""


@dataclass(frozen=True)
class Day:
    """The lines of one day on the clock of the person's site."""

    day: date
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Opened:
    """Somebody opened something about a person."""

    id: int
    by: str
    page: Looked
    program: str
    at: datetime


def record(
    session: Session, person_id: int, zone: str, asked: Asked
) -> tuple[list[Day], At | None]:
    """Return a page of a person's record, and where the next begins; eleven statements at most."""
    found = [
        *_entries(session, person_id, zone, asked),
        *_sign_ins(session, person_id, zone, asked),
    ]
    found.sort(key=lambda line: (line.at.instant, line.at.event_id), reverse=True)
    kept = found[:PAGE]
    lines = _with_entries(session, person_id, kept)
    there = ZoneInfo(zone)
    days = groupby(lines, key=lambda line: line.at.instant.astimezone(there).date())
    more = kept[-1].at if len(found) > PAGE else None
    return [Day(day, tuple(of_day)) for day, of_day in days], more


def opened(
    session: Session, person_id: int, before: int | None = None, limit: int = PAGE
) -> tuple[list[Opened], int | None]:
    """Return who opened what about a person, the newest first; one statement."""
    query = (
        select(Look, Person.name, ApiToken.name)
        .join(Person, Person.id == Look.viewer_id)
        .join(ApiToken, ApiToken.id == Look.token_id, isouter=True)
        .where(Look.person_id == person_id)
        .order_by(Look.id.desc())
        .limit(limit + 1)
    )
    if before is not None:
        query = query.where(Look.id < before)
    rows = session.execute(query).all()
    kept = [
        Opened(look.id, show_marked(name), look.page, show_marked(program or ""), look.at)
        for look, name, program in rows[:limit]
    ]
    return kept, kept[-1].id if len(rows) > limit else None


def _entries(session: Session, person_id: int, zone: str, asked: Asked) -> list[Line]:
    """Return where the entries of a page stand; they are read when it is known which are kept."""
    if asked.group == SIGN_INS:
        return []
    wanted = [*between(asked.since, asked.until, zone), *_behind(asked.before)]
    ids = concerning(person_id, asked.group, wanted, PAGE + 1)
    rows = session.execute(select(Event.id, Event.happened_at).where(Event.id.in_(ids)))
    return [Line(At(at, event_id)) for event_id, at in rows]


def _behind(before: At | None) -> list[ColumnElement[bool]]:
    if before is None:
        return []
    return [
        Event.happened_at <= before.instant,
        or_(Event.happened_at < before.instant, Event.id < before.event_id),
    ]


def _sign_ins(session: Session, person_id: int, zone: str, asked: Asked) -> list[Line]:
    if asked.group not in ("", SIGN_INS):
        return []
    query = (
        select(SignIn, Device.name)
        .join(Device, Device.id == SignIn.device_id, isouter=True)
        .where(SignIn.person_id == person_id)
        .order_by(SignIn.began_at.desc())
        .limit(PAGE + 1)
    )
    there = ZoneInfo(zone)
    if asked.since is not None:
        query = query.where(SignIn.began_at >= _midnight(asked.since, there))
    if asked.until is not None and asked.until < date.max:
        query = query.where(SignIn.began_at < _midnight(_next(asked.until), there))
    if asked.before is not None:
        query = query.where(SignIn.began_at < asked.before.instant)
    return [
        Line(
            At(row.began_at, 0),
            device=show_marked(device or ""),
            reporting=row.kind is SessionKind.REPORTING,
            ended=show_instant(row.ended_at, zone) if row.ended_at else "",
        )
        for row, device in session.execute(query)
    ]


def _with_entries(session: Session, person_id: int, kept: Iterable[Line]) -> list[Line]:
    lines = list(kept)
    ids = [line.at.event_id for line in lines if line.at.event_id]
    found = session.scalars(select(Event).where(Event.id.in_(ids))).all() if ids else []
    entries = {entry.id: entry for entry in entries_of(session, found)}
    pay, told = _pay(session, person_id, ids), _told(session, person_id, ids)
    return [
        replace(
            line,
            entry=entries.get(line.at.event_id),
            pay=tuple(pay.get(line.at.event_id, ())),
            told=line.at.event_id in told,
        )
        for line in lines
    ]


def pay_of(session: Session, person_id: int, event_id: int) -> Sequence[Paid]:
    """Return what an event paid a person."""
    return paid(session, person_id, [event_id])


def _pay(session: Session, person_id: int, ids: list[int]) -> dict[int, list[Paid]]:
    found: dict[int, list[Paid]] = defaultdict(list)
    for each in paid(session, person_id, ids):
        found[each.line.event_id].append(each)
    return found


def _told(session: Session, person_id: int, ids: list[int]) -> set[int]:
    return set(
        session.scalars(
            select(Notice.event_id).where(Notice.event_id.in_(ids), Notice.person_id == person_id)
        )
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _next(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)
