"""Where work that was parked belongs: the operation it was done at, and who decides there."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from shopfloor.core.events import Where
from shopfloor.core.parking import Told
from shopfloor.plant.models import Station
from shopfloor.production import refusals, work
from shopfloor.production.models import Job


def at_operation(session: Session, arguments: Mapping[str, Any]) -> Told:
    """Return the place of a lot's operation, or of the lot when none is named."""
    found = work.load(session, arguments["lot"])
    sequence = arguments.get("operation")
    if sequence is None:
        return Told(Where(found.order.site_id), (found.lot.id, found.order.id))
    stop = found.stop(sequence)
    station = session.get(Station, arguments.get("station_id") or stop.station.id)
    line_id, station_id = (station.line_id, station.id) if station else (None, None)
    return Told(
        Where(found.order.site_id, line_id, station_id, found.wip.id),
        (found.lot.id, found.order.id, stop.operation.id),
    )


def of_job(session: Session, arguments: Mapping[str, Any]) -> Told:
    """Return the place of a job, where it is done."""
    job = session.get(Job, arguments["job_id"])
    if job is None:
        raise refusals.unknown_job()
    found = work.load(session, job.lot_id)
    station = session.get_one(Station, job.station_id)
    return Told(
        Where(found.order.site_id, station.line_id, station.id, found.wip.id),
        (found.lot.id, found.order.id, job.operation_id),
    )
