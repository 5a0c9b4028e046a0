"""A report on its way through the rules: what it says, pass by pass, and what refuses it."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import func, select

from shopfloor.catalogue.chosen import require_reason
from shopfloor.catalogue.models import Reason, ReasonKind
from shopfloor.core import clock
from shopfloor.core.commands import Tx
from shopfloor.core.files import File
from shopfloor.holds.models import Hold
from shopfloor.production import parting_refusals, progress, refusals
from shopfloor.production.commands.jobs import require_open, why_not_ready
from shopfloor.production.in_hand import InHand
from shopfloor.production.models import JobKind, LotOperation, OrderState
from shopfloor.production.team import Mate
from shopfloor.production.way import Pass, StationFacts, Stop, Work
from shopfloor.stock import numbers

ZERO = Decimal(0)
TOLERATED = "within_tolerance"
RIGHT_NOW = timedelta(minutes=2)


@dataclass
class Part:
    """What of a report falls to one pass over the operation."""

    row: Pass
    good: Decimal
    scrap: Decimal
    rework: Decimal
    excess: Decimal


@dataclass
class Report:
    """A report on its way through the rules."""

    work: Work
    stop: Stop
    parts: list[Part]
    good: Decimal
    scrap: Decimal
    rework: Decimal
    hold: Hold | None
    job: InHand | None
    station: StationFacts
    team: list[Mate] = field(default_factory=list)
    overrides: tuple[str, ...] = ()

    @property
    def total(self) -> Decimal:
        """All pieces of the report."""
        return self.good + self.scrap + self.rework

    @property
    def excess(self) -> Decimal:
        """Pieces beyond what came."""
        return sum((part.excess for part in self.parts), ZERO)

    @property
    def held(self) -> Decimal:
        """Good pieces that wait for the decision about a lock."""
        return self.good if self.hold else ZERO


def spread(stop: Stop, pieces: list[Decimal]) -> list[Part]:
    """Let each pass take what it has left, good pieces first; what is over falls to the last."""
    if not stop.passes:
        progress.feed(stop, 1, ZERO, stop.operation.inspect)
    rows = [row for row in stop.passes if row.left > 0] or stop.passes[-1:]
    parts = []
    for row in rows:
        room, taken = row.left, []
        for n, quantity in enumerate(pieces):
            taken.append(quantity if row is rows[-1] else min(quantity, room))
            pieces[n] -= taken[n]
            room -= taken[n]
        if any(taken):
            good, scrap, rework = taken
            parts.append(Part(row, good, scrap, rework, excess=max(-room, ZERO)))
    return parts


def begun_before(
    tx: Tx, job: InHand | None, station: StationFacts, hold: Hold, subjects: list[int | None]
) -> bool:
    """Say whether this is work begun here before the lock, not yet reported while one stands."""
    return (
        job is not None
        and job.station.id == station.id
        and job.kind is JobKind.PRODUCTION
        and job.opened_event_id < hold.opened_event_id
        and (job.reported_under_id is None or _free_since(tx, job.reported_under_id, subjects))
    )


def _free_since(tx: Tx, hold_id: int, subjects: list[int | None]) -> bool:
    """Say whether these subjects were free at any time since a hold; one may follow on another.

    The numbers of events decide and not their times: a clock may be set back.
    """
    until = tx.session.get_one(Hold, hold_id).released_event_id
    spans = tx.session.execute(
        select(Hold.opened_event_id, Hold.released_event_id)
        .where(Hold.subject_id.in_(subjects))
        .order_by(Hold.opened_event_id)
    )
    for opened, released in spans:
        if until is None or opened > until:
            break
        until = None if released is None else max(until, released)
    return until is not None


def scrap_reason(tx: Tx, report: Report, reason_id: int | None, photo: str | None) -> Reason | None:
    """Return why pieces were scrapped; refused without a reason, or without the photo it needs."""
    if photo is not None and tx.session.get(File, photo) is None:
        raise refusals.photo_missing()
    if not report.scrap:
        return None
    reason = require_reason(tx.session, reason_id, ReasonKind.SCRAP, field="scrap_reason")
    if reason.photo and photo is None:
        raise refusals.photo_missing()
    return reason


def made_at_stop(report: Report, sequence: int | None) -> Stop:
    """Return where the rejected pieces went wrong: here, or at an operation before this one."""
    if sequence is None:
        return report.stop
    stop = report.work.stop(sequence)
    if sequence > report.stop.operation.sequence:
        raise refusals.not_made_yet(sequence)
    return stop


def require_serials(report: Report) -> None:
    """Refuse to count pieces that must have a number of their own here."""
    if report.stop.operation.serialise and not report.work.lot.serial:
        raise parting_refusals.needs_serials(report.stop.operation.sequence)


def require_in_time(tx: Tx, report: Report, override_reason_id: int | None) -> None:
    """Refuse a time outside the life of the order, unless with the right and a reason."""
    order = report.work.order
    at = tx.act.when.at
    # What is done right now is in time, even when the server's clock was set back since.
    dated = clock.now() - at > RIGHT_NOW
    early = order.released_at is None or (at < order.released_at and dated)
    if not early and order.state is not OrderState.CLOSED:
        return
    if override_reason_id is None or order.state is OrderState.PLANNED:
        require_open(report.work)
        raise refusals.backdated()
    _override(tx, report, override_reason_id, "backdated")
    numbers.require_unlocked(tx, report.work.lot.id)


def require_not_too_many(tx: Tx, report: Report, override_reason_id: int | None) -> None:
    """Refuse more than came, unless within the tolerance, or with the right and a reason."""
    stop = report.stop
    if not report.excess:
        return
    before = report.work.before(stop)
    # Tolerance is for counting errors: it never lets pieces pass an inspection that is not done.
    judged = before is None or not (before.waiting or before.held)
    tolerated = report.work.order.quantity * stop.operation.tolerance_percent / 100
    came = any(row.came for row in stop.passes)
    if judged and came and _excess_so_far(tx, stop) + report.excess <= tolerated:
        report.overrides += (TOLERATED,)
        return
    if override_reason_id is None:
        raise why_not_ready(report.work, stop) or refusals.too_many(report.total, stop.left)
    _override(tx, report, override_reason_id, "excess")


def _excess_so_far(tx: Tx, stop: Stop) -> Decimal:
    """Return the excess booked at an operation for all lots of the order; one statement."""
    total = select(func.sum(LotOperation.excess, type_=LotOperation.excess.type))
    return tx.session.scalar(total.where(LotOperation.operation_id == stop.operation.id)) or ZERO


def _override(tx: Tx, report: Report, reason_id: int, what: str) -> None:
    tx.act.rights.require("work.override", *report.work.scopes_at(report.station))
    require_reason(tx.session, reason_id, ReasonKind.OVERRIDE, field="override_reason")
    report.overrides += (what,)
