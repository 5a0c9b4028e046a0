"""What becomes due by itself while an operation runs, and what waits for the first article.

Everything here runs under the lock of the family, as the report, the start and the verdict do.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    ScalarSelect,
    Select,
    SQLColumnExpression,
    func,
    select,
    update,
)
from sqlalchemy.orm import Session

from shopfloor.catalogue.entries import of_category
from shopfloor.catalogue.models import Item
from shopfloor.core.commands import Tx
from shopfloor.core.events import Effect, EventSubject, Recorded
from shopfloor.production.models import LEFT, LotOperation, Operation, OrderState, WorkOrder
from shopfloor.production.way import Stop, Work
from shopfloor.quality import due_refusals as refusals
from shopfloor.quality.asked import in_use
from shopfloor.quality.judging import sample_of
from shopfloor.quality.models import Verdict
from shopfloor.quality.plan_models import DUE_KINDS, Check, Plan, PlanKind, PlanRevision

ZERO = Decimal(0)
REPORTED = LotOperation.good + LotOperation.scrap + LotOperation.rework
# In front of an operation: what has come to those before it and has not gone on or out.
NOT_YET_HERE = LotOperation.came - LotOperation.scrap - LotOperation.rework - LotOperation.onward


def watch(tx: Tx, lot_work: Work, stop: Stop, good: Decimal | None) -> Effect | None:
    """Make due what a report has made due; refuse what the first article does not let through.

    One statement, and one more for what becomes due. `good` is None for a start.
    """
    effect = None
    for row in _asked(tx.session, lot_work, stop):
        kind, revision = row.kind, row.PlanRevision
        if kind is PlanKind.FIRST_ARTICLE:
            effect = _first_article(tx, lot_work, stop, row, good) or effect
        elif good is None or row.open_id is not None:
            continue
        elif kind is PlanKind.PATROL:
            since = row.reported - (row.last_at or ZERO)
            if revision.every_pieces and since >= revision.every_pieces:
                add_due(
                    tx.session,
                    tx.act.when.at,
                    revision,
                    kind,
                    lot_work.lot.id,
                    stop.operation.id,
                    row.reported,
                )
        elif not row.passed and not row.here and not row.before:
            add_due(
                tx.session,
                tx.act.when.at,
                revision,
                kind,
                lot_work.lot.id,
                stop.operation.id,
                row.reported,
            )
    return effect


def add_due(
    session: Session,
    now: datetime,
    revision: PlanRevision,
    kind: PlanKind,
    lot_id: int,
    operation_id: int | None,
    at_pieces: Decimal | None,
    quantity: Decimal | None = None,
) -> Check:
    """Insert an inspection that is due now; overdue when the plan's grace is over.

    `quantity` is what the sample is drawn of, where there is more than the sample.
    """
    size, numbers = sample_of(revision, quantity or Decimal(revision.size or 1))
    grace = revision.grace_minutes
    check = Check(
        revision_id=revision.id,
        kind=kind,
        lot_id=lot_id,
        operation_id=operation_id,
        at_pieces=at_pieces,
        quantity=quantity or Decimal(size),
        size=size,
        numbers=numbers,
        due_at=now,
        overdue_at=None if grace is None else now + timedelta(minutes=grace),
    )
    session.add(check)
    session.flush()
    return check


def watch_running(session: Session, plan: Plan) -> None:
    """Hear from now on of every report at the plan's operation, on orders that run already too."""
    if plan.kind not in DUE_KINDS:
        return
    orders = select(WorkOrder.id).where(
        WorkOrder.item_id.in_(items_of(plan)), WorkOrder.state == OrderState.RELEASED
    )
    session.execute(
        update(Operation)
        .where(Operation.order_id.in_(orders), Operation.sequence == plan.sequence)
        .values(watched=True)
        .execution_options(synchronize_session=False)
    )


def items_of(plan: Plan) -> Select[int]:
    """Return the items that a plan may hold for: its own with variants, or those of its category.

    One that has a narrower plan is among them: that one is asked when it comes to it.
    """
    query = select(Item.id)
    if plan.category is not None:
        return query.where(of_category(plan.category))
    return query.where((Item.id == plan.item_id) | (Item.model_id == plan.item_id))


def settle(tx: Tx, check: Check, verdict: Verdict, inspection_id: int) -> None:
    """Close an inspection by its verdict; a first article that failed is due once more."""
    check.verdict, check.inspection_id = verdict, inspection_id
    check.closed_at = tx.act.when.at
    tx.session.flush()
    if check.kind is PlanKind.FIRST_ARTICLE and verdict is Verdict.FAIL:
        revision = tx.session.get_one(PlanRevision, check.revision_id)
        add_due(
            tx.session, tx.act.when.at, revision, check.kind, check.lot_id, check.operation_id, None
        )


def require_last_piece(tx: Tx, event: Recorded) -> None:
    """Refuse to close an order while the last piece of one of its operations is not inspected."""
    sequence = tx.session.scalar(
        select(Operation.sequence)
        .join(Check, Check.operation_id == Operation.id)
        .join(EventSubject, EventSubject.subject_id == Operation.order_id)
        .where(
            EventSubject.event_id == event.id,
            Check.kind == PlanKind.LAST_PIECE,
            Check.closed_at.is_(None),
        )
        .order_by(Operation.sequence)
        .limit(1)
    )
    if sequence is not None:
        raise refusals.last_piece(sequence)


def _first_article(
    tx: Tx, lot_work: Work, stop: Stop, row: Row[*tuple[Any, ...]], good: Decimal | None
) -> Effect | None:
    if row.passed:
        return None
    size = Decimal(row.PlanRevision.size or 1)
    check = tx.session.get(Check, row.open_id) if row.open_id is not None else None
    if good is None:
        if check is not None and check.at_pieces is not None and row.good >= check.at_pieces:
            raise refusals.first_article(tx.session, lot_work, stop, check)
        return None
    if not good:
        return None
    before = row.good - good
    limit = check.at_pieces if check is not None else None
    if limit is None:
        limit = before + size
    if row.good > limit:
        if check is None or before < limit:
            raise refusals.first_pieces_first(limit - before)
        raise refusals.first_article(tx.session, lot_work, stop, check)
    if check is None:
        kind, lot_id = PlanKind.FIRST_ARTICLE, lot_work.lot.id
        add_due(
            tx.session, tx.act.when.at, row.PlanRevision, kind, lot_id, stop.operation.id, limit
        )
    else:
        check.at_pieces = limit
    return Effect(
        "quality/first_article",
        {"code": lot_work.subject.code, "operation": str(stop.operation.sequence)},
    )


def _asked(session: Session, lot_work: Work, stop: Stop) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the plans that are watched here, each with how the operation stands; one statement."""
    here = LotOperation.operation_id == stop.operation.id
    of_kind = (Check.operation_id == stop.operation.id) & (Check.kind == Plan.kind)
    before = select(Operation.id).where(
        Operation.order_id == lot_work.order.id,
        Operation.sequence < stop.operation.sequence,
    )
    passed = select(Check.id).where(of_kind, Check.verdict == Verdict.PASS).correlate(Plan).exists()
    opened = select(func.min(Check.id)).where(of_kind, Check.closed_at.is_(None))
    last_at = select(func.max(Check.at_pieces)).where(of_kind)
    query = in_use(lot_work.item.id, *DUE_KINDS).where(Plan.sequence == stop.operation.sequence)
    found = session.execute(
        query.add_columns(
            Plan.kind,
            _total(LotOperation.good, here).label("good"),
            _total(REPORTED, here).label("reported"),
            _total(LEFT, here).label("here"),
            _total(NOT_YET_HERE, LotOperation.operation_id.in_(before)).label("before"),
            passed.label("passed"),
            opened.correlate(Plan).scalar_subquery().label("open_id"),
            last_at.correlate(Plan).scalar_subquery().label("last_at"),
        )
    ).all()
    # The first of a kind is the one that holds: the item's own before its model's.
    return list({row.kind: row for row in reversed(found)}.values())


def _total(what: SQLColumnExpression[Decimal], where: ColumnElement[bool]) -> ScalarSelect[Any]:
    total = func.coalesce(func.sum(what, type_=LotOperation.good.type), ZERO)
    return select(total).where(where).scalar_subquery()
