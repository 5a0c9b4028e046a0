"""Where work is done: at the planned station, or at another one of the same site."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.core.commands import Tx
from shopfloor.core.refusals import NotFound
from shopfloor.core.rights import Rights
from shopfloor.core.subjects import Subject
from shopfloor.core.words import in_words
from shopfloor.plant.models import Line, Station
from shopfloor.production.way import StationFacts, Work

_IN_USE = (
    select(Station, Subject.code)
    .join(Subject, Subject.id == Station.id)
    .where(Subject.archived_at.is_(None))
)


def station_facts(session: Session, station_id: int) -> StationFacts:
    """Return the station of a job."""
    station = session.get_one(Station, station_id)
    return StationFacts(station.id, station.line_id, station.names)


def working_at(
    tx: Tx, job_work: Work, usual: StationFacts, station_id: int | None = None
) -> StationFacts:
    """Return where the work is done: the usual station, or the one that is named.

    Refused where the person may not report. One statement when another station is named.
    """
    at = usual
    if station_id is not None and station_id != usual.id:
        found = tx.session.scalar(
            _IN_USE.where(Station.id == station_id, Subject.site_id == job_work.order.site_id)
        )
        if found is None:
            raise NotFound(
                _l("There is no such station."),
                _l("Choose a station of this site."),
                rule="not_found",
                field="station",
            )
        at = StationFacts(found.id, found.line_id, found.names)
    tx.act.rights.require("work.report", *job_work.scopes_at(at))
    return at


def other_stations(
    session: Session, rights: Rights, site_id: int, usual_id: int
) -> list[tuple[str, str]]:
    """Return (code, name with line) of the stations where a person may report besides the usual."""
    rows = session.execute(
        _IN_USE.join(Line, Line.id == Station.line_id)
        .add_columns(Line.names)
        .where(Line.site_id == site_id, Station.id != usual_id)
        .order_by(Line.id, Subject.number)
    )
    return [
        (code, f"{in_words(station.names)} · {in_words(line_names)}")
        for station, code, line_names in rows
        if rights.may("work.report", site_id, station.line_id, station.id)
    ]
