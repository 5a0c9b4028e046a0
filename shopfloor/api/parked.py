"""Entries made offline and refused on arrival, for programs: what waits, and the decision."""

from datetime import datetime

from flask import Blueprint
from pydantic import ConfigDict

from shopfloor.catalogue.models import REASON
from shopfloor.core import parking
from shopfloor.core.api import call, part_of
from shopfloor.core.api_fields import Asked, Body, Name, Named, Page, Text, Told
from shopfloor.core.db import db
from shopfloor.core.deciding import Decided, accept_parked, drop_parked
from shopfloor.core.events import Event
from shopfloor.core.parking import Decision
from shopfloor.core.references import id_or_none, names_of
from shopfloor.people.access import requires, viewer
from shopfloor.people.programs import doing

bp = Blueprint("parked_api", __name__)


class Accept(Body):
    """A reason, where what was done goes against a rule."""

    reason: Name | None = None


class Drop(Body):
    """Why it is dropped; its worker reads it."""

    note: Text

    model_config = ConfigDict(json_schema_extra={"examples": [{"note": "counted twice"}]})


class ParkedRow(Told):
    """What somebody did offline, and why it was not booked."""

    event: int
    command: str
    person: Named | None
    happened_at: datetime
    rule: str
    sentence: dict[str, str]


class DecidedTold(Told):
    """What was decided, and the event it was booked as."""

    event: int
    parked: int
    decision: Decision
    booked: int | None

    @classmethod
    def of(cls, decided: Decided) -> "DecidedTold":
        """Tell a decision."""
        return cls(
            event=decided.event_id,
            parked=decided.parked_event_id,
            decision=decided.decision,
            booked=decided.booked_event_id,
        )


@bp.get("/parked")
@requires(parking.DECIDES)
@call(asks=Asked, gives=Page[ParkedRow])
def parked(asked: Asked) -> Page[ParkedRow]:
    """List what waits for a decision, in the order it arrived."""
    query = parking.waiting(viewer().rights).order_by(None)
    rows, after = part_of(db.session(), query, Event.id, asked)
    named = names_of(db.session(), (event.actor_id for event, *_ in rows))
    told = [
        ParkedRow(
            event=event.id,
            command=action.command,
            person=named.get(event.actor_id or 0),
            happened_at=event.happened_at,
            rule=row.rule,
            sentence=row.sentence,
        )
        for event, row, action, _id in rows
    ]
    return Page(entries=told, next=after)


@bp.post("/parked/<int:event_id>/book")
@requires(parking.DECIDES)
@call(takes=Accept, gives=DecidedTold)
def book(event_id: int, body: Accept) -> DecidedTold:
    """Book it as the worker's own, at its own time."""
    reason_id = id_or_none(db.session(), REASON, body.reason, "reason")
    return DecidedTold.of(accept_parked(doing(), event_id=event_id, reason_id=reason_id))


@bp.post("/parked/<int:event_id>/drop")
@requires(parking.DECIDES)
@call(takes=Drop, gives=DecidedTold)
def drop(event_id: int, body: Drop) -> DecidedTold:
    """Drop it with a note."""
    return DecidedTold.of(drop_parked(doing(), event_id=event_id, note=body.note))
