"""Correcting a report to a count: which passes lose what is missing, or gain what is there."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from shopfloor.core.commands import Tx
from shopfloor.plant.models import PlaceKind
from shopfloor.production import progress, refusals
from shopfloor.production.way import ZERO, Stop, Work
from shopfloor.stock import ledger


def take_out(
    tx: Tx,
    lot_work: Work,
    before: Stop,
    stop: Stop,
    facts: Mapping[str, Any],
    missing: Decimal,
) -> list[tuple[dict[str, Any], list[ledger.Move]]]:
    """Take missing pieces out of the report's passes, the last one first."""
    told: list[tuple[dict[str, Any], list[ledger.Move]]] = []
    for part in reversed(facts["parts"]):
        number, most = int(part["pass"]), Decimal(part["good"])
        row = next(r for r in before.passes if r.pass_ == number)
        there = next((r.left for r in stop.passes if r.pass_ == number), ZERO)
        taken = min(missing, most, there)
        if taken <= 0:
            continue
        moves = progress.fetch_back(tx, lot_work, before, row, taken)
        row.good -= taken
        missing -= taken
        told.append((_part(number, -taken), moves))
    if missing > 0:
        raise refusals.gone_on()
    return told


def put_in(
    tx: Tx, lot_work: Work, before: Stop, facts: Mapping[str, Any], more: Decimal
) -> list[tuple[dict[str, Any], list[ledger.Move]]]:
    """Add pieces to the last pass of the report; what did not come there is booked as excess."""
    number = int(facts["parts"][-1]["pass"])
    row = next(r for r in before.passes if r.pass_ == number)
    excess, moves = max(more - row.left, ZERO), []
    if excess:
        row.came += excess
        row.excess += excess
        production = ledger.place_of(tx.session, lot_work.order.site_id, PlaceKind.PRODUCTION)
        moves.append(ledger.Move(lot_work.lot.id, production, lot_work.wip, excess))
    row.good += more
    if not row.inspect:
        moves += progress.pass_on(tx, lot_work, before, row, more)
    return [(_part(number, more, excess, waits=row.inspect), moves)]


def _part(
    number: int, good: Decimal, excess: Decimal = ZERO, *, waits: bool = False
) -> dict[str, Any]:
    """Return what one pass gains or loses, in the words of a report's part."""
    return {
        "pass": str(number),
        "good": good,
        "scrap": ZERO,
        "rework": ZERO,
        "excess": excess,
        "waits": waits,
    }
