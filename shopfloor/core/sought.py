"""Lists of records for programs: found by their words, by when they changed, in use or archived."""

from typing import Annotated, Any

from pydantic import AwareDatetime, Field
from sqlalchemy import Select, exists
from sqlalchemy.orm import InstrumentedAttribute

from shopfloor.core.api_fields import Asked
from shopfloor.core.events import Event, EventChange
from shopfloor.core.finding import finds
from shopfloor.core.subjects import Subject


class Sought(Asked):
    """Which part of a list, and of which records only; without filters all are told."""

    search: Annotated[str, Field(max_length=80)] | None = Field(
        None, description="Every word must stand in the number or in one of the record's words."
    )
    changed_after: AwareDatetime | None = Field(
        None, description="Only records that were added or changed after this moment."
    )
    archived: bool | None = Field(None, description="Only archived ones, or only those in use.")


def narrowed(
    query: Select[*tuple[Any, ...]], asked: Sought, *columns: InstrumentedAttribute[Any]
) -> Select[*tuple[Any, ...]]:
    """Return a query of subjects cut down to what is asked; `columns` are searched."""
    if asked.search:
        query = query.where(finds(asked.search, Subject.number, *columns))
    if asked.archived is not None:
        archived = Subject.archived_at
        query = query.where(archived.is_not(None) if asked.archived else archived.is_(None))
    if asked.changed_after is not None:
        query = query.where(
            exists()
            .where(EventChange.subject_id == Subject.id)
            .where(Event.id == EventChange.event_id, Event.recorded_at > asked.changed_after)
        )
    return query
