"""What a plan has to say about a verdict: no pass without its values, and none against them."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from shopfloor.configure.models import Weight
from shopfloor.core.commands import Tx
from shopfloor.core.events import Effect, Recorded
from shopfloor.core.refusals import Refused
from shopfloor.people.models import Person
from shopfloor.production.models import LotOperation
from shopfloor.production.way import Stop, Work
from shopfloor.quality import due_refusals, refusals
from shopfloor.quality.asked import asked_plan, of_turn, standing
from shopfloor.quality.doubt import require_undoubted
from shopfloor.quality.judging import Tally
from shopfloor.quality.models import Inspection, Verdict
from shopfloor.quality.plan_models import BY_ITSELF, Check, PlanKind
from shopfloor.quality.sorting import good_ones, is_sorting, to_be_sorted, to_sort


def check_of(session: Session, lot_work: Work, stop: Stop) -> Check | None:
    """Return the inspection that a verdict would decide; Refused where a plan waits for values."""
    check = of_turn(session, lot_work.lot.id, stop.operation.id)
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
    require_undoubted(session, check)
    _require_few_bad(check, stands)
    if stands.verdict is not Verdict.PASS:
        raise refusals.unfinished(stands.missing + len(stands.photos))
    if check.kind in BY_ITSELF:
        return Decimal(0)
    if is_sorting(check.numbers):
        return good_ones(session, check, stop, quantity)
    most = min(stop.waiting, check.quantity)
    if quantity is not None and quantity > check.quantity:
        raise refusals.more_than_sampled(check.quantity)
    return most if quantity is None else quantity


def keep_with_sample(tx: Tx, event: Recorded) -> Effect | None:
    """Refuse that pieces leave a lot whose sample fails: in another lot it would count no more.

    So too while pieces are to be sorted here. Also those not reported, for a report can be taken
    back. Those that are locked go: a person decides about them.
    """
    lot_id, operation_id = int(event.payload["from"]), int(event.payload["operation"])
    if to_sort(tx.session, lot_id, operation_id) > 0:
        raise to_be_sorted()
    for check in _begun(tx.session, {lot_id}, operation_id):
        _require_few_bad(check, standing(tx.session, check))
    return None


def keep_with_begun(tx: Tx, event: Recorded) -> Effect | None:
    """Refuse that a split or a join is taken back while the pieces that return are inspected.

    In the lot that they came from what was read of them would count no more.
    """
    lots = {int(part["to"]) for part in event.payload.get("parts", ()) if "to" in part}
    if lots and _begun(tx.session, lots, int(event.payload["operation"])):
        raise refusals.being_inspected()
    return None


def _begun(session: Session, lots: set[int], operation_id: int) -> Sequence[Check]:
    return session.scalars(
        select(Check)
        .where(
            Check.lot_id.in_(lots),
            Check.operation_id == operation_id,
            Check.opened_at.is_not(None),
            Check.closed_at.is_(None),
            Check.kind.not_in(BY_ITSELF),
        )
        .order_by(Check.id)
    ).all()


def end_sorting(tx: Tx, event: Recorded) -> Effect | None:
    """Close a sorting from which pieces were locked by hand: what is left is sorted anew."""
    begun = select(Check).where(
        Check.lot_id == int(event.payload["from"]),
        Check.operation_id == int(event.payload["operation"]),
        Check.closed_at.is_(None),
    )
    for check in tx.session.scalars(begun).all():
        if is_sorting(check.numbers):
            check.closed_at = tx.act.when.at
    return None


def _require_few_bad(check: Check, stands: Tally) -> None:
    for weight in Weight:
        accept, reject = check.numbers[weight]
        if stands.bad[weight] >= reject:
            raise refusals.too_many_bad(weight, stands.bad[weight], accept)


def require_confirmed(session: Session, check: Check, actor_id: int | None) -> None:
    """Refuse to pass a first article that nobody has checked before, or oneself.

    Its report may have been taken back meanwhile: then there is no piece that could pass.
    """
    if check.kind is not PlanKind.FIRST_ARTICLE:
        return
    good = select(LotOperation.lot_id).where(
        LotOperation.operation_id == check.operation_id, LotOperation.good > 0
    )
    if session.scalar(good.limit(1)) is None:
        raise due_refusals.not_made()
    if check.self_checked_by_id is None:
        raise due_refusals.not_self_checked()
    if check.self_checked_by_id == actor_id:
        raise due_refusals.own_check()


def require_turn(session: Session, check: Check | None, seen_id: int | None) -> None:
    """Refuse a verdict on another inspection than the one that was looked at."""
    if seen_id is not None and (check is None or check.id != seen_id):
        given = select(Check.inspection_id).where(Check.id == seen_id)
        own = Inspection.id == given.scalar_subquery()
        raise _judged(session, "another_turn", own) or due_refusals.another_turn()


def none_waits(session: Session, lot_work: Work, stop: Stop) -> Refused:
    """Return the refusal for a verdict where no pieces wait: who has judged them, if somebody."""
    lot_id, operation_id = lot_work.lot.id, stop.operation.id
    here = (Inspection.lot_id == lot_id) & (Inspection.operation_id == operation_id)
    judged = _judged(session, "nothing_waits", here)
    return judged or refusals.nothing_waits(stop.operation.sequence)


def _judged(session: Session, rule: str, which: ColumnElement[bool]) -> Refused | None:
    last = session.execute(
        select(Person.name, Inspection.verdict, Inspection.inspected_at)
        .join(Person, Person.id == Inspection.inspector_id)
        .where(which)
        .order_by(Inspection.id.desc())
        .limit(1)
    ).first()
    return due_refusals.judged_already(rule, *last) if last else None
