"""Judging a retest: a lot in stock passes and may stay, or it is locked as by any other fail."""

from shopfloor.catalogue.chosen import require_reason
from shopfloor.catalogue.models import ReasonKind
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.holds import gate
from shopfloor.holds.commands import noted
from shopfloor.production import work
from shopfloor.quality import due_refusals, in_stock
from shopfloor.quality.asked import of_turn
from shopfloor.quality.in_stock import IN_STOCK
from shopfloor.quality.models import Verdict
from shopfloor.quality.passing import require_passed, require_turn
from shopfloor.quality.reach import Pieces, fail
from shopfloor.quality.samples import require_valid_samples
from shopfloor.quality.verdicts import Judged, Said, conclude


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
    note = noted(note)
    if reason_id is not None:
        require_reason(tx.session, reason_id, ReasonKind.HOLD, ReasonKind.SCRAP)
    hold = gate.ask(tx, lot_work.held_by(stop))
    check = of_turn(tx.session, lot_id, IN_STOCK)
    require_turn(tx.session, check, check_id)
    if check is None:
        raise due_refusals.no_retest()
    if verdict is Verdict.PASS:
        if hold is not None:
            raise gate.held(tx.session, hold)
        require_valid_samples(tx.session, lot_work, tx.act.when.at)
        require_passed(tx.session, check, stop, None)
    said = Said(verdict, reason_id, note)
    stored = in_stock.quantity_of(tx.session, lot_id)
    pieces = Pieces(lot_work, stop, {})
    if verdict is Verdict.FAIL:
        pieces = fail(tx, lot_work, stop, check, free=hold is None)
    return conclude(tx, pieces, check, said, stored=stored)
