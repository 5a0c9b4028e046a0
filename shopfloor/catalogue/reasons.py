"""Pages of the reasons people choose from instead of typing."""

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shopfloor.catalogue import columns, entries
from shopfloor.catalogue.changes import archive_entry, change_reason, reason_fields
from shopfloor.catalogue.commands import add_reason
from shopfloor.catalogue.models import REASON, Reason, ReasonKind
from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.paging import asked_page, page_of
from shopfloor.core.refusals import Malformed
from shopfloor.core.subjects import find
from shopfloor.core.tables.sending import exported
from shopfloor.core.web import onward
from shopfloor.people.access import act, requires

bp = Blueprint("reasons", __name__)
EDIT = "catalogue.edit"
KIND_NAMES = {
    ReasonKind.SCRAP: _l("Scrap"),
    ReasonKind.PAUSE: _l("Pause"),
    ReasonKind.HOLD: _l("Lock"),
    ReasonKind.RELEASE: _l("Release of a lock"),
    ReasonKind.OVERRIDE: _l("Exception"),
    ReasonKind.UNDO: _l("Correction"),
}
# What each kind is asked for, on the page where they are entered.
KIND_HINTS = {
    ReasonKind.SCRAP: _l("Asked when somebody reports scrap: what was wrong with the pieces."),
    ReasonKind.PAUSE: _l("Asked when somebody pauses a job: what he waits for."),
    ReasonKind.HOLD: _l("Asked when something is locked, and offered to the inspector for NG."),
    ReasonKind.RELEASE: _l("Asked of the second person who ends a lock: why it may go on."),
    ReasonKind.OVERRIDE: _l("Asked when a supervisor books what a rule refuses, such as too many."),
    ReasonKind.UNDO: _l("Asked when an entry is corrected late, or by somebody else."),
}


@bp.get("/reasons")
@requires(EDIT)
def reasons() -> ResponseReturnValue:
    """List the reasons, kind by kind, fifty a page."""
    search, kind = request.args.get("q", "").strip()[:80], request.args.get("kind", "")
    found = entries.reasons(search, archived=bool(request.args.get("archived")), kind=kind)
    if table := exported("reasons", columns.REASONS, found):
        return table
    return render_template(
        "catalogue/reasons.html",
        page=page_of(db.session(), found, asked_page()),
        search=search,
        kinds=KIND_NAMES,
        hints=KIND_HINTS,
    )


@bp.get("/reasons/new")
@requires(EDIT)
def new_reason() -> str:
    """Show the form for a reason."""
    return render_template("catalogue/reason_new.html", kinds=KIND_NAMES)


@bp.post("/reasons/new")
@requires(EDIT)
def make_reason() -> Response:
    """Add a reason."""
    doing, form = act(), Form(request.form)
    add_reason(
        doing,
        kind=_kind(form.text("kind")),
        number=form.text("number", 80),
        names=form.names(),
        photo=bool(form.text("photo")),
    )
    return onward(url_for("reasons.reasons"), doing.id, _l("The reason is added."))


@bp.get("/reasons/<code>")
@requires(EDIT)
def edit_reason(code: str) -> str:
    """Show the form for a reason."""
    subject = find(db.session(), REASON, code)
    reason = db.session.get_one(Reason, subject.id)
    return render_template(
        "catalogue/reason_edit.html",
        subject=subject,
        reason=reason,
        stored=reason_fields(reason),
        kinds=KIND_NAMES,
    )


@bp.post("/reasons/<code>")
@requires(EDIT)
def save_reason(code: str) -> Response:
    """Change a reason's names and whether it asks for a picture."""
    doing, form = act(), Form(request.form)
    change_reason(
        doing,
        reason_id=find(db.session(), REASON, code).id,
        version=form.needed("version"),
        names=form.names(),
        photo=bool(form.text("photo")),
    )
    return onward(url_for("reasons.reasons"), doing.id, _l("Saved."))


@bp.post("/reasons/<code>/archive")
@requires(EDIT)
def archive_reason(code: str) -> Response:
    """Take a reason out of use, or into use again."""
    doing, form = act(), Form(request.form)
    subject_id = find(db.session(), REASON, code).id
    archive_entry(doing, subject_id=subject_id, archived=form.text("archived") == "1")
    return onward(url_for("reasons.reasons"), doing.id, _l("Saved."))


def _kind(text: str) -> ReasonKind:
    try:
        return ReasonKind(text)
    except ValueError:
        raise Malformed(
            _l("Choose what the reason explains."), rule="bad_kind", field="kind"
        ) from None
