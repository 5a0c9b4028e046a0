"""What pages ask of the plant."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from shopfloor.core.finding import finds
from shopfloor.core.subjects import Subject
from shopfloor.plant.models import Device, Line, Place, PlaceKind, Shift, Site, Station

Scopes = Collection[int] | None
# So many of a kind stand on the page of the plant; the lists have all.
MOST_SHOWN = 30
LISTED = {"station": Station, "place": Place, "line": Line, "shift": Shift}


@dataclass
class SiteShown:
    """A site with everything in it, each row as (its table, its subject)."""

    site: Site
    subject: Subject
    lines: list[Any] = field(default_factory=list)
    stations: dict[int, list[Any]] = field(default_factory=dict)
    places: list[Any] = field(default_factory=list)
    shifts: list[Any] = field(default_factory=list)
    # How many there are, by kind or by line: of many only the first are shown.
    counts: dict[str | int, int] = field(default_factory=dict)

    def more(self, of: str | int, shown: int) -> int:
        """Return how many there are beside those shown."""
        return max(0, self.counts.get(of, 0) - shown)


def sites(session: Session, scopes: Scopes) -> Sequence[Row[Site, Subject]]:
    """Return the sites within some scopes (None: all); one statement."""
    return session.execute(
        select(Site, Subject)
        .join(Subject, Subject.id == Site.id)
        .where(_within(Site.id, scopes))
        .order_by(Subject.number)
    ).all()


def plant(session: Session, scopes: Scopes) -> list[SiteShown]:
    """Return the sites with the first lines, stations, places and shifts; five statements.

    Places of single orders are left out: they come and go with the order.
    """
    shown = {site.id: SiteShown(site, subject) for site, subject in sites(session, scopes)}
    here = Line.site_id.in_(shown)
    for line, subject, total in session.execute(_first(Line, Line.site_id).where(here)):
        shown[line.site_id].lines.append((line, subject))
        shown[line.site_id].counts["line"] = total
    stations = _first(Station, Station.line_id).join(Line, Line.id == Station.line_id)
    for station, subject, total, site_id in session.execute(
        stations.add_columns(Line.site_id).where(here)
    ):
        shown[site_id].stations.setdefault(station.line_id, []).append((station, subject))
        shown[site_id].counts[station.line_id] = total
    places = _first(Place, Place.site_id, Place.kind != PlaceKind.WIP)
    for place, subject, total in session.execute(places.where(Place.site_id.in_(shown))):
        shown[place.site_id].places.append((place, subject))
        shown[place.site_id].counts["place"] = total
    shifts = _first(Shift, Shift.site_id).order_by(None).order_by(Shift.starts_minute)
    for shift, subject, total in session.execute(shifts.where(Shift.site_id.in_(shown))):
        shown[shift.site_id].shifts.append((shift, subject))
        shown[shift.site_id].counts["shift"] = total
    return list(shown.values())


def pieces(
    scopes: Scopes, kind: str, search: str = "", archived: bool = False
) -> Select[*tuple[Any, ...]]:
    """Return the query for the lines, stations, places or shifts that a search finds.

    Each with its subject, and the names of the line or the site that it belongs to.
    """
    table: Any = LISTED[kind]
    parent: Any = Line if table is Station else Site
    parent_id = Station.line_id if table is Station else table.site_id
    query = (
        select(table, Subject, parent.names.label("parent_names"))
        .join(Subject, Subject.id == table.id)
        .join(parent, parent.id == parent_id)
        .where(_within(Line.site_id if table is Station else table.site_id, scopes))
        .order_by(Subject.number.is_(None), Subject.number, Subject.id)
    )
    if table is Place:
        query = query.where(Place.kind != PlaceKind.WIP)
    if not archived:
        query = query.where(Subject.archived_at.is_(None))
    return query.where(finds(search, Subject.number, table.found_by)) if search else query


def devices(scopes: Scopes) -> Select[*tuple[Any, ...]]:
    """Return the query for the devices of the sites within some scopes, the newest first."""
    query: Select[*tuple[Any, ...]] = (
        select(Device, Subject, Station.names)
        .join(Subject, Subject.id == Device.id)
        .join(Station, Station.id == Device.station_id, isouter=True)
        .where(_within(Device.site_id, scopes))
        .order_by(Device.revoked_at.is_not(None), Device.id.desc())
    )
    return query


def station_options(
    session: Session, scopes: Scopes = None
) -> Sequence[Row[int, str | None, dict[str, str], dict[str, str]]]:
    """Return (id, number, names, line's names) of the stations in use; one statement."""
    return session.execute(
        select(Station.id, Subject.number, Station.names, Line.names)
        .join(Subject, Subject.id == Station.id)
        .join(Line, Line.id == Station.line_id)
        .where(Subject.archived_at.is_(None), _within(Line.site_id, scopes))
        .order_by(Line.id, Subject.number)
    ).all()


def _first(table: Any, parent_id: Any, *conditions: ColumnElement[bool]) -> Any:
    """Return the query for the first rows of each parent with their total, those in use first."""
    order = (Subject.archived_at.is_not(None), Subject.number, Subject.id)
    ranked = (
        select(
            table.id.label("id"),
            func.row_number().over(partition_by=parent_id, order_by=order).label("place"),
            func.count().over(partition_by=parent_id).label("total"),
        )
        .join(Subject, Subject.id == table.id)
        .where(*conditions)
        .subquery()
    )
    return (_rows(table).add_columns(ranked.c.total).join(ranked, ranked.c.id == table.id)).where(
        ranked.c.place <= MOST_SHOWN
    )


def _rows(table: Any) -> Any:
    return (
        select(table, Subject)
        .join(Subject, Subject.id == table.id)
        .order_by(Subject.archived_at.is_not(None), Subject.number, Subject.id)
    )


def _within(column: InstrumentedAttribute[int], scopes: Scopes) -> ColumnElement[bool]:
    return column.is_not(None) if scopes is None else column.in_(scopes)
