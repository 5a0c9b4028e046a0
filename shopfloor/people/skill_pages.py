"""Pages of skills: the list, one with who has it, and the matrix of people and skills."""

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.paging import asked_page, page_of
from shopfloor.core.subjects import find
from shopfloor.core.tables.sending import exported
from shopfloor.core.web import onward
from shopfloor.people import columns
from shopfloor.people import skill_queries as queries
from shopfloor.people.access import act, requires, viewer
from shopfloor.people.models import SKILL
from shopfloor.people.queries import person_page
from shopfloor.people.skills import (
    add_skill,
    archive_skill,
    change_skill,
    give_skill,
    take_skill,
)

bp = Blueprint("skills", __name__)
EDIT = "people.edit"


@bp.get("/skills")
@requires(EDIT)
def skills() -> ResponseReturnValue:
    """List the skills and how many people have each today."""
    search = request.args.get("q", "").strip()[:80]
    found = queries.skills(viewer().today, search, archived=bool(request.args.get("archived")))
    if table := exported("skills", columns.SKILLS, found):
        return table
    page = page_of(db.session(), found, asked_page())
    return render_template("people/skills.html", page=page, search=search)


@bp.get("/skills/matrix")
@requires(EDIT)
def matrix() -> str:
    """Show who has which skill and through which day, fifty people a page."""
    search = request.args.get("q", "").strip()[:80]
    found = queries.matrix(db.session(), viewer().rights, search, asked_page())
    return render_template(
        "people/skill_matrix.html", found=found, search=search, today=viewer().today
    )


@bp.get("/skills/new")
@requires(EDIT)
def new_skill() -> str:
    """Show the form for a skill."""
    return render_template("people/skill_new.html")


@bp.post("/skills/new")
@requires(EDIT)
def make_skill() -> Response:
    """Add a skill and go on to its page, where people get it."""
    doing, form = act(), Form(request.form)
    made = add_skill(doing, number=form.text("number", 80), names=form.names())
    return onward(url_for("skills.skill", code=made.code), doing.id, _l("The skill is added."))


@bp.get("/skills/<code>")
# A refused form is shown again at its own address.
@bp.get("/skills/<code>/given", endpoint="given")
@bp.get("/skills/<code>/taken", endpoint="taken")
@bp.get("/skills/<code>/archive", endpoint="archived")
@requires(EDIT)
def skill(code: str) -> str:
    """Show a skill: who has it, which items ask for it, and its names."""
    found = queries.skill_page(db.session(), viewer().rights, code, asked_page())
    return render_template("people/skill.html", found=found, today=viewer().today)


@bp.post("/skills/<code>")
@requires(EDIT)
def save_skill(code: str) -> Response:
    """Change a skill's names."""
    doing, form = act(), Form(request.form)
    change_skill(
        doing,
        skill_id=find(db.session(), SKILL, code).id,
        version=form.needed("version"),
        names=form.names(),
    )
    return onward(url_for("skills.skill", code=code), doing.id, _l("Saved."))


@bp.post("/skills/<code>/given")
@requires(EDIT)
def give(code: str) -> Response:
    """Note that somebody has the skill, or renew it."""
    doing, form = act(), Form(request.form)
    give_skill(
        doing,
        person_id=queries.person_named(db.session(), viewer().rights, form.text("person", 200)),
        skill_id=find(db.session(), SKILL, code).id,
        last_day=form.day("last_day"),
    )
    return onward(url_for("skills.skill", code=code), doing.id, _l("Saved."))


@bp.post("/skills/<code>/taken")
@requires(EDIT)
def take(code: str) -> Response:
    """Take the skill back from somebody."""
    doing, form = act(), Form(request.form)
    skill_id = find(db.session(), SKILL, code).id
    take_skill(doing, person_id=form.needed("person"), skill_id=skill_id)
    return onward(url_for("skills.skill", code=code), doing.id, _l("Saved."))


@bp.post("/skills/<code>/archive")
@requires(EDIT)
def archive(code: str) -> Response:
    """Take a skill out of use, or into use again."""
    doing, form = act(), Form(request.form)
    skill_id = find(db.session(), SKILL, code).id
    archive_skill(doing, skill_id=skill_id, archived=form.text("archived") == "1")
    return onward(url_for("skills.skill", code=code), doing.id, _l("Saved."))


@bp.get("/people/<code>/skills")
@requires(EDIT)
def of_person(code: str) -> str:
    """Show what one person can do, through which day, and the form for one skill more."""
    person = person_page(db.session(), viewer().rights, code)
    return render_template(
        "people/person_skills.html",
        found=person,
        skills=queries.skills_of(db.session(), person.person.id),
        choices=queries.skill_choices(db.session()),
        today=viewer().today,
    )


@bp.post("/people/<code>/skills")
@requires(EDIT)
def give_person(code: str) -> Response:
    """Give one person a skill, renew it, or take it back."""
    doing, form = act(), Form(request.form)
    person = person_page(db.session(), viewer().rights, code).person
    skill_id = form.needed("skill")
    if form.text("take"):
        take_skill(doing, person_id=person.id, skill_id=skill_id)
    else:
        give_skill(doing, person_id=person.id, skill_id=skill_id, last_day=form.day("last_day"))
    return onward(url_for("skills.of_person", code=code), doing.id, _l("Saved."))
