"""Judging a retest: a lot in stock passes and may stay, or it is locked as by any other fail."""

from shopfloor.catalogue.chosen import require_reason
from shopfloor.catalogue.models import ReasonKind
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.holds import gate
from shopfloor.production import work
from shopfloor.quality import due_refusals, in_stock
from shopfloor.quality.asked import running
from shopfloor.quality.commands.inspections import INSPECTED, Judged, lock_for, read_note
from shopfloor.quality.due import settle
from shopfloor.quality.in_stock import IN_STOCK, ZERO
from shopfloor.quality.models import Inspection, Verdict
from shopfloor.quality.passing import require_passed, require_turn
from shopfloor.quality.samples import require_valid_samples


@command(Gate.JUDGE, "judging a held lot is how it ever gets free again")
def judge_retest(
    tx: Tx,
    *,
    lot: str,
    verdict: Verdict,
    reason_id: int | None = None,
    note: str = "",
    check_id: int | None = None,
) -> Judged:
    """Give a verdict on a retest that is due; a fail locks what the plan says."""
    gate.enter(tx)
    lot_id = work.lock_family(tx.session, lot)
    lot_work, stop = in_stock.work_at(tx.session, lot_id, IN_STOCK)
    tx.act.rights.require("inspection.record", *lot_work.scopes())
    note = read_note(note)
    if reason_id is not None:
        require_reason(tx.session, reason_id, ReasonKind.HOLD, ReasonKind.SCRAP)
    hold = gate.ask(tx, lot_work.held_by(stop))
    check = running(tx.session, lot_id, IN_STOCK)
    require_turn(tx.session, check, check_id)
    if check is None:
        raise due_refusals.no_retest()
    if verdict is Verdict.PASS:
        if hold is not None:
            raise gate.held(tx.session, hold)
        require_valid_samples(tx.session, lot_work, tx.act.when.at)
        require_passed(tx.session, check, stop, None)
    quantity = in_stock.quantity_of(tx.session, lot_id)
    event = tx.record(
        INSPECTED,
        in_stock.where(tx, lot_work, stop),
        {
            "lot": str(lot_id),
            "operation": str(IN_STOCK),
            "sequence": str(IN_STOCK),
            "verdict": verdict,
            "quantity": quantity,
            "parts": [],
        },
        about=in_stock.about(lot_work, stop),
        reason_id=reason_id,
    )
    inspection = Inspection(
        event_id=event.id,
        lot_id=lot_id,
        pass_=1,
        inspector_id=tx.act.actor_id,
        verdict=verdict,
        quantity=quantity,
        note=note,
        inspected_at=tx.act.when.at,
    )
    tx.session.add(inspection)
    tx.session.flush()
    settle(tx, check, verdict, inspection.id)
    failed = verdict is Verdict.FAIL
    opened = lock_for(tx, lot_work, stop, check, reason_id, note) if failed else None
    return Judged(
        event.id,
        verdict,
        lot_work.subject.number or "",
        lot_work.subject.code,
        IN_STOCK,
        stop.operation.names,
        lot_work.item.unit,
        ZERO,
        opened,
        tx.react(),
    )
