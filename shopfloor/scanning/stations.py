"""Where a person works now, and what the scanners there put around their codes."""

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from shopfloor.core.subjects import Subject
from shopfloor.people.viewer import Viewer
from shopfloor.plant.models import Device, Station
from shopfloor.scanning.keyboards import NO_AFFIXES, Affixes
from shopfloor.scanning.models import ChosenStation, Scanner


@dataclass(frozen=True)
class MyStation:
    """The station of a person; `chosen` when he has scanned it, else the device stands there."""

    id: int
    code: str
    number: str | None
    names: dict[str, str]
    chosen: bool


def my_station(session: Session, person: Viewer) -> MyStation | None:
    """Return the station that a person has scanned, else that of his device; one statement."""
    found = session.execute(
        select(Subject.id, Subject.code, Subject.number, Station.names, ChosenStation.person_id)
        .join(Station, Station.id == Subject.id)
        .join(
            ChosenStation,
            (ChosenStation.station_id == Subject.id)
            & (ChosenStation.person_id == person.person_id),
            isouter=True,
        )
        .join(
            Device,
            (Device.station_id == Subject.id) & (Device.id == (person.device_id or 0)),
            isouter=True,
        )
        .where(
            or_(ChosenStation.person_id.is_not(None), Device.id.is_not(None)),
            Subject.archived_at.is_(None),
        )
        .order_by(ChosenStation.person_id.is_(None))
        .limit(1)
    ).first()
    if found is None:
        return None
    station_id, code, number, names, chosen = found
    return MyStation(station_id, code, number, names, chosen is not None)


def affixes_at(session: Session, device_id: int | None, site_id: int) -> Affixes:
    """Return what the scanner of a device puts around its codes, or those of the site do."""
    found = session.scalars(
        select(Scanner)
        .where(Scanner.subject_id.in_([site_id, device_id or site_id]))
        .order_by(Scanner.subject_id == site_id)
        .limit(1)
    ).first()
    return Affixes(found.prefix, found.suffix) if found else NO_AFFIXES
