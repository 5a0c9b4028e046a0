"""What a start or a report makes due at an operation, and what waits for the first article.

Everything here runs under the lock of the family, as the report, the start and the verdict do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Row,
    ScalarSelect,
    Select,
    SQLColumnExpression,
    bindparam,
    func,
    select,
)
from sqlalchemy.orm import Session

from shopfloor.core.commands import Tx
from shopfloor.core.events import Effect
from shopfloor.plant.shifts import turn_of
from shopfloor.production.models import LEFT, LotOperation, Operation, OrderState
from shopfloor.production.way import Stop, Work
from shopfloor.quality import due_refusals as refusals
from shopfloor.quality.asked import in_use
from shopfloor.quality.due import REPORTED, ZERO, add_due
from shopfloor.quality.models import Verdict
from shopfloor.quality.plan_models import DUE_KINDS, Again, Check, Plan, PlanKind, PlanRevision

# In front of an operation: what has come to those before it and has not gone on or out.
NOT_YET_HERE = LotOperation.came - LotOperation.scrap - LotOperation.rework - LotOperation.onward


def _total(what: SQLColumnExpression[Decimal], where: ColumnElement[bool]) -> ScalarSelect[Any]:
    total = func.coalesce(func.sum(what, type_=LotOperation.good.type), ZERO)
    return select(total).where(where).scalar_subquery()


def _watched() -> Select[Any]:
    """Make the statement of what is watched at an operation; every report there runs it."""
    sequence: BindParameter[int] = bindparam("sequence")
    here = LotOperation.operation_id == bindparam("operation")
    of_kind = (Check.operation_id == bindparam("operation")) & (Check.kind == Plan.kind)
    before = select(Operation.id).where(
        Operation.order_id == bindparam("order"), Operation.sequence < sequence
    )
    passed = select(Check.id).where(of_kind, Check.verdict == Verdict.PASS).correlate(Plan).exists()
    opened = select(func.min(Check.id)).where(of_kind, Check.closed_at.is_(None))
    last_at = select(func.max(Check.at_pieces)).where(of_kind)
    return (
        in_use(*DUE_KINDS)
        .where(Plan.sequence == sequence)
        .add_columns(
            Plan.kind,
            _total(LotOperation.good, here).label("good"),
            _total(REPORTED, here).label("reported"),
            _total(LEFT, here).label("here"),
            _total(NOT_YET_HERE, LotOperation.operation_id.in_(before)).label("before"),
            passed.label("passed"),
            opened.correlate(Plan).scalar_subquery().label("open_id"),
            last_at.correlate(Plan).scalar_subquery().label("last_at"),
        )
    )


_WATCHED = _watched()


def watch(tx: Tx, lot_work: Work, stop: Stop, good: Decimal | None) -> Effect | None:
    """Make due what a report has made due; refuse what the first article does not let through.

    One statement, and up to three more for what becomes due. `good` is None for a start. What is
    reported of a closed order, late and with a reason, nobody can inspect any more.
    """
    if lot_work.order.state is OrderState.CLOSED:
        return None
    effect = None
    for row in _asked(tx.session, lot_work, stop):
        if row.kind is PlanKind.FIRST_ARTICLE:
            effect = _first_article(tx, lot_work, stop, row, good) or effect
        elif good is not None and row.open_id is None and _is_due(row):
            add_due(
                tx.session,
                tx.act.when.at,
                row.PlanRevision,
                row.kind,
                lot_work.lot.id,
                stop.operation.id,
                row.reported,
            )
    return effect


def _is_due(row: Row[*tuple[Any, ...]]) -> bool:
    """Say whether enough pieces came since the last patrol, or nothing comes after the last one."""
    if row.kind is PlanKind.PATROL:
        every = row.PlanRevision.every_pieces
        return bool(every and row.reported - (row.last_at or ZERO) >= every)
    return not row.passed and not row.here and not row.before


@dataclass(frozen=True)
class _Round:
    """Where and in which shift a first article belongs, as far as its plan asks."""

    station_id: int | None = None
    shift: str | None = None


def _first_article(
    tx: Tx, lot_work: Work, stop: Stop, row: Row[*tuple[Any, ...]], good: Decimal | None
) -> Effect | None:
    round_ = _round(tx, lot_work, row.PlanRevision)
    if row.passed and (round_ == _Round() or _has_passed(tx.session, stop, round_)):
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
    made = check is None
    if check is None:
        kind, lot_id = PlanKind.FIRST_ARTICLE, lot_work.lot.id
        check = add_due(
            tx.session, tx.act.when.at, row.PlanRevision, kind, lot_id, stop.operation.id, limit
        )
    if made or check.at_pieces is None:
        check.station_id, check.shift = round_.station_id, round_.shift
    check.at_pieces = limit
    return Effect(
        "quality/first_article",
        {"code": lot_work.subject.code, "operation": str(stop.operation.sequence)},
    )


def _round(tx: Tx, lot_work: Work, revision: PlanRevision) -> _Round:
    """Return whose first article is asked for; one statement where each shift has its own."""
    if revision.again is Again.ONCE or tx.event is None:
        return _Round()
    if revision.again is Again.STATION:
        return _Round(station_id=tx.event.where.station_id)
    turn = turn_of(tx.session, lot_work.order.site_id, tx.act.when.at)
    # Between shifts, too, a day has first pieces.
    return _Round(shift=f"{turn.day}/{turn.shift_id or 0}")


def _has_passed(session: Session, stop: Stop, asked: _Round) -> bool:
    passed = select(Check.id).where(
        Check.operation_id == stop.operation.id,
        Check.kind == PlanKind.FIRST_ARTICLE,
        Check.verdict == Verdict.PASS,
        Check.station_id == asked.station_id if asked.station_id else Check.shift == asked.shift,
    )
    return session.scalar(passed.limit(1)) is not None


def _asked(session: Session, lot_work: Work, stop: Stop) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the plans that are watched here, each with how the operation stands; one statement."""
    found = session.execute(
        _WATCHED,
        {
            "item": lot_work.item.id,
            "supplier": None,
            "order": lot_work.order.id,
            "operation": stop.operation.id,
            "sequence": stop.operation.sequence,
        },
    ).all()
    # The first of a kind is the one that holds: the item's own before its model's.
    return list({row.kind: row for row in reversed(found)}.values())
