"""Taking over the work that another person has open."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import EventKind
from shopfloor.holds import gate
from shopfloor.people.notices import tell
from shopfloor.production import refusals, work
from shopfloor.production.able import why_not_able
from shopfloor.production.commands.jobs import JobAnswer, answer, begin_job, require_open
from shopfloor.production.elsewhere import station_facts
from shopfloor.production.in_hand import already_open
from shopfloor.production.models import Job
from shopfloor.production.stretches import close_job

TAKEN_OVER = EventKind(
    "work.taken_over", _l("Taken over"), no_inverse_because="it is taken over again instead"
)


@command(Gate.USE)
def take_over_work(tx: Tx, *, job_id: int) -> JobAnswer:
    """Go on with another person's open job: his ends, one's own begins, and he is told.

    Refused while the lot is held, while one's own job of this kind is open here, or without the
    skill that the work asks for.
    """
    lot_id = tx.session.scalar(select(Job.lot_id).where(Job.id == job_id))
    if lot_id is None:
        raise refusals.unknown_job()
    work.lock_family(tx.session, lot_id)
    job_work = work.load(tx.session, lot_id, tx.act.actor_id)
    theirs = tx.session.get_one(Job, job_id, with_for_update={"key_share": True})
    stop = next(s for s in job_work.stops if s.operation.id == theirs.operation_id)
    station = station_facts(tx.session, theirs.station_id)
    tx.act.rights.require("work.report", *job_work.scopes_at(station))
    if theirs.closed_at is not None:
        raise refusals.no_open_job()
    gate.require_free(tx, job_work.held_by(stop, tx.act.actor_id, at=station))
    require_open(job_work)
    # One's own job is among those that are open: nobody takes over from himself.
    mine = already_open(tx, lot_id, stop, theirs.kind)
    if mine is not None:
        raise mine
    for no in why_not_able(tx, job_work, stop, reports=False):
        raise no
    close_job(tx, theirs.id)
    where, _turn = work.where(tx, job_work, stop, station)
    recorded = tx.record(
        TAKEN_OVER,
        where,
        {
            "lot": str(lot_id),
            "operation": str(stop.operation.sequence),
            "kind": theirs.kind,
            "job": str(theirs.id),
            "from": str(theirs.person_id),
        },
        about=[lot_id, job_work.order.id, stop.operation.id, theirs.person_id],
    )
    job = begin_job(tx, recorded.id, lot_id, stop, station, theirs.kind)
    tell(tx, theirs.person_id, "production/taken_over", job_work.facts_at(stop))
    return answer(job, job_work, stop)
