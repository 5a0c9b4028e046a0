"""What a plan has to say about a verdict: no pass without its values, and none against them."""

from decimal import Decimal

from sqlalchemy.orm import Session

from shopfloor.configure.models import Weight
from shopfloor.production.way import Stop, Work
from shopfloor.quality import due_refusals, refusals
from shopfloor.quality.asked import asked_plan, running, standing
from shopfloor.quality.models import Verdict
from shopfloor.quality.plan_models import DUE_KINDS, Check, PlanKind


def check_of(session: Session, lot_work: Work, stop: Stop) -> Check | None:
    """Return the inspection that a verdict would decide; Refused where a plan waits for values."""
    check = running(session, lot_work.lot.id, stop.operation.id)
    if check is not None or not stop.waiting:
        return check
    if asked_plan(session, lot_work, stop) is not None:
        raise refusals.not_begun()
    return None


def require_passed(session: Session, check: Check, stop: Stop, quantity: Decimal | None) -> Decimal:
    """Return how many pieces a pass lets go: at most those that the sample was drawn from.

    None wait for an inspection that became due while the operation runs.
    """
    if check.opened_at is None:
        raise refusals.not_begun()
    stands = standing(session, check)
    for weight in Weight:
        accept, reject = check.numbers[weight]
        if stands.bad[weight] >= reject:
            raise refusals.too_many_bad(weight, stands.bad[weight], accept)
    if stands.verdict is not Verdict.PASS:
        raise refusals.unfinished(stands.missing + len(stands.photos))
    if check.kind in DUE_KINDS:
        return Decimal(0)
    most = min(stop.waiting, check.quantity)
    if quantity is not None and quantity > check.quantity:
        raise refusals.more_than_sampled(check.quantity)
    return most if quantity is None else quantity


def require_confirmed(check: Check, actor_id: int | None) -> None:
    """Refuse to pass a first article that nobody has checked before, or oneself."""
    if check.kind is not PlanKind.FIRST_ARTICLE:
        return
    if check.self_checked_by_id is None:
        raise due_refusals.not_self_checked()
    if check.self_checked_by_id == actor_id:
        raise due_refusals.own_check()
