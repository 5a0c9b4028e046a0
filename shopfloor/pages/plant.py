"""Pages of the plant: sites, lines, stations, places and shifts on one page.

They stand on the top floor because the plant is the lowest room and knows nobody's rights.
"""

import re
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.paging import asked_page, page_of
from shopfloor.core.refusals import Malformed
from shopfloor.core.subjects import KINDS
from shopfloor.core.tables.sending import exported
from shopfloor.core.uses import users_of
from shopfloor.core.web import onward
from shopfloor.people.access import act, requires, viewer
from shopfloor.people.founding import CURRENCIES, zones
from shopfloor.people.queries import people_of
from shopfloor.plant import columns, queries
from shopfloor.plant.changes import (
    archive_piece,
    change_shift,
    piece_fields,
    piece_of,
    rename_piece,
    wall_clock,
)
from shopfloor.plant.commands import add_line, add_place, add_shift, add_site, add_station
from shopfloor.plant.models import PlaceKind, Shift

bp = Blueprint("plant", __name__)
EDIT = "plant.edit"
LISTED = {
    "station": _l("Stations"),
    "place": _l("Places"),
    "line": _l("Lines"),
    "shift": _l("Shifts"),
}
PLACE_KINDS = {
    PlaceKind.STORE: _l("Store"),
    PlaceKind.WIP: _l("Work in progress"),
    PlaceKind.FINISHED: _l("Finished goods"),
    PlaceKind.SCRAP: _l("Scrap"),
    PlaceKind.PRODUCTION: _l("Production"),
    PlaceKind.SUPPLIER: _l("Supplier"),
    PlaceKind.CUSTOMER: _l("Customer"),
    PlaceKind.ADJUSTMENT: _l("Adjustment"),
}


@bp.get("/plant")
# A refused form is shown again at its own address.
@bp.get("/plant/lines", endpoint="lines")
@bp.get("/plant/stations", endpoint="stations")
@bp.get("/plant/places", endpoint="places")
@bp.get("/plant/shifts", endpoint="shifts")
@requires(EDIT)
def plant() -> str:
    """Show every site with its lines, stations, places and shifts, and a small form for each."""
    shown = queries.plant(db.session(), viewer().rights.scopes(EDIT))
    leaders = {each.site.id: people_of(db.session(), each.site.id) for each in shown}
    return render_template("plant/plant.html", sites=shown, kinds=PLACE_KINDS, leaders=leaders)


@bp.get("/plant/all")
@requires(EDIT)
def pieces() -> ResponseReturnValue:
    """List the stations, places, lines or shifts, found by number and names, fifty a page."""
    kind, search = request.args.get("kind", ""), request.args.get("q", "").strip()[:80]
    kind = kind if kind in queries.LISTED else "station"
    archived, scopes = bool(request.args.get("archived")), viewer().rights.scopes(EDIT)
    found = queries.pieces(scopes, kind, search, archived)
    if table := exported(f"{kind}s", columns.PIECES, found):
        return table
    page = page_of(db.session(), found, asked_page())
    return render_template(
        "plant/pieces.html", page=page, search=search, kind=kind, listed=LISTED, kinds=PLACE_KINDS
    )


@bp.get("/plant/sites")
@requires(EDIT)
def new_site() -> str:
    """Show the form for another site."""
    return render_template("plant/site_new.html", zones=zones(), currencies=CURRENCIES.split())


@bp.post("/plant/sites")
@requires(EDIT)
def make_site() -> Response:
    """Add a site with its clock and its money."""
    doing, form = act(), Form(request.form)
    add_site(
        doing,
        number=form.text("number", 80),
        names=form.names(),
        zone=form.text("zone", 60),
        currency=form.text("currency", 3).upper(),
        language=form.text("language", 10),
    )
    return onward(url_for("plant.plant"), doing.id, _l("The site is added."))


@bp.post("/plant/lines")
@requires(EDIT)
def make_line() -> Response:
    """Add a line to a site."""
    doing, form = act(), Form(request.form)
    add_line(doing, site_id=form.needed("site"), number=form.text("number", 80), names=form.names())
    return onward(url_for("plant.plant"), doing.id, _l("The line is added."))


@bp.post("/plant/stations")
@requires(EDIT)
def make_station() -> Response:
    """Add a station to a line."""
    doing, form = act(), Form(request.form)
    add_station(
        doing, line_id=form.needed("line"), number=form.text("number", 80), names=form.names()
    )
    return onward(url_for("plant.plant"), doing.id, _l("The station is added."))


@bp.post("/plant/places")
@requires(EDIT)
def make_place() -> Response:
    """Add a store to a site; the places of another kind come with the site."""
    doing, form = act(), Form(request.form)
    add_place(
        doing, site_id=form.needed("site"), number=form.text("number", 80), names=form.names()
    )
    return onward(url_for("plant.plant"), doing.id, _l("The place is added."))


@bp.post("/plant/shifts")
@requires(EDIT)
def make_shift() -> Response:
    """Add a shift to a site by its hours on the wall clock."""
    doing, form = act(), Form(request.form)
    add_shift(
        doing,
        site_id=form.needed("site"),
        number=form.text("number", 80),
        names=form.names(),
        **_hours(form),
    )
    return onward(url_for("plant.plant"), doing.id, _l("The shift is added."))


@bp.get("/plant/<code>")
# A refused button is shown again at its own address.
@bp.get("/plant/<code>/archive", endpoint="archived")
@requires(EDIT)
def piece(code: str) -> str:
    """Show the form for a site, line, station, place or shift."""
    subject, found = piece_of(db.session(), code, viewer().rights)
    leaders = people_of(db.session(), found.site_id) if isinstance(found, Shift) else []
    return render_template(
        "plant/piece.html",
        subject=subject,
        piece=found,
        stored=piece_fields(found),
        leaders=leaders,
        users=users_of(db.session(), KINDS[subject.kind], subject.id),
    )


@bp.post("/plant/<code>")
@requires(EDIT)
def save_piece(code: str) -> Response:
    """Change the names of a piece of the plant, and of a shift its hours and its leader."""
    doing, form = act(), Form(request.form)
    subject, found = piece_of(db.session(), code, viewer().rights)
    version, names = form.needed("version"), form.names()
    if isinstance(found, Shift):
        change_shift(doing, shift_id=found.id, version=version, names=names, **_hours(form))
    else:
        rename_piece(doing, subject_id=subject.id, version=version, names=names)
    return onward(url_for("plant.plant"), doing.id, _l("Saved."))


@bp.post("/plant/<code>/archive")
@requires(EDIT)
def archive(code: str) -> Response:
    """Take a piece of the plant out of use, or into use again."""
    doing, form = act(), Form(request.form)
    subject, _found = piece_of(db.session(), code, viewer().rights)
    archive_piece(doing, subject_id=subject.id, archived=form.text("archived") == "1")
    return onward(url_for("plant.plant"), doing.id, _l("Saved."))


@bp.app_template_filter("hour")
def hour(minute: int) -> str:
    """Write minutes after midnight as a wall clock shows them."""
    return wall_clock(minute)


def _hours(form: Form) -> dict[str, Any]:
    """Return what a shift is besides its names."""
    return {
        "starts_minute": _minute(form, "starts"),
        "ends_minute": _minute(form, "ends"),
        "leader_id": form.whole("leader"),
    }


def _minute(form: Form, name: str) -> int:
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)(?::\d\d)?", form.text(name, 8), re.ASCII)
    if found is None:
        raise Malformed(
            _l("“%(typed)s” is not a time of the day.", typed=form.text(name, 8)),
            _l("Write it like 08:00 or 20:30."),
            rule="bad_time",
            field=name,
        )
    return int(found[1]) * 60 + int(found[2])
