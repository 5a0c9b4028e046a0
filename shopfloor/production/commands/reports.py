"""Reporting quantities, and taking a report back."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from shopfloor.catalogue.models import Reason
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import Effect, EventKind
from shopfloor.core.files import EventFile
from shopfloor.holds import gate
from shopfloor.plant.models import PlaceKind
from shopfloor.production import progress, refusals, reporting, team, watched, work
from shopfloor.production.able import require_able
from shopfloor.production.corrections import take_back
from shopfloor.production.elsewhere import working_at
from shopfloor.production.in_hand import in_hand, note_reported_under
from shopfloor.production.models import Rejection, RejectionKind
from shopfloor.production.progress import require_quantity
from shopfloor.production.reporting import TOLERATED, ZERO, Report
from shopfloor.production.saving import save
from shopfloor.production.stretches import close_job
from shopfloor.production.team import Mate
from shopfloor.production.way import Stop
from shopfloor.stock import ledger


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
    shares: tuple[Mate, ...] = ()


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
    station_id: int | None = None,
    override_reason_id: int | None = None,
    finish: bool = False,
    shares: tuple[tuple[int, Decimal], ...] = (),
) -> Booked:
    """Report good, scrapped and rework pieces of a lot at an operation.

    `made_at` is the operation where the rejected pieces went wrong, if not this one, and
    `station_id` where the work is done, if neither where the job runs nor as planned. Pieces beyond
    what came are refused, unless within the operation's tolerance or with a right and a reason.
    On a held lot only work begun before the lock is taken, once however many locks stand, as held
    pieces. `shares` are (person, good pieces) of those who made them together; scrap and rework
    belong to the report. Refused without the skill, the instruction read, or the count it asks for.
    """
    lot_id = work.lock_family(tx.session, lot)
    lot_work = work.load(tx.session, lot_id, tx.act.actor_id)
    stop = lot_work.stop(operation)
    job = in_hand(tx, lot_id, stop, job_id)
    station = working_at(tx, lot_work, job.station if job else stop.station, station_id)
    for name, quantity in (("good", good), ("scrap", scrap), ("rework", rework)):
        require_quantity(lot_work.item, quantity, name, stop.left)
    mates = team.require_shares(tx, lot_work, good, shares)
    people = tuple(mate.person_id for mate in mates)
    subjects = lot_work.held_by(stop, tx.act.actor_id, *people, at=station)
    hold = gate.ask(tx, subjects)
    if hold and not reporting.begun_before(tx, job, station, hold, subjects):
        raise gate.held(tx.session, hold)
    if not good + scrap + rework:
        raise refusals.nothing_reported()
    parts = reporting.spread(stop, [good, scrap, rework])
    report = Report(lot_work, stop, parts, good, scrap, rework, hold, job, station, mates)
    reason = reporting.scrap_reason(tx, report, scrap_reason_id, photo)
    went_wrong = reporting.made_at_stop(report, made_at)
    reporting.require_serials(report)
    report.overrides += require_able(tx, lot_work, stop, station, override_reason_id, people)
    reporting.require_in_time(tx, report, override_reason_id)
    reporting.require_not_too_many(tx, report, override_reason_id)
    booked = _book(tx, report, override_reason_id, finish)
    _note_rejections(tx, report, reason, went_wrong, photo)
    team.write_shares(tx, mates, lot_work.facts_at(stop))
    watched.tell(tx, lot_work, stop, good)
    return replace(booked, effects=tx.react())


def _book(tx: Tx, report: Report, override_reason_id: int | None, finish: bool) -> Booked:
    lot_work, stop = report.work, report.stop
    moves = _advance(tx, report)
    job = report.job
    if job and report.hold:
        note_reported_under(tx, job, report.hold.id)
    if job and (finish or stop.left == 0):
        close_job(tx, job.id)
    progress.note_start(tx, lot_work)
    progress.settle_order(tx, lot_work)
    save(tx.session, lot_work)
    where, turn = work.where(tx, lot_work, stop, report.station)
    people = [mate.person_id for mate in report.team if mate.person_id != tx.act.actor_id]
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
            **_told(report),
            "overrides": report.overrides,
            "day": turn.day.isoformat(),
            "currency": turn.currency,
            "job": str(job.id) if job else "",
        },
        about=[lot_work.lot.id, lot_work.order.id, stop.operation.id, *people],
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
        shares=tuple(report.team),
    )


def _told(report: Report) -> dict[str, Any]:
    """Return what of the report fell to which pass, and to whom if several people made it."""
    parts: list[dict[str, Any]] = [
        {
            "pass": str(part.row.pass_),
            "good": part.good,
            "scrap": part.scrap,
            "rework": part.rework,
            "excess": part.excess,
            "waits": part.row.inspect,
        }
        for part in report.parts
    ]
    if not report.team:
        return {"parts": parts}
    goods = [part.good for part in report.parts]
    split = team.over_parts(report.team, goods, report.work.item.decimals)
    for told, shares in zip(parts, split, strict=True):
        told["shares"] = shares
    return {"parts": parts, "shares": [(str(m.person_id), m.pieces) for m in report.team]}


def _advance(tx: Tx, report: Report) -> list[ledger.Move]:
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
            progress.feed(stop, part.row.pass_ + 1, part.rework, part.row.inspect)
    return moves + progress.scrap_out(tx, lot_work, report.scrap)


def _note_rejections(
    tx: Tx, report: Report, reason: Reason | None, made_at: Stop, photo: str | None
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
