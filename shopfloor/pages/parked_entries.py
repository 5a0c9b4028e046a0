"""What parked actions say, in words: who did what, where, how many, and why it was not booked."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.catalogue.models import Item, ReasonKind
from shopfloor.core import parking
from shopfloor.core.actions import Action
from shopfloor.core.events import Event, EventSubject
from shopfloor.core.parking import Decision, ParkedAction
from shopfloor.core.refusals import NotFound, Refused, Sentence
from shopfloor.core.rights import Rights
from shopfloor.core.shown import show_quantity
from shopfloor.core.subjects import Subject
from shopfloor.people.models import Person
from shopfloor.production.models import OPERATION, Operation
from shopfloor.stock.models import LOT, Lot

MOST = 200
# The reasons that whoever decides can give, by the argument that takes them.
_REASONS = {"override_reason_id": ReasonKind.OVERRIDE, "reason_id": ReasonKind.UNDO}
QUANTITIES = ("good", "scrap", "rework", "quantity")


@dataclass(frozen=True)
class Entry:
    """One parked action as its worker did it."""

    event_id: int
    label: Sentence
    person: str
    happened_at: datetime
    doubtful: bool
    subject: str
    lot_code: str
    operation: int | None
    names: dict[str, str]
    item_names: dict[str, str]
    unit: str
    quantities: dict[str, str]
    verdict: str
    note: str
    sentence: dict[str, str]
    reason: ReasonKind | None


@dataclass(frozen=True)
class Fate:
    """What became of a parked action, for the person whose it is."""

    label: Sentence
    state: str
    sentence: dict[str, str]
    note: str


@dataclass
class _About:
    """The subjects of one event that a reader knows by name."""

    subject: str = ""
    lot_code: str = ""
    unit: str = ""
    item_names: Mapping[str, str] | None = None
    operation: int | None = None
    names: Mapping[str, str] | None = None


def entries(session: Session, rights: Rights) -> list[Entry]:
    """Return what waits where these rights decide, in the order it was done; three statements."""
    return _entries(session, session.execute(parking.waiting(rights).limit(MOST)).all())


def one_entry(session: Session, rights: Rights, event_id: int) -> Entry:
    """Return one entry that waits; NotFound out of reach, Refused when it was decided."""
    found = session.execute(parking.waiting(rights).where(Event.id == event_id)).all()
    if found:
        return _entries(session, found)[0]
    made = session.get(Event, event_id)
    if made is None or session.get(ParkedAction, event_id) is None:
        raise NotFound(_l("There is no such entry."), rule="not_found")
    rights.require(parking.DECIDES, made.site_id, made.line_id, made.station_id)
    raise Refused(
        _l("Somebody has already decided about this entry."),
        _l("The list shows what still waits."),
        rule="already_decided",
    )


def fates(session: Session, event_ids: Iterable[int]) -> dict[int, Fate]:
    """Return what became of a person's parked actions, by event; one statement if there are any."""
    ids = list(event_ids)
    if not ids:
        return {}
    found = session.execute(
        select(ParkedAction, Action.command)
        .join(Action, Action.id == ParkedAction.action_id)
        .where(ParkedAction.event_id.in_(ids))
    )
    states = {None: "parked", Decision.ACCEPTED: "booked", Decision.DROPPED: "dropped"}
    return {
        row.event_id: Fate(
            parking.PARKS[command].label, states[row.decision], row.sentence, row.note
        )
        for row, command in found
    }


def _entries(session: Session, found: Sequence[tuple[Event, ParkedAction, Action]]) -> list[Entry]:
    about = _about(session, [event.id for event, _row, _action in found])
    names = _names(session, {event.actor_id for event, _row, _action in found})
    return [
        _entry(event, row, action, about[event.id], names.get(event.actor_id or 0, ""))
        for event, row, action in found
    ]


def _entry(event: Event, row: ParkedAction, action: Action, about: _About, person: str) -> Entry:
    said: dict[str, Any] = json.loads(action.arguments)
    parks = parking.PARKS[action.command]
    return Entry(
        event_id=event.id,
        label=parks.label,
        person=person,
        happened_at=event.happened_at,
        doubtful=event.phone_doubtful,
        subject=about.subject or str(said.get("lot", "")),
        lot_code=about.lot_code,
        operation=about.operation,
        names=dict(about.names or {}),
        item_names=dict(about.item_names or {}),
        unit=about.unit,
        quantities={
            name: show_quantity(Decimal(said[name]))
            for name in QUANTITIES
            if said.get(name) and Decimal(said[name])
        },
        verdict=str(said.get("verdict", "")),
        note=str(said.get("note", "")),
        sentence=row.sentence,
        reason=_REASONS.get(parks.reason),
    )


def _about(session: Session, event_ids: Sequence[int]) -> dict[int, _About]:
    told: dict[int, _About] = defaultdict(_About)
    for event_id, subject, unit, item_names, sequence, names in session.execute(
        select(
            EventSubject.event_id,
            Subject,
            Item.unit,
            Item.names,
            Operation.sequence,
            Operation.names,
        )
        .join(Subject, Subject.id == EventSubject.subject_id)
        .join(Lot, Lot.id == Subject.id, isouter=True)
        .join(Item, Item.id == Lot.item_id, isouter=True)
        .join(Operation, Operation.id == Subject.id, isouter=True)
        .where(EventSubject.event_id.in_(event_ids))
        # The lot is what people call it by; without one, what comes first.
        .order_by(EventSubject.event_id, Lot.id.is_(None), Subject.id)
    ):
        one = told[event_id]
        if subject.kind == OPERATION.name:
            one.operation, one.names = sequence, names
        one.subject = one.subject or subject.number or subject.code
        if subject.kind == LOT.name:
            one.lot_code, one.unit, one.item_names = subject.code, unit, item_names
    return told


def _names(session: Session, people: Iterable[int | None]) -> dict[int, str]:
    ids = [person_id for person_id in people if person_id is not None]
    found = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {row.id: row.name for row in found}
