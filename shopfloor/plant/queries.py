"""What pages ask of the plant."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from shopfloor.core.subjects import Subject
from shopfloor.plant.models import Device, Line, Place, PlaceKind, Shift, Site, Station

Scopes = Collection[int] | None


@dataclass
class SiteShown:
    """A site with everything in it, each row as (its table, its subject)."""

    site: Site
    subject: Subject
    lines: list[Any] = field(default_factory=list)
    stations: dict[int, list[Any]] = field(default_factory=dict)
    places: list[Any] = field(default_factory=list)
    shifts: list[Any] = field(default_factory=list)


def sites(session: Session, scopes: Scopes) -> Sequence[Row[Site, Subject]]:
    """Return the sites within some scopes (None: all); one statement."""
    return session.execute(
        select(Site, Subject)
        .join(Subject, Subject.id == Site.id)
        .where(_within(Site.id, scopes))
        .order_by(Subject.number)
    ).all()


def plant(session: Session, scopes: Scopes) -> list[SiteShown]:
    """Return the sites with lines, stations, places and shifts; five statements.

    Places of single orders are left out: they come and go with the order.
    """
    shown = {site.id: SiteShown(site, subject) for site, subject in sites(session, scopes)}
    for line, subject in session.execute(_rows(Line).where(Line.site_id.in_(shown))):
        shown[line.site_id].lines.append((line, subject))
    for station, subject, site_id in session.execute(
        _rows(Station)
        .join(Line, Line.id == Station.line_id)
        .add_columns(Line.site_id)
        .where(Line.site_id.in_(shown))
    ):
        shown[site_id].stations.setdefault(station.line_id, []).append((station, subject))
    for place, subject in session.execute(
        _rows(Place).where(Place.site_id.in_(shown), Place.kind != PlaceKind.WIP)
    ):
        shown[place.site_id].places.append((place, subject))
    for shift, subject in session.execute(
        _rows(Shift).where(Shift.site_id.in_(shown)).order_by(None).order_by(Shift.starts_minute)
    ):
        shown[shift.site_id].shifts.append((shift, subject))
    return list(shown.values())


def devices(session: Session, scopes: Scopes) -> Sequence[Row[Any]]:
    """Return the devices of the sites within some scopes, the newest first; one statement."""
    return session.execute(
        _rows(Device)
        .join(Station, Station.id == Device.station_id, isouter=True)
        .add_columns(Station.names)
        .where(_within(Device.site_id, scopes))
        .order_by(None)
        .order_by(Device.revoked_at.is_not(None), Device.id.desc())
        .limit(500)
    ).all()


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


def _rows(table: Any) -> Any:
    return (
        select(table, Subject)
        .join(Subject, Subject.id == table.id)
        .order_by(Subject.archived_at.is_not(None), Subject.number, Subject.id)
    )


def _within(column: InstrumentedAttribute[int], scopes: Scopes) -> ColumnElement[bool]:
    return column.is_not(None) if scopes is None else column.in_(scopes)
