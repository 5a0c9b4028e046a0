"""Pages of the gauge register: the list with what is due, one gauge, its calibrations."""

from typing import Any

from flask import Blueprint, Response, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.paging import asked_page, page_of
from shopfloor.core.subjects import find
from shopfloor.core.tables.sending import exported
from shopfloor.core.web import onward
from shopfloor.people.access import act, requires, viewer
from shopfloor.quality import gauge_queries as queries
from shopfloor.quality import gauge_words as words
from shopfloor.quality.commands.gauges import add_gauge, archive_gauge, change_gauge
from shopfloor.quality.gauge_fields import gauge_fields
from shopfloor.quality.gauge_models import GAUGE, GaugeState
from shopfloor.quality.gauging import range_of

bp = Blueprint("gauges", __name__)
EDIT, SEE = "plan.edit", "work.view"


@bp.get("/gauges")
@requires(SEE)
def gauges() -> ResponseReturnValue:
    """List the gauges, those whose calibration is due first at the top."""
    search, state = (request.args.get(name, "").strip()[:80] for name in ("q", "state"))
    archived = bool(request.args.get("archived"))
    found = queries.gauges(viewer().today, search, archived=archived, state=state)
    if table := exported("gauges", words.COLUMNS, found):
        return table
    page = page_of(db.session(), found, asked_page())
    return render_template("quality/gauges.html", page=page, search=search, state=state, **_told())


@bp.get("/gauges/new")
@requires(EDIT)
def new_gauge() -> str:
    """Show the form for a gauge."""
    return render_template("quality/gauge_new.html", types=queries.types(db.session()))


@bp.post("/gauges/new")
@requires(EDIT)
def make_gauge() -> Response:
    """Add a gauge and go on to its calibration, without which it measures nothing."""
    doing, form = act(), Form(request.form)
    made = add_gauge(
        doing,
        number=form.text("number", 80) or None,
        names=form.names(),
        details=words.read_gauge(form),
    )
    said = _l("The gauge is added. Enter its calibration now; before, nothing is measured with it.")
    return onward(url_for("calibrations.form", code=made.code), doing.id, said)


@bp.get("/gauges/<code>")
# A refused button is shown again at its own address.
@bp.get("/gauges/<code>/archive", endpoint="archive_form")
@requires(SEE)
def gauge(code: str) -> str:
    """Show a gauge: whether one may measure with it, its calibrations, and everything about it."""
    found = queries.gauge_page(db.session(), code)
    typed = g.get("typed")
    return render_template(
        "quality/gauge.html",
        found=found,
        stored=gauge_fields(found.gauge),
        types=queries.types(db.session()),
        open=bool(typed),
        **_told(),
    )


@bp.post("/gauges/<code>")
@requires(EDIT)
def save_gauge(code: str) -> Response:
    """Change what the register says of a gauge."""
    doing, form = act(), Form(request.form)
    saved = change_gauge(
        doing,
        gauge_id=find(db.session(), GAUGE, code).id,
        version=form.needed("version"),
        names=form.names(),
        details=words.read_gauge(form),
    )
    return onward(url_for("gauges.gauge", code=saved.code), doing.id, _l("Saved."))


@bp.post("/gauges/<code>/archive")
@requires(EDIT)
def archive(code: str) -> Response:
    """Take a gauge out of use, or into use again."""
    doing, form = act(), Form(request.form)
    gauge_id = find(db.session(), GAUGE, code).id
    archive_gauge(doing, gauge_id=gauge_id, archived=form.text("archived") == "1")
    return onward(url_for("gauges.gauge", code=code), doing.id, _l("Saved."))


def _told() -> dict[str, Any]:
    return {
        "words": words,
        "today": viewer().today,
        "range_of": range_of,
        "offered": [(state.value, words.STATES[state][2]) for state in queries.STATES],
        "State": GaugeState,
    }
