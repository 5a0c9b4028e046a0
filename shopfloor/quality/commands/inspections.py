"""Recording a verdict: a pass lets pieces go on, a fail locks the whole family at once."""

from dataclasses import dataclass
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from shopfloor.catalogue.chosen import require_reason
from shopfloor.catalogue.models import ReasonKind
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import Effect, EventKind
from shopfloor.core.refusals import Malformed, Refused
from shopfloor.holds import gate
from shopfloor.holds.models import Hold, HoldSource
from shopfloor.production import work
from shopfloor.production.commands.jobs import require_open
from shopfloor.production.progress import pass_on, require_quantity, settle_order
from shopfloor.production.saving import save
from shopfloor.production.way import Stop, Work
from shopfloor.quality import refusals
from shopfloor.quality.asked import running
from shopfloor.quality.due import settle
from shopfloor.quality.models import Inspection, Verdict
from shopfloor.quality.passing import (
    check_of,
    none_waits,
    require_confirmed,
    require_passed,
    require_turn,
)
from shopfloor.quality.plan_models import DUE_KINDS, Check, HoldScope, PlanRevision
from shopfloor.quality.samples import require_valid_samples
from shopfloor.quality.sorting import open_rest
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
    operation: int | None = None,
    verdict: Verdict,
    quantity: Decimal | None = None,
    reason_id: int | None = None,
    note: str = "",
    check_id: int | None = None,
) -> Judged:
    """Give a verdict on the pieces that wait at an operation, without one where pieces wait first.

    A pass lets `quantity` of them (all, when None) go on. A fail holds the order and everything
    made from it, in this same transaction; all pieces that wait here then need a decision. Where
    no piece waits a fail is one lock, and not another of the same kind with every tap. `check_id`
    is the inspection that was looked at: refused when it is another one's turn meanwhile.
    """
    gate.enter(tx)
    lot_id = work.lock_family(tx.session, lot)
    lot_work = work.load(tx.session, lot_id)
    stop = _waiting(lot_work) if operation is None else lot_work.stop(operation)
    tx.act.rights.require("inspection.record", *lot_work.scopes(stop))
    note = read_note(note)
    if reason_id is not None:
        require_reason(tx.session, reason_id, ReasonKind.HOLD, ReasonKind.SCRAP)
    require_open(lot_work)
    hold = gate.ask(tx, lot_work.held_by(stop))
    if verdict is Verdict.PASS:
        if hold is not None:
            raise gate.held(tx.session, hold)
        require_valid_samples(tx.session, lot_work, tx.act.when.at)
        check = check_of(tx.session, lot_work, stop)
        if check is not None:
            quantity = require_passed(tx.session, check, stop, quantity)
            require_confirmed(tx.session, check, tx.act.actor_id)
        due = check is not None and check.kind in DUE_KINDS
        moves, parts = ([], {}) if due else _let_go_on(tx, lot_work, stop, quantity)
    else:
        check = running(tx.session, lot_id, stop.operation.id)
        _require_news(tx, lot_work, stop)
        moves, parts = [], _set_aside(stop)
    require_turn(tx.session, check, check_id)
    judged = sum(parts.values(), Decimal(0))
    settle_order(tx, lot_work)
    save(tx.session, lot_work)
    where, _turn = work.where(tx, lot_work, stop)
    event = tx.record(
        INSPECTED,
        where,
        {
            "lot": str(lot_id),
            "operation": str(stop.operation.id),
            "sequence": str(stop.operation.sequence),
            "verdict": verdict,
            "quantity": judged,
            "parts": [[str(pass_), part] for pass_, part in parts.items()],
        },
        about=[lot_id, lot_work.order.id, stop.operation.id],
        reason_id=reason_id,
    )
    inspection = Inspection(
        event_id=event.id,
        lot_id=lot_id,
        operation_id=stop.operation.id,
        pass_=min(parts, default=1),
        inspector_id=tx.act.actor_id,
        verdict=verdict,
        quantity=judged,
        note=note,
        inspected_at=tx.act.when.at,
    )
    tx.session.add(inspection)
    if check is not None:
        tx.session.flush()
        settle(tx, check, verdict, inspection.id)
        if verdict is Verdict.PASS:
            open_rest(tx.session, check)
    ledger.post(tx, moves)
    failed = verdict is Verdict.FAIL
    opened = lock_for(tx, lot_work, stop, check, reason_id, note) if failed else None
    return Judged(
        event.id,
        verdict,
        lot_work.subject.number or "",
        lot_work.subject.code,
        stop.operation.sequence,
        stop.operation.names,
        lot_work.item.unit,
        judged,
        opened,
        tx.react(),
    )


def read_note(text: str) -> str:
    """Return a note without needless blanks; Malformed when it is too long."""
    note = " ".join(text.split())
    if len(note) > LONGEST_NOTE:
        raise Malformed(_l("The note is too long."), rule="bad_note", field="note")
    return note


def _waiting(lot_work: Work) -> Stop:
    for stop in lot_work.stops:
        if stop.waiting:
            return stop
    raise Refused(
        _l("No pieces of this lot wait for inspection."),
        _l("Name the operation that you inspected."),
        rule="nothing_waits",
        field="operation",
    )


def _let_go_on(
    tx: Tx, lot_work: Work, stop: Stop, quantity: Decimal | None
) -> tuple[list[ledger.Move], dict[int, Decimal]]:
    """Let pieces go on, those of the first pass first; returns how many of each pass."""
    if not stop.waiting:
        raise none_waits(tx.session, lot_work, stop)
    judged = stop.waiting if quantity is None else quantity
    require_quantity(lot_work.item, judged, "quantity", stop.waiting)
    if not 0 < judged <= stop.waiting:
        raise Refused(
            _l("Only %(waiting)s pieces wait here.", waiting=stop.waiting),
            _l("Correct the quantity."),
            rule="too_many",
            field="quantity",
        )
    moves: list[ledger.Move] = []
    parts: dict[int, Decimal] = {}
    for row in stop.passes:
        part = min(judged - sum(parts.values()), row.waiting)
        if part:
            parts[row.pass_] = part
            moves += pass_on(tx, lot_work, stop, row, part)
    return moves, parts


def _require_news(tx: Tx, lot_work: Work, stop: Stop) -> None:
    """Refuse to fail what an inspection has locked already, unless other pieces wait here."""
    if stop.waiting:
        return
    for hold in gate.in_force(tx.session, [lot_work.lot.family_id, lot_work.lot.id]):
        if hold.source is HoldSource.INSPECTION:
            raise refusals.already_failed(tx.session, hold)


def _set_aside(stop: Stop) -> dict[int, Decimal]:
    """Make every piece that waits here wait for the decision instead of an inspection."""
    parts = {row.pass_: row.waiting for row in stop.passes if row.waiting}
    for row in stop.passes:
        row.held += row.waiting
    return parts


def lock_for(
    tx: Tx, lot_work: Work, stop: Stop, check: Check | None, reason_id: int | None, note: str
) -> int:
    """Hold the order with everything made from it, or what the plan of the inspection says."""
    if tx.event is None or tx.act.actor_id is None:
        raise RuntimeError("a verdict is a person's")
    hold = Hold(
        subject_id=lot_work.lot.id if _is_narrow(tx, check) else lot_work.lot.family_id,
        source=HoldSource.INSPECTION,
        operation_id=stop.operation.id or None,
        reason_id=reason_id,
        note=note,
        opened_by_id=tx.act.actor_id,
        opened_at=tx.act.when.at,
        opened_event_id=tx.event.id,
    )
    tx.session.add(hold)
    tx.session.flush()
    return hold.id


def _is_narrow(tx: Tx, check: Check | None) -> bool:
    # Without an inspection, or its plan, nobody knows how far the fault reaches: all is held.
    plan = tx.session.get(PlanRevision, check.revision_id) if check else None
    return plan is not None and plan.holds is HoldScope.LOT
