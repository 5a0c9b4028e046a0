"""Starting, pausing, resuming and finishing work."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from shopfloor.catalogue.chosen import require_reason
from shopfloor.catalogue.models import ReasonKind
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import EventKind
from shopfloor.core.refusals import Refused
from shopfloor.holds import gate
from shopfloor.production import progress, refusals, watched, work
from shopfloor.production.able import why_not_able
from shopfloor.production.elsewhere import station_facts, working_at
from shopfloor.production.in_hand import already_open
from shopfloor.production.models import Job, JobKind, OrderState
from shopfloor.production.saving import save
from shopfloor.production.stretches import begin, close_job, open_stretch, switch
from shopfloor.production.way import StationFacts, Stop, Work

STARTED = EventKind(
    "work.started",
    _l("Started"),
    no_inverse_because="a start by mistake is finished without pieces",
)
PAUSED = EventKind("work.paused", _l("Paused"), no_inverse_because="it is resumed instead")
RESUMED = EventKind("work.resumed", _l("Resumed"), no_inverse_because="it is paused instead")
FINISHED = EventKind("work.finished", _l("Finished"), no_inverse_because="it is started again")


@dataclass(frozen=True)
class JobAnswer:
    """A job after it was started, paused, resumed or finished."""

    job_id: int
    lot: str
    lot_code: str
    operation: int
    names: dict[str, str]
    kind: JobKind
    overrides: tuple[str, ...] = ()


@command(Gate.USE)
def start_work(
    tx: Tx,
    *,
    lot: str,
    operation: int,
    station_id: int | None = None,
    kind: JobKind = JobKind.PRODUCTION,
    override_reason_id: int | None = None,
) -> JobAnswer:
    """Start working, setting up or repairing at an operation of a lot.

    Refused while the lot is held, while nothing has come from the operation before, while one's
    own job of this kind is open here, or without the skill that the work asks for.
    """
    lot_id = work.lock_family(tx.session, lot)
    job_work = work.load(tx.session, lot_id, tx.act.actor_id)
    stop = job_work.stop(operation)
    station = working_at(tx, job_work, stop.station, station_id)
    gate.require_free(tx, job_work.held_by(stop, tx.act.actor_id, at=station))
    require_open(job_work)
    overrides = _overridden(tx, job_work, stop, station, kind, override_reason_id)
    where, _turn = work.where(tx, job_work, stop, station)
    recorded = tx.record(
        STARTED,
        where,
        {"lot": str(lot_id), "operation": str(operation), "kind": kind, "overrides": overrides},
        about=[lot_id, job_work.order.id, stop.operation.id],
        reason_id=override_reason_id if overrides else None,
    )
    job = begin_job(tx, recorded.id, lot_id, stop, station, kind)
    progress.note_start(tx, job_work)
    save(tx.session, job_work)
    if kind is JobKind.PRODUCTION:
        watched.tell(tx, job_work, stop, None)
    return answer(job, job_work, stop, overrides)


@command(Gate.NONE, "stopping is always allowed; it moves and uses nothing")
def pause_work(tx: Tx, *, job_id: int, reason_id: int) -> JobAnswer:
    """Pause one's own job for a reason."""
    job, job_work, stop, station = _own_job(tx, job_id)
    require_reason(tx.session, reason_id, ReasonKind.PAUSE)
    interval = open_stretch(tx, job)
    if interval.paused:
        raise refusals.no_open_job()
    switch(tx, job, interval, paused=True, reason_id=reason_id)
    _record(tx, PAUSED, job, job_work, stop, station, reason_id)
    return answer(job, job_work, stop)


@command(Gate.USE)
def resume_work(tx: Tx, *, job_id: int) -> JobAnswer:
    """Go on with one's own paused job; refused while the lot is held."""
    job, job_work, stop, station = _own_job(tx, job_id)
    gate.require_free(tx, job_work.held_by(stop, tx.act.actor_id, at=station))
    require_open(job_work)
    interval = open_stretch(tx, job)
    if not interval.paused:
        raise refusals.no_open_job()
    switch(tx, job, interval, paused=False)
    _record(tx, RESUMED, job, job_work, stop, station)
    return answer(job, job_work, stop)


@command(Gate.NONE, "stopping is always allowed; it moves and uses nothing")
def finish_work(tx: Tx, *, job_id: int) -> JobAnswer:
    """Finish one's own job without reporting pieces."""
    job, job_work, stop, station = _own_job(tx, job_id)
    close_job(tx, job.id)
    _record(tx, FINISHED, job, job_work, stop, station)
    return answer(job, job_work, stop)


def begin_job(
    tx: Tx, event_id: int, lot_id: int, stop: Stop, station: StationFacts, kind: JobKind
) -> Job:
    """Insert the actor's job, which the event just recorded has opened, and let it run."""
    job = Job(
        lot_id=lot_id,
        operation_id=stop.operation.id,
        person_id=tx.act.actor_id,
        station_id=station.id,
        kind=kind,
        opened_at=tx.act.when.at,
        opened_event_id=event_id,
    )
    tx.session.add(job)
    tx.session.flush()
    begin(tx, job)
    return job


def require_open(job_work: Work) -> None:
    """Refuse work on an order that is not released, or closed."""
    if job_work.order.state is OrderState.PLANNED:
        raise refusals.not_released(job_work.order_subject.number)
    if job_work.order.state is OrderState.CLOSED:
        raise refusals.order_over(job_work.order_subject.number)


def why_not_ready(job_work: Work, stop: Stop) -> Refused | None:
    """Return the refusal for starting here when no pieces have come, or None when some are here."""
    if stop.left > 0:
        return None
    before = job_work.before(stop)
    if before is not None and before.waiting > 0:
        return refusals.not_inspected(before.operation.sequence, before.waiting)
    if stop.good > 0 or before is None:
        return refusals.nothing_left(stop.operation.sequence)
    return refusals.not_ready(before.operation.sequence)


def _overridden(
    tx: Tx,
    job_work: Work,
    stop: Stop,
    station: StationFacts,
    kind: JobKind,
    override_reason_id: int | None,
) -> tuple[str, ...]:
    """Return what a supervisor's reason overrules here; without one what stands in the way."""
    ways: dict[str, Refused | None] = {
        "started_twice": already_open(tx, job_work.lot.id, stop, kind),
        "start_not_ready": why_not_ready(job_work, stop) if kind is JobKind.PRODUCTION else None,
    }
    ways |= {no.rule: no for no in why_not_able(tx, job_work, stop, reports=False)}
    refusals_here = {rule: refusal for rule, refusal in ways.items() if refusal is not None}
    for refusal in refusals_here.values():
        if override_reason_id is None:
            raise refusal
    if refusals_here:
        tx.act.rights.require("work.override", *job_work.scopes_at(station))
        require_reason(tx.session, override_reason_id, ReasonKind.OVERRIDE, field="override_reason")
    return tuple(refusals_here)


def _own_job(tx: Tx, job_id: int) -> tuple[Job, Work, Stop, StationFacts]:
    lot_id = tx.session.scalar(select(Job.lot_id).where(Job.id == job_id))
    if lot_id is None:
        raise refusals.unknown_job()
    work.lock_family(tx.session, lot_id)
    job_work = work.load(tx.session, lot_id)
    job = tx.session.get_one(Job, job_id, with_for_update={"key_share": True})
    stop = next(s for s in job_work.stops if s.operation.id == job.operation_id)
    station = station_facts(tx.session, job.station_id)
    tx.act.rights.require("work.report", *job_work.scopes_at(station))
    if job.person_id != tx.act.actor_id:
        raise refusals.unknown_job()
    if job.closed_at is not None:
        raise refusals.no_open_job()
    return job, job_work, stop, station


def _record(
    tx: Tx,
    kind: EventKind,
    job: Job,
    job_work: Work,
    stop: Stop,
    station: StationFacts,
    reason_id: int | None = None,
) -> None:
    where, _turn = work.where(tx, job_work, stop, station)
    tx.record(
        kind,
        where,
        {"lot": str(job.lot_id), "operation": str(stop.operation.sequence), "job": str(job.id)},
        about=[job.lot_id, job_work.order.id, stop.operation.id],
        reason_id=reason_id,
    )


def answer(job: Job, job_work: Work, stop: Stop, overrides: tuple[str, ...] = ()) -> JobAnswer:
    """Return a job as its command answers it."""
    return JobAnswer(
        job.id,
        job_work.subject.number or "",
        job_work.subject.code,
        stop.operation.sequence,
        stop.operation.names,
        job.kind,
        overrides,
    )
