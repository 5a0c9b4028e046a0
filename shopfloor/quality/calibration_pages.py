"""Pages of calibrations, and of what was measured with a gauge that one of them found bad."""

from flask import Blueprint, Response, render_template, request, send_file, url_for
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_ngettext

from shopfloor.catalogue.models import ReasonKind
from shopfloor.catalogue.queries import offered_reasons
from shopfloor.core.db import db
from shopfloor.core.files import path_of, photo_of
from shopfloor.core.forms import Form
from shopfloor.core.paging import asked_page, page_of
from shopfloor.core.refusals import Malformed, NotFound
from shopfloor.core.subjects import find
from shopfloor.core.web import onward
from shopfloor.holds.commands import place_hold
from shopfloor.people.access import act, requires, viewer
from shopfloor.quality import checked
from shopfloor.quality import gauge_queries as queries
from shopfloor.quality import gauge_words as words
from shopfloor.quality.commands.gauges import calibrate_gauge
from shopfloor.quality.free_lots import free_lots
from shopfloor.quality.gauge_models import GAUGE, Calibration

bp = Blueprint("calibrations", __name__)
EDIT, SEE, HOLD = "plan.edit", "work.view", "hold.place"
MOST_LOTS = 50


@bp.get("/gauges/<code>/calibrate")
@requires(EDIT)
def form(code: str) -> str:
    """Show the form for what a calibration has found."""
    found = queries.gauge_page(db.session(), code)
    return render_template("quality/calibrate.html", found=found, words=words, today=viewer().today)


@bp.post("/gauges/<code>/calibrate")
@requires(EDIT)
def calibrate(code: str) -> Response:
    """Keep what a calibration has found; a bad one leads to what it puts in doubt."""
    doing, typed = act(), Form(request.form)
    # Before anything else is read: the photo must be kept also when that is refused.
    photo = photo_of(request.files.get("photo"), typed.text("sha256_photo", 64))
    done = calibrate_gauge(
        doing,
        gauge_id=find(db.session(), GAUGE, code).id,
        day=typed.needed_day("day"),
        result=words.read_result(typed),
        due_on=typed.day("due_on"),
        sha256=photo,
        **{name: typed.text(name) for name in ("calibrated_by", "certificate", "note")},
    )
    here = url_for("calibrations.calibration", code=done.code, calibration=done.calibration_id)
    return onward(here, doing.id, _l("Saved."))


@bp.get("/gauges/<code>/calibrations/<int:calibration>")
@requires(SEE)
def calibration(code: str, calibration: int) -> str:
    """Show a calibration; of a bad one everything that was measured since the last good one."""
    session = db.session()
    found = queries.gauge_page(session, code)
    one = queries.calibration_of(session, found.gauge, calibration)
    doubts = _doubts(one)
    return render_template(
        "quality/calibration.html",
        found=found,
        one=one,
        doubts=doubts,
        words=words,
        may_hold=viewer().rights.has(HOLD),
        reasons=offered_reasons(session, ReasonKind.HOLD) if doubts else [],
    )


@bp.post("/gauges/<code>/calibrations/<int:calibration>")
@requires(HOLD)
def hold(code: str, calibration: int) -> Response:
    """Lock the chosen lots, each with a hold of its own; whoever may not lock one locks none."""
    doing, typed = act(), Form(request.form, many=("lot",))
    chosen = list(dict.fromkeys(typed.fields.getlist("lot")))
    if not 0 < len(chosen) <= MOST_LOTS:
        raise Malformed(_l("Choose the lots that are locked."), rule="no_lots", field="lot")
    for lot in free_lots(db.session(), viewer().rights, chosen):
        place_hold(
            doing.then(lot.code),
            subject_id=lot.id,
            reason_id=typed.whole("reason") or 0,
            note=typed.text("note"),
        )
    said = lazy_ngettext("%(num)s lot is locked.", "%(num)s lots are locked.", len(chosen))
    here = url_for("calibrations.calibration", code=code, calibration=calibration)
    return onward(here, doing.id, said)


@bp.get("/inspections/<int:check>")
@requires(SEE)
def inspection(check: int) -> str:
    """Show what was read in an inspection by plan, with which gauges, and what is in doubt."""
    found = checked.checked(db.session(), viewer(), check)
    page = page_of(db.session(), checked.read_in(found.check), asked_page())
    return render_template("quality/inspection.html", found=found, page=page)


@bp.get("/inspections/photos/<sha256>")
@requires(SEE)
def photo(sha256: str) -> Response:
    """Send a photo of a sample, a calibration or an inspected piece."""
    file = queries.shown_photo(db.session(), sha256)
    if file is None or not path_of(file.sha256).exists():
        raise NotFound(_l("This picture is not here."), rule="not_found")
    response = send_file(
        path_of(file.sha256), mimetype=file.media_type, conditional=True, etag=file.sha256
    )
    # Its name is its content, so it never changes; it stays in this browser only.
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _doubts(one: Calibration) -> queries.Doubtful | None:
    """Return what is in doubt, for whoever keeps the register."""
    if one.doubted_from is None or not viewer().rights.has(EDIT):
        return None
    return queries.doubtful(db.session(), viewer().rights, one, asked_page())
