"""Pages of the last scans of a browser, and of how the scanners there send their codes."""

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_babel import to_user_timezone

from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.refusals import Sentence
from shopfloor.core.web import onward
from shopfloor.people.access import act, browser, requires, viewer
from shopfloor.scanning import log
from shopfloor.scanning.commands import set_scanner
from shopfloor.scanning.log import Kept
from shopfloor.scanning.models import Outcome, Source
from shopfloor.scanning.stations import affixes_at

bp = Blueprint("scans", __name__)
SOURCES: dict[str, Sentence] = {
    Source.CAMERA.value: _l("with the camera"),
    Source.TRIGGER.value: _l("with a scanner"),
    Source.TYPED.value: _l("typed"),
    Source.PHOTO.value: _l("from a photo"),
    Source.UNSAID.value: _l("in the field"),
}
OUTCOMES: dict[str, Sentence] = {
    Outcome.OPENED.value: _l("found"),
    Outcome.AMBIGUOUS.value: _l("several to choose from"),
    Outcome.UNKNOWN.value: _l("not found"),
    Outcome.BADGE.value: _l("a badge"),
}


@bp.get("/scans")
@requires("work.view")
def last() -> str:
    """Show the last scans of this phone, each with what came in and what was answered."""
    return render_template("scanning/scans.html", **_told())


@bp.get("/scans/text")
@requires("work.view")
def as_text() -> Response:
    """Show the same as plain text, to send to somebody who can help."""
    lines = [_line(scan) for scan in log.last(db.session(), browser(), viewer())]
    response = make_response("\n".join(lines) + "\n")
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    return response


@bp.get("/scans/scanner")
@requires("plant.edit")
def scanner() -> str:
    """Show what the scanners here put around their codes."""
    person = viewer()
    affixes = affixes_at(db.session(), person.device_id, person.site_id)
    return render_template("scanning/scanner.html", affixes=affixes, shared=person.device_id)


@bp.post("/scans/scanner")
@requires("plant.edit")
def set_up() -> ResponseReturnValue:
    """Keep what this device's scanner, or those of the site, put around their codes."""
    fields, doing, person = request.form, act(), viewer()
    Form(fields)
    here = person.device_id if fields.get("for") == "device" else None
    # Blanks count: a scanner may well put one behind every code.
    set_scanner(
        doing,
        subject_id=here or person.site_id,
        prefix=fields.get("prefix", ""),
        suffix=fields.get("suffix", ""),
    )
    return onward(url_for("scans.scanner"), doing.id, _l("Kept. Scan something to try it."))


def _told() -> dict[str, object]:
    phone = browser()
    kept = log.last(db.session(), phone, viewer())
    shared = phone.device_id is not None
    return {"kept": kept, "sources": SOURCES, "outcomes": OUTCOMES, "shared": shared}


def _line(scan: Kept) -> str:
    told = (
        f"{to_user_timezone(scan.at):%Y-%m-%d %H:%M:%S}",
        f"{SOURCES[scan.source]} {scan.symbology}".strip(),
        scan.shown,
        f"{OUTCOMES[scan.outcome]}: {scan.answer}",
        scan.person,
    )
    return " | ".join(told)
