"""The stretches of a job: working or paused, one after the other, until the job is closed."""

from sqlalchemy import bindparam, case, insert, select, update

from shopfloor.core.commands import Tx
from shopfloor.core.db import metadata
from shopfloor.core.types import UtcDateTime
from shopfloor.production.models import Job, JobInterval

_JOBS, _STRETCHES = (metadata.tables[table.__tablename__] for table in (Job, JobInterval))
_BEGIN = insert(_STRETCHES)
# The clock may have been set back since the stretch began.
_END_STRETCH = (
    update(_STRETCHES)
    .where(_STRETCHES.c.job_id == bindparam("job"), _STRETCHES.c.ended_at.is_(None))
    .values(
        ended_at=case(
            (_STRETCHES.c.started_at > bindparam("at"), _STRETCHES.c.started_at),
            else_=bindparam("at", type_=UtcDateTime),
        )
    )
    .returning(_STRETCHES.c.ended_at)
)
_CLOSE = update(_JOBS).where(_JOBS.c.id == bindparam("job"))
_CLOSE_JOB = _CLOSE.values(closed_at=bindparam("at"))
# Both at once, where the database can.
_CLOSE_BOTH = _CLOSE.values(
    closed_at=select(_END_STRETCH.cte("ended").c.ended_at).scalar_subquery()
)


def begin(tx: Tx, job: Job) -> None:
    """Let the first stretch of a new job run from when the job was opened."""
    first = {"job_id": job.id, "paused": False, "started_at": job.opened_at}
    tx.session.connection().execute(_BEGIN, first)


def close_job(tx: Tx, job_id: int) -> None:
    """End a job and its open stretch at the time of this action, never before they began."""
    what, connection = {"job": job_id, "at": tx.act.when.at}, tx.session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(_CLOSE_BOTH, what)
    else:
        ended = connection.execute(_END_STRETCH, what).scalar_one()
        connection.execute(_CLOSE_JOB, {"job": job_id, "at": ended})


def open_stretch(tx: Tx, job: Job) -> JobInterval:
    """Return the stretch of an open job that runs now, working or paused."""
    return tx.session.scalars(
        select(JobInterval).where(JobInterval.job_id == job.id, JobInterval.ended_at.is_(None))
    ).one()


def switch(
    tx: Tx, job: Job, interval: JobInterval, *, paused: bool, reason_id: int | None = None
) -> None:
    """End the running stretch and begin the next one, paused or working again."""
    at = max(tx.act.when.at, interval.started_at)
    interval.ended_at = at
    tx.session.add(
        JobInterval(job_id=job.id, paused=paused, pause_reason_id=reason_id, started_at=at)
    )
