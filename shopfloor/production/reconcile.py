"""Recounts work: pieces at operations are the WIP balance, times and rejects add up."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    and_,
    func,
    literal,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from shopfloor.core.reconcile import Check, Difference
from shopfloor.core.subjects import Subject
from shopfloor.core.types import Quantity, plain
from shopfloor.holds.models import Hold
from shopfloor.production.models import (
    Job,
    JobInterval,
    LotOperation,
    Operation,
    Rejection,
    RejectionKind,
    WorkOrder,
)
from shopfloor.stock.models import Balance, Lot

_ZERO = type_coerce(literal(0), Quantity)


def find(session: Session) -> Iterator[Difference]:
    """Compare what is kept about pieces, rejects, jobs and held pieces with its other half."""
    yield from _wip(session)
    for kind in RejectionKind:
        yield from _rejections(session, kind)
    yield from _jobs(session)
    yield from _overlaps(session)
    yield from _held_for_nothing(session)


def _wip(session: Session) -> Iterator[Difference]:
    here = LotOperation.came - LotOperation.scrap - LotOperation.rework - LotOperation.onward
    pieces = (
        select(LotOperation.lot_id, _sum(here).label("here"))
        .group_by(LotOperation.lot_id)
        .subquery()
    )
    counted, stored = _or_zero(pieces.c.here), _or_zero(Balance.quantity)
    rows = session.execute(
        select(Subject, counted, stored)
        .join(Lot, Lot.id == Subject.id)
        .join(WorkOrder, WorkOrder.id == Lot.family_id)
        .join(pieces, pieces.c.lot_id == Lot.id, isouter=True)
        .join(
            Balance,
            and_(Balance.lot_id == Lot.id, Balance.place_id == WorkOrder.wip_place_id),
            isouter=True,
        )
        .where(counted != stored)
        .order_by(Lot.id)
    )
    for lot, at_operations, balance in rows:
        yield Difference("wip", _facts(lot, at_operations, balance))


def _rejections(session: Session, kind: RejectionKind) -> Iterator[Difference]:
    counter = LotOperation.scrap if kind is RejectionKind.SCRAP else LotOperation.rework
    counters = (
        select(LotOperation.lot_id, _sum(counter).label("sum"))
        .group_by(LotOperation.lot_id)
        .subquery()
    )
    entries = (
        select(Rejection.lot_id, _sum(Rejection.quantity).label("sum"))
        .where(Rejection.kind == kind)
        .group_by(Rejection.lot_id)
        .subquery()
    )
    stored, counted = _or_zero(counters.c.sum), _or_zero(entries.c.sum)
    rows = session.execute(
        select(Subject, counted, stored)
        .join(Lot, Lot.id == Subject.id)
        .join(counters, counters.c.lot_id == Lot.id, isouter=True)
        .join(entries, entries.c.lot_id == Lot.id, isouter=True)
        .where(counted != stored)
        .order_by(Lot.id)
    )
    for lot, rejected, counters_say in rows:
        yield Difference(kind.value, _facts(lot, rejected, counters_say))


def _jobs(session: Session) -> Iterator[Difference]:
    """Find closed jobs that still run, and open ones that do not run exactly once."""
    running = func.count(JobInterval.id)
    rows = session.execute(
        select(Job.id, Subject, Job.closed_at)
        .join(Subject, Subject.id == Job.lot_id)
        .join(
            JobInterval,
            and_(JobInterval.job_id == Job.id, JobInterval.ended_at.is_(None)),
            isouter=True,
        )
        .group_by(Job.id, Subject.id)
        .having(
            or_(
                and_(Job.closed_at.is_not(None), running > 0),
                and_(Job.closed_at.is_(None), running != 1),
            )
        )
        .order_by(Job.id)
    )
    for job_id, lot, closed_at in rows:
        facts = {"job": str(job_id), "lot": lot.number or lot.code}
        yield Difference("still_running" if closed_at else "not_running", facts)


def _overlaps(session: Session) -> Iterator[Difference]:
    """Find stretches of one job that begin before the one before them has ended."""
    job, in_time = JobInterval.job_id, (JobInterval.started_at, JobInterval.id)
    before = func.lag(JobInterval.id).over(partition_by=job, order_by=in_time)
    before_ended_at = func.lag(JobInterval.ended_at).over(partition_by=job, order_by=in_time)
    stretches = select(
        job,
        JobInterval.started_at,
        before.label("previous"),
        before_ended_at.label("previous_ended_at"),
    ).subquery()
    rows = session.execute(
        select(stretches.c.job_id, Subject)
        .join(Job, Job.id == stretches.c.job_id)
        .join(Subject, Subject.id == Job.lot_id)
        .where(
            stretches.c.previous.is_not(None),
            or_(
                stretches.c.previous_ended_at.is_(None),
                stretches.c.previous_ended_at > stretches.c.started_at,
            ),
        )
        .order_by(stretches.c.job_id)
    )
    for job_id, lot in rows:
        yield Difference("overlap", {"job": str(job_id), "lot": lot.number or lot.code})


def _held_for_nothing(session: Session) -> Iterator[Difference]:
    """Find pieces that wait for a decision although no open lock is on them."""
    reported_under = select(Job.reported_under_id).where(
        Job.lot_id == LotOperation.lot_id, Job.operation_id == LotOperation.operation_id
    )
    subjects = (Lot.id, Lot.family_id, Lot.item_id, Operation.id, Operation.station_id)
    lock = (
        select(Hold.id)
        .where(
            Hold.released_at.is_(None),
            or_(
                *(Hold.subject_id == subject for subject in subjects),
                Hold.id.in_(reported_under),
            ),
        )
        .exists()
    )
    rows = session.execute(
        select(Subject, Operation.sequence, LotOperation.held)
        .join(Lot, Lot.id == Subject.id)
        .join(LotOperation, LotOperation.lot_id == Lot.id)
        .join(Operation, Operation.id == LotOperation.operation_id)
        .where(LotOperation.held > _ZERO, ~lock)
        .order_by(Lot.id, Operation.sequence)
    )
    for lot, sequence, held in rows:
        facts = {"lot": lot.number or lot.code, "operation": str(sequence)}
        yield Difference("held_for_nothing", facts | {"held": str(plain(held))})


def _sum(quantity: SQLColumnExpression[Decimal]) -> ColumnElement[Decimal]:
    # A difference of quantities has forgotten that it is one.
    return type_coerce(func.sum(quantity), Quantity)


def _or_zero(quantity: SQLColumnExpression[Any]) -> ColumnElement[Decimal]:
    return type_coerce(func.coalesce(quantity, _ZERO), Quantity)


def _facts(lot: Subject, counted: Decimal, stored: Decimal) -> dict[str, str]:
    return {
        "lot": lot.number or lot.code,
        "counted": str(plain(counted)),
        "stored": str(plain(stored)),
    }


CHECK = Check(
    "production",
    _l("Work in progress"),
    find,
    {
        "wip": _l("Lot %(lot)s: %(counted)s pieces at its operations, %(stored)s in its WIP."),
        "scrap": _l("Lot %(lot)s: scrap is stored as %(stored)s, its entries make %(counted)s."),
        "rework": _l("Lot %(lot)s: rework is stored as %(stored)s, its entries make %(counted)s."),
        "still_running": _l("Job %(job)s on lot %(lot)s is closed, but its time still runs."),
        "not_running": _l("Job %(job)s on lot %(lot)s is open, but its time does not run once."),
        "overlap": _l("Job %(job)s on lot %(lot)s counts some of its time twice."),
        "held_for_nothing": _l(
            "Lot %(lot)s, operation %(operation)s: %(held)s pieces wait without any lock."
        ),
    },
)
