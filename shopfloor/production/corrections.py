"""Taking a report back: the pieces return to where they were, while they are still there."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from shopfloor.core.commands import Tx
from shopfloor.core.events import Event, Undone, Where
from shopfloor.holds import gate
from shopfloor.plant.models import PlaceKind
from shopfloor.production import counting, progress, refusals, work
from shopfloor.production.models import OrderState, Rejection
from shopfloor.production.saving import save
from shopfloor.production.team import take_shares_back
from shopfloor.production.way import StationFacts, Stop, Work
from shopfloor.stock import ledger

_FACTS = ("lot", "operation", "sequence", "good", "scrap", "rework", "day")


def take_back(tx: Tx, event: Event, facts: Mapping[str, Any]) -> Undone:
    """Undo a report; refused when its pieces have gone on, were judged or are held."""
    lot_id = work.lock_family(tx.session, int(facts["lot"]))
    lot_work = work.load(tx.session, lot_id)
    stop = next(s for s in lot_work.stops if s.operation.id == int(facts["operation"]))
    # Every report has its station and its line.
    at = StationFacts(event.station_id or 0, event.line_id or 0, {})
    gate.require_free(tx, lot_work.held_by(stop, event.actor_id, tx.act.actor_id, at=at))
    scopes = lot_work.scopes(stop)
    if lot_work.order.state is OrderState.CLOSED and not tx.act.rights.may("undo.any", *scopes):
        raise refusals.order_over(lot_work.order_subject.number)
    # Pieces reported under a lock have been decided about by two people, and a corrected report
    # is not what it was.
    if Decimal(facts["held"]) or counting.corrected_since(tx.session, event.id):
        raise refusals.gone_on()
    moves = [move for part in facts["parts"] for move in _put_back(tx, lot_work, stop, part)]
    progress.settle_order(tx, lot_work)
    save(tx.session, lot_work)

    def afterwards(done: Tx) -> None:
        ledger.post(done, moves)
        _cancel_rejections(done, event)
        if "shares" in facts:
            take_shares_back(done, event, lot_work.facts_at(stop))

    return Undone(
        about=(lot_id, lot_work.order.id, stop.operation.id),
        where=Where(event.site_id, event.line_id, event.station_id, event.place_id, event.shift_id),
        payload={name: facts[name] for name in _FACTS},
        afterwards=afterwards,
    )


def _put_back(tx: Tx, lot_work: Work, stop: Stop, part: Mapping[str, Any]) -> list[ledger.Move]:
    """Put back what of the report fell to one pass over the operation."""
    good, scrap, rework, excess = (
        Decimal(part[name]) for name in ("good", "scrap", "rework", "excess")
    )
    number = int(part["pass"])
    row = next(r for r in stop.passes if r.pass_ == number)
    moves = []
    if not part["waits"]:
        moves += progress.fetch_back(tx, lot_work, stop, row, good)
    elif row.waiting < good:
        raise refusals.gone_on()
    progress.shrink(next((r for r in stop.passes if r.pass_ == number + 1), None), rework)
    moves += progress.scrap_back(tx, lot_work, scrap)
    row.good -= good
    row.scrap -= scrap
    row.rework -= rework
    if excess:
        row.excess -= excess
        progress.shrink(row, excess)
        production = ledger.place_of(tx.session, lot_work.order.site_id, PlaceKind.PRODUCTION)
        moves.append(ledger.Move(lot_work.lot.id, lot_work.wip, production, excess))
    return moves


def _cancel_rejections(tx: Tx, event: Event) -> None:
    if tx.event is None:
        return
    for row in tx.session.scalars(select(Rejection).where(Rejection.event_id == event.id)).all():
        tx.session.add(
            Rejection(
                event_id=tx.event.id,
                lot_id=row.lot_id,
                kind=row.kind,
                quantity=-row.quantity,
                reason_id=row.reason_id,
                found_at_id=row.found_at_id,
                made_at_id=row.made_at_id,
            )
        )
