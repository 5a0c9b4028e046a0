"""Portions: pieces at an operation on their way from one lot of a family to another one.

What an earlier operation reported stays with the lot that reported it; a portion takes along only
that it came here, and whether it was already reported and waits for an inspection.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from shopfloor.core.commands import Tx
from shopfloor.plant.models import PlaceKind
from shopfloor.production import progress, refusals
from shopfloor.production.way import ZERO, Pass, Stop, Work
from shopfloor.stock import ledger


class Standing(StrEnum):
    """How far the pieces of a portion are at their operation."""

    LEFT = "left"
    WAITING = "waiting"


@dataclass(frozen=True)
class Portion:
    """Pieces of one pass; `excess` of them were more than had come."""

    pass_: int
    standing: Standing
    quantity: Decimal
    inspect: bool
    excess: Decimal = ZERO

    def to(self, lot_id: int) -> dict[str, Any]:
        """Return the portion as an event keeps it, with the lot that it goes to."""
        return {
            "to": str(lot_id),
            "pass": str(self.pass_),
            "standing": self.standing,
            "quantity": self.quantity,
            "inspect": self.inspect,
            "excess": self.excess,
        }

    @classmethod
    def kept(cls, facts: Mapping[str, Any]) -> "Portion":
        """Return the portion that an event has kept."""
        return cls(
            int(facts["pass"]),
            Standing(facts["standing"]),
            Decimal(facts["quantity"]),
            bool(facts["inspect"]),
            Decimal(facts["excess"]),
        )


def available(row: Pass, standing: Standing) -> Decimal:
    """Return how many pieces of a pass can be taken away."""
    return row.left if standing is Standing.LEFT else row.waiting


def take(stop: Stop, standing: Standing, quantity: Decimal) -> list[Portion]:
    """Take pieces from an operation, the first pass first; Refused when they are not there."""
    there = sum((available(row, standing) for row in stop.passes), ZERO)
    if quantity > there:
        raise refusals.too_many(quantity, there)
    portions = []
    for row in stop.passes:
        part = min(quantity, available(row, standing))
        if part > 0:
            portions.append(_take(row, standing, part))
            quantity -= part
    return portions


def take_again(stop: Stop, portion: Portion) -> None:
    """Take back a portion that had been given here; refused when its pieces have gone on."""
    row = next((row for row in stop.passes if row.pass_ == portion.pass_), None)
    if row is None or available(row, portion.standing) < portion.quantity:
        raise refusals.gone_on()
    row.excess -= portion.excess
    _shrink(row, portion.standing, portion.quantity)
    if row.excess > row.came:
        raise refusals.gone_on()


def _take(row: Pass, standing: Standing, quantity: Decimal) -> Portion:
    _shrink(row, standing, quantity)
    # No pass has more in excess than has come: the rest of the mark goes along.
    excess = max(row.excess - row.came, ZERO)
    row.excess -= excess
    return Portion(row.pass_, standing, quantity, row.inspect, excess)


def _shrink(row: Pass, standing: Standing, quantity: Decimal) -> None:
    row.came -= quantity
    if standing is Standing.WAITING:
        row.good -= quantity


def give(stop: Stop, portion: Portion) -> None:
    """Let a portion stand at the same operation of another lot, as it stood before."""
    progress.feed(stop, portion.pass_, portion.quantity, portion.inspect)
    row = next(row for row in stop.passes if row.pass_ == portion.pass_)
    row.excess += portion.excess
    if portion.standing is Standing.WAITING:
        row.good += portion.quantity


def hand(of: Work, to: Work, sequence: int, quantity: Decimal) -> list[Portion]:
    """Let unreported pieces at an operation go to another lot of the family; none to itself."""
    if of is to or not quantity:
        return []
    if of.stop(sequence).left < quantity:
        raise refusals.gone_on()
    parts = take(of.stop(sequence), Standing.LEFT, quantity)
    for part in parts:
        give(to.stop(sequence), part)
    return parts


def moves(tx: Tx, source: Work, lots: Iterable[tuple[int, Decimal]]) -> list[ledger.Move]:
    """Return the movements out of the source's lot and into others, each with its quantity."""
    production = ledger.place_of(tx.session, source.order.site_id, PlaceKind.PRODUCTION)
    into = [ledger.Move(lot_id, production, source.wip, quantity) for lot_id, quantity in lots]
    out = sum((move.quantity for move in into), ZERO)
    return [ledger.Move(source.lot.id, source.wip, production, out), *into]
