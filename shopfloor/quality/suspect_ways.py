"""Suspicion goes along with the pieces: into lots that they go to, join or become."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from shopfloor.core.commands import Tx
from shopfloor.core.db import metadata, rows
from shopfloor.core.events import Effect, Event, EventSubject, Recorded, Role
from shopfloor.holds.models import Hold
from shopfloor.production.commands.parting import LOT_SPLIT, LOTS_MERGED
from shopfloor.production.commands.serialising import LOT_SERIALISED
from shopfloor.production.commands.setting_apart import PART_HELD
from shopfloor.production.models import Operation
from shopfloor.production.portions import Standing
from shopfloor.quality.commands.releases import RELEASED
from shopfloor.quality.models import Inspection, Verdict
from shopfloor.quality.suspect_models import Suspect
from shopfloor.stock.models import Lot

# A verdict parts pieces that were sorted out.
SORTED_OUT = "inspection.recorded"
# A release makes lots of another item of what is downgraded.
PARTINGS = (LOT_SPLIT.name, PART_HELD.name, LOT_SERIALISED.name, LOTS_MERGED.name, RELEASED.name)
Went = dict[tuple[int, int, int], Decimal]
_UNDOING = aliased(Event)
# Of an event: nobody has taken it back. Made once: the alias takes longer than its statement.
STANDS = ~exists().where(_UNDOING.undoes_id == Event.id)
_MOVES = (
    select(Event.payload, EventSubject.subject_id)
    .join(EventSubject, EventSubject.event_id == Event.id)
    .where(
        EventSubject.subject_id.in_(bindparam("lots", expanding=True)),
        EventSubject.role == Role.USED,
        Event.kind.in_((*PARTINGS, SORTED_OUT)),
        Event.id > bindparam("since"),
        STANDS,
    )
    .order_by(Event.id)
)
_OPEN = Suspect.cleared_at.is_(None)
_LOTS = metadata.tables[Lot.__tablename__]
_SUSPECTED = exists().where(Suspect.lot_id == _LOTS.c.id, Suspect.cleared_at.is_(None))
_NOTE = (
    update(_LOTS)
    .where(_LOTS.c.id.in_(bindparam("lots", expanding=True)))
    .values(suspect=_SUSPECTED)
)


def follow_suspects(tx: Tx, event: Recorded) -> Effect | None:
    """Mark the lots to which suspected pieces have gone; one statement where none are."""
    for parting in _partings(tx.session, event.payload):
        note(tx, _carry(tx.session, parting, _OPEN))
    return None


def follow_back(tx: Tx, event: Recorded) -> Effect | None:
    """Take the marks from lots whose pieces went back: where they came from still has its own."""
    if event.payload.get("kind") == LOTS_MERGED.name:
        _part_again(tx, event)
    if event.payload.get("kind") not in (LOT_SPLIT.name, LOT_SERIALISED.name):
        return None
    lots = {int(part["to"]) for part in event.payload["parts"]}
    tx.session.execute(
        update(Suspect)
        .where(Suspect.lot_id.in_(lots), Suspect.cleared_at.is_(None))
        .values(cleared_at=tx.act.when.at, cleared_event_id=event.id)
        .execution_options(synchronize_session=False)
    )
    note(tx, lots)
    return None


def descend(session: Session, hold_id: int, lots: set[int], since: int, but: int) -> set[int]:
    """Mark where pieces of suspected lots went meanwhile; returns all lots that are marked now.

    `but` is the lot that has failed: it is locked and not suspected.
    """
    reached, fresh = set(lots), set(lots)
    while fresh:
        moves = rows(session, _MOVES, {"lots": sorted(fresh), "since": since})
        found: set[int] = set()
        for payload, lot_id in moves:
            for parting in _partings(session, json.loads(payload)):
                if int(parting["from"]) == lot_id:
                    found |= _carry(session, parting, _OPEN & (Suspect.hold_id == hold_id), but)
        fresh = found - reached
        reached |= found
    return reached


def note(tx: Tx, lots: Iterable[int]) -> None:
    """Keep on the lots themselves whether anybody suspects them: every scan of one asks that."""
    if not (ids := sorted(lots)):
        return
    tx.session.connection().execute(_NOTE, {"lots": ids})


def _partings(session: Session, facts: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield from which lot pieces went into others.

    A release may have downgraded those of many, and a verdict sets apart what was sorted out.
    """
    if "dispositions" not in facts:
        yield {**facts, "parts": facts.get("apart", facts["parts"])}
        return
    for deed in facts["dispositions"]:
        if "made" in deed:
            yield {
                "from": deed["lot"],
                "sequence": session.get_one(Operation, int(deed["operation"])).sequence,
                "parts": [{**deed, "to": deed["made"], "standing": Standing.WAITING}],
            }


def _went(
    session: Session, facts: Mapping[str, Any], which: ColumnElement[bool], but: int = 0
) -> Went:
    """Return how many suspected pieces of a lot went where: by lock, lot and operation.

    Pieces that had not come through the station yet are nobody's suspects. Which pieces went no
    one knows: as many as went are suspected there, and those left behind stay so.
    """
    query = (
        select(Suspect.hold_id, Suspect.operation_id, Suspect.quantity, Operation.sequence)
        .join(Operation, Operation.id == Suspect.operation_id)
        .where(Suspect.lot_id == int(facts["from"]), which)
    )
    went: Went = defaultdict(Decimal)
    for row in session.execute(query):
        for part in facts["parts"]:
            here = int(facts["sequence"]), part["standing"] == Standing.WAITING
            if here >= (row.sequence, True) and int(part["to"]) != but:
                key = (row.hold_id, int(part["to"]), row.operation_id)
                went[key] += min(Decimal(part["quantity"]), row.quantity)
    return went


def _carry(
    session: Session, facts: Mapping[str, Any], which: ColumnElement[bool], but: int = 0
) -> set[int]:
    """Mark the lots to which pieces of a suspected one went, and return them."""
    went = _went(session, facts, which, but)
    for key, quantity in went.items():
        mark = session.get(Suspect, key)
        if mark is None:
            hold, lot, operation = key
            session.add(
                Suspect(hold_id=hold, lot_id=lot, operation_id=operation, quantity=quantity)
            )
        else:
            known = mark.quantity if mark.cleared_at is None else Decimal(0)
            mark.quantity, mark.cleared_at, mark.cleared_event_id = known + quantity, None, None
    session.flush()
    return {lot for _hold, lot, _operation in went}


def _brought(merged: int) -> ColumnElement[bool]:
    """Say of a lot's mark that its pieces brought it along when they joined another lot."""
    fail, passed = aliased(Event), aliased(Event)
    since = (
        select(func.coalesce(func.max(passed.id), 0))
        .join(Inspection, Inspection.event_id == passed.id)
        .where(
            passed.station_id == fail.station_id,
            passed.id < fail.id,
            Inspection.verdict == Verdict.PASS,
        )
        .scalar_subquery()
    )
    known = exists().where(
        Hold.id == Suspect.hold_id,
        fail.id == Hold.opened_event_id,
        or_(fail.id < merged, since < merged),
    )
    return known & or_(Suspect.cleared_event_id.is_(None), Suspect.cleared_event_id > merged)


def _part_again(tx: Tx, event: Recorded) -> None:
    """Take from a lot what the pieces had brought along that leave it again.

    They had brought what their own lot was suspected of when they came; or later, because of a
    fail whose station had passed nothing since they came.
    """
    brought = _brought(int(event.payload["undoes"]))
    for key, quantity in _went(tx.session, event.payload, brought).items():
        mark = tx.session.get(Suspect, key)
        if mark is None or mark.cleared_at is not None:
            continue
        mark.quantity = max(mark.quantity - quantity, Decimal(0))
        if not mark.quantity:
            mark.cleared_at, mark.cleared_event_id = tx.act.when.at, event.id
    tx.session.flush()
    note(tx, {int(part["to"]) for part in event.payload["parts"]})
