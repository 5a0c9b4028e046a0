"""Pages about crews: the list, a new one, and one with its leader and its people."""

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.paging import asked_page, page_of
from shopfloor.core.tables.sending import exported
from shopfloor.core.web import onward
from shopfloor.people import columns, queries
from shopfloor.people.access import act, requires, viewer
from shopfloor.people.commands import add_crew, join_crew
from shopfloor.people.crews import archive_crew, change_crew, crew_fields
from shopfloor.plant.queries import sites

bp = Blueprint("crews", __name__)
EDIT = "people.edit"


@bp.get("/crews")
@requires(EDIT)
def crews() -> ResponseReturnValue:
    """List the crews of the sites that the viewer administers, fifty a page."""
    search = request.args.get("q", "").strip()[:80]
    found = queries.crew_list(viewer().rights, search, archived=bool(request.args.get("archived")))
    if table := exported("crews", columns.CREWS, found):
        return table
    page = page_of(db.session(), found, asked_page())
    return render_template("people/crews.html", page=page, search=search)


@bp.get("/crews/new")
@requires(EDIT)
def new_crew() -> str:
    """Show the form for a crew."""
    return render_template(
        "people/crew_new.html", sites=sites(db.session(), viewer().rights.scopes(EDIT))
    )


@bp.post("/crews/new")
@requires(EDIT)
def make_crew() -> Response:
    """Add a crew and go on to its page, where its people join it."""
    doing, form = act(), Form(request.form)
    made = add_crew(
        doing,
        site_id=form.whole("site") or viewer().site_id,
        number=form.text("number", 80),
        names=form.names(),
    )
    return onward(url_for("crews.crew", code=made.code), doing.id, _l("The crew is added."))


@bp.get("/crews/<code>")
# A refused form is shown again at its own address.
@bp.get("/crews/<code>/joined", endpoint="joined")
@bp.get("/crews/<code>/left", endpoint="left")
@bp.get("/crews/<code>/archive", endpoint="archived")
@requires(EDIT)
def crew(code: str) -> str:
    """Show a crew with its people and its leader."""
    found = queries.crew_page(db.session(), viewer().rights, code)
    return render_template("people/crew.html", found=found, stored=crew_fields(found.crew))


@bp.post("/crews/<code>")
@requires(EDIT)
def save_crew(code: str) -> Response:
    """Change a crew's names and its leader."""
    doing, form = act(), Form(request.form)
    change_crew(
        doing,
        crew_id=queries.crew_page(db.session(), viewer().rights, code).crew.id,
        version=form.needed("version"),
        names=form.names(),
        leader_id=form.whole("leader"),
    )
    return onward(url_for("crews.crew", code=code), doing.id, _l("Saved."))


@bp.post("/crews/<code>/archive")
@requires(EDIT)
def archive(code: str) -> Response:
    """Take a crew without people out of use, or into use again."""
    doing, form = act(), Form(request.form)
    crew_id = queries.crew_page(db.session(), viewer().rights, code).crew.id
    archive_crew(doing, crew_id=crew_id, archived=form.text("archived") == "1")
    return onward(url_for("crews.crew", code=code), doing.id, _l("Saved."))


@bp.post("/crews/<code>/joined")
@requires(EDIT)
def join(code: str) -> Response:
    """Let a person join the crew, out of the one he was in."""
    doing, form = act(), Form(request.form)
    found = queries.crew_page(db.session(), viewer().rights, code)
    join_crew(doing, person_id=form.needed("person"), crew_id=found.crew.id)
    return onward(url_for("crews.crew", code=code), doing.id, _l("Saved."))


@bp.post("/crews/<code>/left")
@requires(EDIT)
def leave(code: str) -> Response:
    """Take a person out of the crew."""
    doing, form = act(), Form(request.form)
    queries.crew_page(db.session(), viewer().rights, code)
    join_crew(doing, person_id=form.needed("person"), crew_id=None)
    return onward(url_for("crews.crew", code=code), doing.id, _l("Saved."))
