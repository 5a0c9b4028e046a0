"""Reporting quantities, and taking a report back."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from shopfloor.catalogue.models import Reason
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import Effect, Event, EventKind, Undone, Where
from shopfloor.core.files import EventFile
from shopfloor.holds import gate
from shopfloor.holds.models import Hold
from shopfloor.plant.models import PlaceKind, Station
from shopfloor.production import refusals, work
from shopfloor.production.commands.jobs import close_job, require_open, why_not_ready
from shopfloor.production.commands.orders import require_quantity
from shopfloor.production.models import (
    Job,
    LotOperation,
    OrderState,
    Rejection,
    RejectionKind,
)
from shopfloor.production.work import Stop, Work
from shopfloor.stock import ledger

ZERO = Decimal(0)


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
class _Report:
    """A report on its way through the rules."""

    work: Work
    stop: Stop
    row: LotOperation
    good: Decimal
    scrap: Decimal
    rework: Decimal
    hold: Hold | None
    job: Job | None
    excess: Decimal = ZERO
    overrides: tuple[str, ...] = ()

    @property
    def total(self) -> Decimal:
        return self.good + self.scrap + self.rework


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
    row = stop.open_pass or (stop.passes[-1] if stop.passes else None)
    if row is None:
        work.feed(tx, lot_work, stop, 1, ZERO, stop.operation.inspect)
        row = stop.passes[-1]
    report = _Report(lot_work, stop, row, good, scrap, rework, hold, job)
    if not report.total:
        raise refusals.nothing_reported()
    reason = _scrap_reason(tx, report, scrap_reason_id, photo)
    _require_in_time(tx, report, override_reason_id)
    _require_not_too_many(tx, report, override_reason_id)
    return _book(tx, report, reason, made_at, photo, override_reason_id, finish)


def _book(
    tx: Tx,
    report: _Report,
    reason: Reason | None,
    made_at: int | None,
    photo: str | None,
    override_reason_id: int | None,
    finish: bool,
) -> Booked:
    lot_work, stop, row = report.work, report.stop, report.row
    made_at_stop = lot_work.stop(made_at) if made_at is not None else stop
    moves = _advance(tx, report)
    station = stop.station
    if report.job is not None:
        station = tx.session.get_one(Station, report.job.station_id)
        if report.hold is not None:
            report.job.reported_under_id = report.hold.id
        if finish or stop.left == 0:
            close_job(tx, report.job)
    _note_milestones(tx, report)
    where, turn = work.where(tx, lot_work, stop, station)
    tx.record(
        REPORTED,
        where,
        {
            "lot": str(lot_work.lot.id),
            "operation": str(stop.operation.id),
            "sequence": str(stop.operation.sequence),
            "item": str(lot_work.item.id),
            "pass": str(row.pass_),
            "good": report.good,
            "scrap": report.scrap,
            "rework": report.rework,
            "held": report.good if report.hold else ZERO,
            "waits": row.inspect,
            "excess": report.excess,
            "overrides": report.overrides,
            "day": turn.day.isoformat(),
            "currency": turn.currency,
            "job": str(report.job.id) if report.job else "",
        },
        about=[lot_work.lot.id, lot_work.order.id, stop.operation.id],
        reason_id=override_reason_id,
    )
    ledger.post(tx, moves)
    _note_rejections(tx, report, reason, made_at_stop, photo)
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
        held=report.good if report.hold else ZERO,
        excess=report.excess,
        left=stop.left,
        overrides=report.overrides,
        effects=tx.react(),
    )


def _open_job(tx: Tx, lot_id: int, stop: Stop, job_id: int | None) -> Job | None:
    query = select(Job).where(
        Job.lot_id == lot_id,
        Job.operation_id == stop.operation.id,
        Job.person_id == tx.act.actor_id,
        Job.closed_at.is_(None),
    )
    if job_id is not None:
        query = query.where(Job.id == job_id)
    job = tx.session.scalar(query.order_by(Job.id.desc()).limit(1))
    if job is None and job_id is not None:
        raise refusals.no_open_job()
    return job


def _begun_before(job: Job | None, hold: Hold) -> bool:
    """Say whether this is work begun before the lock and not yet reported under it."""
    return (
        job is not None
        and job.opened_event_id < hold.opened_event_id
        and job.reported_under_id != hold.id
    )


def _scrap_reason(
    tx: Tx, report: _Report, reason_id: int | None, photo: str | None
) -> Reason | None:
    if not report.scrap:
        return None
    reason = tx.session.get(Reason, reason_id) if reason_id is not None else None
    if reason is None:
        raise refusals.reason_missing("scrap_reason")
    if reason.photo and photo is None:
        raise refusals.photo_missing()
    return reason


def _require_in_time(tx: Tx, report: _Report, override_reason_id: int | None) -> None:
    order = report.work.order
    at = tx.act.when.at
    early = order.released_at is None or at < order.released_at
    if not early and order.state is not OrderState.CLOSED:
        return
    if override_reason_id is None or order.state is OrderState.PLANNED:
        require_open(report.work)
        raise refusals.backdated()
    tx.act.rights.require("work.override", *report.work.scopes(report.stop))
    report.overrides += ("backdated",)


def _require_not_too_many(tx: Tx, report: _Report, override_reason_id: int | None) -> None:
    over = report.total - report.row.left
    if over <= 0:
        return
    report.excess = over
    tolerated = report.work.order.quantity * report.stop.operation.tolerance_percent / 100
    # Tolerance is for counting errors: it never lets pieces pass an inspection that is not done.
    if report.row.came > 0 and report.row.excess + over <= tolerated:
        report.overrides += ("within_tolerance",)
        return
    if override_reason_id is None:
        raise (
            why_not_ready(report.work, report.stop)
            or refusals.too_many(report.total, report.row.left)
        )
    tx.act.rights.require("work.override", *report.work.scopes(report.stop))
    report.overrides += ("excess",)


def _advance(tx: Tx, report: _Report) -> list[ledger.Move]:
    """Change how far the pieces are, and return the movements that follow from it."""
    lot_work, row = report.work, report.row
    moves = []
    if report.excess:
        production = ledger.place_of(tx.session, lot_work.order.site_id, PlaceKind.PRODUCTION)
        moves.append(ledger.Move(lot_work.lot.id, production, lot_work.wip, report.excess))
        row.came += report.excess
        row.excess += report.excess
    row.good += report.good
    row.scrap += report.scrap
    row.rework += report.rework
    if report.rework:
        work.feed(tx, lot_work, report.stop, row.pass_ + 1, report.rework, row.inspect)
    if report.hold is not None:
        row.held += report.good
    elif not row.inspect:
        moves += work.pass_on(tx, lot_work, report.stop, row, report.good)
    return moves + work.scrap_out(tx, lot_work, report.scrap)


def _note_milestones(tx: Tx, report: _Report) -> None:
    order = report.work.order
    if order.first_start_at is None:
        order.first_start_at = tx.act.when.at
    settle_order(tx, report.work)


def settle_order(tx: Tx, lot_work: Work) -> None:
    """Call the order finished when no piece is left, waiting or held; open again when one is."""
    order = lot_work.order
    if order.state not in (OrderState.RELEASED, OrderState.FINISHED):
        return
    done = all(not (stop.left or stop.waiting or stop.held) for stop in lot_work.stops)
    order.state = OrderState.FINISHED if done else OrderState.RELEASED
    if done:
        order.last_finish_at = max(tx.act.when.at, order.last_finish_at or tx.act.when.at)


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


def _take_back(tx: Tx, event: Event, facts: Mapping[str, Any]) -> Undone:
    """Put the pieces of a report back where they were, while they are still there."""
    lot_id, operation_id = int(facts["lot"]), int(facts["operation"])
    good, scrap, rework, excess = (
        Decimal(facts[name]) for name in ("good", "scrap", "rework", "excess")
    )
    lot_work = work.load(tx.session, lot_id)
    work.lock_family(tx.session, lot_work.subject.code)
    tx.session.expire_all()
    lot_work = work.load(tx.session, lot_id)
    stop = next(s for s in lot_work.stops if s.operation.id == operation_id)
    gate.require_free(tx, lot_work.held_by(stop, event.station_id, event.actor_id))
    row = next(r for r in stop.passes if r.pass_ == int(facts["pass"]))
    moves = _fetch_back(tx, lot_work, stop, row, good)
    if rework:
        _shrink(next((r for r in stop.passes if r.pass_ == row.pass_ + 1), None), rework)
    if scrap:
        scrap_place = ledger.place_of(tx.session, lot_work.order.site_id, PlaceKind.SCRAP)
        moves.append(ledger.Move(lot_id, scrap_place, lot_work.wip, scrap))
    row.good -= good
    row.scrap -= scrap
    row.rework -= rework
    if excess:
        _shrink(row, excess)
        row.excess -= excess
        production = ledger.place_of(tx.session, lot_work.order.site_id, PlaceKind.PRODUCTION)
        moves.append(ledger.Move(lot_id, lot_work.wip, production, excess))
    settle_order(tx, lot_work)

    def afterwards(done: Tx) -> None:
        ledger.post(done, moves)
        _cancel_rejections(done, event)

    return Undone(
        about=(lot_id, lot_work.order.id, operation_id),
        where=Where(event.site_id, event.line_id, event.station_id, event.place_id, event.shift_id),
        payload={
            name: facts[name]
            for name in ("lot", "operation", "sequence", "pass", "good", "scrap", "rework", "day")
        },
        afterwards=afterwards,
    )


def _fetch_back(
    tx: Tx, lot_work: Work, stop: Stop, row: LotOperation, good: Decimal
) -> list[ledger.Move]:
    if not good:
        return []
    if row.inspect:
        if row.waiting < good:
            raise refusals.gone_on()
        return []
    if row.onward < good:
        raise refusals.gone_on()
    row.onward -= good
    following = lot_work.after(stop)
    if following is not None:
        _shrink(next((r for r in following.passes if r.pass_ == row.pass_), None), good)
        return []
    finished = ledger.place_of(tx.session, lot_work.order.site_id, PlaceKind.FINISHED)
    return [ledger.Move(lot_work.lot.id, finished, lot_work.wip, good)]


def _shrink(row: LotOperation | None, quantity: Decimal) -> None:
    if row is None or row.left < quantity:
        raise refusals.gone_on()
    row.came -= quantity


def _cancel_rejections(tx: Tx, event: Event) -> None:
    if tx.event is None:
        return
    for row in tx.session.scalars(select(Rejection).where(Rejection.event_id == event.id)).all():
        tx.session.add(
            Rejection(
                event_id=tx.event.id,
                lot_id=row.lot_id,
                kind=row.kind,
                quantity=-row.quantity,
                reason_id=row.reason_id,
                found_at_id=row.found_at_id,
                made_at_id=row.made_at_id,
            )
        )


REPORTED = EventKind("work.reported", _l("Reported"), inverse=_take_back)
