"""The inspector's list, and the page on which an operator checks his own first article."""

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from shopfloor.configure.models import FieldKind
from shopfloor.core import clock
from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.paging import asked_page, page_of
from shopfloor.core.references import id_or_none
from shopfloor.core.refusals import Sentence
from shopfloor.core.web import onward
from shopfloor.people.access import act, requires, viewer
from shopfloor.plant.models import LINE
from shopfloor.production.queries import lot_view
from shopfloor.quality import due_queries as queries
from shopfloor.quality import due_refusals as refusals
from shopfloor.quality import plan_words as words
from shopfloor.quality.asked import first_article
from shopfloor.quality.commands.self_checks import check_first_article
from shopfloor.quality.due_queries import DueState

bp = Blueprint("due", __name__)
STANDINGS: dict[str, Sentence] = {
    "": _l("All"),
    DueState.OVERDUE.value: _l("Overdue"),
    DueState.DUE.value: lazy_pgettext("inspection", "Due"),
    DueState.RUNNING.value: _l("Begun"),
}


@bp.get("/inspections")
@requires("inspection.record")
def inspections() -> str:
    """List what is to be inspected, the most urgent first; a tap opens its form."""
    state, line = request.args.get("state", "")[:10], request.args.get("line", "")[:80]
    line_id = id_or_none(db.session(), LINE, line or None, "line")
    found = queries.inspections(viewer().rights, clock.now(), state, line_id)
    return render_template(
        "quality/inspections.html",
        page=page_of(db.session(), found, asked_page()),
        lines=queries.lines(db.session(), viewer().rights),
        state=state,
        line=line,
        states=STANDINGS,
        kinds=words.DUE,
    )


@bp.get("/lots/<code>/<int:operation>/first-article")
@requires("work.report")
def self_check_form(code: str, operation: int) -> str:
    """Show each characteristic of the first article to be ticked by whoever made it."""
    view = lot_view(db.session(), viewer(), code)
    stop = view.work.stop(operation)
    check = first_article(db.session(), stop.operation.id)
    if check is None:
        raise refusals.nothing_to_check()
    revision = check.revision
    fields = [each for each in revision.form.fields if each.kind is not FieldKind.COMPUTED]
    return render_template(
        "quality/self_check.html", view=view, stop=stop, check=check, fields=fields
    )


@bp.post("/lots/<code>/<int:operation>/first-article")
@requires("work.report", parks=True)
def self_check(code: str, operation: int) -> Response:
    """Keep who has checked the first article, and when; the inspector sees it in his list."""
    form, doing = Form(request.form), act()
    ticked = tuple(name[2:] for name in form.fields if name.startswith("t:") and form.text(name, 1))
    made = check_first_article(doing, lot=code, operation=operation, ticked=ticked)
    said = _l("Checked. The inspector is called; when he has passed it, work goes on.")
    return onward(url_for("scanning.lot", code=made.lot_code), doing.id, said)
