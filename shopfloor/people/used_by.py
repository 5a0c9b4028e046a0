"""What uses lines, stations, crews and skills: stations of a line, people of a crew."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, null, select, type_coerce

from shopfloor.core.subjects import Subject
from shopfloor.core.types import Json
from shopfloor.core.uses import UsedBy
from shopfloor.people.models import CREW, SKILL, Person, PersonSkill
from shopfloor.plant.models import LINE, STATION, Device, Station

_NAMELESS = type_coerce(null(), Json).label("names")


def _stations(line_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(Station.id.label("id"), Station.names.label("names"))
        .join(Subject, Subject.id == Station.id)
        .where(Station.line_id == line_id, Subject.archived_at.is_(None))
    )


def _devices(station_id: int) -> Select[*tuple[Any, ...]]:
    return select(Device.id.label("id"), _NAMELESS).where(
        Device.station_id == station_id, Device.revoked_at.is_(None)
    )


def _members(crew_id: int) -> Select[*tuple[Any, ...]]:
    return _people().where(Person.crew_id == crew_id)


def _skilled(skill_id: int) -> Select[*tuple[Any, ...]]:
    has = select(PersonSkill.person_id).where(PersonSkill.skill_id == skill_id)
    return _people().where(Person.id.in_(has))


def _people() -> Select[*tuple[Any, ...]]:
    return (
        select(Person.id.label("id"), _NAMELESS)
        .join(Subject, Subject.id == Person.id)
        .where(Subject.archived_at.is_(None))
    )


USES = [
    UsedBy(LINE.name, _l("Stations of this line"), _stations, keeps=True),
    UsedBy(STATION.name, _l("Devices that stand here"), _devices),
    UsedBy(CREW.name, _l("People of this crew"), _members, keeps=True),
    UsedBy(SKILL.name, _l("People who have it"), _skilled),
]
