"""Reporting quantities, and taking a report back."""

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, case, func, select

from shopfloor.catalogue.chosen import require_reason
from shopfloor.catalogue.models import Reason, ReasonKind
from shopfloor.core import clock
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import Effect, EventKind
from shopfloor.core.files import EventFile, File
from shopfloor.core.types import Id
from shopfloor.holds import gate
from shopfloor.holds.models import Hold
from shopfloor.plant.models import PlaceKind, Station
from shopfloor.production import progress, refusals, work
from shopfloor.production.commands.jobs import require_open, why_not_ready
from shopfloor.production.corrections import take_back
from shopfloor.production.models import (
    Job,
    JobKind,
    LotOperation,
    OrderState,
    Rejection,
    RejectionKind,
)
from shopfloor.production.progress import require_quantity
from shopfloor.production.stretches import close_job
from shopfloor.production.work import Stop, Work
from shopfloor.stock import ledger

ZERO = Decimal(0)
TOLERATED = "within_tolerance"
RIGHT_NOW = timedelta(minutes=2)

_OPEN_JOB = (
    select(Job)
    .where(
        Job.lot_id == bindparam("lot"),
        Job.operation_id == bindparam("operation"),
        Job.person_id == bindparam("person"),
        Job.closed_at.is_(None),
        Job.id == func.coalesce(bindparam("job", type_=Id), Job.id),
    )
    # Pieces are made in production, so that job comes before a set-up at the same operation.
    .order_by(case((Job.kind == JobKind.PRODUCTION, 0), else_=1), Job.id.desc())
    .limit(1)
)


@dataclass(frozen=True)
class Booked:
    """What a report booked; quantities in the item's unit."""

    event_id: int
    lot: str
    lot_code: str
    operation: int
    names: dict[str, str]
    unit: str
    good: Decimal
    scrap: Decimal
    rework: Decimal
    held: Decimal
    excess: Decimal
    left: Decimal
    overrides: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()


@dataclass
class _Part:
    """What of a report falls to one pass over the operation."""

    row: LotOperation
    good: Decimal
    scrap: Decimal
    rework: Decimal
    excess: Decimal


@dataclass
class _Report:
    """A report on its way through the rules."""

    work: Work
    stop: Stop
    parts: list[_Part]
    good: Decimal
    scrap: Decimal
    rework: Decimal
    hold: Hold | None
    job: Job | None
    overrides: tuple[str, ...] = ()

    @property
    def total(self) -> Decimal:
        return self.good + self.scrap + self.rework

    @property
    def excess(self) -> Decimal:
        return sum((part.excess for part in self.parts), ZERO)

    @property
    def held(self) -> Decimal:
        return self.good if self.hold else ZERO


@command(Gate.USE)
def report_quantities(
    tx: Tx,
    *,
    lot: str,
    operation: int,
    good: Decimal = ZERO,
    scrap: Decimal = ZERO,
    rework: Decimal = ZERO,
    scrap_reason_id: int | None = None,
    made_at: int | None = None,
    photo: str | None = None,
    job_id: int | None = None,
    override_reason_id: int | None = None,
    finish: bool = False,
) -> Booked:
    """Report good, scrapped and rework pieces of a lot at an operation.

    `made_at` is the operation where the rejected pieces went wrong, if not this one. Pieces beyond
    what came are refused, unless within the operation's tolerance or with a right and a reason.
    On a held lot only work begun before the lock is taken, once, as held pieces.
    """
    lot_id = work.lock_family(tx.session, lot)
    lot_work = work.load(tx.session, lot_id)
    stop = lot_work.stop(operation)
    tx.act.rights.require("work.report", *lot_work.scopes(stop))
    for name, quantity in (("good", good), ("scrap", scrap), ("rework", rework)):
        require_quantity(lot_work.item, quantity, name)
    job = _open_job(tx, lot_id, stop, job_id)
    station_id = job.station_id if job else stop.station.id
    hold = gate.ask(tx, lot_work.held_by(stop, station_id, tx.act.actor_id))
    if hold and not _begun_before(job, hold):
        raise gate.held(tx.session, hold)
    if not good + scrap + rework:
        raise refusals.nothing_reported()
    parts = _spread(tx, lot_work, stop, [good, scrap, rework])
    report = _Report(lot_work, stop, parts, good, scrap, rework, hold, job)
    reason = _scrap_reason(tx, report, scrap_reason_id, photo)
    made_at_stop = _made_at(report, made_at)
    _require_in_time(tx, report, override_reason_id)
    _require_not_too_many(tx, report, override_reason_id)
    booked = _book(tx, report, override_reason_id, finish)
    _note_rejections(tx, report, reason, made_at_stop, photo)
    return replace(booked, effects=tx.react())


def _book(tx: Tx, report: _Report, override_reason_id: int | None, finish: bool) -> Booked:
    lot_work, stop = report.work, report.stop
    moves = _advance(tx, report)
    station = stop.station
    if report.job is not None:
        station = tx.session.get_one(Station, report.job.station_id)
        if report.hold is not None:
            report.job.reported_under_id = report.hold.id
        if finish or stop.left == 0:
            close_job(tx, report.job)
    progress.note_start(tx, lot_work)
    progress.settle_order(tx, lot_work)
    progress.write_together(tx.session, lot_work)
    where, turn = work.where(tx, lot_work, stop, station)
    tx.record(
        REPORTED,
        where,
        {
            "lot": str(lot_work.lot.id),
            "operation": str(stop.operation.id),
            "sequence": str(stop.operation.sequence),
            "item": str(lot_work.item.id),
            "good": report.good,
            "scrap": report.scrap,
            "rework": report.rework,
            "held": report.held,
            "excess": report.excess,
            "parts": [
                {
                    "pass": str(part.row.pass_),
                    "good": part.good,
                    "scrap": part.scrap,
                    "rework": part.rework,
                    "excess": part.excess,
                    "waits": part.row.inspect,
                }
                for part in report.parts
            ],
            "overrides": report.overrides,
            "day": turn.day.isoformat(),
            "currency": turn.currency,
            "job": str(report.job.id) if report.job else "",
        },
        about=[lot_work.lot.id, lot_work.order.id, stop.operation.id],
        reason_id=override_reason_id if set(report.overrides) - {TOLERATED} else None,
    )
    ledger.post(tx, moves)
    return Booked(
        event_id=tx.event.id if tx.event else 0,
        lot=lot_work.subject.number or "",
        lot_code=lot_work.subject.code,
        operation=stop.operation.sequence,
        names=stop.operation.names,
        unit=lot_work.item.unit,
        good=report.good,
        scrap=report.scrap,
        rework=report.rework,
        held=report.held,
        excess=report.excess,
        left=stop.left,
        overrides=report.overrides,
    )


def _spread(tx: Tx, lot_work: Work, stop: Stop, pieces: list[Decimal]) -> list[_Part]:
    """Let each pass take what it has left, good pieces first; what is over falls to the last."""
    if not stop.passes:
        progress.feed(tx, lot_work, stop, 1, ZERO, stop.operation.inspect)
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
            parts.append(_Part(row, good, scrap, rework, excess=max(-room, ZERO)))
    return parts


def _open_job(tx: Tx, lot_id: int, stop: Stop, job_id: int | None) -> Job | None:
    whose = {"lot": lot_id, "operation": stop.operation.id, "person": tx.act.actor_id}
    job = tx.session.scalar(_OPEN_JOB, whose | {"job": job_id})
    if job is None and job_id is not None:
        raise refusals.no_open_job()
    return job


def _begun_before(job: Job | None, hold: Hold) -> bool:
    """Say whether this is work begun before the lock and not yet reported under it."""
    return (
        job is not None
        and job.kind is JobKind.PRODUCTION
        and job.opened_event_id < hold.opened_event_id
        and job.reported_under_id != hold.id
    )


def _scrap_reason(
    tx: Tx, report: _Report, reason_id: int | None, photo: str | None
) -> Reason | None:
    if photo is not None and tx.session.get(File, photo) is None:
        raise refusals.photo_missing()
    if not report.scrap:
        return None
    reason = require_reason(tx.session, reason_id, ReasonKind.SCRAP, field="scrap_reason")
    if reason.photo and photo is None:
        raise refusals.photo_missing()
    return reason


def _made_at(report: _Report, sequence: int | None) -> Stop:
    """Return where the rejected pieces went wrong: here, or at an operation before this one."""
    if sequence is None:
        return report.stop
    stop = report.work.stop(sequence)
    if sequence > report.stop.operation.sequence:
        raise refusals.not_made_yet(sequence)
    return stop


def _require_in_time(tx: Tx, report: _Report, override_reason_id: int | None) -> None:
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


def _require_not_too_many(tx: Tx, report: _Report, override_reason_id: int | None) -> None:
    stop = report.stop
    if not report.excess:
        return
    before = report.work.before(stop)
    # Tolerance is for counting errors: it never lets pieces pass an inspection that is not done.
    judged = before is None or not (before.waiting or before.held)
    tolerated = report.work.order.quantity * stop.operation.tolerance_percent / 100
    so_far = sum((row.excess for row in stop.passes), ZERO)
    came = any(row.came for row in stop.passes)
    if judged and came and so_far + report.excess <= tolerated:
        report.overrides += (TOLERATED,)
        return
    if override_reason_id is None:
        raise why_not_ready(report.work, stop) or refusals.too_many(report.total, stop.left)
    _override(tx, report, override_reason_id, "excess")


def _override(tx: Tx, report: _Report, reason_id: int, what: str) -> None:
    tx.act.rights.require("work.override", *report.work.scopes(report.stop))
    require_reason(tx.session, reason_id, ReasonKind.OVERRIDE, field="override_reason")
    report.overrides += (what,)


def _advance(tx: Tx, report: _Report) -> list[ledger.Move]:
    """Change how far the pieces are, and return the movements that follow from it."""
    lot_work, stop = report.work, report.stop
    moves = []
    if report.excess:
        production = ledger.place_of(tx.session, lot_work.order.site_id, PlaceKind.PRODUCTION)
        moves.append(ledger.Move(lot_work.lot.id, production, lot_work.wip, report.excess))
    for part in report.parts:
        row = part.row
        row.came += part.excess
        row.excess += part.excess
        row.good += part.good
        row.scrap += part.scrap
        row.rework += part.rework
        if report.hold is not None:
            row.held += part.good
        elif not row.inspect:
            moves += progress.pass_on(tx, lot_work, stop, row, part.good)
    for part in report.parts:
        if part.rework:
            progress.feed(tx, lot_work, stop, part.row.pass_ + 1, part.rework, part.row.inspect)
    return moves + progress.scrap_out(tx, lot_work, report.scrap)


def _note_rejections(
    tx: Tx, report: _Report, reason: Reason | None, made_at: Stop, photo: str | None
) -> None:
    if tx.event is None or not (report.scrap or report.rework):
        return
    for kind, quantity in (
        (RejectionKind.SCRAP, report.scrap),
        (RejectionKind.REWORK, report.rework),
    ):
        if quantity:
            tx.session.add(
                Rejection(
                    event_id=tx.event.id,
                    lot_id=report.work.lot.id,
                    kind=kind,
                    quantity=quantity,
                    reason_id=reason.id if reason and kind is RejectionKind.SCRAP else None,
                    found_at_id=report.stop.operation.id,
                    made_at_id=made_at.operation.id,
                    photo=photo,
                )
            )
    if photo is not None:
        tx.session.add(EventFile(event_id=tx.event.id, sha256=photo))


REPORTED = EventKind("work.reported", _l("Reported"), inverse=take_back)
