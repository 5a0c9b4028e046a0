"""Deciding about a count that differs: the earlier report is corrected, or it is kept."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from shopfloor.core.apportion import apportion
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import Event, EventKind
from shopfloor.core.refusals import NotFound, Refused
from shopfloor.core.shown import show_quantity
from shopfloor.holds import gate
from shopfloor.people.notices import tell_all
from shopfloor.production import counting, portions, progress, recounting, work
from shopfloor.production.differences import DECIDES
from shopfloor.production.floor_models import CountDecision, HandedCount
from shopfloor.production.models import OrderState
from shopfloor.production.saving import save
from shopfloor.production.team import Mate, Share, keep_shares, over_parts, shares_of, unit_of
from shopfloor.production.way import Stop, Work
from shopfloor.stock import ledger, numbers

CORRECTED = EventKind(
    "count.corrected",
    _l("Report corrected to the count"),
    no_inverse_because="a wrong correction is put right by the next count, or by a report",
)
KEPT = EventKind(
    "count.kept", _l("Report kept as it was"), no_inverse_because="the pieces are counted again"
)
ZERO = Decimal(0)


@dataclass(frozen=True)
class CountDecided:
    """What was decided about a difference; `change` is what the report gained or lost."""

    event_id: int
    lot: str
    lot_code: str
    decision: CountDecision
    change: Decimal


@command(Gate.USE)
def correct_count(tx: Tx, *, count_id: int) -> CountDecided:
    """Correct the earlier report to what was counted, by a counter-entry; its pay follows.

    Missing pieces stand at the earlier operation again, not yet reported; what is there beyond
    what came is booked as excess. Refused when they have been worked on since, and while held.
    """
    count, made, facts, lot_work, stop = _open_count(tx, count_id)
    # Pieces that were split off were reported by the lot that they come from.
    reported = int(facts["lot"])
    theirs = lot_work if reported == lot_work.lot.id else work.load(tx.session, reported)
    at = theirs.stop(stop.operation.sequence)
    before = theirs.before(at) or at
    people = (*_people(count), tx.act.actor_id)
    gate.require_free(tx, [*theirs.held_by(before, *people), *lot_work.held_by(stop, *people)])
    if theirs.order.state is OrderState.CLOSED:
        for each in {theirs.lot.id, lot_work.lot.id}:
            numbers.require_unlocked(tx, each)
    change = count.counted - count.told
    of, to, there = theirs, lot_work, at.left
    if change < 0:
        of, to = to, of
        handed = portions.hand(of, to, at.operation.sequence, -change)
        parts = recounting.take_out(tx, theirs, before, at, facts, -change)
    else:
        parts = recounting.put_in(tx, theirs, before, facts, change)
        handed = portions.hand(of, to, at.operation.sequence, at.left - there)
    moves = [move for _part, found in parts for move in found]
    for part in handed:
        moves += portions.moves(tx, of, [(to.lot.id, part.quantity)])
    shares = _split(tx, lot_work, made, change)
    _over_passes([part for part, _moves in parts], shares, lot_work.item.decimals)
    if theirs is not lot_work:
        save(tx.session, lot_work)
    progress.settle_order(tx, theirs)
    save(tx.session, theirs)
    where, turn = work.where(tx, theirs, before)
    event = tx.record(
        CORRECTED,
        where,
        {
            "lot": str(theirs.lot.id),
            "operation": str(before.operation.id),
            "sequence": str(before.operation.sequence),
            "item": str(lot_work.item.id),
            "report": str(made.id),
            "good": change,
            "held": ZERO,
            "parts": [part for part, _moves in parts],
            "over": {
                "from": str(of.lot.id),
                "operation": str(at.operation.id),
                "parts": [part.to(to.lot.id) for part in handed],
            },
            "shares": [(str(share.person_id), share.pieces) for share in shares],
            "day": turn.day.isoformat(),
        },
        about=[
            *{theirs.lot.id, lot_work.lot.id},
            lot_work.order.id,
            before.operation.id,
            *_people(count),
        ],
        caused_by_id=count.event_id,
    )
    ledger.post(tx, moves)
    if "shares" in facts:
        keep_shares(tx, event.id, shares)
    count.came = counting.came(stop)
    return _decide(tx, count, lot_work, stop, CountDecision.CORRECTED, change)


@command(Gate.JUDGE, "nothing is moved; the report stays as it was")
def keep_count(tx: Tx, *, count_id: int) -> CountDecided:
    """Keep the earlier report as it was: the pieces are there, or somebody looks for them."""
    tx.gate_asked = True
    count, _made, _facts, lot_work, stop = _open_count(tx, count_id)
    where, _turn = work.where(tx, lot_work, stop)
    tx.record(
        KEPT,
        where,
        {"lot": str(lot_work.lot.id), "report": str(count.report_event_id)},
        about=[lot_work.lot.id, lot_work.order.id, stop.operation.id, *_people(count)],
        caused_by_id=count.event_id,
    )
    return _decide(tx, count, lot_work, stop, CountDecision.KEPT, ZERO)


def _people(count: HandedCount) -> list[int]:
    return sorted({count.person_id, count.reporter_id})


def _open_count(tx: Tx, count_id: int) -> tuple[HandedCount, Event, Mapping[str, Any], Work, Stop]:
    lot_id = tx.session.scalar(select(HandedCount.lot_id).where(HandedCount.id == count_id))
    if lot_id is None:
        tx.act.rights.require(DECIDES)
        raise NotFound(_l("There is no such difference."), rule="not_found")
    work.lock_family(tx.session, lot_id)
    count = tx.session.get_one(HandedCount, count_id, with_for_update={"key_share": True})
    lot_work = work.load(tx.session, lot_id)
    stop = next(s for s in lot_work.stops if s.operation.id == count.operation_id)
    tx.act.rights.require(DECIDES, *lot_work.scopes(stop))
    if count.decision is not None:
        raise Refused(
            _l("Somebody has already decided about this difference."),
            _l("The list shows what still waits."),
            rule="already_decided",
        )
    made = tx.session.get_one(Event, count.report_event_id)
    if tx.session.scalar(select(Event.id).where(Event.undoes_id == made.id)):
        raise Refused(
            _l("The earlier report was taken back already."),
            _l("Keep it as it is now; the pieces are counted again when they come."),
            rule="already_undone",
        )
    return count, made, json.loads(made.payload), lot_work, stop


def _split(tx: Tx, lot_work: Work, made: Event, change: Decimal) -> list[Share]:
    """Split what a report gains or loses over those who shared it, in proportion and exactly."""
    shares = shares_of(tx, made.id) or [Share(made.actor_id or 0, Decimal(1))]
    parts = apportion(
        abs(change), [share.pieces for share in shares], unit_of(lot_work.item.decimals)
    )
    sign = 1 if change > 0 else -1
    return [
        Share(share.person_id, sign * part)
        for share, part in zip(shares, parts, strict=True)
        if part
    ]


def _over_passes(parts: list[dict[str, Any]], shares: list[Share], decimals: int) -> None:
    """Say of every pass whose pieces it gained or lost."""
    mates = [Mate(share.person_id, "", abs(share.pieces)) for share in shares]
    split = over_parts(mates, [abs(part["good"]) for part in parts], decimals)
    for part, own in zip(parts, split, strict=True):
        sign = 1 if part["good"] > 0 else -1
        part["shares"] = [(person, sign * pieces) for person, pieces in own]


def _decide(
    tx: Tx,
    count: HandedCount,
    lot_work: Work,
    stop: Stop,
    decision: CountDecision,
    change: Decimal,
) -> CountDecided:
    if tx.event is None:
        raise RuntimeError("a decision is an event")
    count.decision, count.decided_at = decision, tx.act.when.at
    count.decided_by_id, count.decided_event_id = tx.act.actor_id, tx.event.id
    facts = lot_work.facts_at(stop) | {
        "decision": decision.value,
        "told": show_quantity(count.told),
        "counted": show_quantity(count.counted),
    }
    people = [(each, facts) for each in _people(count) if each != tx.act.actor_id]
    tell_all(tx, "production/count_decided", people)
    subject = lot_work.subject
    return CountDecided(tx.event.id, subject.number or "", subject.code, decision, change)
