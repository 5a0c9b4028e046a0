"""What pages ask of production."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session

from shopfloor.catalogue.models import Item
from shopfloor.core import clock
from shopfloor.core.db import rows
from shopfloor.core.subjects import Subject
from shopfloor.holds import gate
from shopfloor.holds.models import Hold
from shopfloor.people.models import Person
from shopfloor.people.viewer import Viewer
from shopfloor.plant.models import Station
from shopfloor.production import work
from shopfloor.production.models import (
    Job,
    JobInterval,
    JobKind,
    Operation,
)
from shopfloor.production.way import Stop, Work
from shopfloor.stock.models import Lot

PAGE = 50
LONGEST_STRETCH = timedelta(hours=12)


@dataclass(frozen=True)
class OpenJob:
    """A person's job that is not finished yet."""

    id: int
    person_id: int
    lot_code: str
    lot: str
    operation_id: int
    operation: int
    names: dict[str, str]
    item_names: dict[str, str]
    kind: JobKind
    opened_at: datetime
    paused: bool
    since: datetime
    person: str
    station_id: int
    station_names: dict[str, str]
    reported_under_id: int | None

    @property
    def forgotten(self) -> bool:
        """Say whether it has run for longer than a shift: somebody forgot to clock out."""
        return not self.paused and clock.now() - self.since > LONGEST_STRETCH


# The columns stand as the fields of OpenJob do.
_OPEN_JOBS = (
    select(
        Job.id,
        Job.person_id,
        Subject.code,
        func.coalesce(Subject.number, Subject.code),
        Operation.id,
        Operation.sequence,
        Operation.names,
        Item.names,
        Job.kind,
        Job.opened_at,
        JobInterval.paused,
        JobInterval.started_at,
        Person.name,
        Station.id,
        Station.names,
        Job.reported_under_id,
    )
    .join(Subject, Subject.id == Job.lot_id)
    .join(Lot, Lot.id == Job.lot_id)
    .join(Item, Item.id == Lot.item_id)
    .join(Operation, Operation.id == Job.operation_id)
    .join(Person, Person.id == Job.person_id)
    .join(Station, Station.id == Job.station_id)
    .join(JobInterval, and_(JobInterval.job_id == Job.id, JobInterval.ended_at.is_(None)))
    .where(Job.closed_at.is_(None))
    .order_by(Job.id)
    .limit(PAGE)
)
_JOBS_ON = _OPEN_JOBS.where(Job.lot_id == bindparam("lot"))
_JOBS_OF = _OPEN_JOBS.where(Job.person_id == bindparam("person"))
_OWN_JOB = _JOBS_OF.where(Job.id == bindparam("job"))
_OPEN_JOB = _OPEN_JOBS.where(Job.id == bindparam("job"))


@dataclass
class LotView:
    """A lot as a person sees it: its work, the holds in the way, and who works on it."""

    work: Work
    holds: list[Hold]
    jobs: list[OpenJob]
    viewer: Viewer
    chosen: int | None = None

    @property
    def own_jobs(self) -> list[OpenJob]:
        """Return the viewer's own open jobs on this lot."""
        return [job for job in self.jobs if job.person_id == self.viewer.person_id]

    def own_job_at(self, stop: Stop) -> OpenJob | None:
        """Return the viewer's own open job at an operation; a report takes production first."""
        own = [job for job in self.own_jobs if job.operation_id == stop.operation.id]
        return min(own, key=lambda job: (job.kind is not JobKind.PRODUCTION, -job.id), default=None)

    def holds_at(self, stop: Stop) -> list[Hold]:
        """Return the locks that stop work at an operation wherever it is done, oldest first.

        One on the planned station is not among them: the work may be done at another.
        """
        on = {*self.work.held_by(stop, self.viewer.person_id)}
        on -= {stop.station.id, stop.station.line_id}
        return [hold for hold in self.holds if hold.subject_id in on]

    def in_hand_at(self, stop: Stop | None) -> bool:
        """Say whether the viewer began work here before the locks and has not reported it yet."""
        job = self.own_job_at(stop) if stop else None
        return (
            job is not None
            and job.kind is JobKind.PRODUCTION
            and all(job.opened_at < hold.opened_at for hold in self.holds)
            and job.reported_under_id not in {hold.id for hold in self.holds}
        )

    def others_at(self, stop: Stop | None) -> list[OpenJob]:
        """Return the open jobs of other people at an operation, oldest first."""
        return [
            job
            for job in self.jobs
            if stop and job.operation_id == stop.operation.id
            if job.person_id != self.viewer.person_id
        ]

    @property
    def here(self) -> Stop | None:
        """Return where the viewer most likely works.

        The operation he chose or scanned, else his open job's, else the first with pieces.
        """
        own = {job.operation_id for job in self.own_jobs}
        stops = self.work.stops
        return (
            next((s for s in stops if s.operation.sequence == self.chosen), None)
            or next((s for s in stops if s.operation.id in own), None)
            or next((s for s in stops if s.left > 0), None)
        )


def lot_view(session: Session, viewer: Viewer, lot: str, operation: int | None = None) -> LotView:
    """Return a lot with its holds and open jobs; three statements.

    NotFound when there is none, or none that this person may see.
    """
    found = work.load(session, lot, viewer.person_id)
    viewer.rights.require("work.view", *found.scopes())
    held = gate.in_force(
        session,
        [
            found.lot.id,
            found.order.id,
            found.item.id,
            *(stop.operation.id for stop in found.stops),
            *(stop.station.id for stop in found.stops),
        ],
    )
    return LotView(found, held, jobs_on(session, found.lot.id), viewer, operation)


def require_free(session: Session, view: LotView, stop: Stop) -> None:
    """Refuse a form on what is held, with the whole story, before anything is typed into it."""
    if locks := view.holds_at(stop):
        raise gate.held(session, locks[0])


def jobs_on(session: Session, lot_id: int) -> list[OpenJob]:
    """Return the open jobs on a lot, oldest first; one statement."""
    return [OpenJob(*row) for row in rows(session, _JOBS_ON, {"lot": lot_id})]


def jobs_of(session: Session, person_id: int) -> list[OpenJob]:
    """Return a person's open jobs, oldest first; one statement."""
    return [OpenJob(*row) for row in rows(session, _JOBS_OF, {"person": person_id})]


def own_job(session: Session, person_id: int, job_id: int) -> OpenJob | None:
    """Return a person's own open job, if it is that; one statement."""
    found = rows(session, _OWN_JOB, {"person": person_id, "job": job_id})
    return OpenJob(*found[0]) if found else None


def open_job(session: Session, job_id: int) -> OpenJob | None:
    """Return anybody's open job; whether it may be seen is asked of its lot. One statement."""
    found = rows(session, _OPEN_JOB, {"job": job_id})
    return OpenJob(*found[0]) if found else None
