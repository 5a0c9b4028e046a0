"""What became of the pieces that a pay line pays, and why some of them do not count."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from shopfloor.core.subjects import Subject
from shopfloor.holds.models import Hold
from shopfloor.pay.models import PayLine
from shopfloor.production.models import Operation
from shopfloor.quality.ncr_models import Cause, Nonconformance


@dataclass(frozen=True)
class Paid:
    """A pay line with the pieces that it is about.

    Of rejected ones it tells the cause as the inspector has proposed it, and where that stands.
    """

    line: PayLine
    lot: str
    lot_code: str
    operation: int
    cause: Cause | None = None
    ncr: str | None = None
    ncr_code: str | None = None


def paid(session: Session, person_id: int, event_ids: Iterable[int]) -> list[Paid]:
    """Return what some events paid a person, in the order of the lines; one statement."""
    query = told().where(PayLine.event_id.in_(event_ids), PayLine.person_id == person_id)
    return [
        Paid(line, number or code, code, sequence, cause, ncr, ncr_code)
        for line, number, code, sequence, cause, ncr, ncr_code in session.execute(
            query.order_by(PayLine.id)
        )
    ]


def told() -> Select[PayLine, str | None, str, int, Cause | None, str | None, str]:
    """Return the query for pay lines with their lots, and why those that are rejected are so."""
    lot, ncr = aliased(Subject), aliased(Subject)
    return (
        select(
            PayLine,
            lot.number,
            lot.code,
            Operation.sequence,
            Nonconformance.cause,
            ncr.number.label("ncr_number"),
            ncr.code.label("ncr_code"),
        )
        .join(lot, lot.id == PayLine.lot_id)
        .join(Operation, Operation.id == PayLine.operation_id)
        .join(Hold, Hold.released_event_id == PayLine.decided_id, isouter=True)
        .join(Nonconformance, Nonconformance.hold_id == Hold.id, isouter=True)
        .join(ncr, ncr.id == Nonconformance.id, isouter=True)
    )
