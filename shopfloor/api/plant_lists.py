"""What programs hear of the plant, one part of a list at a time and within the token's scope."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from shopfloor.core.api import part_of
from shopfloor.core.api_fields import Named, Page, name_of
from shopfloor.core.sought import Sought, narrowed
from shopfloor.core.subjects import Subject
from shopfloor.plant.models import Line, Place, PlaceKind, Station

Scopes = Collection[int] | None


class LineTold(Named):
    """A production line."""

    names: dict[str, str]
    site: Named
    version: int
    archived: bool


class StationTold(Named):
    """A machine or bench and its line."""

    names: dict[str, str]
    line: Named
    version: int
    archived: bool


class PlaceTold(Named):
    """A place where quantities can be."""

    names: dict[str, str]
    site: Named
    kind: PlaceKind
    version: int
    archived: bool


def lines(session: Session, asked: Sought, scopes: Scopes) -> Page[LineTold]:
    """Return a part of the lines; one statement."""
    query = narrowed(_within(Line, Line.site_id, scopes), asked, Line.found_by)
    rows, after = part_of(session, query, Line.id, asked)
    told = [
        LineTold(
            code=subject.code,
            number=subject.number,
            names=line.names,
            version=line.version,
            site=name_of(site),
            archived=subject.archived_at is not None,
        )
        for subject, line, site, _id in rows
    ]
    return Page(entries=told, next=after)


def stations(session: Session, asked: Sought, scopes: Scopes) -> Page[StationTold]:
    """Return a part of the stations; one statement."""
    query = narrowed(_within(Station, Station.line_id, scopes), asked, Station.found_by)
    rows, after = part_of(session, query, Station.id, asked)
    told = [
        StationTold(
            code=subject.code,
            number=subject.number,
            names=station.names,
            version=station.version,
            line=name_of(line),
            archived=subject.archived_at is not None,
        )
        for subject, station, line, _id in rows
    ]
    return Page(entries=told, next=after)


def places(session: Session, asked: Sought, scopes: Scopes) -> Page[PlaceTold]:
    """Return a part of the places, without those of single orders; one statement."""
    query = _within(Place, Place.site_id, scopes).where(Place.kind != PlaceKind.WIP)
    rows, after = part_of(session, narrowed(query, asked, Place.found_by), Place.id, asked)
    told = [
        PlaceTold(
            code=subject.code,
            number=subject.number,
            names=place.names,
            version=place.version,
            site=name_of(site),
            kind=place.kind,
            archived=subject.archived_at is not None,
        )
        for subject, place, site, _id in rows
    ]
    return Page(entries=told, next=after)


def _within(
    table: type[Line | Station | Place], parent_id: InstrumentedAttribute[int], scopes: Scopes
) -> Select[*tuple[Any, ...]]:
    """Return (subject, row, subject of what it is part of), where a scope covers any of them."""
    parent = aliased(Subject)
    query = (
        select(Subject, table, parent)
        .join(table, table.id == Subject.id)
        .join(parent, parent.id == parent_id)
    )
    if scopes is None:
        return query
    return query.where(
        or_(Subject.id.in_(scopes), parent.id.in_(scopes), Subject.site_id.in_(scopes))
    )
