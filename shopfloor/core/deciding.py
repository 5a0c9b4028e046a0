"""Deciding about a parked action: it is booked as what it was, or dropped with a note."""

import json
from dataclasses import dataclass
from typing import Any, get_type_hints

from flask_babel import lazy_gettext as _l
from pydantic import TypeAdapter

from shopfloor.core import clock, parking
from shopfloor.core.actions import Act, Action
from shopfloor.core.clock import When
from shopfloor.core.commands import COMMANDS, Gate, Tx, command
from shopfloor.core.events import Event, EventKind, Where
from shopfloor.core.parking import Decision, ParkedAction
from shopfloor.core.refusals import Malformed, NotFound, Refused
from shopfloor.core.rights import Rights

ACCEPTED = EventKind(
    "action.accepted",
    _l("Booked by the supervisor"),
    no_inverse_because="what was booked is taken back instead",
)
DROPPED = EventKind(
    "action.dropped",
    _l("Dropped by the supervisor"),
    no_inverse_because="the worker enters it again",
)
LONGEST_NOTE = 500


@dataclass(frozen=True)
class Decided:
    """What was decided about a parked action, and the event it was booked as."""

    event_id: int
    parked_event_id: int
    decision: Decision
    booked_event_id: int | None = None


@command(Gate.JUDGE, "it carries out what was parked, and that command asks the gate itself")
def accept_parked(tx: Tx, *, event_id: int, reason_id: int | None = None) -> Decided:
    """Book a parked action as the worker's own, at its own time; refused what still is.

    The worker's rights of today and those of whoever accepts count together. `reason_id` is the
    reason for booking against a rule.
    """
    row, made, action = _undecided(tx, event_id)
    arguments = _arguments(action, reason_id)
    doing = _as_he_did(tx, made)
    # One transaction: who has decided and what was booked are never told apart by a crash.
    COMMANDS[action.command].within(tx.session, doing, **arguments)
    booked = tx.session.get_one(Action, doing.id).event_id
    facts = {"command": action.command, "booked": str(booked)}
    return _decide(tx, row, made, Decision.ACCEPTED, facts, booked, reason_id)


@command(Gate.NONE, "nothing is booked")
def drop_parked(tx: Tx, *, event_id: int, note: str) -> Decided:
    """Drop a parked action with a note that its worker reads; the entry itself stays on record."""
    row, made, action = _undecided(tx, event_id)
    row.note = " ".join(note.split())
    if not 0 < len(row.note) <= LONGEST_NOTE:
        raise Malformed(
            _l("Write why it is dropped."),
            _l("The worker reads it under My actions; 500 characters fit."),
            rule="note_missing",
            field="note",
        )
    facts = {"command": action.command, "note": row.note}
    return _decide(tx, row, made, Decision.DROPPED, facts)


def _undecided(tx: Tx, event_id: int) -> tuple[ParkedAction, Event, Action]:
    """Return a parked action, locked: of two who decide at once the second sees that it is done."""
    row = tx.session.get(ParkedAction, event_id, with_for_update=True)
    if row is None:
        tx.act.rights.require(parking.DECIDES)
        raise NotFound(_l("There is no such entry."), rule="not_found")
    made = tx.session.get_one(Event, event_id)
    tx.act.rights.require(parking.DECIDES, made.site_id, made.line_id, made.station_id)
    if row.decision is not None:
        raise Refused(
            _l("Somebody has already decided about this entry."),
            _l("The list shows what still waits."),
            rule="already_decided",
        )
    return row, made, tx.session.get_one(Action, row.action_id)


def _arguments(action: Action, reason_id: int | None) -> dict[str, Any]:
    """Return what the command was asked for, as its own types say."""
    hints = get_type_hints(COMMANDS[action.command].body)
    kept = json.loads(action.arguments)
    takes_reason = parking.PARKS[action.command].reason
    if reason_id is not None and takes_reason:
        kept[takes_reason] = reason_id
    return {name: TypeAdapter(hints[name]).validate_python(value) for name, value in kept.items()}


def _as_he_did(tx: Tx, made: Event) -> Act:
    his = parking.rights_of(tx.session, made.actor_id)
    return Act(
        id=tx.act.then("booked").id,
        actor_id=made.actor_id,
        rights=Rights(his.grants | tx.act.rights.grants),
        when=When(made.happened_at, made.offset_minutes, made.phone_said, made.phone_doubtful),
        device_id=made.device_id,
        on_behalf_of_id=made.on_behalf_of_id,
        crew_id=made.crew_id,
        leader_id=made.leader_id,
        caused_by_id=made.id,
    )


def _decide(
    tx: Tx,
    row: ParkedAction,
    made: Event,
    decision: Decision,
    facts: dict[str, str],
    booked: int | None = None,
    reason_id: int | None = None,
) -> Decided:
    event = tx.record(
        ACCEPTED if decision is Decision.ACCEPTED else DROPPED,
        Where(made.site_id, made.line_id, made.station_id, made.place_id),
        {"parked": str(made.id), **facts},
        about=parking.subjects_of(tx.session, made.id),
        reason_id=reason_id,
        caused_by_id=made.id,
    )
    row.decision, row.decided_at = decision, clock.now()
    row.decided_by_id, row.decided_event_id = tx.act.actor_id, event.id
    return Decided(event.id, made.id, decision, booked)
