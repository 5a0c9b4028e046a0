"""Patrols that come by the clock: the loop looks for them, however often, and adds each once."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from shopfloor.core.db import db, transaction
from shopfloor.production import work
from shopfloor.production.models import (
    Job,
    JobInterval,
    JobKind,
    LotOperation,
    Operation,
    OrderState,
    WorkOrder,
)
from shopfloor.quality.asked import in_use
from shopfloor.quality.due import REPORTED, add_due
from shopfloor.quality.plan_models import Check, Plan, PlanKind, PlanRevision

Running = tuple[int, int, datetime]
_PATROL = in_use(PlanKind.PATROL).where(Plan.sequence == bindparam("sequence")).limit(1)


def add_patrols(now: datetime) -> int:
    """Make due what is due by the clock, each in a transaction of its own; returns how many."""
    return sum(_add(running, now) for running in _running(db.session()))


def _running(session: Session) -> list[Running]:
    """Return where somebody works now on a watched operation, and since when; one statement."""
    found = session.execute(
        select(func.min(Job.lot_id), Job.operation_id, func.min(JobInterval.started_at))
        .join(JobInterval, JobInterval.job_id == Job.id)
        .join(Operation, Operation.id == Job.operation_id)
        .where(
            Operation.watched,
            Job.closed_at.is_(None),
            Job.kind == JobKind.PRODUCTION,
            JobInterval.ended_at.is_(None),
            ~JobInterval.paused,
        )
        .group_by(Job.operation_id)
        .order_by(Job.operation_id)
    ).all()
    return [(lot_id, operation_id, since) for lot_id, operation_id, since in found]


def _add(running: Running, now: datetime) -> bool:
    lot_id, operation_id, since = running
    with transaction() as session:
        # A report may make one due at this very moment: the lock lets one of the two come first.
        work.lock_family(session, lot_id)
        revision = _by_the_clock(session, operation_id)
        if revision is None or revision.every_minutes is None:
            return False
        checks = (Check.operation_id == operation_id) & (Check.kind == PlanKind.PATROL)
        last = session.scalar(select(func.max(Check.due_at)).where(checks))
        # What stood still overnight is not due at the first piece of the morning.
        begun = since if last is None else max(since, last)
        if begun + timedelta(minutes=revision.every_minutes) > now:
            return False
        if session.scalar(select(Check.id).where(checks, Check.closed_at.is_(None)).limit(1)):
            return False
        total = func.sum(REPORTED, type_=LotOperation.good.type)
        reported = session.scalar(select(total).where(LotOperation.operation_id == operation_id))
        add_due(session, now, revision, PlanKind.PATROL, lot_id, operation_id, reported)
        return True


def _by_the_clock(session: Session, operation_id: int) -> PlanRevision | None:
    """Return the patrol that holds at an operation of a released order; two statements."""
    found = session.execute(
        select(WorkOrder.item_id, Operation.sequence)
        .join(Operation, Operation.order_id == WorkOrder.id)
        .where(Operation.id == operation_id, WorkOrder.state == OrderState.RELEASED)
    ).first()
    if found is None:
        return None
    asked = {"item": found.item_id, "supplier": None, "sequence": found.sequence}
    return session.scalar(_PATROL, asked)
