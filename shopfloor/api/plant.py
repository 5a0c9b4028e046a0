"""The plant for programs: lines, stations and places."""

from flask import Blueprint
from pydantic import ConfigDict

from shopfloor.api import plant_lists as lists
from shopfloor.catalogue.entry_fields import named_over
from shopfloor.core.api import call
from shopfloor.core.api_fields import Body, Id, Name, Names, Page, Thing
from shopfloor.core.db import db
from shopfloor.core.references import id_of
from shopfloor.core.sought import Sought
from shopfloor.core.subjects import Kind, find
from shopfloor.people.access import requires, viewer
from shopfloor.people.programs import doing
from shopfloor.plant.changes import piece_of, rename_piece
from shopfloor.plant.commands import add_line, add_place, add_station
from shopfloor.plant.models import LINE, PLACE, SITE, STATION, PlaceKind

bp = Blueprint("plant_api", __name__)
EDIT, VIEW = "plant.edit", "work.view"


class NewLine(Body):
    """A production line; without a site it is the token's."""

    number: Name
    names: Names
    site: Name | None = None

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"number": "L2", "names": {"en": "Line 2"}}]}
    )


class Renamed(Body):
    """The names of a piece of the plant as it was heard at `version`; null takes one away."""

    version: Id
    names: Names


class NewStation(Body):
    """A machine or bench of a line."""

    line: Name
    number: Name
    names: Names

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"line": "L2", "number": "S9", "names": {"en": "Press"}}]}
    )


class NewPlace(Body):
    """A place where quantities can be; without a site it is at the token's."""

    number: Name
    names: Names
    site: Name | None = None
    kind: PlaceKind = PlaceKind.STORE

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"number": "A-01", "names": {"en": "Shelf A-01"}}]}
    )


@bp.post("/lines")
@requires(EDIT)
@call(takes=NewLine, gives=Thing, status=201)
def new_line(body: NewLine) -> Thing:
    """Add a production line."""
    site_id = _site(body.site)
    made = add_line(doing(), site_id=site_id, number=body.number, names=body.names.given())
    return Thing.of(made)


@bp.get("/lines")
@requires(VIEW)
@call(asks=Sought, gives=Page[lists.LineTold])
def lines(asked: Sought) -> Page[lists.LineTold]:
    """List the lines, oldest first."""
    return lists.lines(db.session(), asked, viewer().rights.scopes(VIEW))


@bp.post("/stations")
@requires(EDIT)
@call(takes=NewStation, gives=Thing, status=201)
def new_station(body: NewStation) -> Thing:
    """Add a machine or bench to a line."""
    line_id = id_of(db.session(), LINE, body.line, "line")
    made = add_station(doing(), line_id=line_id, number=body.number, names=body.names.given())
    return Thing.of(made)


@bp.get("/stations")
@requires(VIEW)
@call(asks=Sought, gives=Page[lists.StationTold])
def stations(asked: Sought) -> Page[lists.StationTold]:
    """List the stations, oldest first."""
    return lists.stations(db.session(), asked, viewer().rights.scopes(VIEW))


@bp.post("/places")
@requires(EDIT)
@call(takes=NewPlace, gives=Thing, status=201)
def new_place(body: NewPlace) -> Thing:
    """Add a place where quantities can be."""
    made = add_place(
        doing(),
        site_id=_site(body.site),
        number=body.number,
        names=body.names.given(),
        kind=body.kind,
    )
    return Thing.of(made)


@bp.get("/places")
@requires(VIEW)
@call(asks=Sought, gives=Page[lists.PlaceTold])
def places(asked: Sought) -> Page[lists.PlaceTold]:
    """List the places, oldest first; those of single orders are left out."""
    return lists.places(db.session(), asked, viewer().rights.scopes(VIEW))


@bp.patch("/lines/<code>")
@requires(EDIT)
@call(takes=Renamed, gives=Thing)
def save_line(code: str, body: Renamed) -> Thing:
    """Change a line's names; 409 with both sides when they were changed since `version`."""
    return _rename(LINE, code, body)


@bp.patch("/stations/<code>")
@requires(EDIT)
@call(takes=Renamed, gives=Thing)
def save_station(code: str, body: Renamed) -> Thing:
    """Change a station's names; 409 with both sides when they were changed since `version`."""
    return _rename(STATION, code, body)


@bp.patch("/places/<code>")
@requires(EDIT)
@call(takes=Renamed, gives=Thing)
def save_place(code: str, body: Renamed) -> Thing:
    """Change a place's names; 409 with both sides when they were changed since `version`."""
    return _rename(PLACE, code, body)


def _rename(kind: Kind, code: str, body: Renamed) -> Thing:
    subject = find(db.session(), kind, code)
    _subject, piece = piece_of(db.session(), subject.code, viewer().rights)
    names = named_over(body.names, piece.names)
    made = rename_piece(doing(), subject_id=subject.id, version=body.version, names=names)
    return Thing.of(made)


def _site(reference: str | None) -> int:
    return viewer().site_id if reference is None else id_of(db.session(), SITE, reference, "site")
