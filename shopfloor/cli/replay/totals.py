"""What a replay has left behind, counted from the database and never from the file."""

import json
from collections import Counter, defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shopfloor.core.events import Event
from shopfloor.core.subjects import Subject
from shopfloor.core.types import plain
from shopfloor.core.words import in_words
from shopfloor.holds.models import Hold
from shopfloor.people.models import Person
from shopfloor.production.commands.jobs import STARTED
from shopfloor.production.commands.reports import REPORTED
from shopfloor.production.models import (
    Job,
    JobInterval,
    JobKind,
    LotOperation,
    Operation,
    Rejection,
    WorkOrder,
)
from shopfloor.quality.models import Disposition, DispositionKind, Inspection
from shopfloor.quality.ncr_models import NcrState, Nonconformance
from shopfloor.stock.models import Lot

ZERO = Decimal(0)
ORDER_OF_KINDS = (JobKind.SETUP, JobKind.PRODUCTION, JobKind.BREAKDOWN)


def totals(session: Session, reasons: dict[str, int]) -> dict[str, Any]:
    """Return the figures by which a replay is compared with its file."""
    reports = select(func.count()).where(Event.kind == REPORTED.name)
    used = _used_after_review(session, reasons["for_review"])
    good = session.scalar(select(func.sum(LotOperation.good, type_=LotOperation.good.type)))
    return {
        "orders": session.scalar(select(func.count()).select_from(WorkOrder)),
        "reports": session.scalar(reports),
        "completed": _pieces((good or ZERO) - used),
        "rejected": _pieces(_scrapped(session, reasons["rejected"])),
        "mrb": _pieces(_scrapped(session, reasons["for_review"]) + used),
        "minutes": _minutes(session),
        "rejects_by_month": _rejects_by_month(session, reasons["rejected"]),
        **_rejects_by(session, reasons["rejected"]),
        "overrides": _overrides(session),
    }


def locked_orders(session: Session) -> int:
    """Return how many orders are held."""
    held = select(func.count(Hold.subject_id.distinct())).where(Hold.released_at.is_(None))
    return session.scalar(held) or 0


def inspections(session: Session) -> dict[str, Any]:
    """Return what came of the inspections of a replay: verdicts, locks and nonconformances."""
    verdicts = session.execute(
        select(Inspection.verdict, func.count()).group_by(Inspection.verdict)
    )
    counted = {verdict.value: number for verdict, number in verdicts}
    released = func.count(Hold.released_at)
    locks, released_locks = session.execute(select(func.count(Hold.id), released)).one()
    states = select(Nonconformance.state, func.count()).group_by(Nonconformance.state)
    ncrs = {state: number for state, number in session.execute(states)}  # noqa: C416 - rows
    return {
        "passed": counted.get("pass", 0),
        "failed": counted.get("fail", 0),
        "locks": locks,
        "released": released_locks,
        "dispositions": _dispositions(session),
        "ncrs": sum(ncrs.values()),
        "ncrs_closed": ncrs.get(NcrState.CLOSED, 0),
    }


def _dispositions(session: Session) -> dict[str, int | str]:
    quantity = func.sum(Disposition.quantity, type_=Disposition.quantity.type)
    rows = session.execute(
        select(Disposition.kind, quantity).group_by(Disposition.kind).order_by(Disposition.kind)
    )
    return {kind.value: _pieces(pieces) for kind, pieces in rows}


def _used_after_review(session: Session, reason_id: int) -> Decimal:
    """Return the pieces for review that went on: good for the order, completed by no row."""
    quantity = func.sum(Disposition.quantity, type_=Disposition.quantity.type)
    used = session.scalar(
        select(quantity)
        .join(Hold, Hold.id == Disposition.hold_id)
        .where(
            Disposition.kind == DispositionKind.USE_AS_IS,
            Disposition.operation_id == Hold.operation_id,
            Hold.reason_id == reason_id,
        )
    )
    return used or ZERO


def _scrapped(session: Session, reason_id: int) -> Decimal:
    total = select(func.sum(Rejection.quantity, type_=Rejection.quantity.type))
    return session.scalar(total.where(Rejection.reason_id == reason_id)) or ZERO


def _minutes(session: Session) -> dict[str, int | str]:
    spent = dict.fromkeys(ORDER_OF_KINDS, timedelta())
    stretches = select(Job.kind, JobInterval.started_at, JobInterval.ended_at).join(
        JobInterval, JobInterval.job_id == Job.id
    )
    for kind, began, ended in session.execute(stretches.where(JobInterval.paused.is_(False))):
        if ended is not None:
            spent[kind] += ended - began
    return {
        kind.value: _pieces(Decimal(time // timedelta(microseconds=1)) / 60_000_000)
        for kind, time in spent.items()
    }


def _rejects_by_month(session: Session, reason_id: int) -> dict[str, int | str]:
    months: dict[str, Decimal] = defaultdict(Decimal)
    rows = session.execute(
        select(Event.happened_at, Rejection.quantity)
        .join(Rejection, Rejection.event_id == Event.id)
        .where(Rejection.reason_id == reason_id)
        .order_by(Event.happened_at)
    )
    for happened_at, quantity in rows:
        months[f"{happened_at:%Y-%m}"] += quantity
    return {month: _pieces(quantity) for month, quantity in months.items()}


def _rejects_by(session: Session, reason_id: int) -> dict[str, dict[str, int | str]]:
    """Return the rejects by activity, worker and part, most first."""
    rows = session.execute(
        select(Rejection.quantity, Operation.names, Person.name, Subject.number)
        .join(Operation, Operation.id == Rejection.found_at_id)
        .join(Event, Event.id == Rejection.event_id)
        .join(Person, Person.id == Event.actor_id)
        .join(Lot, Lot.id == Rejection.lot_id)
        .join(Subject, Subject.id == Lot.item_id)
        .where(Rejection.reason_id == reason_id)
        .order_by(Rejection.id)
    )
    by: dict[str, dict[str, Decimal]] = {
        f"rejects_by_{each}": defaultdict(Decimal) for each in ("activity", "worker", "part")
    }
    for quantity, names, *others in rows:
        for counted, name in zip(by.values(), (in_words(names), *others), strict=True):
            counted[name or ""] += quantity
    return {
        each: {
            name: _pieces(much)
            for name, much in sorted(counted.items(), key=lambda one: (-one[1], one[0]))
        }
        for each, counted in by.items()
    }


def _overrides(session: Session) -> dict[str, int]:
    kinds = (STARTED.name, REPORTED.name)
    payloads = session.scalars(select(Event.payload).where(Event.kind.in_(kinds)))
    counted = Counter(rule for text in payloads for rule in json.loads(text)["overrides"])
    return dict(sorted(counted.items()))


def _pieces(value: Decimal | None) -> int | str:
    """Return a whole number as one, and anything finer as exact text."""
    value = plain(value or Decimal(0))
    return int(value) if value == value.to_integral_value() else str(value)
