"""Where in the plant a thing stands that is locked by hand; a room above knows its lots."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from shopfloor.core.events import Where
from shopfloor.core.subjects import Subject

Finds = Callable[[Session, Subject, datetime], Where | None]
_FINDS: list[Finds] = []


def register(finds: Finds) -> None:
    """Take from the room of production where a lot, an order or a station stands."""
    _FINDS[:] = [finds]


def stands(session: Session, subject: Subject, at: datetime) -> Where:
    """Return the line, the station and the shift where a thing stands, or only its site."""
    found = (finds(session, subject, at) for finds in _FINDS)
    return next((where for where in found if where), Where(site_id=subject.site_id))
