"""Undo: the one counter-entry, for every event kind that names an inverse."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.core import clock, events
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import Event, EventKind, EventSubject, Role
from shopfloor.core.refusals import NotFound, Refused

OWN_FOR = timedelta(minutes=10)
UNDONE = EventKind(
    "event.undone",
    _l("Undone"),
    no_inverse_because="an undo is taken back by doing the thing again, under its own time",
)
_TOUCHES = (Role.USED, Role.MADE, Role.MOVED)
# Reasons belong to a room above, which says which of them explain a correction.
Explains = Callable[[Session, int], bool]
_EXPLAINS: list[Explains] = []


def register(explains: Explains) -> None:
    """Take the answer to whether a reason is in use and meant for taking something back."""
    _EXPLAINS[:] = [explains]


@dataclass(frozen=True)
class Undo:
    """The counter-entry: which event it takes back and what was put back."""

    event_id: int
    undone_event_id: int
    kind: str
    facts: dict[str, str]


@command(Gate.USE)
def undo_event(tx: Tx, *, event_id: int, reason_id: int | None = None) -> Undo:
    """Take an event back: one's own for OWN_FOR, later or another's with right and reason."""
    event = tx.session.get(Event, event_id, with_for_update={"key_share": True})
    if event is None:
        raise NotFound(_l("There is no such entry."), rule="not_found")
    reason_id = _require_right(tx, event, reason_id)
    kind = events.KINDS[event.kind]
    if kind.inverse is None:
        raise Refused(
            _l("This entry cannot be taken back."),
            _l("Make a new entry that corrects it."),
            rule="no_inverse",
        )
    _require_untouched(tx, event)
    undone = kind.inverse(tx, event, json.loads(event.payload))
    recorded = tx.record(
        UNDONE,
        undone.where,
        {**undone.payload, "undoes": str(event.id), "kind": event.kind},
        about=undone.about,
        undoes_id=event.id,
        reason_id=reason_id,
        caused_by_id=event.id,
    )
    undone.afterwards(tx)
    return Undo(recorded.id, event.id, event.kind, {k: str(v) for k, v in undone.payload.items()})


def _require_right(tx: Tx, event: Event, reason_id: int | None) -> int | None:
    """Return the reason that is kept: one's own quick correction needs none."""
    where = (event.site_id, event.line_id, event.station_id)
    # Everybody may take back something of his own; whoever may not even here sees no entry.
    tx.act.rights.require("undo.own", *where)
    own = event.actor_id == tx.act.actor_id
    if own and clock.now() - event.recorded_at <= OWN_FOR:
        return None
    tx.act.rights.require("undo.any", *where)
    if reason_id is None or not all(fits(tx.session, reason_id) for fits in _EXPLAINS):
        raise Refused(
            _l("A late correction needs a reason."),
            _l("Choose the reason and send it again."),
            rule="reason_missing",
            field="reason",
        )
    return reason_id


def _require_untouched(tx: Tx, event: Event) -> None:
    if tx.session.scalar(select(Event.id).where(Event.undoes_id == event.id)):
        raise Refused(_l("This entry has already been taken back."), rule="already_undone")
    touched = select(EventSubject.subject_id).where(
        EventSubject.event_id == event.id, EventSubject.role.in_(_TOUCHES)
    )
    later = tx.session.scalar(
        select(EventSubject.event_id)
        .where(
            EventSubject.subject_id.in_(touched),
            EventSubject.event_id > event.id,
            EventSubject.role.in_(_TOUCHES),
        )
        .limit(1)
    )
    if later:
        raise Refused(
            _l("Somebody has already worked on with this."),
            _l("Ask your supervisor for a correction."),
            rule="used_since",
        )
