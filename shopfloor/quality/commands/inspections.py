"""Recording a verdict: a pass lets pieces go on, a fail locks the whole family at once."""

from decimal import Decimal

from flask_babel import lazy_gettext as _l

from shopfloor.catalogue.chosen import require_reason
from shopfloor.catalogue.models import ReasonKind
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.refusals import Refused
from shopfloor.holds import gate
from shopfloor.holds.commands import noted
from shopfloor.holds.models import HoldSource
from shopfloor.production import work
from shopfloor.production.commands.jobs import require_open
from shopfloor.production.progress import pass_on, require_quantity, settle_order
from shopfloor.production.saving import save
from shopfloor.production.way import Stop, Work
from shopfloor.quality import refusals
from shopfloor.quality.asked import of_turn
from shopfloor.quality.models import Verdict
from shopfloor.quality.passing import (
    check_of,
    none_waits,
    require_confirmed,
    require_passed,
    require_turn,
)
from shopfloor.quality.plan_models import DUE_KINDS
from shopfloor.quality.reach import Pieces, fail, held_apart
from shopfloor.quality.samples import require_valid_samples
from shopfloor.quality.verdicts import INSPECTED, Judged, Said, conclude
from shopfloor.stock import ledger

__all__ = ["INSPECTED", "Judged", "record_inspection"]


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
    note = noted(note)
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
        pieces = Pieces(lot_work, stop, parts, moves)
    else:
        check = of_turn(tx.session, lot_id, stop.operation.id)
        _require_news(tx, lot_work, stop)
        pieces = fail(tx, lot_work, stop, check, free=hold is None)
    require_turn(tx.session, check, check_id)
    settle_order(tx, pieces.work)
    save(tx.session, pieces.work)
    return conclude(tx, pieces, check, Said(verdict, reason_id, note))


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
    lot = lot_work.lot
    apart = held_apart(tx.session, lot.id, stop.operation.id)
    for hold in gate.in_force(tx.session, [lot.family_id, lot.id, *apart]):
        if hold.source is HoldSource.INSPECTION:
            raise refusals.already_failed(tx.session, hold)
