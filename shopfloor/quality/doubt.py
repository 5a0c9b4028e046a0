"""What a gauge that was found bad has measured: in doubt for ever, whatever it is found later."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy.orm import Session

from shopfloor.core.db import rows
from shopfloor.core.events import Recorded
from shopfloor.core.subjects import Subject
from shopfloor.quality import refusals
from shopfloor.quality.gauge_models import Calibration, CalibrationResult
from shopfloor.quality.plan_models import Check, Value


def measured_before(calibration: Calibration | type[Calibration]) -> ColumnElement[bool]:
    """Say that a value was measured with a gauge before it was found bad, since it was last good.

    What came in late was measured by then, too; what was kept before was, whatever the clock said.
    """
    by_then = Value.read_at <= calibration.recorded_at
    return (
        (Value.gauge_id == calibration.gauge_id)
        & (Value.read_at >= calibration.doubted_from)
        & (by_then | (Value.event_id < calibration.event_id))
    )


_BAD = measured_before(Calibration) & (Calibration.result == CalibrationResult.BAD)
_OF_CHECK = Value.check_id == bindparam("check")
_STANDING = (
    select(func.coalesce(Subject.number, Subject.code))
    .join(Calibration, Calibration.gauge_id == Subject.id)
    .join(Value, _BAD)
    .where(_OF_CHECK, Value.replaced_at.is_(None))
    .order_by(Calibration.id)
    .limit(1)
)
_LATE = (
    select(func.max(Calibration.id)).join(Value, _BAD).where(Value.event_id == bindparam("event"))
)


@dataclass(frozen=True)
class Doubt:
    """A calibration that found a gauge bad, and which values here were measured with it before."""

    calibration: Calibration
    gauge: Subject
    values: frozenset[int]


def require_undoubted(session: Session, check: Check) -> None:
    """Refuse a pass on values of a gauge that was found bad; a statement only where one was."""
    if check.doubted_by_id is None:
        return
    bad = rows(session, _STANDING, {"check": check.id})
    if bad:
        raise refusals.measured_badly(bad[0][0])


def doubts_of(session: Session, check: Check) -> list[Doubt]:
    """Return why an inspection is in doubt, the first cause first; one statement, none without."""
    if check.doubted_by_id is None:
        return []
    values: dict[tuple[Calibration, Subject], set[int]] = defaultdict(set)
    for calibration, gauge, value_id in session.execute(
        select(Calibration, Subject, Value.id)
        .join(Subject, Subject.id == Calibration.gauge_id)
        .join(Value, _BAD)
        .where(Value.check_id == check.id)
        .order_by(Calibration.id)
    ):
        values[calibration, gauge].add(value_id)
    return [Doubt(*cause, frozenset(ids)) for cause, ids in values.items()]


def note_late(session: Session, check: Check, event: Recorded) -> None:
    """Mark an inspection when values of it come in that were read before their gauge was bad."""
    found = rows(session, _LATE, {"event": event.id})[0][0]
    if found is not None:
        check.doubted_by_id = found
