"""Pages of hand-over notes: leaving one, having seen it, and what a station was told before."""

from flask import Blueprint, Response, make_response, render_template, request, send_file, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from shopfloor.catalogue.models import ReasonKind
from shopfloor.catalogue.queries import offered_reasons
from shopfloor.core import files, subjects
from shopfloor.core.db import db
from shopfloor.core.files import File
from shopfloor.core.forms import Form
from shopfloor.core.refusals import NotFound
from shopfloor.core.same_origin import safe_path
from shopfloor.core.subjects import Subject
from shopfloor.core.web import onward
from shopfloor.people.access import act, requires, viewer
from shopfloor.plant.models import STATION, Station
from shopfloor.production import notes
from shopfloor.production.commands.noting import LONGEST, leave_note, see_note
from shopfloor.production.floor_models import StationNote

bp = Blueprint("notes", __name__)


@bp.get("/stations/<code>/notes")
@requires("work.view")
def of_station(code: str) -> str:
    """Show what was left at a station before, with who has seen it."""
    subject, station = _station(code)
    found = notes.history(db.session(), station.id)
    return render_template("production/notes.html", found=found, subject=subject, station=station)


@bp.get("/stations/<code>/notes/new")
@requires("work.report")
def note_form(code: str) -> str:
    """Show the tiles from which a note is tapped together."""
    subject, station = _station(code)
    return render_template(
        "production/note.html",
        subject=subject,
        station=station,
        longest=LONGEST,
        reasons=offered_reasons(db.session(), ReasonKind.HANDOVER),
    )


@bp.post("/stations/<code>/notes/new")
@requires("work.report")
def leave(code: str) -> Response:
    """Leave the note for whoever comes next."""
    doing, form = act(), Form(request.form, many=("reasons",))
    chosen = [int(each) for each in form.fields.getlist("reasons") if each.isdecimal()]
    noted = leave_note(
        doing,
        station_id=subjects.find(db.session(), STATION, code).id,
        reasons=tuple(sorted(set(chosen))),
        words=form.text("words", LONGEST * 2),
        photo=files.photo_of(request.files.get("photo"), form.text("sha256_photo", 64)),
    )
    back = url_for("scanning.open_station", code=noted.station_code)
    return onward(back, doing.id, _l("Left for the next worker at this station."))


@bp.post("/notes/<int:note_id>/seen")
@requires("work.view")
def seen(note_id: int) -> Response:
    """Say that the note was seen, and go back to where it was shown."""
    doing, form = act(), Form(request.form)
    noted = see_note(doing, note_id=note_id)
    back = form.text("next") or url_for("scanning.open_station", code=noted.station_code)
    return onward(safe_path(back), doing.id, _l("Seen. It stays in the station's notes."))


@bp.get("/notes/<int:note_id>/photo")
@requires("work.view")
def photo(note_id: int) -> Response:
    """Send the photo of a note to whoever may see its station."""
    row = db.session.execute(
        select(File, StationNote.station_id)
        .join(StationNote, StationNote.photo == File.sha256)
        .where(StationNote.id == note_id)
    ).first()
    if row is None:
        raise NotFound(_l("This picture is not here."), rule="not_found")
    station = db.session.get_one(Station, row.station_id)
    site_id = db.session.get_one(Subject, station.id).site_id
    viewer().rights.require("work.view", site_id, station.line_id, station.id)
    sent = send_file(files.path_of(row.File.sha256), mimetype=row.File.media_type)
    response = make_response(sent)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _station(code: str) -> tuple[Subject, Station]:
    subject = subjects.find(db.session(), STATION, code)
    station = db.session.get_one(Station, subject.id)
    viewer().rights.require("work.view", subject.site_id, station.line_id, station.id)
    return subject, station
