"""Pages about people: the list, one person, and what an administrator may do for him."""

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
from shopfloor.people.changes import archive_person, change_person
from shopfloor.people.commands import (
    add_person,
    join_crew,
)
from shopfloor.people.grants import give_role, revoke_role
from shopfloor.people.guessing import guessed_lately
from shopfloor.people.looks import Looked, note_look
from shopfloor.people.proofs import read_proofs
from shopfloor.people.queries import PersonPage
from shopfloor.people.roles import ROLE_NAMES, VERBS
from shopfloor.people.skill_queries import skills_of
from shopfloor.plant.queries import sites

bp = Blueprint("directory", __name__)
EDIT = "people.edit"


def found_person(code: str) -> PersonPage:
    """Return the person of the address, whom the viewer administers; NotFound otherwise."""
    return queries.person_page(db.session(), viewer().rights, code)


def back_to_person(code: str, action_id: str, anchor: str | None = None) -> Response:
    """Answer a booked form by going back to the person's page."""
    return onward(url_for("directory.person", code=code, _anchor=anchor), action_id, _l("Saved."))


@bp.get("/people")
@requires(EDIT)
def people() -> ResponseReturnValue:
    """List the people of the sites that the viewer administers."""
    search = request.args.get("q", "").strip()[:80]
    found = queries.people(viewer().rights, search, archived=bool(request.args.get("archived")))
    if table := exported("people", columns.PEOPLE, found):
        note_look(viewer(), Looked.EXPORT, queries.ids_of(db.session(), found))
        return table
    page = page_of(db.session(), found, asked_page())
    return render_template(
        "people/people.html",
        page=page,
        search=search,
        role_names=ROLE_NAMES,
        guessed=guessed_lately(db.session(), viewer().rights),
    )


@bp.get("/people/new")
@requires(EDIT)
def new_person() -> str:
    """Show the form for a person."""
    rights = viewer().rights
    return render_template(
        "people/person_new.html",
        sites=sites(db.session(), rights.scopes(EDIT)),
        crews=queries.crews(db.session(), rights),
    )


@bp.post("/people/new")
@requires(EDIT)
def make_person() -> Response:
    """Add a person and go on to his page, where he gets his roles and his badge."""
    doing, form = act(), Form(request.form)
    made = add_person(
        doing,
        site_id=form.whole("site") or viewer().site_id,
        login=form.text("login", 80),
        name=form.text("name", 120),
        language=form.text("language", 10),
        crew_id=form.whole("crew"),
        proofs=read_proofs(form),
    )
    return onward(
        url_for("directory.person", code=made.code),
        doing.id,
        _l("The person is added. Now give a role, and a badge."),
    )


@bp.get("/people/<code>")
# A refused form is shown again at its own address.
@bp.get("/people/<code>/roles", endpoint="roles")
@bp.get("/people/<code>/roles/revoked", endpoint="revoked_role")
@bp.get("/people/<code>/crew", endpoint="crew")
@bp.get("/people/<code>/proofs", endpoint="proofs")
@bp.get("/people/<code>/badge", endpoint="badge")
@bp.get("/people/<code>/tokens", endpoint="tokens")
@bp.get("/people/<code>/archive", endpoint="archived")
@requires(EDIT)
def person(code: str) -> str:
    """Show a person with his roles, proofs, tokens and open sessions."""
    rights, found = viewer().rights, found_person(code)
    note_look(viewer(), Looked.PERSON, [found.person.id])
    return render_template(
        "people/person.html",
        found=found,
        roles=queries.roles(db.session()),
        scopes=queries.scopes(db.session(), rights),
        crews=queries.crews(db.session(), rights),
        skills=skills_of(db.session(), found.person.id),
        today=viewer().today,
        everywhere=rights.may(EDIT),
        role_names=ROLE_NAMES,
        verb_names=VERBS,
    )


@bp.post("/people/<code>")
@requires(EDIT)
def save_person(code: str) -> Response:
    """Change a person's name and language."""
    doing, form, found = act(), Form(request.form), found_person(code)
    change_person(
        doing,
        person_id=found.person.id,
        version=form.needed("version"),
        name=form.text("name", 120),
        language=form.text("language", 10),
    )
    return back_to_person(code, doing.id)


@bp.post("/people/<code>/roles")
@requires(EDIT)
def give(code: str) -> Response:
    """Give a role, everywhere or at one site, line or station."""
    doing, form, found = act(), Form(request.form), found_person(code)
    everywhere = form.text("scope") == "everywhere"
    give_role(
        doing,
        person_id=found.person.id,
        role=form.text("role", 40),
        scope_id=None if everywhere else form.needed("scope"),
    )
    return back_to_person(code, doing.id, "roles")


@bp.post("/people/<code>/roles/revoked")
@requires(EDIT)
def take(code: str) -> Response:
    """Take a role back where it was given."""
    doing, form, found = act(), Form(request.form), found_person(code)
    revoke_role(
        doing,
        person_id=found.person.id,
        role=form.text("role", 40),
        scope_id=form.whole("scope"),
    )
    return back_to_person(code, doing.id, "roles")


@bp.post("/people/<code>/crew")
@requires(EDIT)
def join(code: str) -> Response:
    """Put a person into a crew, or take him out of it."""
    doing, form, found = act(), Form(request.form, many=("leads",)), found_person(code)
    join_crew(
        doing,
        person_id=found.person.id,
        crew_id=form.whole("crew"),
        leads=bool(form.text("leads")),
    )
    return back_to_person(code, doing.id, "crew")


@bp.post("/people/<code>/archive")
@requires(EDIT)
def archive(code: str) -> Response:
    """Let a person leave, or take him back."""
    doing, form, found = act(), Form(request.form), found_person(code)
    archive_person(doing, person_id=found.person.id, archived=form.text("archived") == "1")
    return back_to_person(code, doing.id)
