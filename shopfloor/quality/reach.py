"""What a fail locks: the order, its lot, or only pieces that were sorted out as the bad ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.core.commands import Tx
from shopfloor.core.events import Effect, EventSubject, Recorded, Role
from shopfloor.holds.models import Hold, HoldSource
from shopfloor.production.commands.parting import everything
from shopfloor.production.commands.setting_apart import Apart, set_apart
from shopfloor.production.portions import Standing
from shopfloor.production.progress import set_aside
from shopfloor.production.saving import save
from shopfloor.production.way import Stop, Work
from shopfloor.quality import in_stock, suspect_ways, suspects
from shopfloor.quality.plan_models import Check, HoldScope, PlanRevision
from shopfloor.quality.sorting import is_sorting, put_first, sorted_out
from shopfloor.stock import numbers
from shopfloor.stock.ledger import Move


class Reach(StrEnum):
    """What a fail locks; sorted-out pieces are locked alone, as a lot of their own or with it."""

    ORDER = "order"
    LOT = "lot"
    SORTED_LOT = "sorted_lot"
    SORTED_PIECES = "sorted_pieces"

    @property
    def sorted(self) -> bool:
        """Say whether what is locked was sorted out, so that its neighbours are judged already."""
        return self in (Reach.SORTED_LOT, Reach.SORTED_PIECES)


@dataclass(frozen=True)
class Pieces:
    """The waiting pieces that a verdict is about, by their pass, and how far a fail reaches."""

    work: Work
    stop: Stop
    parts: Mapping[int, Decimal]
    moves: Sequence[Move] = ()
    reach: Reach = Reach.ORDER
    apart: Apart | None = None

    @property
    def about(self) -> list[int]:
        """Return what its event is about; the lot of pieces set apart is made with it instead."""
        made = self.work.lot.id if self.apart else 0
        return [each for each in in_stock.about(self.work, self.stop) if each != made]

    def facts(self) -> dict[str, Any]:
        """Return what the event keeps of pieces that were sorted out."""
        facts: dict[str, Any] = {"sorted": True} if self.reach.sorted else {}
        if self.apart is not None:
            to = self.apart.target.lot.id
            facts["from"] = str(self.apart.source.lot.id)
            facts["apart"] = [portion.to(to) for portion in self.apart.portions]
        return facts


def reach_of(
    session: Session, lot_work: Work, stop: Stop, check: Check | None, *, free: bool
) -> Reach:
    """Return what a fail would lock; pieces leave their lot only while it is free.

    Without an inspection, or its plan, nobody knows how far the fault reaches: all is held.
    """
    plan = session.get(PlanRevision, check.revision_id) if check else None
    if check is None or plan is None:
        return Reach.ORDER
    if are_sorted_out(session, check):
        pieces = _pieces(stop, check)
        some = free and pieces and pieces != everything(lot_work)
        return Reach.SORTED_PIECES if some else Reach.SORTED_LOT
    return Reach.LOT if plan.holds is HoldScope.LOT else Reach.ORDER


def are_sorted_out(session: Session, check: Check) -> bool:
    """Say whether an inspection is of bad pieces only, sorted out one by one.

    At most one statement, and none for any other inspection.
    """
    return is_sorting(check.numbers) and len(sorted_out(session, check)) >= check.quantity


def fail(tx: Tx, lot_work: Work, stop: Stop, check: Check | None, *, free: bool) -> Pieces:
    """Let what waits here wait for a decision; sorted-out pieces do so in a lot of their own."""
    reach = reach_of(tx.session, lot_work, stop, check, free=free)
    if check is None or reach is not Reach.SORTED_PIECES:
        return Pieces(lot_work, stop, set_aside(stop), reach=reach)
    put_first(tx.session, lot_work.lot.id, stop)
    apart = set_apart(tx, lot_work, stop, _pieces(stop, check), Standing.WAITING)
    save(tx.session, lot_work)
    check.lot_id = apart.target.lot.id
    there = apart.target.stop(stop.operation.sequence)
    parts = {portion.pass_: portion.quantity for portion in apart.portions}
    return Pieces(apart.target, there, parts, reach=reach, apart=apart)


def held_apart(session: Session, lot_id: int, operation_id: int) -> Sequence[int]:
    """Return the locked lots of pieces that were sorted out of a lot here; one statement."""
    return session.scalars(
        select(Hold.subject_id)
        .join(EventSubject, EventSubject.event_id == Hold.opened_event_id)
        .where(
            EventSubject.subject_id == lot_id,
            EventSubject.role == Role.USED,
            Hold.operation_id == operation_id,
            Hold.source == HoldSource.INSPECTION,
            Hold.released_at.is_(None),
        )
    ).all()


def parting_of(event: Recorded) -> Recorded | None:
    """Return the parting that a verdict on sorted-out pieces brings along, as it would be alone."""
    if "apart" not in event.payload:
        return None
    return replace(event, payload={**event.payload, "parts": event.payload["apart"]})


def mark_suspects(tx: Tx, event: Recorded) -> Effect | None:
    """Mark what else may be bad; not for sorted-out pieces, whose lot was suspected of it before.

    If their lot was itself suspected, because of another one, they stay so.
    """
    if not event.payload.get("sorted"):
        return suspects.mark_suspects(tx, event)
    parting = parting_of(event)
    return suspect_ways.follow_suspects(tx, parting) if parting else None


def hold_numbers(tx: Tx, event: Recorded) -> Effect | None:
    """Hold the lot of sorted-out pieces also for its number, when that is locked.

    After the fail is told: that is done with its own lock.
    """
    return numbers.hold_made(tx, event) if "apart" in event.payload else None


def _pieces(stop: Stop, check: Check) -> Decimal:
    return min(stop.waiting, check.quantity)
