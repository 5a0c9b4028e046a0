"""The sample of pieces that somebody has sent back to be sorted: every one of them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import bindparam, func, inspect, select
from sqlalchemy.orm import Session

from shopfloor.configure.models import Weight
from shopfloor.core.db import rows
from shopfloor.holds.models import Hold
from shopfloor.production.way import Stop, Work
from shopfloor.quality import refusals
from shopfloor.quality.asked import current_values
from shopfloor.quality.judging import MOST_PIECES, bad_pieces, sample_of
from shopfloor.quality.models import Disposition, DispositionKind, Inspection, Verdict
from shopfloor.quality.plan_models import Check, PlanRevision, Value

# What was sorted out fails with a single bad one, of whatever class.
NONE_PASSES = {weight.value: [0, 1] for weight in Weight}
_PASSED = select(func.coalesce(func.max(Inspection.event_id), 0)).where(
    Inspection.lot_id == bindparam("lot"),
    Inspection.operation_id == bindparam("operation"),
    Inspection.verdict == Verdict.PASS,
)
_SORTED = (
    select(Disposition.id)
    .join(Hold, Hold.id == Disposition.hold_id)
    .where(
        Disposition.lot_id == bindparam("lot"),
        Disposition.operation_id == bindparam("operation"),
        Disposition.kind == DispositionKind.SORT,
        Hold.released_event_id > _PASSED.scalar_subquery(),
    )
    .limit(1)
)


def sample_here(
    session: Session, revision: PlanRevision, lot_work: Work, stop: Stop
) -> tuple[int, dict[str, list[int]]]:
    """Return how many of the waiting pieces are inspected, and [Ac, Re] by class; one statement.

    Sorted pieces are all looked at until an inspection has judged them, whatever the plan draws;
    then no number of bad ones fails the others.
    """
    size, numbers = sample_of(revision, stop.waiting)
    if _sorted_since(session, lot_work.lot.id, stop.operation.id):
        size = min(MOST_PIECES, max(1, -int(-stop.waiting // 1)))
        numbers = {weight.value: [MOST_PIECES, MOST_PIECES + 1] for weight in Weight}
    return size, numbers


def is_sorting(numbers: Mapping[str, Sequence[int]]) -> bool:
    """Say whether an inspection sorts: each piece is judged by itself, and none by the others."""
    return all(accept == MOST_PIECES for accept, _reject in numbers.values())


def sorted_out(session: Session, check: Check) -> list[int]:
    """Return the bad ones among pieces that were sorted; no statement for any other inspection."""
    if not is_sorting(check.numbers):
        return []
    fields = check.revision.form.fields
    return bad_pieces(fields, check.size, current_values(session, check))


def good_ones(session: Session, check: Check, stop: Stop, quantity: Decimal | None) -> Decimal:
    """Return how many of the sorted pieces pass: the good ones, or fewer of them."""
    bad = len(sorted_out(session, check))
    good = max(min(stop.waiting, check.quantity) - bad, Decimal(0))
    if not good or (quantity is not None and quantity > good):
        raise refusals.sorted_out(bad, good)
    return good if quantity is None else quantity


def open_rest(session: Session, check: Check) -> None:
    """Open the inspection of the pieces that were sorted out, with what was read of them.

    It can only fail: they wait until they are locked for a decision.
    """
    bad = sorted_out(session, check)
    if not bad:
        return
    rest = Check(
        revision_id=check.revision_id,
        kind=check.kind,
        lot_id=check.lot_id,
        operation_id=check.operation_id,
        quantity=Decimal(len(bad)),
        size=len(bad),
        numbers=NONE_PASSES,
        due_at=check.closed_at,
        opened_at=check.closed_at,
    )
    session.add(rest)
    session.flush()
    known = (Value.check_id == check.id) & Value.replaced_at.is_(None)
    places = {piece: n for n, piece in enumerate(bad, 1)}
    for value in session.scalars(select(Value).where(known, Value.piece.in_(bad))).all():
        own = {column.key: getattr(value, column.key) for column in inspect(Value).column_attrs}
        del own["id"]
        session.add(Value(**own | {"check_id": rest.id, "piece": places[value.piece]}))
    session.flush()


def _sorted_since(session: Session, lot_id: int, operation_id: int) -> bool:
    """Say whether pieces here were sent to be sorted, and no inspection has passed any since."""
    return bool(rows(session, _SORTED, {"lot": lot_id, "operation": operation_id}))
