"""What every verdict ends with: its event, its inspection, and the lock that a fail opens."""

from dataclasses import dataclass
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from shopfloor.core.commands import Tx
from shopfloor.core.events import Effect, EventKind
from shopfloor.core.subjects import Made
from shopfloor.holds.commands import open_hold
from shopfloor.holds.models import HoldSource
from shopfloor.production.commands.parting import carry_over
from shopfloor.quality import in_stock
from shopfloor.quality.due import settle
from shopfloor.quality.models import Inspection, Verdict
from shopfloor.quality.plan_models import Check
from shopfloor.quality.reach import Pieces, Reach
from shopfloor.quality.sorting import open_rest
from shopfloor.stock import ledger

INSPECTED = EventKind(
    "inspection.recorded",
    _l("Inspected"),
    no_inverse_because="a verdict is followed by another inspection or by a release, never erased",
)
ZERO = Decimal(0)


@dataclass(frozen=True)
class Judged:
    """A verdict, the pieces it was about, and the hold it opened."""

    event_id: int
    verdict: Verdict
    lot: str
    lot_code: str
    operation: int
    names: dict[str, str]
    unit: str
    quantity: Decimal
    hold_id: int | None
    effects: tuple[Effect, ...] = ()
    # Only this lot is locked, not its order.
    alone: bool = False
    # The lot from which failed pieces were set apart; it goes on.
    source: Made | None = None
    # Judged pieces were at an operation; those of a lot in stock do not wait for a decision.
    waited: bool = True


@dataclass(frozen=True)
class Said:
    """What the inspector says: OK or NG, and why."""

    verdict: Verdict
    reason_id: int | None
    note: str


def conclude(
    tx: Tx, pieces: Pieces, check: Check | None, said: Said, *, stored: Decimal = ZERO
) -> Judged:
    """Record a verdict, settle the inspection that it decides, and lock what has failed.

    `stored` is how much is judged of a lot in stock, where no pieces wait.
    """
    lot, stop, apart = pieces.work.lot, pieces.stop, pieces.apart
    waited = sum(pieces.parts.values(), ZERO)
    judged = waited or stored
    event = tx.record(
        INSPECTED,
        in_stock.where(tx, pieces.work, stop),
        {
            "lot": str(lot.id),
            "operation": str(stop.operation.id),
            "sequence": str(stop.operation.sequence),
            "verdict": said.verdict,
            "quantity": judged,
            "parts": [[str(pass_), part] for pass_, part in pieces.parts.items()],
            **pieces.facts(),
        },
        about=pieces.about,
        used=[apart.source.lot.id] if apart else [],
        made=[lot.id] if apart else [],
        reason_id=said.reason_id,
    )
    inspection = _keep(tx, pieces, said, event.id, judged)
    if check is not None:
        tx.session.flush()
        settle(tx, check, said.verdict, inspection.id)
        if said.verdict is Verdict.PASS:
            open_rest(tx.session, check)
    ledger.post(tx, pieces.moves)
    if apart is not None:
        carry_over(tx, apart.source, apart.target, apart.stop, apart.portions)
    failed = said.verdict is Verdict.FAIL
    opened = _lock(tx, pieces, said) if failed else None
    return Judged(
        event.id,
        said.verdict,
        pieces.work.subject.number or "",
        pieces.work.subject.code,
        stop.operation.sequence,
        stop.operation.names,
        pieces.work.item.unit,
        judged,
        opened,
        tx.react(),
        alone=failed and pieces.reach is not Reach.ORDER,
        source=Made(apart.source.lot.id, *apart.source.subject) if apart else None,
        waited=bool(waited),
    )


def _keep(tx: Tx, pieces: Pieces, said: Said, event_id: int, judged: Decimal) -> Inspection:
    """Add the row of a verdict."""
    inspection = Inspection(
        event_id=event_id,
        lot_id=pieces.work.lot.id,
        operation_id=pieces.stop.operation.id or None,
        pass_=min(pieces.parts, default=1),
        inspector_id=tx.act.actor_id,
        verdict=said.verdict,
        quantity=judged,
        note=said.note,
        inspected_at=tx.act.when.at,
    )
    tx.session.add(inspection)
    return inspection


def _lock(tx: Tx, pieces: Pieces, said: Said) -> int:
    """Hold the order with everything made from it, or only the lot."""
    lot = pieces.work.lot
    return open_hold(
        tx,
        lot.family_id if pieces.reach is Reach.ORDER else lot.id,
        HoldSource.INSPECTION,
        operation_id=pieces.stop.operation.id or None,
        reason_id=said.reason_id,
        note=said.note,
    )
