"""Entries that were made offline and refused on arrival: what waits, and the decision about one."""

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from shopfloor.catalogue.queries import offered_reasons
from shopfloor.core.db import db
from shopfloor.core.deciding import accept_parked, drop_parked
from shopfloor.core.forms import Form
from shopfloor.core.web import onward
from shopfloor.pages.parked_entries import entries, one_entry
from shopfloor.people.access import act, requires, viewer

bp = Blueprint("parked", __name__)


@bp.get("/parked")
@requires("work.override")
def parked() -> str:
    """List what waits for a decision, in the order it was done."""
    return render_template("pages/parked.html", entries=entries(db.session(), viewer().rights))


@bp.get("/parked/<int:event_id>")
@bp.get("/parked/<int:event_id>/book")
@bp.get("/parked/<int:event_id>/drop")
@requires("work.override")
def entry(event_id: int) -> str:
    """Show one entry with what it says, why it was not booked, and the two ways to decide."""
    found = one_entry(db.session(), viewer().rights, event_id)
    return render_template(
        "pages/parked_entry.html",
        entry=found,
        reasons=offered_reasons(db.session(), found.reason) if found.reason else None,
    )


@bp.post("/parked/<int:event_id>/book")
@requires("work.override")
def book(event_id: int) -> Response:
    """Book it as the worker's own."""
    doing = act()
    accept_parked(doing, event_id=event_id, reason_id=Form(request.form).whole("override_reason"))
    return onward(url_for("parked.parked"), doing.id, _l("Booked with its own time."))


@bp.post("/parked/<int:event_id>/drop")
@requires("work.override")
def drop(event_id: int) -> Response:
    """Drop it with a note."""
    doing = act()
    drop_parked(doing, event_id=event_id, note=Form(request.form).text("note"))
    return onward(url_for("parked.parked"), doing.id, _l("Dropped; the worker sees your note."))
