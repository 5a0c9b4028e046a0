"""What a replay has left behind, counted from the database and never from the file."""

import json
from collections import Counter, defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shopfloor.core.events import Event
from shopfloor.core.types import plain
from shopfloor.holds.models import Hold
from shopfloor.production.commands.jobs import STARTED
from shopfloor.production.commands.reports import REPORTED
from shopfloor.production.models import (
    Job,
    JobInterval,
    JobKind,
    LotOperation,
    Rejection,
    WorkOrder,
)

ORDER_OF_KINDS = (JobKind.SETUP, JobKind.PRODUCTION, JobKind.BREAKDOWN)


def totals(session: Session, reasons: dict[str, int]) -> dict[str, Any]:
    """Return the figures by which a replay is compared with its file."""
    reports = select(func.count()).where(Event.kind == REPORTED.name)
    return {
        "orders": session.scalar(select(func.count()).select_from(WorkOrder)),
        "reports": session.scalar(reports),
        "completed": _pieces(session.scalar(select(func.sum(LotOperation.good)))),
        "rejected": _scrapped(session, reasons["rejected"]),
        "mrb": _scrapped(session, reasons["for_review"]),
        "minutes": _minutes(session),
        "rejects_by_month": _rejects_by_month(session, reasons["rejected"]),
        "overrides": _overrides(session),
    }


def locked_orders(session: Session) -> int:
    """Return how many orders are held."""
    held = select(func.count(Hold.subject_id.distinct())).where(Hold.released_at.is_(None))
    return session.scalar(held) or 0


def _scrapped(session: Session, reason_id: int) -> int | str:
    return _pieces(
        session.scalar(select(func.sum(Rejection.quantity)).where(Rejection.reason_id == reason_id))
    )


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


def _overrides(session: Session) -> dict[str, int]:
    kinds = (STARTED.name, REPORTED.name)
    payloads = session.scalars(select(Event.payload).where(Event.kind.in_(kinds)))
    counted = Counter(rule for text in payloads for rule in json.loads(text)["overrides"])
    return dict(sorted(counted.items()))


def _pieces(value: Decimal | None) -> int | str:
    """Return a whole number as one, and anything finer as exact text."""
    value = plain(value or Decimal(0))
    return int(value) if value == value.to_integral_value() else str(value)
