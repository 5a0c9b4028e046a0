"""Searching events: conditions that indexes answer, read on from the last one shown."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, defer

from shopfloor.core.events import KINDS, Event, EventChange
from shopfloor.core.paging import contains, named_like
from shopfloor.core.subjects import Subject, read_reference
from shopfloor.people.models import PERSON, Person
from shopfloor.plant.models import DEVICE, LINE, SITE, STATION, Device, Line, Site, Station
from shopfloor.records.fields import FIELDS
from shopfloor.records.reach import about, by_or_about, of_things

PAGE = 50
# Of a text that fits more things than these the first are taken: type more of it.
MOST_MEANT = 100
RATES = "rate"
_PLACES = (SITE.name, LINE.name, STATION.name)


@dataclass(frozen=True)
class Sought:
    """What somebody looks for; what is empty is not asked."""

    text: str = ""
    kinds: tuple[str, ...] = ()
    person: str = ""
    place: str = ""
    device: str = ""
    field: str = ""
    since: date | None = None
    until: date | None = None
    subject_id: int | None = None
    before: int | None = None

    @property
    def says_anything(self) -> bool:
        """Say whether anything narrows the search."""
        return self != Sought(before=self.before)


@dataclass(frozen=True)
class Meant:
    """What a search stands for: its conditions, and the people that it is about."""

    conditions: list[ColumnElement[bool]] = field(default_factory=list)
    people: frozenset[int] = frozenset()


def meaning(session: Session, sought: Sought, zone: str) -> Meant:
    """Return the conditions of a search; a statement for each name that was typed, four at most."""
    conditions: list[ColumnElement[bool]] = []
    people: set[int] = set()
    if sought.person:
        people = set(people_like(session, sought.person))
        conditions.append(by_or_about(people))
    if sought.text:
        conditions.append(of_things(things_like(session, sought.text)))
    if sought.place:
        conditions.append(_at(session, sought.place))
    if sought.device:
        conditions.append(_in(Event.device_id, _devices_like(session, sought.device)))
    if sought.kinds:
        conditions.append(Event.kind.in_(sought.kinds))
    if sought.subject_id:
        conditions.append(about([sought.subject_id]))
    if sought.field:
        conditions.append(Event.id.in_(_changing(sought.field)))
    conditions.extend(between(sought.since, sought.until, zone))
    return Meant(conditions, frozenset(people))


def found_events(
    session: Session,
    conditions: Collection[ColumnElement[bool]],
    before: int | None,
    limit: int = PAGE,
) -> tuple[Sequence[Event], int | None]:
    """Return the newest events that fit, and behind which the next page begins; one statement."""
    query = select(Event).options(defer(Event.xid)).where(*conditions).order_by(Event.id.desc())
    if before is not None:
        query = query.where(Event.id < before)
    rows = session.scalars(query.limit(limit + 1)).all()
    kept = rows[:limit]
    return kept, kept[-1].id if len(rows) > limit else None


def between(since: date | None, until: date | None, zone: str) -> list[ColumnElement[bool]]:
    """Return the conditions for what happened on these days, both included, on a site's clock."""
    there = ZoneInfo(zone)
    wanted: list[ColumnElement[bool]] = []
    if since is not None:
        wanted.append(Event.happened_at >= datetime.combine(since, time(), there))
    if until is not None and until < date.max:
        wanted.append(
            Event.happened_at < datetime.combine(until + timedelta(days=1), time(), there)
        )
    return wanted


def people_like(session: Session, text: str) -> Sequence[int]:
    """Return the people whom a code, a login or a part of a name stands for; one statement."""
    code, number = read_reference(text)
    if number is None:
        return []
    fits = (Subject.code == code) | (Subject.number == number) | contains(Person.name, number)
    return session.scalars(
        select(Person.id)
        .join(Subject, Subject.id == Person.id)
        .where(Subject.kind == PERSON.name, fits)
        .order_by(Subject.number != number, Person.id)
        .limit(MOST_MEANT)
    ).all()


def things_like(session: Session, text: str) -> Sequence[int]:
    """Return the things whom a code or a part of a number stands for; two statements at most."""
    code, number = read_reference(text)
    if number is None:
        return []
    exact = session.scalars(
        select(Subject.id)
        .where((Subject.code == code) | (Subject.number == number))
        .limit(MOST_MEANT)
    ).all()
    return (
        exact
        or session.scalars(
            select(Subject.id)
            .where(contains(Subject.number, number))
            .order_by(Subject.id.desc())
            .limit(MOST_MEANT)
        ).all()
    )


def kind_choices() -> list[tuple[str, str]]:
    """Return (kinds, words) of all kinds of events; those with the same words are one choice."""
    words: dict[str, list[str]] = {}
    for kind in KINDS.values():
        words.setdefault(str(kind.label), []).append(kind.name)
    return sorted(((",".join(names), label) for label, names in words.items()), key=lambda c: c[1])


def field_choices() -> list[tuple[str, str]]:
    """Return (field, words) of all fields that are kept before and after."""
    words: dict[str, str] = {}
    for name, known in FIELDS.items():
        words.setdefault(str(known.label), name)
    return sorted(((name, label) for label, name in words.items()), key=lambda choice: choice[1])


def known_kinds(text: str) -> tuple[str, ...]:
    """Return the kinds of a choice; unknown ones are left out."""
    return tuple(kind for kind in text.split(",") if kind in KINDS)


def _changing(name: str) -> Any:
    if name == RATES:
        # A rate's field says for which operation and from which day on.
        return select(EventChange.event_id).where(
            EventChange.field >= "rate ", EventChange.field < "rate!"
        )
    label = str(FIELDS[name].label) if name in FIELDS else ""
    alike = [each for each, known in FIELDS.items() if str(known.label) == label]
    return select(EventChange.event_id).where(EventChange.field.in_(alike or [name]))


def _at(session: Session, text: str) -> ColumnElement[bool]:
    code, number = read_reference(text)
    fits = [Subject.code == code, Subject.number == number]
    fits += [named_like(table.names, number or "") for table in (Site, Line, Station)]
    rows = session.execute(
        select(Subject.id, Subject.kind)
        .join(Site, Site.id == Subject.id, isouter=True)
        .join(Line, Line.id == Subject.id, isouter=True)
        .join(Station, Station.id == Subject.id, isouter=True)
        .where(Subject.kind.in_(_PLACES), or_(*fits))
        .limit(MOST_MEANT)
    ).all()
    columns = {"site": Event.site_id, "line": Event.line_id, "station": Event.station_id}
    return or_(
        false(),
        *(_in(columns[kind], [row.id for row in rows if row.kind == kind]) for kind in columns),
    )


def _devices_like(session: Session, text: str) -> Sequence[int]:
    code, number = read_reference(text)
    if number is None:
        return []
    return session.scalars(
        select(Device.id)
        .join(Subject, Subject.id == Device.id)
        .where(Subject.kind == DEVICE.name, (Subject.code == code) | contains(Device.name, number))
        .limit(MOST_MEANT)
    ).all()


def _in(column: InstrumentedAttribute[int | None], ids: Collection[int]) -> ColumnElement[bool]:
    return column.in_(ids) if ids else false()
