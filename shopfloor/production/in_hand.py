"""What a person has in hand: the open job that his report belongs to."""

from typing import NamedTuple

from sqlalchemy import bindparam, case, func, select, update

from shopfloor.core.commands import Tx
from shopfloor.core.db import metadata, rows
from shopfloor.core.types import Id
from shopfloor.plant.models import Station
from shopfloor.production import refusals
from shopfloor.production.models import Job, JobKind
from shopfloor.production.way import StationFacts, Stop

_IN_HAND = (
    select(Job.id, Job.kind, Job.opened_event_id, Job.reported_under_id)
    .add_columns(Station.id.label("station_id"), Station.line_id, Station.names)
    .join(Station, Station.id == Job.station_id)
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
_JOBS = metadata.tables[Job.__tablename__]
_NOTE = update(_JOBS).where(_JOBS.c.id == bindparam("own"))
_NOTE_REPORTED_UNDER = _NOTE.values(reported_under_id=bindparam("hold"))


class InHand(NamedTuple):
    """A person's own open job at an operation, and the station where he does it."""

    id: int
    kind: JobKind
    opened_event_id: int
    reported_under_id: int | None
    station: StationFacts


def in_hand(tx: Tx, lot_id: int, stop: Stop, job_id: int | None) -> InHand | None:
    """Return the person's open job here, or the one he names; one statement."""
    whose = {"lot": lot_id, "operation": stop.operation.id, "person": tx.act.actor_id}
    found = rows(tx.session, _IN_HAND, {**whose, "job": job_id})
    if not found and job_id is not None:
        raise refusals.no_open_job()
    for row in found:
        station = StationFacts(row.station_id, row.line_id, row.names)
        return InHand(row.id, row.kind, row.opened_event_id, row.reported_under_id, station)
    return None


def already_open(tx: Tx, lot_id: int, stop: Stop, kind: JobKind) -> refusals.AlreadyStarted | None:
    """Return the refusal when the person's job of this kind is open; the family's lock is held."""
    job_id = tx.session.scalar(
        select(Job.id)
        .where(
            Job.lot_id == lot_id,
            Job.operation_id == stop.operation.id,
            Job.person_id == tx.act.actor_id,
            Job.kind == kind,
            Job.closed_at.is_(None),
        )
        .order_by(Job.id.desc())
        .limit(1)
    )
    return None if job_id is None else refusals.AlreadyStarted(job_id)


def note_reported_under(tx: Tx, job: InHand, hold_id: int) -> None:
    """Keep under which lock the pieces in hand were reported; that is possible once."""
    tx.session.connection().execute(_NOTE_REPORTED_UNDER, {"own": job.id, "hold": hold_id})
