"""Recording a verdict: a pass lets pieces go on, a fail locks the whole family at once."""

from dataclasses import dataclass
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import Effect, EventKind
from shopfloor.core.refusals import Malformed, Refused
from shopfloor.holds import gate
from shopfloor.holds.models import Hold, HoldSource
from shopfloor.production import work
from shopfloor.production.commands.jobs import require_open
from shopfloor.production.commands.orders import require_quantity
from shopfloor.production.commands.reports import settle_order
from shopfloor.production.models import LotOperation
from shopfloor.production.work import Stop, Work
from shopfloor.quality.models import Inspection, Verdict
from shopfloor.stock import ledger

INSPECTED = EventKind(
    "inspection.recorded",
    _l("Inspected"),
    no_inverse_because="a verdict is followed by another inspection or by a release, never erased",
)
LONGEST_NOTE = 500


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


@command(Gate.JUDGE, "judging a held lot is how it ever gets free again")
def record_inspection(
    tx: Tx,
    *,
    lot: str,
    operation: int,
    verdict: Verdict,
    quantity: Decimal | None = None,
    reason_id: int | None = None,
    note: str = "",
) -> Judged:
    """Give a verdict on the pieces that wait at an operation.

    A pass lets `quantity` of them (all, when None) go on. A fail holds the order and everything
    made from it, in this same transaction; all pieces that wait here then need a decision.
    """
    lot_id = work.lock_family(tx.session, lot)
    lot_work = work.load(tx.session, lot_id)
    stop = lot_work.stop(operation)
    tx.act.rights.require("inspection.record", *lot_work.scopes(stop))
    note = " ".join(note.split())
    if len(note) > LONGEST_NOTE:
        raise Malformed(_l("The note is too long."), rule="bad_note", field="note")
    require_open(lot_work)
    hold = gate.ask(tx, lot_work.held_by(stop))
    row = stop.waiting_pass
    if verdict is Verdict.PASS:
        if hold is not None:
            raise gate.held(tx.session, hold)
        moves, judged = _let_go_on(tx, lot_work, stop, row, quantity)
    else:
        moves, judged = [], _set_aside(stop)
    settle_order(tx, lot_work)
    where, _turn = work.where(tx, lot_work, stop)
    event = tx.record(
        INSPECTED,
        where,
        {
            "lot": str(lot_id),
            "operation": str(stop.operation.id),
            "sequence": str(operation),
            "pass": str(row.pass_ if row else 1),
            "verdict": verdict,
            "quantity": judged,
        },
        about=[lot_id, lot_work.order.id, stop.operation.id],
        reason_id=reason_id,
    )
    tx.session.add(
        Inspection(
            event_id=event.id,
            lot_id=lot_id,
            operation_id=stop.operation.id,
            pass_=row.pass_ if row else 1,
            inspector_id=tx.act.actor_id,
            verdict=verdict,
            quantity=judged,
            note=note,
            inspected_at=tx.act.when.at,
        )
    )
    ledger.post(tx, moves)
    opened = _lock(tx, lot_work, stop, reason_id, note) if verdict is Verdict.FAIL else None
    return Judged(
        event.id,
        verdict,
        lot_work.subject.number or "",
        lot_work.subject.code,
        operation,
        stop.operation.names,
        lot_work.item.unit,
        judged,
        opened,
        tx.react(),
    )


def _let_go_on(
    tx: Tx, lot_work: Work, stop: Stop, row: LotOperation | None, quantity: Decimal | None
) -> tuple[list[ledger.Move], Decimal]:
    if row is None:
        raise Refused(
            _l(
                "No pieces wait for inspection at operation %(sequence)s.",
                sequence=stop.operation.sequence,
            ),
            _l("Take the next lot from the list of waiting inspections."),
            rule="nothing_waits",
        )
    judged = row.waiting if quantity is None else quantity
    require_quantity(lot_work.item, judged, "quantity")
    if not 0 < judged <= row.waiting:
        raise Refused(
            _l("Only %(waiting)s pieces wait here.", waiting=row.waiting),
            _l("Correct the quantity."),
            rule="too_many",
            field="quantity",
        )
    return work.pass_on(tx, lot_work, stop, row, judged), judged


def _set_aside(stop: Stop) -> Decimal:
    """Make every piece that waits here wait for the decision instead of an inspection."""
    judged = stop.waiting
    for row in stop.passes:
        row.held += row.waiting
    return judged


def _lock(tx: Tx, lot_work: Work, stop: Stop, reason_id: int | None, note: str) -> int:
    if tx.event is None or tx.act.actor_id is None:
        raise RuntimeError("a verdict is a person's")
    hold = Hold(
        subject_id=lot_work.lot.family_id,
        source=HoldSource.INSPECTION,
        operation_id=stop.operation.id,
        reason_id=reason_id,
        note=note,
        opened_by_id=tx.act.actor_id,
        opened_at=tx.act.when.at,
        opened_event_id=tx.event.id,
    )
    tx.session.add(hold)
    tx.session.flush()
    return hold.id
