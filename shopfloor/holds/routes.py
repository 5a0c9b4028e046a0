"""The page on which something is locked by hand."""

from flask import Blueprint, Response, render_template, request
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from shopfloor.catalogue.models import ReasonKind
from shopfloor.catalogue.queries import offered_reasons
from shopfloor.core import clock
from shopfloor.core.codes import read_code
from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.refusals import NotFound
from shopfloor.core.subjects import Subject
from shopfloor.core.web import done
from shopfloor.holds.commands import place_hold
from shopfloor.holds.standing import stands
from shopfloor.people.access import act, requires, viewer

bp = Blueprint("holds", __name__)


@bp.get("/hold/<code>")
@requires("hold.place")
def place_form(code: str) -> str:
    """Ask for the reason before something is locked."""
    reasons = offered_reasons(db.session(), ReasonKind.HOLD)
    subject = _subject(code)
    at = stands(db.session(), subject, clock.now())
    viewer().rights.require("hold.place", at.site_id, at.line_id, at.station_id)
    return render_template("holds/place.html", subject=subject, reasons=reasons)


@bp.post("/hold/<code>")
@requires("hold.place", parks=True)
def place(code: str) -> Response:
    """Lock something by hand."""
    form, doing = Form(request.form), act()
    placed = place_hold(
        doing,
        subject_id=_subject(code).id,
        reason_id=form.whole("reason") or 0,
        note=form.text("note"),
        nonconformance=form.text("nonconformance") == "1",
    )
    return done("holds/placed.html", doing.id, placed=placed)


def _subject(code: str) -> Subject:
    subject = db.session.scalar(select(Subject).where(Subject.code == read_code(code)))
    if subject is None:
        raise NotFound(_l("There is nothing here under this code."), rule="not_found")
    return subject
