"""Where in the plant a thing stands that is locked by hand; a room above knows its lots."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from shopfloor.core.events import Where
from shopfloor.core.subjects import Subject

Finds = Callable[[Session, Subject, datetime], Where | None]
_FINDS: list[Finds] = []
_SIGNED_AT: list[ColumnElement[int]] = []


def register(finds: Finds, signed_at: Sequence[ColumnElement[int]]) -> None:
    """Take from the room of production where a thing stands, and where its release is signed."""
    _FINDS[:], _SIGNED_AT[:] = [finds], signed_at


def signed_at() -> list[ColumnElement[int]]:
    """Return the line and the station at which a right to release a Hold counts, for a query."""
    return _SIGNED_AT


def stands(session: Session, subject: Subject, at: datetime) -> Where:
    """Return the line, the station and the shift where a thing stands, or only its site."""
    found = (finds(session, subject, at) for finds in _FINDS)
    return next((where for where in found if where), Where(site_id=subject.site_id))
