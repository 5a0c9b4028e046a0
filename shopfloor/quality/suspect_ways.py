"""Suspicion goes along with the pieces: into lots that they are split off to, or joined with."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session, aliased

from shopfloor.core.commands import Tx
from shopfloor.core.events import Effect, Event, EventSubject, Recorded, Role
from shopfloor.production.commands.parting import LOT_SPLIT, LOTS_MERGED
from shopfloor.production.commands.serialising import LOT_SERIALISED
from shopfloor.production.commands.setting_apart import PART_HELD
from shopfloor.production.models import Operation
from shopfloor.production.portions import Standing
from shopfloor.quality.suspect_models import Suspect
from shopfloor.stock.models import Lot

PARTINGS = (LOT_SPLIT.name, PART_HELD.name, LOT_SERIALISED.name, LOTS_MERGED.name)
_UNDOING = aliased(Event)
# Of an event: nobody has taken it back. Made once: the alias takes longer than its statement.
STANDS = ~exists().where(_UNDOING.undoes_id == Event.id)


def follow_suspects(tx: Tx, event: Recorded) -> Effect | None:
    """Mark the lots to which suspected pieces have gone; one statement where none are."""
    note(tx, _carry(tx.session, event.payload))
    return None


def follow_back(tx: Tx, event: Recorded) -> Effect | None:
    """Take the marks from lots whose pieces went back: where they came from still has its own."""
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
        payloads = session.scalars(
            select(Event.payload)
            .join(EventSubject, EventSubject.event_id == Event.id)
            .where(
                EventSubject.subject_id.in_(sorted(fresh)),
                EventSubject.role == Role.USED,
                Event.kind.in_(PARTINGS),
                Event.id > since,
                STANDS,
            )
            .order_by(Event.id)
        ).all()
        found: set[int] = set()
        for payload in payloads:
            found |= _carry(session, json.loads(payload), hold_id, but)
        fresh = found - reached
        reached |= found
    return reached


def note(tx: Tx, lots: Iterable[int]) -> None:
    """Keep on the lots themselves whether anybody suspects them: every scan of one asks that."""
    if not (ids := sorted(lots)):
        return
    still = exists().where(Suspect.lot_id == Lot.id, Suspect.cleared_at.is_(None))
    tx.session.execute(
        update(Lot)
        .where(Lot.id.in_(ids))
        .values(suspect=still)
        .execution_options(synchronize_session=False)
    )


def _carry(
    session: Session, facts: Mapping[str, Any], hold_id: int | None = None, but: int = 0
) -> set[int]:
    """Mark the lots to which pieces of a suspected one went, and return them.

    Pieces that had not come through the station yet are nobody's suspects. Which pieces went no
    one knows: as many as went are suspected there, and those left behind stay so.
    """
    query = (
        select(Suspect.hold_id, Suspect.operation_id, Suspect.quantity, Operation.sequence)
        .join(Operation, Operation.id == Suspect.operation_id)
        .where(Suspect.lot_id == int(facts["from"]), Suspect.cleared_at.is_(None))
    )
    if hold_id is not None:
        query = query.where(Suspect.hold_id == hold_id)
    went: dict[tuple[int, int, int], Decimal] = defaultdict(Decimal)
    for row in session.execute(query):
        for part in facts["parts"]:
            here = int(facts["sequence"]), part["standing"] == Standing.WAITING
            if here >= (row.sequence, True) and int(part["to"]) != but:
                key = (row.hold_id, int(part["to"]), row.operation_id)
                went[key] += min(Decimal(part["quantity"]), row.quantity)
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
