"""Inspections that become due by themselves: added, heard of, settled by their verdict.

Everything here runs under the lock of the family, as the report, the start and the verdict do.
"""

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import Select, bindparam, select, update
from sqlalchemy.orm import Session

from shopfloor.catalogue.entries import of_category
from shopfloor.catalogue.models import Item
from shopfloor.core.commands import Tx
from shopfloor.core.db import metadata
from shopfloor.core.events import Effect, EventSubject, Recorded
from shopfloor.core.subjects import Subject
from shopfloor.core.types import UtcDateTime
from shopfloor.production.models import LotOperation, Operation, OrderState, WorkOrder
from shopfloor.quality import due_refusals as refusals
from shopfloor.quality.asked import standing
from shopfloor.quality.judging import sample_of
from shopfloor.quality.models import Verdict
from shopfloor.quality.plan_models import DUE_KINDS, Check, Plan, PlanKind, PlanRevision
from shopfloor.quality.sorting import sorted_out

ZERO = Decimal(0)
REPORTED = LotOperation.good + LotOperation.scrap + LotOperation.rework
# The operations of the order that an event is about.
_OPERATIONS = (
    select(Operation.id)
    .join(EventSubject, EventSubject.subject_id == Operation.order_id)
    .where(EventSubject.event_id == bindparam("event"))
)
_LAST_PIECE = (
    select(Operation.sequence)
    .join(Check, Check.operation_id == Operation.id)
    .where(
        Operation.id.in_(_OPERATIONS),
        Check.kind == PlanKind.LAST_PIECE,
        Check.closed_at.is_(None),
    )
    .order_by(Operation.sequence)
    .limit(1)
)
# One that runs has values.
_BEGUN = (
    select(Check)
    .where(
        Check.operation_id.in_(_OPERATIONS), Check.opened_at.is_not(None), Check.closed_at.is_(None)
    )
    .order_by(Check.id)
)
_CHECKS = metadata.tables[Check.__tablename__]
_END = (
    update(_CHECKS)
    .where(_CHECKS.c.operation_id.in_(_OPERATIONS), _CHECKS.c.closed_at.is_(None))
    .values(closed_at=bindparam("at", type_=UtcDateTime()))
)


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


def end_checks(tx: Tx, event: Recorded) -> Effect | None:
    """Close what is open at the operations of an order that is closed: nobody can judge it now.

    Refused while the last piece of one of them is not inspected, and while bad pieces that were
    found at one of them wait for an NG: nobody would hear of them any more.
    """
    order = {"event": event.id}
    sequence = tx.session.scalar(_LAST_PIECE, order)
    if sequence is not None:
        raise refusals.last_piece(sequence)
    for check in tx.session.scalars(_BEGUN, order).all():
        if standing(tx.session, check).failed or sorted_out(tx.session, check):
            lot = tx.session.get_one(Subject, check.lot_id)
            at = tx.session.get_one(Operation, check.operation_id)
            raise refusals.bad_ones_wait(lot.number or lot.code, at.sequence)
    tx.session.connection().execute(_END, order | {"at": tx.act.when.at})
    return None
