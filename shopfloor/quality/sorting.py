"""The sample of pieces that somebody has sent back to be sorted: every one of them."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shopfloor.holds.models import Hold
from shopfloor.production.way import Stop, Work
from shopfloor.quality.judging import MOST_PIECES, sample_of
from shopfloor.quality.models import Disposition, DispositionKind, Inspection, Verdict
from shopfloor.quality.plan_models import PlanRevision


def sample_here(
    session: Session, revision: PlanRevision, lot_work: Work, stop: Stop
) -> tuple[int, dict[str, list[int]]]:
    """Return how many of the waiting pieces are inspected, and [Ac, Re] by class; one statement.

    Sorted pieces are all looked at until an inspection has judged them, whatever the plan draws.
    """
    size, numbers = sample_of(revision, stop.waiting)
    if _sorted_since(session, lot_work.lot.id, stop.operation.id):
        size = min(MOST_PIECES, max(1, -int(-stop.waiting // 1)))
    return size, numbers


def _sorted_since(session: Session, lot_id: int, operation_id: int) -> bool:
    """Say whether pieces here were sent to be sorted, and no inspection has passed any since."""
    passed = select(func.coalesce(func.max(Inspection.event_id), 0)).where(
        Inspection.lot_id == lot_id,
        Inspection.operation_id == operation_id,
        Inspection.verdict == Verdict.PASS,
    )
    found = session.scalar(
        select(Disposition.id)
        .join(Hold, Hold.id == Disposition.hold_id)
        .where(
            Disposition.lot_id == lot_id,
            Disposition.operation_id == operation_id,
            Disposition.kind == DispositionKind.SORT,
            Hold.released_event_id > passed.scalar_subquery(),
        )
        .limit(1)
    )
    return found is not None
