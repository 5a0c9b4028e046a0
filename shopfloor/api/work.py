"""Work that begins and stops, and entries taken back, for programs such as a machine's gateway."""

from typing import Self

from flask import Blueprint
from pydantic import ConfigDict

from shopfloor.catalogue.models import REASON
from shopfloor.core.api import call
from shopfloor.core.api_fields import Booking, Name, Named, Sequence, Told
from shopfloor.core.db import db
from shopfloor.core.references import id_of, id_or_none
from shopfloor.core.undo import Undo, undo_event
from shopfloor.people.access import requires
from shopfloor.people.programs import doing
from shopfloor.plant.models import STATION
from shopfloor.production.commands.jobs import (
    JobAnswer,
    finish_work,
    pause_work,
    resume_work,
    start_work,
)
from shopfloor.production.models import JobKind

bp = Blueprint("work_api", __name__)
REPORT = "work.report"


class Start(Booking):
    """What is begun; `station` if not the planned one."""

    lot: Name
    operation: Sequence
    kind: JobKind = JobKind.PRODUCTION
    station: Name | None = None
    override_reason: Name | None = None

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"lot": "1042-1", "operation": 10, "kind": "production"}]}
    )


class Pause(Booking):
    """Why work stops for a while."""

    reason: Name

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "no material"}]})


class GoOn(Booking):
    """When work goes on."""


class Finish(Booking):
    """When work ended."""


class TakeBack(Booking):
    """The reason, when the entry is another's or old."""

    reason: Name | None = None


class JobTold(Told):
    """Work that was begun, paused, resumed or finished."""

    id: int
    lot: Named
    operation: int
    kind: JobKind

    @classmethod
    def of(cls, job: JobAnswer) -> Self:
        """Tell it by its id, which the other calls name."""
        lot = Named(code=job.lot_code, number=job.lot or None)
        return cls(id=job.job_id, lot=lot, operation=job.operation, kind=job.kind)


class TakenBack(Told):
    """The counter-entry and the event that it takes back."""

    event: int
    undone: int
    kind: str

    @classmethod
    def of(cls, undo: Undo) -> Self:
        """Tell what was taken back."""
        return cls(event=undo.event_id, undone=undo.undone_event_id, kind=undo.kind)


@bp.post("/jobs")
@requires(REPORT)
@call(takes=Start, gives=JobTold, status=201)
def start(body: Start) -> JobTold:
    """Begin work on a lot, as the token's person."""
    session = db.session()
    job = start_work(
        doing(body),
        lot=body.lot,
        operation=body.operation,
        kind=body.kind,
        station_id=id_or_none(session, STATION, body.station, "station"),
        override_reason_id=id_or_none(session, REASON, body.override_reason, "override_reason"),
    )
    return JobTold.of(job)


@bp.post("/jobs/<int:job_id>/pause")
@requires(REPORT)
@call(takes=Pause, gives=JobTold)
def pause(job_id: int, body: Pause) -> JobTold:
    """Pause the own work for a reason."""
    reason_id = id_of(db.session(), REASON, body.reason, "reason")
    return JobTold.of(pause_work(doing(body), job_id=job_id, reason_id=reason_id))


@bp.post("/jobs/<int:job_id>/resume")
@requires(REPORT)
@call(takes=GoOn, gives=JobTold)
def resume(job_id: int, body: GoOn) -> JobTold:
    """Go on with the own paused work."""
    return JobTold.of(resume_work(doing(body), job_id=job_id))


@bp.post("/jobs/<int:job_id>/finish")
@requires(REPORT)
@call(takes=Finish, gives=JobTold)
def finish(job_id: int, body: Finish) -> JobTold:
    """Finish the own work without pieces."""
    return JobTold.of(finish_work(doing(body), job_id=job_id))


@bp.post("/events/<int:event_id>/undo")
@requires("undo.own")
@call(takes=TakeBack, gives=TakenBack)
def undo(event_id: int, body: TakeBack) -> TakenBack:
    """Take an entry back; the counter-entry names it."""
    reason_id = id_or_none(db.session(), REASON, body.reason, "reason")
    return TakenBack.of(undo_event(doing(body), event_id=event_id, reason_id=reason_id))
